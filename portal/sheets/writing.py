"""Workbooks as bytes: typed columns, a frozen header, a sheet of facts, never a formula.

What somebody typed into the portal is text in a cell, whatever it begins with: `=1+1` from a
listing's title must not run on the machine of whoever opens the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from typing import Any

import xlsxwriter

from portal.clock import LOCAL_ZONE, now

#: What a browser is told a workbook is.
MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEN_PER_WAN = 1_000_000
#: What one cell holds at most; a longer text is cut and ends in an ellipsis.
CELL_LIMIT = 32_767
NAME_LIMIT = 31
#: Cells that begin so are also marked as text (the hidden apostrophe), so that editing the cell
#: or saving the sheet in another format does not wake a formula.
AWAKENING = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Days before this one have no number in a spreadsheet.
FIRST_DAY = date(1900, 1, 1)


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    #: A whole or decimal number.
    NUMBER = "number"
    #: Integer fen, shown as 10,000 yuan with two decimals; the label of the column says so.
    MONEY = "money"
    DAY = "day"
    #: An aware instant, shown in Shanghai time to the minute.
    MOMENT = "moment"


#: The number format of each kind. Text keeps codes and phone numbers as they are written.
FORMATS = {
    Kind.TEXT: "@",
    Kind.NUMBER: "General",
    Kind.MONEY: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True)
class Column:
    """One column: the words of its header, what its cells are, how wide in characters."""

    label: str
    kind: Kind = Kind.TEXT
    width: int = 18


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its columns, and rows of as many values (None leaves a cell empty)."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def workbook(
    sheets: Sequence[Sheet], facts: tuple[str, Sequence[tuple[str, str]]] = ("", ())
) -> bytes:
    """Return the sheets as one workbook, with (name, rows of label and text) of facts at its end.

    Memory stays bounded however many rows come: each is written out before the next.
    """
    target = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"created": now().astimezone(LOCAL_ZONE).replace(tzinfo=None)})
    formats = _formats(book)
    taken: set[str] = set()
    try:
        for sheet in sheets:
            _write(book.add_worksheet(sheet_name(sheet.name, taken)), sheet, formats)
        _write_facts(book, *facts, formats, taken)
    finally:
        book.close()  # also frees the files that rows wait in, where a row cannot be written
    return target.getvalue()


def _write_facts(
    book: Any,
    name: str,
    rows: Sequence[tuple[str, str]],
    formats: dict[str, Any],
    taken: set[str],
) -> None:
    if not rows:
        return
    page = book.add_worksheet(sheet_name(name, taken))
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 70)
    for number, (label, text) in enumerate(rows):
        _text(page, number, 0, label, formats["head"], formats["head"])
        _text(page, number, 1, text, formats["wrapped"], formats["wrapped"])


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that a sheet may bear and none in `taken` (folded) bears; enter it there."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip().strip("'")[:NAME_LIMIT] or "1"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[: NAME_LIMIT - 4]} {number}"
    taken.add(name.casefold())
    return name


def _formats(book: Any) -> dict[str, Any]:
    made = {kind.value: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    made["quoted"] = book.add_format({"num_format": "@", "quote_prefix": True})
    made["head"] = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    made["wrapped"] = book.add_format({"num_format": "@", "text_wrap": True, "quote_prefix": True})
    return made


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width, formats[column.kind.value])
        _text(page, 0, position, column.label, formats["head"], formats["head"])
    page.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        for position, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if value is not None and value != "":
                _cell(page, count, position, column.kind, value, formats)
    if sheet.columns:
        page.autofilter(0, 0, count, len(sheet.columns) - 1)


def _cell(
    page: Any, row: int, position: int, kind: Kind, value: Any, formats: dict[str, Any]
) -> None:
    """Write one cell as what its column is; a value that is something else stays text."""
    look = formats[kind.value]
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if kind is Kind.MONEY and isinstance(value, int):
        page.write_number(row, position, value / FEN_PER_WAN, look)
    elif kind is Kind.NUMBER and is_number:
        page.write_number(row, position, value, look)
    elif kind is Kind.MOMENT and isinstance(value, datetime):
        page.write_datetime(row, position, value.astimezone(LOCAL_ZONE).replace(tzinfo=None), look)
    elif kind is Kind.DAY and type(value) is date and value >= FIRST_DAY:
        page.write_datetime(row, position, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day of the calendar
    else:
        _text(page, row, position, str(value), formats["text"], formats["quoted"])


def _text(page: Any, row: int, position: int, value: str, look: Any, quoted: Any) -> None:
    """Write a text as a text: no formula, no link, no number, nothing that breaks the file."""
    # A lone surrogate cannot be written down in any file.
    value = value.encode("utf-8", "replace").decode("utf-8")
    if len(value) > CELL_LIMIT:
        value = f"{value[: CELL_LIMIT - 1]}…"
    page.write_string(row, position, value, quoted if value.startswith(AWAKENING) else look)
