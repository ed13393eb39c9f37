"""The two languages: choosing one, and writing days, moments and money in it.

Words of the interface come from the catalogues (msgids are English, the default is Chinese).
Names that are data carry both languages in their record; `localised` picks one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, support
from flask import Flask, current_app, g, has_request_context, redirect, request
from flask_babel import Babel, format_date, format_datetime, format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from jinja2.filters import do_filesizeformat
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.engines import Busy
from portal.errors import readable_address

#: Locale -> the tag for `lang=` and the name the switch shows, in its own language.
LANGUAGES = {"zh": "zh-Hans", "en": "en"}
COOKIE = "language"
#: The argument of an address that chooses one.
ARGUMENT = "language"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
FEN_PER_YUAN = 100
BYTES_PER_KB = 1000
FEN_PER_WAN = 1_000_000
FEN_PER_YI = 10_000_000_000
FEN_PER_MILLION = 100_000_000
FEN_PER_BILLION = 100_000_000_000


def chosen_language() -> str:
    """Return the language of this request: the account's, else the cookie's, else Chinese."""
    if not has_request_context():
        return "zh"
    # A page asks some two hundred times.
    known: str | None = g.get("language")
    if known is None:
        chosen = request.cookies.get(COOKIE, "")
        # Set before the account is asked: what loading it may have to say needs a language too.
        g.language = chosen if chosen in LANGUAGES else "zh"
        kept = preference("language")
        known = g.language = kept if kept in LANGUAGES else g.language
    return known


def preference(name: str) -> Any:
    """Return what the signed-in person chose, or None: also where the database does not answer."""
    try:
        return getattr(current_user, name, None)
    except (SQLAlchemyError, Busy):
        return None


def is_english() -> bool:
    """Tell whether the page is in English, or what is written for somebody else meanwhile."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def localised(thing: Any, attribute: str = "name") -> str:
    """Return a record's own text in the page's language; Chinese where it has no other."""
    english = getattr(thing, f"{attribute}_en", None) if is_english() else None
    return str(english or getattr(thing, attribute))


def day(value: date | None) -> str:
    """Return a day as people write it: 2026年11月23日 (周一), 23 Nov 2026 (Mon)."""
    return "" if value is None else _kept_day(value, is_english(), get_locale())


@lru_cache(maxsize=4096)
def _kept_day(value: date, in_english: bool, _locale: Locale | None) -> str:
    # Mails are written in the language of who gets them: the locale may be another one's.
    if in_english:
        return str(format_date(value, "d MMM y (EEE)"))
    return str(format_date(value, "long") + format_date(value, " (EEE)"))


def moment(value: datetime | None) -> str:
    """Return an instant in Shanghai time, to the minute."""
    return "" if value is None else _kept_moment(value, is_english(), get_locale())


@lru_cache(maxsize=4096)
def _kept_moment(value: datetime, in_english: bool, _locale: Locale | None) -> str:
    if in_english:
        return str(format_datetime(value, "d MMM y HH:mm"))
    return str(format_date(value, "long") + format_datetime(value, " HH:mm"))


def money(fen: int | None) -> str:
    """Return an amount of integer fen as people say it, in the largest unit that loses nothing.

    In Chinese 58万元 or 5.8亿元, in English ¥580,000, ¥5.8 million or ¥1.2 billion.
    """
    if fen is None:
        return ""
    if is_english():
        large = ((FEN_PER_BILLION, " billion"), (FEN_PER_MILLION, " million"))
        fitting = (each for each in large if fen >= each[0] and fen * 100 % each[0] == 0)
        unit, name = next(fitting, (FEN_PER_YUAN, ""))
        return f"¥{_decimal(fen, unit)}{name}"
    if fen >= FEN_PER_YI and fen * 100 % FEN_PER_YI == 0:
        number = _decimal(fen, FEN_PER_YI)
        return str(_("%(number)s hundred million yuan", number=number))
    return str(_("%(number)s × 10,000 yuan", number=_decimal(fen, FEN_PER_WAN)))


def file_size(size: int) -> str:
    """Return how large a file is (bytes) as people say it; below 1 kB in words."""
    if size < BYTES_PER_KB:
        return str(ngettext("%(num)d byte", "%(num)d bytes", size))
    return str(do_filesizeformat(size))


def _decimal(fen: int, unit: int) -> str:
    return str(format_decimal(Decimal(fen) / unit, "#,##0.######"))


@cache
def _catalogue(language: str) -> Any:
    """Return the compiled words of a language, kept for the life of the process."""
    return support.Translations.load(str(CATALOGUES), [language])


def word_in(language: str, word: str) -> str:
    """Return what a catalogue says for a word; the word itself where it says nothing."""
    return str(_catalogue(language).ugettext(word))


def init_app(app: Flask, keep: Callable[[str], None]) -> None:
    """Teach the application its languages; `keep` stores the choice of whoever is signed in."""
    Babel(app, locale_selector=chosen_language)
    # A page asks for some two hundred words; finding the catalogue anew for each of them was a
    # fifth of its cost.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda word: _catalogue(chosen_language()).ugettext(word),
        lambda one, many, number: _catalogue(chosen_language()).ungettext(one, many, number),
        newstyle=True,
    )
    for name, function in (
        ("day", day),
        ("moment", moment),
        ("money", money),
        ("file_size", file_size),
    ):
        app.add_template_filter(function, name)
    app.add_template_filter(localised, "localised")
    app.add_template_global(is_english)

    @app.before_request
    def switch() -> Response | None:
        """Follow `?language=en` on any page: remember it in a cookie, drop it from the address."""
        if not request.query_string or request.method != "GET":
            return None
        wanted = request.args.get(ARGUMENT)
        if wanted not in LANGUAGES:
            return None
        response = redirect(readable_address(without=(ARGUMENT,)))
        if current_user.is_authenticated:
            keep(wanted)
        remember(response, wanted)
        return response


def remember(response: Response, language: str) -> None:
    """Let the browser keep a language, for whoever is not signed in."""
    response.set_cookie(
        COOKIE,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def other_language() -> dict[str, str]:
    """Return the language that the switch leads to: its code, its tag, its name in itself."""
    return _described("zh" if is_english() else "en")


@cache
def _described(language: str) -> dict[str, str]:
    return {
        "language": language,
        "tag": LANGUAGES[language],
        "label": name_in_itself(language),
    }


def name_in_itself(language: str) -> str:
    """Return the name of a language in itself, so that whoever needs it can read it."""
    return Locale.parse(language).get_display_name(language) or language
