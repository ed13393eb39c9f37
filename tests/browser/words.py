"""The words of the interface as a person reads them, so that a test can name a button once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).resolve().parents[2] / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the catalogue the portal itself speaks from."""
    return Translations.load(CATALOGUES, [language], domain="messages")


def say(language: str, message: str, **values: object) -> str:
    """Return a sentence of the interface in a language, as the page shows it."""
    spoken = message if language == "en" else catalogue(language).gettext(message)
    return spoken % values if values else spoken
