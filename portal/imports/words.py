"""The words that offices write in their tables, as data: how a cell is read and compared.

Pure: it knows no database. The words themselves stand in `words.json`, because code holds no
Chinese; another country's offices are another file.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("words.json")
#: Characters that nobody sees.
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
#: Numbers in circles and marks that point at a footnote.
FOOTNOTE = re.compile(r"[\u2460-\u2473\u203b*#†‡]+$")

#: A bracket at the end of a text, and what stands before it; and any bracket.
TRAILING = re.compile(
    r"(?P<before>.*\S)\s*[(\[【〔「](?P<inside>[^()\[\]【】〔〕「」]+)[)\]】〕」]"
)
BRACKET = re.compile(r"[(\[{<【][^)\]}>】]*[)\]}>】]")


class Field(StrEnum):
    """What a column of any table that is brought can hold."""

    NAME = "name"
    KIND = "kind"
    REGION = "region"
    CITY = "city"
    ADDRESS = "address"
    ALLIANCE = "alliance"
    CHAIN_NODE = "chain_node"
    USCC = "uscc"
    TIER = "tier"
    SUMMARY = "summary"
    WEBSITE = "website"
    #: Known, and left out: whom to call is shown by the organisation's own consent only.
    CONTACT = "contact"
    #: Of a table of listings: whose they are, how much it is about, when, and what exactly.
    ORGANISATION = "organisation"
    AMOUNT = "amount"
    DATE = "date"
    SPECIFICATION = "specification"
    #: Of a table of tasks: who does them, where they stand, what they belong to, and which task
    #: of this portal a row was taken from.
    PERSON = "person"
    COLUMN = "column"
    PACKAGE = "package"
    LABELS = "labels"
    NUMBER = "number"


@dataclass(frozen=True)
class Words:
    """The words that one kind of table is read with, ready to be asked."""

    #: What such a table has beside the names, and a table of anything else mostly not.
    telling: frozenset[Field]
    #: Without any one of these it is no such table, whatever else it has; none named, no rule.
    needed: frozenset[Field]
    #: What a row says of its own: one that says nothing of this and has no name is none.
    saying: frozenset[Field]
    #: Label of a column -> what it holds; `other` and `foreign` are known and hold nothing of it.
    labels: Mapping[str, str]
    #: The first word for each field, as a person writes it.
    typical: Mapping[str, str]
    weak_names: frozenset[str]
    patterns: Mapping[str, re.Pattern[str]]
    kinds: Mapping[str, str]
    kind_patterns: Mapping[str, re.Pattern[str]]
    name_patterns: Mapping[str, re.Pattern[str]]
    tiers: Mapping[str, str]
    totals: re.Pattern[str]
    notes: re.Pattern[str]
    numbering: re.Pattern[str]
    ordinals: re.Pattern[str]
    counts: re.Pattern[str]
    around_a_word: re.Pattern[str]
    around_an_alliance: re.Pattern[str]
    strict_alliance: re.Pattern[str]
    aliases: Mapping[str, str]
    fillers: frozenset[str]
    #: Marks that say "as in the row above".
    dittos: frozenset[str]
    place_endings: tuple[str, ...]
    #: What a number in a column of money counts, in fen, and what stands before such a unit
    #: where it is said for a whole sheet.
    units: Mapping[str, int]
    unit_before: re.Pattern[str]
    #: Marks of what is never stored here (secrets of the state or of an office).
    classified: re.Pattern[str]
    #: What every city's full name ends in, and people leave out.
    city_ending: str

    def field_of(self, label: str) -> str | None:
        """Return what a column of this label holds: a field, `other`, `foreign`, or None."""
        known = self.labels.get(label)
        if known or not label:
            return known
        for field, pattern in self.patterns.items():
            if pattern.search(label):
                return field
        return None

    def kind_of(self, text: str) -> str | None:
        """Return the kind of organisation that a word means, or None."""
        word = bare(text)
        known = self.kinds.get(word)
        if known or not word:
            return known
        return next((kind for kind, way in self.kind_patterns.items() if way.search(word)), None)

    def kind_named(self, name: str) -> str | None:
        """Return the kind of organisation that the end of a name tells, or None."""
        return next((kind for kind, way in self.name_patterns.items() if way.search(name)), None)

    def tier_of(self, text: str) -> str | None:
        """Return the tier of membership that a word means, or None."""
        return self.tiers.get(bare(text))

    def name_and_tier(self, name: str) -> tuple[str, str | None]:
        """Return a name without a tier in brackets behind it, and that tier or None.

        Any other bracket is part of the name.
        """
        found = TRAILING.fullmatch(name)
        tier = self.tier_of(found["inside"]) if found else None
        return (found["before"], tier) if found and tier else (name, None)

    def is_nothing(self, text: str) -> bool:
        """Tell whether a cell only says that there is nothing in it."""
        return not text or text.casefold() in self.fillers


def plain(text: str) -> str:
    """Return a cell as it is read: full-width characters ordinary, layout blanks gone."""
    seen = UNSEEN.sub("", FOOTNOTE.sub("", text.strip()))
    folded = unicodedata.normalize("NFKC", seen)
    kept = "".join(c for c in folded if c.isspace() or unicodedata.category(c) != "Cc").strip()
    return re.sub(r"\s+", lambda blank: _between(kept, *blank.span()), kept)


def as_written(text: str) -> str:
    """Return a cell as a person wrote it, on one line: its marks stay, layout blanks go."""
    seen = UNSEEN.sub("", text).strip()
    return re.sub(r"\s+", lambda blank: _within(seen, *blank.span()), seen)


def _within(text: str, start: int, end: int) -> str:
    """Return what a blank is worth in a sentence: nothing between two Chinese characters."""
    around = text[start - 1] + text[end]
    return "" if all(unicodedata.east_asian_width(c) in "WF" for c in around) else " "


def _between(text: str, start: int, end: int) -> str:
    """Return what a blank is worth: nothing beside a Chinese character, for there it is layout."""
    around = text[start - 1] + text[end]
    return "" if any(unicodedata.east_asian_width(c) in "WF" for c in around) else " "


def bare(text: str) -> str:
    """Return a word as it is compared: no blanks, no punctuation, lower case."""
    folded = unicodedata.normalize("NFKC", UNSEEN.sub("", text)).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LN")


def label_of(text: str) -> str:
    """Return the label of a column as it is compared: without hints in brackets and marks."""
    folded = unicodedata.normalize("NFKC", UNSEEN.sub("", text)).casefold()
    shorter = BRACKET.sub("", folded)
    found = bare(shorter) or bare(folded)
    return re.sub(r"^\d+(?=\D)", "", found)


def hints_of(text: str) -> list[str]:
    """Return what stands in the brackets of a column's label, as labels are compared."""
    return [bare(each) for each in BRACKET.findall(unicodedata.normalize("NFKC", text))]


