"""What follows from an organisation's name: how it is compared, sorted and found by its sound.

Pure text in, pure text out. The model fills its columns from here whenever it is given a name
(`models.Organisation`), so that no way of naming can forget one of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

#: Longer ones are cut: nobody tells two names apart after so many letters.
LONGEST_KEY, LONGEST_PINYIN, LONGEST_NAME = 240, 720, 120


class Spelling(NamedTuple):
    """How a name sounds: its place in the order of pinyin, its first letters, all its letters."""

    sort_key: str
    initials: str
    pinyin: str


def normal_name(name: str) -> str:
    """Return an organisation's name as it is compared: NFKC, lower case, no blanks or brackets."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s()\[\]{}<>\"'·.,，。、（）《》〈〉【】“”‘’]", "", folded)[:LONGEST_NAME]


def spelling_of(name: str) -> Spelling:
    """Return how a name is spelt in pinyin; letters and digits stand for themselves.

    Characters with several readings are read as their word is (重庆 chongqing, 银行 yinhang).
    Equal syllables are sorted by tone, then by character, as in a dictionary.
    """
    written = normal_name(name)
    whole = lazy_pinyin(written)
    toned = lazy_pinyin(written, style=Style.TONE3, neutral_tone_with_five=True)
    # What is no Chinese stays in one piece: all its letters count, not the first alone.
    first = lazy_pinyin(written, style=Style.FIRST_LETTER)
    return Spelling(
        " ".join([*toned, written])[:LONGEST_KEY],
        letters(first)[:LONGEST_NAME],
        letters(whole)[:LONGEST_PINYIN],
    )


def letters(parts: list[str] | str) -> str:
    """Return the ASCII letters and digits of something written, in lower case."""
    return re.sub(r"[^a-z0-9]", "", "".join(parts).casefold())
