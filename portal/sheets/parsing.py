"""The inside of the fence: a process of its own that opens one workbook and says what is in it.

Run by `reading.py`, by its path and in isolation: it imports nothing of the portal. It bounds
its own memory and time first, reads a workbook from its input, and writes one JSON object: the
sheets, or the code of a refusal. Whatever a hostile file does to it ends with this process.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

#: Bytes that the members of a zipped workbook may unpack to, all together.
UNPACKED = 64 * 1024 * 1024
MEMBERS = 2_000
SHEETS = 30
#: Rows that hold anything, in all sheets together; cells alike.
ROWS = 20_000
CELLS = 400_000
#: Columns beyond this one are no table that people read.
COLUMNS = 256
#: Characters of one cell that are read.
TEXT = 2_000
MERGES = 20_000
#: Characters of all cells together.
ALL_TEXT = 16_000_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: How the names of streams stand in an OLE file.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
STREAMS = tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "WORKBOOK", "Book"))
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
#: A document type can pull in other files or grow without end; no office program writes one.
DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
SUSPICIOUS = re.compile(rb"<f[ >/]|\st=[\"']e[\"']")
CHUNK = 1024 * 1024


class Stop(Exception):
    """The workbook is not read; the first argument is the code of the reason."""


def main() -> None:
    """Read the workbook from the input and write what is in it."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    bound(resource.RLIMIT_AS, memory)
    bound(resource.RLIMIT_CPU, seconds)
    bound(resource.RLIMIT_FSIZE, 0)
    bound(resource.RLIMIT_CORE, 0)
    try:
        found: dict[str, Any] = {"sheets": sheets_of(sys.stdin.buffer.read())}
    except Stop as stop:
        found = {"refused": stop.args[0]}
    except MemoryError:
        found = {"refused": "too_large"}
    json.dump(found, sys.stdout)


def bound(kind: int, most: int) -> None:
    """Bound a resource of this process; what the machine bounds tighter stays."""
    _soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))


