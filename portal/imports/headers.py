"""Where the table begins in a sheet, and what its columns hold: a guess, for a person to correct.

Pure: it knows no database. Titles stand above the header, the header may take up to three rows
with merged cells, and which of two columns is meant, their values tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.imports.places import Places
from portal.imports.words import Field, Words, bare, hints_of, label_of, plain
from portal.sheets.reading import ReadSheet

#: Rows with anything in them among which a header is looked for, and how many it may take.
SEARCHED, TALLEST = 60, 3
#: Values of a column that are looked at to see what it holds.
SAMPLED = 60


class Alliances:
    """The alliances, to be asked by what somebody wrote: a name, a short one, a chain."""

    def __init__(self, names: Mapping[str, Iterable[str]], words: Words) -> None:
        self._words = words
        self._known: dict[str, str] = {}
        for slug, all_ in names.items():
            for name in (slug, *all_):
                self._known[bare(name)] = slug
                self._known.setdefault(self._core(name), slug)

    def _core(self, text: str) -> str:
        word, before = bare(text), ""
        while word and word != before:
            before, word = word, self._words.around_an_alliance.sub("", word) or word
        return word

    def find(self, text: str) -> str | None:
        """Return the slug of the alliance that a text names, or None."""
        word, core = bare(text), self._core(text)
        for each in (word, core, self._words.aliases.get(word), self._words.aliases.get(core)):
            if each and each in self._known:
                return self._known[each]
        return None


@dataclass(frozen=True)
class Lexicon:
    """All that a table is read with: the words, the places, the alliances."""

    words: Words
    places: Places
    alliances: Alliances


@dataclass(frozen=True)
class Layout:
    """How a sheet is read: the rows of its header, and which column (from 0) holds what."""

    first_header: int
    last_header: int
    columns: Mapping[Field, int]
    #: The province of every row that names none, where a person said so.
    default_region: str | None = None
    is_read: bool = True

    def as_data(self) -> dict[str, Any]:
        """Return it as it can be kept in JSON."""
        return {
            "first_header": self.first_header,
            "last_header": self.last_header,
            "columns": {each.value: column for each, column in self.columns.items()},
            "default_region": self.default_region,
            "is_read": self.is_read,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Layout:
        """Return the layout that `as_data` wrote down."""
        return cls(
            data["first_header"],
            data["last_header"],
            {Field(name): column for name, column in data["columns"].items()},
            data["default_region"],
            data["is_read"],
        )


@dataclass
class _Guess:
    """One way to see a header: the columns each field could be, the weak names, the score."""

    first: int
    last: int
    telling: frozenset[Field]
    needed: frozenset[Field]
    candidates: dict[str, list[int]] = field(default_factory=dict)
    weak: set[int] = field(default_factory=set)
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def score(self) -> tuple[float, int, int]:
        telling = sum(1.0 for each in self.telling if each.value in self.candidates)
        named = 1.5 if set(self.candidates.get("name", ())) - self.weak else 1.0
        known = {*self.telling, "name", "foreign"}
        rest = sum(0.3 for each in self.candidates if each not in known)
        return telling + named + rest, self.first - self.last, -self.first

    @property
    def is_a_table(self) -> bool:
        if "name" not in self.candidates:
            return False
        if self.needed and not any(each.value in self.candidates for each in self.needed):
            return False
        telling = {each for each in self.telling if each.value in self.candidates}
        if "foreign" in self.candidates and not telling & {Field.KIND, Field.USCC, Field.REGION}:
            return False
        is_strong = bool(set(self.candidates["name"]) - self.weak)
        return is_strong or len(telling) >= 2


def paths_of(sheet: ReadSheet, first: int, last: int) -> dict[int, tuple[str, ...]]:
    """Return the labels above each column, from the top down, merged ones for all they span."""
    grid: dict[tuple[int, int], str] = {}
    for number in range(first, last + 1):
        for column, text in enumerate(sheet.rows.get(number, ())):
            if text.strip():
                grid[number, column] = text
    for merge in sheet.merges:
        if merge.bottom < first or merge.top > last:
            continue
        cells = sheet.rows.get(merge.top, ())
        text = cells[merge.left] if merge.left < len(cells) else ""
        for number in range(max(first, merge.top), min(last, merge.bottom) + 1):
            for column in range(merge.left, min(merge.right, sheet.width - 1) + 1):
                grid.setdefault((number, column), text)
    found: dict[int, tuple[str, ...]] = {}
    for column in range(sheet.width):
        labels: list[str] = []
        for number in range(first, last + 1):
            label = label_of(grid.get((number, column), ""))
            if label and (not labels or labels[-1] != label):
                labels.append(label)
        found[column] = tuple(labels)
    return found


def labels_of(sheet: ReadSheet, layout: Layout) -> dict[int, str]:
    """Return the header of each column as a person reads it, for the page that shows it."""
    return {
        column: " / ".join(path)
        for column, path in paths_of(sheet, layout.first_header, layout.last_header).items()
    }


def headings_of(sheet: ReadSheet, layout: Layout, words: Words) -> list[str]:
    """Return a header of one row for a sheet: its own words, and such as are read the same way."""
    fields = {column: what for what, column in layout.columns.items()}
    found = []
    for column in range(sheet.width):
        texts = [
            plain(cells[column])
            for number in range(layout.first_header, layout.last_header + 1)
            if column < len(cells := sheet.rows.get(number, ())) and cells[column].strip()
        ]
        what = fields.get(column)
        ways = (texts[-1:], texts, [words.typical[what]] if what else texts[-1:])
        said = ["/".join(way) for way in ways]
        is_clear = (each for each in said if words.labels.get(label_of(each)) == what)
        found.append(next(is_clear, said[-1]) if what else said[0])
    return found


def guess_layout(sheet: ReadSheet, lexicon: Lexicon) -> Layout | None:
    """Return how a sheet is to be read, or None where it is no table of what the words are for."""
    numbers = list(sheet.rows)[:SEARCHED]
    best: _Guess | None = None
    for at, first in enumerate(numbers):
        for last in numbers[at : at + TALLEST]:
            if last - first >= TALLEST:
                break
            seen = _look(sheet, first, last, lexicon.words)
            if seen.is_a_table and (best is None or seen.score > best.score):
                best = seen
    if best is None:
        return None
    columns = _columns(sheet, best, lexicon)
    return Layout(best.first, best.last, columns)


def _look(sheet: ReadSheet, first: int, last: int, words: Words) -> _Guess:
    seen = _Guess(first, last, words.telling, words.needed)
    unsaid: list[int] = []
    for column, path in paths_of(sheet, first, last).items():
        if not path:
            continue
        joined, leaf = "".join(path), path[-1]
        what = words.labels.get(joined) or words.labels.get(leaf)
        if what is None and leaf in words.weak_names:
            what = "name"
            seen.weak.add(column)
        what = what or words.field_of(joined) or words.field_of(leaf)
        if what:
            seen.candidates.setdefault(what, []).append(column)
            seen.labels[column] = joined
        if what in (None, "other"):
            unsaid.append(column)
    # Of a column that is called a remark, a bracket may say what it holds; others come first.
    for column in unsaid:
        hinted = _hinted(sheet, first, last, column, words)
        if hinted and hinted not in seen.candidates:
            seen.candidates[hinted] = [column]
            seen.labels[column] = hinted
    return seen


def _hinted(sheet: ReadSheet, first: int, last: int, column: int, words: Words) -> str | None:
    """Return the field that a bracket in the header of a column names, or None."""
    for number in range(first, last + 1):
        cells = sheet.rows.get(number, ())
        for hint in hints_of(cells[column] if column < len(cells) else ""):
            what = words.field_of(hint)
            if what in set(Field):
                return what
    return None


def _columns(sheet: ReadSheet, seen: _Guess, lexicon: Lexicon) -> dict[Field, int]:
    """Choose a column for each field; where several could be it, what they hold decides."""
    words = lexicon.words
    asks: dict[Field, Any] = {
        Field.KIND: words.kind_of,
        Field.REGION: lexicon.places.find,
        Field.CITY: lexicon.places.find,
        Field.ALLIANCE: lexicon.alliances.find,
        Field.TIER: words.tier_of,
    }
    samples = {
        column: _sample(sheet, seen.last, column, words)
        for columns in seen.candidates.values()
        for column in columns
    }

    def share(column: int, what: Field) -> float:
        values = samples[column]
        return sum(1 for each in values if asks[what](each)) / len(values) if values else 0.0

    chosen: dict[Field, int] = {}
    for what in Field:
        columns = seen.candidates.get(what.value, [])
        if what is Field.NAME:
            columns = sorted(columns, key=lambda column: (column in seen.weak, column))
        elif what in asks:
            columns = sorted(columns, key=lambda column: (-share(column, what), column))
        if columns:
            chosen[what] = columns[0]
    # One word heads both: only the values tell a tier from a kind, and a chain from its node.
    for one, other in ((Field.TIER, Field.KIND), (Field.KIND, Field.TIER)):
        column = chosen.get(one)
        if column is None or other in chosen:
            continue
        if share(column, other) > max(0.5, share(column, one)):
            chosen[other] = chosen.pop(one)
    column = chosen.get(Field.ALLIANCE)
    if column is not None and Field.CHAIN_NODE not in chosen and samples[column]:
        is_loose = not words.strict_alliance.search(seen.labels[column])
        if is_loose and not share(column, Field.ALLIANCE):
            chosen[Field.CHAIN_NODE] = chosen.pop(Field.ALLIANCE)
    return chosen


def _sample(sheet: ReadSheet, below: int, column: int, words: Words) -> list[str]:
    values = (
        plain(cells[column])
        for number, cells in sheet.rows.items()
        if number > below and column < len(cells)
    )
    kept = (value for value in values if not words.is_nothing(value))
    return [value for _n, value in zip(range(SAMPLED), kept, strict=False)]
