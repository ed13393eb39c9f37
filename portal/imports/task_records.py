"""From the rows of a sheet to records of tasks: what, who, until when, where it stands.

Pure: it knows no database. Titles, notes and totals fall away as in tables of members; what a
task says is kept as it was written, for the same table may come back from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.errors import Refused
from portal.imports.headers import SEARCHED, Layout, Lexicon, guess_layout, labels_of
from portal.imports.records import Context, Reader, Record, refuse_marked
from portal.imports.words import UNSEEN, Field
from portal.sheets.reading import LONGEST_CELL, ReadSheet
from portal.written.dates import Precision, read_date

LONGEST_TITLE, LONGEST_TEXT = 120, 4000
#: What stands between words that are listed: blanks, and commas and semicolons of any width.
APART = re.compile("[\\s,;\uff0c\u3001\uff1b]+")


@dataclass(frozen=True)
class TaskRecord(Record):
    """What one row says of one task; `name` is its title. Empty is what it does not say."""

    #: The number of the task here, where the row was taken from here.
    number: int | None = None
    column: str = ""
    person: str = ""
    organisation: str = ""
    due_on: date | None = None
    due_said: str = ""
    package: str = ""
    labels: tuple[str, ...] = ()
    text: str = ""
    #: Whether the reader of workbooks may have cut the text.
    is_cut: bool = False
    #: What the table has a column for.
    says: frozenset[Field] = frozenset()


class TaskReader(Reader):
    """Reads one sheet of tasks by its layout; `today` is what a day without a year is near."""

    def __init__(self, sheet: ReadSheet, layout: Layout, lexicon: Lexicon, today: date) -> None:
        super().__init__(sheet, layout, lexicon)
        self.today = today

    def _record(self, number: int, context: Context) -> TaskRecord:
        cells = self.sheet.rows.get(number, ())
        title = re.sub(r"\s*\n\s*", " ", self._exact(number, Field.NAME))
        due = self._value(number, Field.DATE)
        text = self._exact(number, Field.SPECIFICATION)
        written = self._exact(number, Field.NUMBER)
        is_number = written.isascii() and written.isdecimal() and len(written) < 10
        problems = (*self._unread(number), *self._wrong(title, text, cells))
        return TaskRecord(
            self.sheet.name,
            number,
            tuple(cells),
            name=title,
            number=int(written) if is_number else None,
            column=self._value(number, Field.COLUMN),
            person=self._value(number, Field.PERSON),
            organisation=self._value(number, Field.ORGANISATION),
            due_on=_day(due, self.today),
            due_said=due,
            package=self._value(number, Field.PACKAGE),
            labels=tuple(dict.fromkeys(self._labels_said(number))),
            text=text,
            is_cut=len(text) >= LONGEST_CELL - 1,
            says=frozenset(self.layout.columns),
            problems=problems,
        )

    def _labels_said(self, number: int) -> list[str]:
        """Return the words of a cell of labels; from here they come with blanks between them."""
        is_from_here = Field.NUMBER in self.layout.columns
        said = self._exact(number, Field.LABELS)
        return said.split() if is_from_here else [each for each in APART.split(said) if each]

    def _exact(self, number: int, what: Field) -> str:
        """Return a cell as it was written, line by line; of merged ones the one that speaks."""
        column = self.layout.columns.get(what)
        if column is None:
            return ""
        cells = self.sheet.rows.get(number, ())
        own = cells[column] if column < len(cells) else ""
        above = self._covers.get(number, {}).get(column)
        if not own and above is not None and what is not Field.NAME:
            own = (self.sheet.rows.get(above[0], ())[above[1] : above[1] + 1] or ("",))[0]
        return UNSEEN.sub("", own).replace("\r\n", "\n").replace("_x000D_\n", "\n").strip()

    def _wrong(self, title: str, text: str, cells: Sequence[str]) -> Iterator[LazyString]:
        if not title:
            yield _l("There is no title in this row.")
        if len(title) > LONGEST_TITLE:
            yield _l("The title has more than %(max)d characters.", max=LONGEST_TITLE)
        if len(text) > LONGEST_TEXT:
            yield _l("What it says has more than %(max)d characters.", max=LONGEST_TEXT)
        if any(self.words.classified.search(cell) for cell in cells):
            yield _l("The row bears a mark of secrecy: such things are never stored here.")


def _day(written: str, today: date) -> date | None:
    """Return the last day that a cell means, or None where it means none."""
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        found = read_date(written, today) if written else None
    return None if found is None or found.precision is Precision.OPEN else found.last_day(today)


@dataclass(frozen=True)
class ReadTable:
    """The records of a workbook, and which of its columns were read as what."""

    records: list[TaskRecord]
    #: (name of the sheet, what its columns hold by their headings).
    columns: list[tuple[str, dict[Field, str]]]
    #: The sheets as they may be stored: of a row with a mark of secrecy the mark alone.
    storable: list[ReadSheet]


def _storable(sheet: ReadSheet, layout: Layout | None, marks: re.Pattern[str]) -> ReadSheet:
    """Return a sheet whose rows with a mark of secrecy hold that mark in place of each cell."""
    headers = range(layout.first_header, layout.last_header + 1) if layout else ()
    rows = dict(sheet.rows)
    for number, cells in sheet.rows.items():
        found = next(filter(None, map(marks.search, cells)), None)
        if found is not None and number not in headers:
            rows[number] = tuple(found[0] if cell else "" for cell in cells)
    return replace(sheet, rows=rows)


def guess_task_layouts(sheets: Sequence[ReadSheet], lexicon: Lexicon) -> list[Layout | None]:
    """Return how each sheet is to be read, None for those that hold no tasks or are hidden.

    Raises `Refused` where no sheet does; the sentence says what is missing.
    """
    found = [None if sheet.is_hidden else guess_layout(sheet, lexicon) for sheet in sheets]
    if not any(found):
        raise Refused(
            _l(
                "No sheet has a column of tasks beside what tells of them (who, until when, "
                "state, description)."
            ),
            field="file",
        )
    return found


def shown_sheets(
    sheets: Sequence[ReadSheet], layouts: Sequence[Layout | None], lexicon: Lexicon
) -> tuple[list[ReadSheet], list[Layout | None]]:
    """Return the sheets that others may see, and how each is read; the others are not kept.

    What was hidden was not meant for them, and of a sheet without a header its first rows may be
    the heading that bears a mark of secrecy.
    """
    shown = [
        (sheet, layout)
        for sheet, layout in zip(sheets, layouts, strict=True)
        if not sheet.is_hidden
        and ((layout and layout.columns) or not _is_marked(sheet, lexicon.words.classified))
    ]
    return [sheet for sheet, _layout in shown], [layout for _sheet, layout in shown]


def _is_marked(sheet: ReadSheet, marks: re.Pattern[str]) -> bool:
    """Return whether the rows in which a header is looked for bear a mark of secrecy."""
    heads = (cell for number in list(sheet.rows)[:SEARCHED] for cell in sheet.rows[number])
    return any(marks.search(re.sub(r"\s", "", head)) for head in (sheet.name, *heads))


def recognise_tasks(
    sheets: Sequence[ReadSheet], layouts: Sequence[Layout | None], lexicon: Lexicon, today: date
) -> ReadTable:
    """Return the records of all sheets that are read, in the order of the workbook.

    Raises `Refused` where a sheet bears a mark of secrecy as a whole.
    """
    found = ReadTable([], [], [])
    for sheet, layout in zip(sheets, layouts, strict=True):
        found.storable.append(_storable(sheet, layout, lexicon.words.classified))
        if layout is None or not layout.is_read:
            continue
        refuse_marked(sheet, layout, lexicon)
        labels = labels_of(sheet, layout)
        read = {what: labels.get(column, "") for what, column in layout.columns.items()}
        found.columns.append((sheet.name, read))
        records = TaskReader(sheet, layout, lexicon, today).records()
        found.records.extend(each for each in records if isinstance(each, TaskRecord))
    return found
