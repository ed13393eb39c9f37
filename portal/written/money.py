"""Amounts of money as people write them, with how exactly they said them.

`500万元`, `约1.2亿`, `3000余万元`, `850-900万`, `¥2,000,000`, `三千万元`, `面议`. Money is integer
fen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.written.numerals import (
    GREAT,
    NUMBER,
    UNIT,
    UNITS,
    WORDS,
    either,
    folded,
    number_of,
    unit_at_end,
)

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
#: As far around an amount as the words that belong to it stand.
NEAR = 12
#: More than any amount is; what is larger was no amount (a number of an account, a slip).
MOST_FEN = 10**17


class Exactness(StrEnum):
    """How exactly an amount was said."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"
    #: Something is to be paid, how much is to be spoken about.
    NEGOTIABLE = "negotiable"


@dataclass(frozen=True)
class Money:
    """An amount in fen, how exactly it was said, in which words, and where in the folded text."""

    fen: int | None
    exactness: Exactness
    said: str
    start: int = 0
    end: int = 0
    #: The upper end of a range.
    up_to_fen: int | None = None

    @property
    def wan(self) -> Decimal | None:
        """The amount in 10,000 yuan."""
        return None if self.fen is None else Decimal(self.fen) / FEN_PER_WAN


_M = WORDS["money"]
_YUAN, _BEFORE, _FOREIGN = either(_M["yuan"]), either(_M["before"]), either(_M["foreign"])
_SOME = {word: how for how, words in _M["some"].items() for word in words}
_PREFIX = {word: how for how, words in _M["prefix"].items() for word in words}
_SUFFIX = {word: how for how, words in _M["suffix"].items() for word in words}
_ONE = rf"{NUMBER}(?:\s*(?:{either(_SOME)})\s*(?:{UNIT})*)?"
_AMOUNT = re.compile(
    rf"(?P<prefix>{either(_PREFIX)})?\s*(?P<before>{_BEFORE})?\s*(?P<prefix2>{either(_PREFIX)})?\s*"
    rf"(?<![\d.])(?<!\d,)(?:(?P<low>{_ONE})\s*(?:{_YUAN})?\s*(?:{either(_M['range'])})\s*(?:{_BEFORE})?\s*)?"
    rf"(?P<high>{_ONE})(?![\d])\s*(?P<some>{either(_M['some']['at_least'])})?\s*(?P<yuan>{_YUAN})?"
    rf"\s*(?P<suffix>{either(_SUFFIX)})?"
)
_FOREIGN_AFTER = re.compile(rf"\s*(?:{_FOREIGN})")
_FOREIGN_BEFORE = re.compile(rf"(?:{_FOREIGN})\s*$")
_PER = re.compile(rf"\s*(?:{either(_M['per'])})(?!{WORDS['dates']['year']})")
_VAGUE = re.compile(rf"(?:{either(_M['vague'])})$")
_NEGOTIABLE = re.compile(either(_M["negotiable"]))
#: What may follow 万 or 亿 where no 元 does: anything else counts things (万吨, 万辆).
_GOES_ON = re.compile(rf"\s*(?:$|[^\w]|{either(_M['goes_on'])})")
_GREAT = re.compile(either(word for word, value in UNITS.items() if value >= GREAT))
_TEN_THOUSAND = {"w", "W"}


def read_money(text: str, *, unit_fen: int | None = None) -> Money | None:
    """Return the amount that a cell says, or None where it says none.

    `unit_fen` is what a bare number counts, where the head of the column says so.
    """
    cell = folded(text).strip()
    found = next(find_money(cell), None)
    if found is not None or not cell:
        return found
    if unit_fen is None and cell[-1] in _TEN_THOUSAND:
        unit_fen, cell = FEN_PER_WAN, cell[:-1].strip()
    bare = _AMOUNT.fullmatch(cell)
    if unit_fen is None or bare is None or bare["before"] or bare["yuan"]:
        return None
    return _read(bare, unit_fen)


def find_money(text: str) -> Iterator[Money]:
    """Give every amount that a text names, in its order; a price per piece is none.

    Where it names none but says that it is to be spoken about, that is given.
    """
    line, is_any = folded(text), False
    for match in _AMOUNT.finditer(line):
        before = line[max(0, match.start() - NEAR) : match.start()]
        after = line[match.end() : match.end() + NEAR]
        unit_end = line[match.end("high") : match.end("high") + NEAR]
        is_great = bool(_GREAT.search(match["high"]))
        is_bare = not match["yuan"] and not match["before"]
        if is_bare and not (is_great and (match["suffix"] or _GOES_ON.match(after))):
            continue
        if is_bare and match["high"][0] in UNITS:
            continue  # a word like 万级 counts nothing
        if _FOREIGN_AFTER.match(unit_end) or _FOREIGN_BEFORE.search(before):
            continue
        if _PER.match(after) or (not match["prefix"] and _VAGUE.search(before)):
            continue
        money = _read(match, FEN_PER_YUAN)
        if money is not None:
            is_any = True
            yield money
    word = None if is_any else _NEGOTIABLE.search(line)
    if word:
        yield Money(None, Exactness.NEGOTIABLE, word[0], word.start(), word.end())


def _read(match: re.Match[str], unit_fen: int) -> Money | None:
    high, some = _one(match["high"])
    low = None
    if match["low"]:
        low, _some = _one(match["low"])
        if low is not None and unit_at_end(match["low"]) == 1:
            low *= unit_at_end(match["high"])
        if low is None or high is None or low > high:
            return None
    if high is None:
        return None
    words = (
        *(_PREFIX.get(match[name] or "") for name in ("prefix", "prefix2")),
        _SUFFIX.get(match["suffix"] or ""),
        some,
        _SOME.get(match["some"] or ""),
    )
    exactness = Exactness(next((word for word in words if word), "exact"))
    fen, up_to = (_fen(each, unit_fen) for each in (high if low is None else low, high))
    if fen is None or up_to is None:
        return None
    said = match[0].strip()
    if low is not None:
        return Money(fen, Exactness.RANGE, said, match.start(), match.end(), up_to)
    return Money(fen, exactness, said, match.start(), match.end())


def _one(text: str) -> tuple[Decimal | None, str | None]:
    """Return a number and what a word inside it says: 3000余万 is 30,000,000 and at least."""
    parts = re.split(rf"({either(_SOME)})", text, maxsplit=1)
    number = number_of(parts[0].strip())
    if len(parts) == 1 or number is None:
        return number, None
    return number * unit_at_end(parts[2]), _SOME[parts[1]]


def _fen(number: Decimal, unit_fen: int) -> int | None:
    fen = number * unit_fen
    return int(fen) if fen == int(fen) and fen <= MOST_FEN else None
