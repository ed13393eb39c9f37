"""The two languages: choosing one, and writing days, moments and money in it.

Words of the interface come from the catalogues (msgids are English, the default is Chinese).
Names that are data carry both languages in their record; `localised` picks one.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel import Locale, support
from flask import Flask, g, has_request_context, redirect, request
from flask_babel import Babel, format_date, format_datetime, format_decimal
from flask_babel import gettext as _
from werkzeug.wrappers import Response

#: Locale -> the tag for `lang=` and the name the switch shows, in its own language.
LANGUAGES = {"zh": "zh-Hans", "en": "en"}
COOKIE = "language"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
FEN_PER_WAN = 1_000_000
FEN_PER_YI = 10_000_000_000


def chosen_language() -> str:
    """Return the language of this request: the cookie's, or Chinese (also where there is none)."""
    if not has_request_context():
        return "zh"
    # A page asks some two hundred times.
    known: str | None = g.get("language")
    if known is None:
        chosen = request.cookies.get(COOKIE, "")
        known = g.language = chosen if chosen in LANGUAGES else "zh"
    return known


def is_english() -> bool:
    """Tell whether the page is in English."""
    return chosen_language() == "en"


def localised(thing: Any, attribute: str = "name") -> str:
    """Return a record's own text in the page's language; Chinese where it has no other."""
    english = getattr(thing, f"{attribute}_en", None) if is_english() else None
    return str(english or getattr(thing, attribute))


def day(value: date | None) -> str:
    """Return a day as people write it: 2026年11月23日 (周一), 23 Nov 2026 (Mon)."""
    if value is None:
        return ""
    if is_english():
        return str(format_date(value, "d MMM y (EEE)"))
    return str(format_date(value, "long") + format_date(value, " (EEE)"))


def moment(value: datetime | None) -> str:
    """Return an instant in Shanghai time, to the minute."""
    if value is None:
        return ""
    if is_english():
        return str(format_datetime(value, "d MMM y HH:mm"))
    return str(format_date(value, "long") + format_datetime(value, " HH:mm"))


def money(fen: int | None) -> str:
    """Return an amount of integer fen in units of 万元 or 亿元, two decimals at most."""
    if fen is None:
        return ""
    if fen >= FEN_PER_YI:
        number = format_decimal(round(fen / FEN_PER_YI, 2), "#,##0.##")
        return str(_("%(number)s hundred million yuan", number=number))
    number = format_decimal(round(fen / FEN_PER_WAN, 2), "#,##0.##")
    return str(_("%(number)s × 10,000 yuan", number=number))


@cache
def _catalogue(language: str) -> Any:
    """Return the compiled words of a language, kept for the life of the process."""
    return support.Translations.load(str(CATALOGUES), [language])


def init_app(app: Flask) -> None:
    """Teach the application its languages."""
    Babel(app, locale_selector=chosen_language)
    # A page asks for some two hundred words; finding the catalogue anew for each of them was a
    # fifth of its cost.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda word: _catalogue(chosen_language()).ugettext(word),
        lambda one, many, number: _catalogue(chosen_language()).ungettext(one, many, number),
        newstyle=True,
    )
    for name, function in (("day", day), ("moment", moment), ("money", money)):
        app.add_template_filter(function, name)
    app.add_template_filter(localised, "localised")
    app.add_template_global(is_english)

    @app.before_request
    def switch() -> Response | None:
        """Follow `?language=en` on any page: remember it in a cookie, drop it from the address."""
        wanted = request.args.get("language")
        if request.method != "GET" or wanted not in LANGUAGES:
            return None
        kept = [(k, v) for k, v in request.args.items(multi=True) if k != "language"]
        response = redirect(address_with(kept))
        response.set_cookie(
            COOKIE,
            wanted,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            httponly=True,
            secure=app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def address_with(arguments: list[tuple[str, str]]) -> str:
    """Return the address of this page with other arguments."""
    path = "/" + quote(request.path.lstrip("/\\"))
    return f"{path}?{urlencode(arguments)}" if arguments else path


def switch_to() -> dict[str, str]:
    """Return what the language switch shows: the other language, and where it leads."""
    other = "zh" if is_english() else "en"
    kept = [
        (k, v)
        for k, v in (request.args.items(multi=True) if request.method == "GET" else ())
        if k != "language"
    ]
    return {
        "href": address_with([*kept, ("language", other)]),
        # Each language is named in itself, so that whoever needs it can read it.
        "label": Locale.parse(other).get_display_name(other) or other,
        "language": LANGUAGES[other],
    }
