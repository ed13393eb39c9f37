"""Numbers as people write them: 3,000, full-width, 三千万, 1亿2000万."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

#: The words that money and days are written with.
WORDS: dict[str, Any] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)
DIGITS: dict[str, int] = WORDS["digits"]
UNITS: dict[str, int] = WORDS["units"]
POINT: str = WORDS["point"]
HALF: str = WORDS["half"]
#: From here on a unit multiplies all that stands before it (万, 亿).
GREAT = 10_000

_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"\s{2,}")
#: Possessive: digits are never shared out between two numbers, however long the text.
ARABIC = r"(?>(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?)"
_DIGIT, _UNIT = "".join(DIGITS), "".join(UNITS)
#: A number in either writing, with the units that belong to it.
NUMBER = rf"(?>(?:{ARABIC}|[{_DIGIT}{_UNIT}])(?:\s*+(?:{ARABIC}|[{_DIGIT}{_UNIT}{POINT}{HALF}]))*+)"
UNIT = rf"[{_UNIT}]"
_TOKEN = re.compile(rf"{ARABIC}|[{_DIGIT}{_UNIT}{POINT}{HALF}]")


def folded(text: str) -> str:
    """Return text as it is read: full-width characters ordinary, unseen ones gone.

    Blanks that follow each other become one, so that no pattern tries to share them out.
    """
    line = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return _BLANKS.sub(lambda blanks: "\n" if "\n" in blanks[0] else " ", line)


def either(words: Iterable[str]) -> str:
    """Return a pattern that matches any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def unit_at_end(text: str) -> int:
    """Return what the units at the end of a number multiply by: 10,000 for 850万, else 1."""
    found = re.search(rf"{UNIT}+$", text.strip())
    product = 1
    for word in found[0] if found else "":
        product *= UNITS[word]
    return product


def number_of(text: str) -> Decimal | None:
    """Return the number that a whole text writes, or None where it writes none.

    A last digit after a unit is said in tenths of it: 三万五 is 35,000.
    """
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(tokens) != re.sub(r"\s", "", text):
        return None
    total = section = Decimal(0)
    number: Decimal | None = None
    unit, is_after_zero, decimals = 1, False, 0
    for position, token in enumerate(tokens):
        if token in UNITS:
            unit = UNITS[token]
            if unit >= GREAT:
                section += number or 0
                whole = total + section if unit > GREAT else section
                # A unit with nothing before it stands for one of it: 万元 as one says 百元.
                grown = (whole if position else Decimal(1)) * unit
                total = grown if unit > GREAT else total + grown
                section = Decimal(0)
            else:
                section += (Decimal(1) if number is None else number) * unit
            number, is_after_zero, decimals = None, False, 0
        elif token == POINT:
            if number is None or decimals:
                return None
            decimals = 1
        elif token == HALF:
            section += Decimal(unit) / 2 if number is None else 0
            number = None if number is None else number + Decimal("0.5")
        elif token in DIGITS:
            digit = DIGITS[token]
            if decimals:
                number = (number or Decimal(0)) + Decimal(digit).scaleb(-decimals)
                decimals += 1
            else:
                number = digit + (number or Decimal(0)) * 10
                is_after_zero = is_after_zero or digit == 0
        else:
            if number is not None:
                return None
            number, is_after_zero = Decimal(token.replace(",", "")), True
    if number is not None:
        is_tenths = unit > 10 and not is_after_zero and number < 10 and not decimals
        section += number * (Decimal(unit) / 10 if is_tenths else 1)
    return total + section