@cache
def words(table: str = "members") -> Words:
    """Return the words for a table of members, or of another kind: what its file says otherwise.

    There `instead` says as what the columns of a table of members count: what is foreign to it
    may name the rows of the other.
    """
    data: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    if table != "members":
        own = json.loads((DATA.parent / f"{table}.json").read_text(encoding="utf-8"))
        columns: dict[str, list[str]] = defaultdict(list)
        for what, said in own.pop("columns").items():
            columns[what] += said
        for what, said in data.pop("columns").items():
            columns[own["instead"].get(what, what)] += said
        data |= {"columns": columns, **own}
    labels: dict[str, str] = {}
    for what, all_ in data["columns"].items():
        for each in all_:
            labels.setdefault(label_of(each), what)

    def turned(name: str) -> dict[str, str]:
        return {bare(each): key for key, all_ in data[name].items() for each in all_}

    def compiled(name: str) -> dict[str, re.Pattern[str]]:
        return {key: re.compile(pattern) for key, pattern in data[name].items()}

    return Words(
        telling=frozenset(Field(each) for each in data["telling"]),
        needed=frozenset(Field(each) for each in data["needed"]),
        saying=frozenset(Field(each) for each in data["saying"]),
        labels=labels,
        typical={field: all_[0] for field, all_ in data["columns"].items()},
        weak_names=frozenset(label_of(each) for each in data["weak_names"]),
        patterns=compiled("patterns"),
        kinds=turned("kinds"),
        kind_patterns=compiled("kind_patterns"),
        name_patterns=compiled("name_patterns"),
        tiers=turned("tiers"),
        totals=re.compile(data["totals"]),
        notes=re.compile(data["notes"]),
        numbering=re.compile(data["numbering"]),
        ordinals=re.compile(data["ordinals"]),
        counts=re.compile(data["counts"]),
        around_a_word=re.compile(data["around_a_word"]),
        around_an_alliance=re.compile(data["around_an_alliance"]),
        strict_alliance=re.compile(data["strict_alliance"]),
        aliases={bare(key): bare(value) for key, value in data["aliases"].items()},
        fillers=frozenset(data["fillers"]),
        dittos=frozenset(plain(each) for each in data["dittos"]),
        units=data["units"],
        unit_before=re.compile(data["unit_before"]),
        classified=re.compile(data["classified"]),
        place_endings=tuple(data["place_endings"]),
        city_ending=data["city_ending"],
    )
