"""Tables as comma-separated text (CSV), out and in: bytes and rows, knowing no meaning.

Out, a cell that an office program would run as a formula gets an apostrophe before it; in, that
apostrophe goes again. In, the encoding and the separator are found out, and all is bounded.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from flask import current_app

from portal.errors import Refused
from portal.sheets.reading import SENTENCES, ReadSheet, read_workbook, too_heavy
from portal.sheets.writing import AWAKENING

MIMETYPE = "text/csv"
#: Rows that hold anything, cells and columns that are read, and characters of one cell.
ROWS, CELLS, COLUMNS, TEXT = 20_000, 400_000, 256, 4_000
SEPARATORS = ",;\t"
#: Chinese office programs write the second one.
ENCODINGS = ("utf-8-sig", "gb18030")
#: How the wide files of Windows begin.
WIDE = (b"\xff\xfe", b"\xfe\xff")
#: What no table begins with: workbooks old and new, and pages.
OTHERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<", b"%PDF", b"{")


def written(labels: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as text that office programs open as one (with a mark of its encoding)."""
    target = StringIO()
    writer = csv.writer(target)
    writer.writerow(labels)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig", "replace")


def _harmless(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _wakes(text) else text


def _wakes(text: str) -> bool:
    """Tell whether a text would be run, or only is not because of apostrophes before it."""
    return text.lstrip("'").startswith(AWAKENING)


def read_table(content: bytes, name: str) -> list[ReadSheet]:
    """Return the sheets of a workbook, or the one of a comma-separated text, by the content.

    `name` is what the sheet of a text is called. Raises `Refused` for whatever is neither.
    """
    text = _text_in(content)
    return read_workbook(content) if text is None else [_sheet(text, name)]


def _text_in(content: bytes) -> str | None:
    """Return the text that bytes hold, or None where they are no comma-separated text."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(OTHERS):
        return None
    most = current_app.config["WORKBOOK_BYTES"]
    if len(content) > most:
        raise Refused(too_heavy(most), field="file")
    for encoding in ("utf-16",) if content.startswith(WIDE) else ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _sheet(text: str, name: str) -> ReadSheet:
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    rows: dict[int, tuple[str, ...]] = {}
    count = 0
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=separator), start=1):
            if not any(cell.strip() for cell in cells):
                continue
            count += len(cells)
            if len(rows) >= ROWS or count > CELLS:
                raise Refused(SENTENCES["too_many_rows"], field="file")
            rows[number] = tuple(_read(cell) for cell in cells[:COLUMNS])
    except csv.Error:
        raise Refused(SENTENCES["broken"], field="file") from None
    if not rows:
        raise Refused(SENTENCES["empty"], field="file")
    return ReadSheet(name=name, rows=rows)


def _read(cell: str) -> str:
    return (cell[1:] if cell.startswith("'") and _wakes(cell) else cell)[:TEXT]
