"""From the rows of a sheet to records of organisations; totals, notes and blank rows fall away.

Pure: it knows no database. A record says what the row says, in the portal's words, and which of
it could not be read; whether it is known already is judged elsewhere (`fates`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.errors import Refused
from portal.imports.headers import Layout, Lexicon, paths_of
from portal.imports.places import Found
from portal.imports.words import Field, bare, plain
from portal.sheets.reading import Fault, ReadSheet, column_letter

#: What begins so is no name, but wants to be a formula.
AWAKENING = ("=", "+", "@")
LONGEST_NAME = 120
LONGEST_NODE = 60


@dataclass(frozen=True)
class Record:
    """What one row says of one organisation."""

    sheet: str
    row: int
    cells: tuple[str, ...]
    name: str = ""
    kind: str | None = None
    #: Whether the kind was only told from the name: then it never changes what is known.
    is_kind_guessed: bool = False
    #: The codes of the province, and of the city or district where it is one of the region table.
    region: str | None = None
    district: str | None = None
    #: The city as people say it, known to the table or not.
    city: str | None = None
    #: The slug of the alliance the row itself names.
    alliance: str | None = None
    chain_node: str | None = None
    uscc: str | None = None
    tier: str | None = None
    summary: str | None = None
    website: str | None = None
    #: Why it cannot be taken over; and what a person should know of one that can.
    problems: tuple[LazyString, ...] = ()
    remarks: tuple[LazyString, ...] = ()


@dataclass
class Context:
    """What rows above say of the rows below: a section's province, kind, alliance."""

    region: str | None = None
    kind: str | None = None
    alliance: str | None = None
    #: Field -> the text of a column that is written once for all rows below it.
    carried: dict[Field, str] = field(default_factory=dict)


