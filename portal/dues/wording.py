"""Words for dues: amounts in yuan, the text that reminds, the list as it may be narrowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.alliances.forms import TIERS
from portal.alliances.models import Alliance
from portal.dues.models import Due
from portal.dues.queries import FACETS, DueRow, Year
from portal.dues.workflow import DUE, DueState
from portal.language import FEN_PER_YUAN, day, is_english, localised


def yuan(fen: int | None) -> str:
    """Return an amount in yuan, as invoices have it: 5000元, ¥5000."""
    if fen is None:
        return ""
    number = format_decimal(Decimal(fen) / FEN_PER_YUAN, "0.##")
    return f"¥{number}" if is_english() else str(_("%(number)s yuan", number=number))


def standing_words(line: Due | DueRow) -> tuple[str, str]:
    """Return how a line stands: a word, and what gives it its colour; overdue before unpaid."""
    if line.is_overdue:
        return _("Overdue"), "overdue"
    is_open = line.state is DueState.OPEN
    return str(DUE.labels[line.state]), "unpaid" if is_open else line.state.value


def in_words(fen: int) -> str:
    """Return an amount in yuan in the language that is set, for papers."""
    return str(_("%(number)s yuan", number=format_decimal(Decimal(fen) / FEN_PER_YUAN, "#,##0.##")))


def chase_text(alliance: Alliance, dues_year: Year, rows: Sequence[DueRow]) -> str:
    """Return what is pasted into the group to remind those that have not paid; none: nothing.

    It names them without their amounts: others read it too.
    """
    names = [row.organisation for row in rows if row.open_fen]
    if not names:
        return ""
    text: str = _(
        "%(alliance)s: the dues of %(year)d were to be paid by %(day)s. We are still waiting for "
        "%(names)s. Whoever has paid meanwhile, please send us the receipt. Questions: %(contact)s",
        alliance=localised(alliance),
        year=dues_year.year,
        day=day(dues_year.due_on),
        names=_(", ").join(names),
        contact=alliance.contact,
    )
    return text


def facet_groups(
    alliance: Alliance, year: int, rows: Sequence[DueRow], chosen: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return what the lines of a year may be narrowed by, with counts, as links."""
    regions = {row.region.code: localised(row.region) for row in rows}
    names: dict[str, dict[str, str]] = {
        "state": {state.value: str(label) for state, label in DUE.labels.items()},
        "tier": {tier.value: str(label) for tier, label in TIERS.items()},
        "region": regions,
    }
    labels = {"state": _("State"), "tier": _("Tier"), "region": _("Region")}
    groups = []
    for name, label in labels.items():
        counts = Counter(FACETS[name](row) for row in rows)
        options = [
            {
                "label": words,
                "href": _address(alliance, year, _toggled(chosen, name, value)),
                "is_current": chosen.get(name) == value,
                "count": counts[value],
            }
            for value, words in names[name].items()
            if counts[value] or chosen.get(name) == value
        ]
        if options:
            groups.append({"label": label, "options": options})
    return groups


def chosen_words(rows: Sequence[DueRow], chosen: Mapping[str, str]) -> list[str]:
    """Return in words what a list is narrowed by."""
    regions = {row.region.code: localised(row.region) for row in rows}
    states = {state.value: str(label) for state, label in DUE.labels.items()}
    tiers = {tier.value: str(label) for tier, label in TIERS.items()}
    return [(regions | states | tiers)[value] for value in chosen.values()]


def _toggled(chosen: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    others = {key: kept for key, kept in chosen.items() if key != name}
    return others if chosen.get(name) == value else {**others, name: value}


def _address(alliance: Alliance, year: int, chosen: Mapping[str, str]) -> str:
    taken: dict[str, Any] = {"alliance_slug": alliance.slug, "year": year, **chosen}
    return url_for("dues.list_dues", **taken)
