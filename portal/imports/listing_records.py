"""From the rows of a sheet to records of listings: whose, what, how much, by when.

Pure: it knows no database. Rows are told from titles, totals and notes as those of members are;
money and days are read by the parser that reads pasted texts (`portal.written`), and what was
said inexactly stays so: the amount has its words beside it, the day its precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.errors import Refused
from portal.exchange.pasting import without_contacts
from portal.imports.headers import Layout, Lexicon, guess_layout, labels_of, paths_of
from portal.imports.records import (
    AWAKENING,
    LONGEST_NODE,
    Context,
    Reader,
    Record,
    refuse_marked,
)
from portal.imports.words import BRACKET, Field, as_written, label_of, plain
from portal.sheets.reading import ReadSheet
from portal.written.dates import Written, read_date
from portal.written.money import Exactness, Money, read_money

#: Characters of a title that a row may have; a listing shows the first 80 of them.
LONGEST_TITLE = 300
#: Columns that hold nothing of a listing: whom to call, and numbers of a list.
LEFT_OUT = frozenset({Field.CONTACT.value, Field.USCC.value})


@dataclass(frozen=True)
class ListingRecord(Record):
    """What one row says of one listing; `name` is its title."""

    organisation: str | None = None
    money: Money | None = None
    #: The cell of money as it was written.
    amount_said: str | None = None
    when: Written | None = None
    date_said: str | None = None
    specification: str | None = None
    #: (label, text) of the other columns, but those of contacts and numbers.
    others: tuple[tuple[str, str], ...] = ()

    @property
    def amount_wan(self) -> Decimal | None:
        """The amount in 10,000 yuan; of a range the lower end."""
        return self.money.wan if self.money else None

    @property
    def amount_note(self) -> str | None:
        """The words of an amount that was not said exactly, or could not be read; else None."""
        if self.money is not None and self.money.exactness is Exactness.EXACT:
            return None
        return self.amount_said


class ListingReader(Reader):
    """Reads one sheet of listings by its layout; `today` is what a day without a year is near."""

    def __init__(self, sheet: ReadSheet, layout: Layout, lexicon: Lexicon, today: date) -> None:
        super().__init__(sheet, layout, lexicon)
        self.today = today
        self._unit_fen = self._unit()
        self._kept = self._columns_kept()

    def _unit(self) -> int | None:
        """Return what a bare number counts: as the head of its column says, or a line above."""
        column = self.layout.columns.get(Field.AMOUNT)
        if column is None:
            return None
        path = paths_of(self.sheet, self.layout.first_header, self.layout.last_header)[column]
        rows = range(self.layout.first_header, self.layout.last_header + 1)
        heads = [self._own(number, column) for number in rows]
        above = [
            text[found.end() :]
            for number, cells in self.sheet.rows.items()
            if number < self.layout.first_header
            for text in map(plain, cells)
            if (found := self.words.unit_before.search(text))
        ]
        for text in (*heads, *path, *above):
            for unit in sorted(self.words.units, key=len, reverse=True):
                if unit in text:
                    return self.words.units[unit]
        return None

    def _columns_kept(self) -> dict[int, str]:
        """Return the labels of the columns that belong into the specification as they are."""
        labels = labels_of(self.sheet, self.layout)
        taken = set(self.layout.columns.values())
        return {
            column: label
            for column, label in labels.items()
            if label
            and column not in taken
            and self.words.field_of(label_of(label)) not in LEFT_OUT
            and not self._is_numbering(column)
        }

    def _is_numbering(self, column: int) -> bool:
        below = [self._own(n, column) for n in self.sheet.rows if n > self.layout.last_header]
        numbers = [bool(self.words.ordinals.search(each)) for each in below if each]
        # A note below the table may stand in the column of its numbers.
        return 2 * sum(numbers) > len(numbers)

    def _record(self, number: int, context: Context) -> ListingRecord:
        title = self._title(number)
        cells = self.sheet.rows.get(number, ())
        kind = self.words.kind_of(self._value(number, Field.KIND)) or context.kind
        placed = self._with_place(Record(self.sheet.name, number, tuple(cells)), number, context)
        named = self._with_alliance(placed, self._value(number, Field.ALLIANCE), context)
        node = self._value(number, Field.CHAIN_NODE)
        amount, day = (self._value(number, each) for each in (Field.AMOUNT, Field.DATE))
        problems = (*named.problems, *self._unread(number))
        return ListingRecord(
            self.sheet.name,
            number,
            tuple(cells),
            name=title,
            kind=kind,
            region=named.region,
            district=named.district,
            city=named.city,
            alliance=named.alliance,
            chain_node=node[:LONGEST_NODE] or None,
            organisation=self._value(number, Field.ORGANISATION) or None,
            money=read_money(amount, unit_fen=self._unit_fen) if amount else None,
            amount_said=amount or None,
            when=read_date(day, self.today) if day else None,
            date_said=day or None,
            specification=self._specification(number),
            others=self._others(number),
            problems=(*problems, *self._wrong(title, cells, problems)),
            remarks=named.remarks,
        )

    def _title(self, number: int) -> str:
        """Return the title as it was written, without its number in the list or whom to call."""
        cells, column = self.sheet.rows.get(number, ()), self.layout.columns[Field.NAME]
        written = as_written(cells[column]) if column < len(cells) else ""
        if self.words.is_nothing(plain(written)):
            return ""
        return without_contacts(self.words.numbering.sub("", written).strip())[0]

    def _specification(self, number: int) -> str | None:
        """Return what exactly: its own cell, line by line."""
        cells = self.sheet.rows.get(number, ())
        said = self._value(number, Field.SPECIFICATION)
        column = self.layout.columns.get(Field.SPECIFICATION, len(cells))
        if column < len(cells) and said == plain(cells[column]):
            # A merged or repeated one speaks from above, on one line.
            said = "\n".join(as_written(line) for line in cells[column].splitlines())
        return said or None

    def _others(self, number: int) -> tuple[tuple[str, str], ...]:
        cells = self.sheet.rows.get(number, ())
        return tuple(
            (BRACKET.sub("", label), as_written(cells[column]))
            for column, label in self._kept.items()
            if not self.words.is_nothing(self._own(number, column))
        )

    def _wrong(
        self, title: str, cells: Sequence[str], problems: Sequence[LazyString]
    ) -> Iterator[LazyString]:
        if not title and not problems:
            yield _l("There is no title in this row.")
        if title.startswith(AWAKENING):
            yield _l("This is no title.")
        if len(title) > LONGEST_TITLE:
            yield _l("The title has more than %(max)d characters.", max=LONGEST_TITLE)
        if any(self.words.classified.search(cell) for cell in cells):
            yield _l("The row bears a mark of secrecy: such things are never stored here.")


def recognise_listings(
    sheets: Sequence[ReadSheet], lexicon: Lexicon, today: date
) -> list[ListingRecord]:
    """Return the records of all sheets that hold listings, in the order of the workbook.

    Raises `Refused` where no sheet does, or where the whole workbook bears a mark of secrecy.
    """
    layouts = [guess_layout(sheet, lexicon) for sheet in sheets]
    if not any(layouts):
        raise Refused(
            _l(
                "No sheet has a column of titles (demand, project, result) beside what tells of "
                "them (organisation, amount, date, description)."
            ),
            field="file",
        )
    found: list[ListingRecord] = []
    for sheet, layout in zip(sheets, layouts, strict=True):
        if layout is None:
            continue
        refuse_marked(sheet, layout, lexicon)
        reader = ListingReader(sheet, layout, lexicon, today)
        found += [each for each in reader.records() if isinstance(each, ListingRecord)]
    return found
