"""How papers say a day and a longer text, in the language that is set while they are filled in."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _


def day_words(on: date | None) -> str:
    """Return a day as papers write it, without the day of the week."""
    if on is None:
        return ""
    return str(_("%(month)s/%(day)s/%(year)s", year=on.year, month=on.month, day=on.day))


def lines_of(text: str | None) -> list[str]:
    """Return the lines of a longer text that hold anything: each becomes a paragraph."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