def sheets_of(content: bytes) -> list[dict[str, Any]]:
    """Return the visible and hidden sheets of a workbook. Raises `Stop`."""
    is_suspicious = check_form(content)
    try:
        book = CalamineWorkbook.from_object(BytesIO(content))
    except PasswordError:
        raise Stop("encrypted") from None
    except (CalamineError, zipfile.BadZipFile, ValueError) as error:
        raise Stop("encrypted" if "password" in str(error).lower() else "broken") from None
    listed = [each for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
    if len(listed) > SHEETS:
        raise Stop("too_many_sheets")
    counted = Counted()
    found = []
    for each in listed:
        try:
            sheet = book.get_sheet_by_name(each.name)
            rows = list(rows_of(sheet, counted))
            merges = merges_of(sheet, rows)
        except CalamineError as error:
            raise Stop("encrypted" if "password" in str(error).lower() else "broken") from None
        found.append(
            {
                "name": each.name,
                "is_hidden": each.visible is not SheetVisibleEnum.Visible,
                "rows": rows,
                "merges": merges,
                "faults": [],
            }
        )
    if is_suspicious:
        look_again(content, found, counted)
    return found


class Counted:
    """What was read of the whole workbook so far."""

    def __init__(self) -> None:
        self.rows = self.cells = self.text = 0

    def add(self, cells: list[str]) -> None:
        """Count a row that holds something. Raises `Stop` beyond the limits."""
        self.rows += 1
        self.cells += sum(1 for cell in cells if cell)
        self.text += sum(map(len, cells))
        if self.rows > ROWS or self.cells > CELLS or self.text > ALL_TEXT:
            raise Stop("too_many_rows")

    def add_fault(self) -> None:
        """Count a cell that shows an error. Raises `Stop` beyond the limit of cells."""
        self.cells += 1
        if self.cells > CELLS:
            raise Stop("too_many_rows")


def check_form(content: bytes) -> bool:
    """Raise `Stop` for what is no workbook; tell whether errors or formulas may stand in it."""
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise Stop("encrypted")
        if not any(name in content for name in STREAMS):
            raise Stop("no_spreadsheet")
        return False
    if not content.startswith(b"PK\x03\x04"):
        head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        raise Stop("text" if head and b"\0" not in head and is_text(head) else "no_spreadsheet")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return check_archive(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise Stop("broken") from None


def is_text(head: bytes) -> bool:
    """Tell whether bytes read as text in one of the encodings such files come in."""
    for encoding in ("utf-8", "gb18030"):
        try:
            head[:-4].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def check_archive(archive: zipfile.ZipFile) -> bool:
    """Look at a zipped workbook before anything unpacks it. Raises `Stop`."""
    members = archive.infolist()
    if len(members) > MEMBERS or sum(each.file_size for each in members) > UNPACKED:
        raise Stop("too_large")
    if any(each.flag_bits & 1 for each in members):
        raise Stop("encrypted")
    names = {each.filename for each in members}
    is_ods = "mimetype" in names and archive.read("mimetype").strip().startswith(ODS)
    if not is_ods and not names & {"xl/workbook.xml", "xl/workbook.bin"}:
        raise Stop("no_spreadsheet")
    if is_ods and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Stop("encrypted")
    is_suspicious = False
    for each in members:
        if each.filename.lower().endswith((".xml", ".rels")):
            is_suspicious |= looked_through(archive, each) and each.filename.startswith("xl/")
    return is_suspicious


def looked_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Tell whether errors or formulas stand in an XML member. Raises `Stop` for a doctype."""
    found, kept = False, b""
    with archive.open(member) as opened:
        while chunk := opened.read(CHUNK):
            window = kept + chunk
            if DECLARED.search(window):
                raise Stop("declared")
            found = found or SUSPICIOUS.search(window) is not None
            kept = window[-64:]
    return found


def rows_of(sheet: Any, counted: Counted) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a sheet that hold anything, with their numbers in the sheet."""
    if sheet.start is None or sheet.start[1] >= COLUMNS:
        return
    # Rows come from the first of the sheet on, their cells from the first column in use.
    before = [""] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = before + [written(value) for value in row[:COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            counted.add(cells)
            yield number, cells


def written(value: Any) -> str:
    """Return a cell as text, the way a person would read it out."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)[:TEXT]


def merges_of(sheet: Any, rows: list[tuple[int, list[str]]]) -> list[tuple[int, int, int, int]]:
    """Return the merged areas: first row, first column, last row (from 1), last column (from 0).

    Areas of one sheet never overlap, so that together they cover no more than it holds. Raises
    `Stop` for such as do: whoever reads on walks through every cell of every one.
    """
    areas = sheet.merged_cell_ranges or []
    if len(areas) > MERGES:
        raise Stop("too_large")
    numbers = [number for number, _cells in rows]
    width = max((len(cells) for _number, cells in rows), default=0)
    covered = 0
    for (top, left), (bottom, right) in areas:
        held = bisect_right(numbers, bottom + 1) - bisect_left(numbers, top + 1)
        covered += held * max(0, min(right + 1, width) - left)
    if covered > CELLS:
        raise Stop("too_large")
    return [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in areas]


def look_again(content: bytes, found: list[dict[str, Any]], counted: Counted) -> None:
    """Add the cells that show an error, or a formula whose result the file does not hold.

    The quick reader gives nothing for both, which would pass for an empty cell.
    """
    by_name = {each["name"]: each for each in found}
    try:
        written_down = load_workbook(BytesIO(content), read_only=True)
        results = load_workbook(BytesIO(content), read_only=True, data_only=True)
        for page in written_down.worksheets:
            if page.title not in by_name:
                continue
            pairs = zip(page.iter_rows(), results[page.title].iter_rows(), strict=False)
            for row, computed in pairs:
                for cell, result in zip(row, computed, strict=False):
                    fault = fault_of(cell, result)
                    if fault:
                        counted.add_fault()
                        place = [cell.row, int(cell.column or 1) - 1, *fault]
                        by_name[page.title]["faults"].append(place)
    except (MemoryError, Stop):
        raise
    except Exception:
        raise Stop("broken") from None


def fault_of(cell: Any, result: Any) -> tuple[str, str] | None:
    """Return what keeps a cell from being read, and what it shows."""
    if cell.data_type == "f":
        if result.value is None:
            return "formula", str(cell.value)[:80]
        return ("error", str(result.value)[:20]) if result.data_type == "e" else None
    return ("error", str(cell.value)[:20]) if cell.data_type == "e" else None


if __name__ == "__main__":
    main()