class Reader:
    """Reads one sheet by its layout."""

    def __init__(self, sheet: ReadSheet, layout: Layout, lexicon: Lexicon) -> None:
        self.sheet, self.layout, self.lexicon = sheet, layout, lexicon
        self.words = lexicon.words
        self._faults: dict[int, dict[int, Fault]] = defaultdict(dict)
        for fault in sheet.faults:
            self._faults[fault.row][fault.column] = fault
        self._numbers = sorted({*sheet.rows, *self._faults})
        self._covers = self._covered()
        self._wide = {merge.top for merge in sheet.merges if merge.right > merge.left}
        numbers = range(layout.first_header, layout.last_header + 1)
        self._headers = {self._written(sheet.rows.get(number, ())) for number in numbers}
        #: What the last record said of each field itself, for marks that repeat it.
        self._above: dict[Field, str] = {}
        self._labels = paths_of(sheet, layout.first_header, layout.last_header)

    def _covered(self) -> dict[int, dict[int, tuple[int, int]]]:
        """Return for each cell below the top of a merged area, by row, which cell speaks for it.

        Only for rows that hold anything: an area may reach down to the last row there can be.
        """
        found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        for merge in self.sheet.merges:
            columns = range(merge.left, min(merge.right + 1, self.sheet.width))
            below = bisect_right(self._numbers, merge.top)
            for number in self._numbers[below : bisect_right(self._numbers, merge.bottom)]:
                found[number].update(dict.fromkeys(columns, (merge.top, merge.left)))
        return found

    @staticmethod
    def _written(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(bare(cell) for cell in cells if cell.strip())

    def _own(self, number: int, column: int) -> str:
        """Return what stands in a cell itself, as it is read."""
        cells = self.sheet.rows.get(number, ())
        return plain(cells[column]) if column < len(cells) else ""

    def _value(self, number: int, what: Field) -> str:
        """Return what a row says of a field, also from a merged cell beside several rows."""
        column = self.layout.columns.get(what)
        if column is None:
            return ""
        own = self._own(number, column)
        above = self._covers.get(number, {}).get(column)
        if not own and what is not Field.NAME and above is not None:
            own = self._own(*above)
        if own in self.words.dittos:
            return self._above.get(what, "")
        return "" if self.words.is_nothing(own) else own

    def records(self) -> Iterator[Record]:
        """Return the records of the sheet, in its order."""
        context = Context()
        self._carry(context)
        for number in self._numbers:
            filled = {
                column: text
                for column, cell in enumerate(self.sheet.rows.get(number, ()))
                if (text := plain(cell))
            }
            if number <= self.layout.last_header:
                if number < self.layout.first_header and len(filled) == 1:
                    ((column, text),) = filled.items()
                    self._heads(number, column, text, context)
                continue
            faults = set(self._faults.get(number, ()))
            if not filled and not faults:
                continue
            if self._is_apart(number, filled, faults, context):
                continue
            yield self._record(number, context)
            for what, column in self.layout.columns.items():
                if (own := self._own(number, column)) and own not in self.words.dittos:
                    self._above[what] = own

    def _carry(self, context: Context) -> None:
        """Note a column of provinces that is written once for each group of rows, unmerged."""
        column = self.layout.columns.get(Field.REGION)
        if column is None:
            return
        below = [n for n in self.sheet.rows if n > self.layout.last_header]
        named = [n for n in below if self._value(n, Field.NAME)]
        values = [self._value(n, Field.REGION) for n in named]
        written = [value for value in values if value]
        is_sparse = bool(written and values[0]) and len(written) * 2 <= len(values)
        if is_sparse and len(set(written)) == len(written):
            context.carried[Field.REGION] = ""

    def _is_apart(
        self, number: int, filled: dict[int, str], faults: set[int], context: Context
    ) -> bool:
        """Tell whether a row is no record: a total, a note, a heading, a header printed again."""
        texts = list(filled.values())
        if self._written(self.sheet.rows.get(number, ())) in self._headers:
            return True
        name_column = self.layout.columns[Field.NAME]
        if any(self.words.totals.search(bare(text)) for text in texts[:2]):
            return True
        said = {
            column: text
            for column, text in filled.items()
            if column == name_column or not self.words.ordinals.search(text)
        }
        if not faults and len(said) == 1:
            ((column, text),) = said.items()
            if self.words.notes.search(text) or self._heads(number, column, text, context):
                return True
            is_wide = number in self._wide
            return column != name_column or (is_wide and len(self.layout.columns) > 1)
        are_notes = [bool(self.words.notes.search(text)) for text in texts]
        if texts and (all(are_notes) or (are_notes[0] and name_column not in filled)):
            return True
        if filled.get(name_column) in self.words.dittos:
            return True
        if name_column in filled or name_column in faults:
            return False
        # A merged name goes on here; or there is nothing but a number and what is merged.
        if name_column in self._covers.get(number, ()):
            return True
        telling = [
            column for what, column in self.layout.columns.items() if what in self.words.saying
        ]
        return not any(column in said or column in faults for column in telling)

    def _heads(self, number: int, column: int, text: str, context: Context) -> bool:
        """Take a heading within the table (a province, a kind, an alliance) for the rows below."""
        if any(at != column for at in self._covers.get(number, ())):
            return False  # what is merged beside it makes it a record
        word = self.words.numbering.sub("", text)
        word = self.words.counts.sub("", word).strip("()[]:、. ")
        found = whole_place(word, self.lexicon)
        is_name = column == self.layout.columns[Field.NAME]
        if found is not None and not (is_name and found.district and len(self._labels) > 1):
            context.region, context.kind = found.province.code, None
        elif kind := self.words.kinds.get(bare(word)):
            context.kind = kind
        elif slug := self.lexicon.alliances.find(word):
            context.alliance = slug
        else:
            return False
        return True

    def _name(self, number: int) -> str:
        """Return the name that a row bears, without its number in the list."""
        return self.words.numbering.sub("", self._value(number, Field.NAME)).strip(" ,、;.")

    def _record(self, number: int, context: Context) -> Record:
        cells = self.sheet.rows.get(number, ())
        name, tier_behind = self.words.name_and_tier(self._name(number))
        made = Record(self.sheet.name, number, tuple(cells), name=name or "")
        made = self._with_kind(made, self._value(number, Field.KIND), context)
        made = self._with_place(made, number, context)
        made = self._with_alliance(made, self._value(number, Field.ALLIANCE), context)
        node = self._value(number, Field.CHAIN_NODE)
        made = replace(
            made,
            chain_node=node[:LONGEST_NODE] or None,
            uscc=self._value(number, Field.USCC) or None,
            tier=self.words.tier_of(self._value(number, Field.TIER)) or tier_behind,
            summary=self._value(number, Field.SUMMARY)[:1000] or None,
            website=self._value(number, Field.WEBSITE) or None,
        )
        problems = (*made.problems, *self._unread(number))
        return replace(made, problems=(*problems, *self._wrong_name(made.name, problems)))

    def _with_kind(self, made: Record, text: str, context: Context) -> Record:
        kind = self.words.kind_of(text) if text else context.kind
        if kind is not None:
            return replace(made, kind=kind)
        kind = self.words.kind_named(made.name)
        if text and kind is None:
            problem = _l("“%(text)s” is none of the seven kinds of organisation.", text=text[:40])
            return replace(made, problems=(*made.problems, problem))
        remarks = made.remarks
        if text:
            sentence = _l("“%(text)s” is no known kind; the kind was taken from the name.",
                          text=text[:40])  # fmt: skip
            remarks = (*remarks, sentence)
        return replace(made, kind=kind, is_kind_guessed=True, remarks=remarks)

    def _with_place(self, made: Record, number: int, context: Context) -> Record:
        places = self.lexicon.places
        region = self._value(number, Field.REGION)
        if Field.REGION in context.carried:
            region = context.carried[Field.REGION] = region or context.carried[Field.REGION]
        city = self._value(number, Field.CITY)
        address = self._value(number, Field.ADDRESS)
        by_region, by_city = places.find(region), places.find(city)
        by_address = places.find(address)
        if region and by_region is None:
            problem = _l("“%(text)s” is none of the provinces here.", text=region[:40])
            return replace(made, problems=(*made.problems, problem))
        if by_region and by_city and by_region.province != by_city.province:
            within = self._city_of(by_region, city)
            if within is None:
                problem = _l("%(city)s does not lie in %(region)s.",
                             city=city[:40], region=by_region.province.name)  # fmt: skip
                return replace(made, problems=(*made.problems, problem))
            by_city = within
        found = by_region or by_city or by_address
        code = found.province.code if found else context.region or self.layout.default_region
        districts = [each.district for each in (by_city, by_region, by_address)
                     if each and each.district and each.province.code == code]  # fmt: skip
        said = city or (by_region.district.name if by_region and by_region.district else "")
        return replace(
            made,
            region=code,
            district=districts[0].code if districts else None,
            city=places.city_text(said) or None,
        )

    def _city_of(self, found: Found, city: str) -> Found | None:
        """Return a city again, of two of its name the one within the province that is named."""
        again = self.lexicon.places.find(found.province.name + city)
        return again if again and again.district else None

    def _with_alliance(self, made: Record, text: str, context: Context) -> Record:
        if not text:
            return replace(made, alliance=context.alliance)
        slug = self.lexicon.alliances.find(text)
        if slug is None:
            problem = _l("No alliance here is called “%(text)s”.", text=text[:40])
            return replace(made, problems=(*made.problems, problem))
        return replace(made, alliance=slug)

    def _unread(self, number: int) -> Iterator[LazyString]:
        """Give a sentence for each cell of a row that is used and cannot be read."""
        for column, fault in sorted(self._faults.get(number, {}).items()):
            if column not in self.layout.columns.values():
                continue
            cell = f"{column_letter(column)}{number}"
            if fault.kind == "error":
                yield _l("Cell %(cell)s shows %(shown)s.", cell=cell, shown=fault.shown)
            else:
                yield _l(
                    "Cell %(cell)s holds a formula without its result: open the workbook in "
                    "WPS or Excel, and save it.",
                    cell=cell,
                )

    @staticmethod
    def _wrong_name(name: str, problems: Sequence[LazyString]) -> Iterator[LazyString]:
        if not name and not problems:
            yield _l("There is no name of an organisation in this row.")
        if name.startswith(AWAKENING):
            yield _l("This is no name of an organisation.")
        if len(name) > LONGEST_NAME:
            yield _l("The name has more than %(max)d characters.", max=LONGEST_NAME)


def whole_place(word: str, lexicon: Lexicon) -> Found | None:
    """Return the place that a word names and nothing more, or None."""
    found = lexicon.places.find(word)
    if found is None:
        return None
    named = found.district or found.province
    return found if bare(word) in lexicon.places.names_of(named) else None


def refuse_marked(sheet: ReadSheet, layout: Layout, lexicon: Lexicon) -> None:
    """Raise `Refused` where what stands above the header bears a mark of secrecy."""
    above = (cells for number, cells in sheet.rows.items() if number < layout.first_header)
    heads = (re.sub(r"\s", "", cell) for cells in above for cell in cells)
    if any(lexicon.words.classified.search(head) for head in heads):
        raise Refused(
            _l(
                "%(sheet)s bears a mark of secrecy: such things are never stored here.",
                sheet=sheet.name,
            ),
            field="file",
        )
