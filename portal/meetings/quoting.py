"""Which resolution a sentence quotes: the basis of a project, a plan, an exchange of turns.

People write a basis freely. Where it quotes the number of a resolution of the alliance that holds,
the portal knows which one is meant. Better none than a wrong one: the number of a document, a day
or a meeting is no resolution's.
"""

from __future__ import annotations

import re

from sqlalchemy import select

from portal.alliances.models import Alliance
from portal.database import among, db
from portal.documents.operations import letterhead_of
from portal.language import LANGUAGES, word_in
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_queries import REGISTERS

#: A year in brackets, or with its word, who decided or nothing, then the number with its unit
#: (`No.` before it, or the Chinese word behind it): a count of pages, houses or people has none.
_NUMBER = re.compile(
    r"(?P<bracket>[^\w\s./-])?(?<!\d)(?P<year>\d{4})\s*"
    r"(?(bracket)(?:[^\w\s./-]|\u5e74\u5ea6?)|\u5e74\u5ea6?)\s*"
    r"(?P<body>[^\W\d]{0,9}?)\s*(?:No\.?\s*(?P<numbered>\d{1,6})(?!\d|[-./]\d)"
    r"|\u7b2c?\s*(?P<counted>\d{1,6})\s*\u53f7)",
    re.IGNORECASE,
)
#: What closes a title that is named before a number.
_CLOSING = '\u300b\u3009\u300d\u300f\u201d"'
#: What decides: its name before a number says that the number is no document's.
_BODIES = ("Council", "General assembly", "Working group")
_RESOLUTION = "Resolution"


def resolution_named(alliance_id: int, sentence: str | None) -> int | None:
    """Return the resolution in force whose number a sentence quotes, or None where it quotes none.

    Of several numbers the first counts that is the number of a resolution.
    """
    said = sentence or ""
    for found in _NUMBER.finditer(said):
        if not _is_of_a_resolution(alliance_id, found, said):
            continue
        return db.session.scalar(
            select(Resolution.id).where(
                Resolution.alliance_id == alliance_id,
                Resolution.year == int(found["year"]),
                Resolution.sequence == int(found["numbered"] or found["counted"]),
                among(Resolution.state, REGISTERS["in_force"]),
            )
        )
    return None


def _is_of_a_resolution(alliance_id: int, found: re.Match[str], said: str) -> bool:
    """Tell whether a number is a resolution's: alone in its brackets, or by the words beside it."""
    before = said[: found.start()].rstrip().lower()
    after = said[found.end() :].lstrip().lower()
    if before.endswith(_prefix_of_documents(alliance_id)):
        return False
    bodies = tuple(name for word in _BODIES for name in _in_every_language(word))
    resolution = _in_every_language(_RESOLUTION)
    if found["body"]:
        decided_by = _without_end(found["body"].lower(), resolution)
        return not decided_by or decided_by.endswith(bodies)
    if after.startswith(resolution):
        return True
    title = before.rstrip(_CLOSING)
    if title != before:
        return title.endswith(resolution)
    if found["bracket"] and not (before and before[-1].isalnum()):
        return True
    return before.endswith((*bodies, *resolution))


def _without_end(said: str, words: tuple[str, ...]) -> str:
    """Return what is said without the word it ends with, where that is one of some."""
    return next((said.removesuffix(each) for each in words if said.endswith(each)), said)


def _in_every_language(word: str) -> tuple[str, ...]:
    """Return a word as it may be written: in another language than that of the page, too."""
    return tuple(word_in(each, word).lower() for each in LANGUAGES)


def _prefix_of_documents(alliance_id: int) -> str:
    """Return what stands before the number of an alliance's papers, whose series is another."""
    head = letterhead_of(alliance_id)
    prefix = head.prefix if head else db.session.get_one(Alliance, alliance_id).name
    return prefix.lower()
