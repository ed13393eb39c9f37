"""Workbooks as they arrive (xls, xlsx, et, ods): what is in their cells, and nothing more.

The file is a stranger's: what it is, its content says, never its name, and it is opened by
`parsing.py` in a process of its own, with bounded memory and time. What cannot be read is
`Refused` with a sentence that says what to do. Nothing here knows what the cells mean.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.errors import Refused

#: Characters of a sheet's name that are kept.
LONGEST_NAME = 60
#: Characters of a cell that are read of a workbook (`parsing.TEXT`): so long a text may be cut.
LONGEST_CELL = 2_000
PARSER = Path(__file__).with_name("parsing.py")

#: Why a workbook is not read, by the code the parser gives.
SENTENCES: dict[str, LazyString] = {
    "no_spreadsheet": _l(
        "This file is no spreadsheet, whatever its name says. Save the table as xlsx and bring "
        "that."
    ),
    "text": _l(
        "This file holds text (a web page or a CSV under another name). Open it in WPS or Excel "
        "and save it as xlsx."
    ),
    "encrypted": _l("This workbook is locked with a password. Save it without one first."),
    "declared": _l(
        "This workbook holds instructions that no office program writes, and is not opened."
    ),
    "broken": _l("This workbook is damaged. Open it in WPS or Excel and save it anew as xlsx."),
    "too_large": _l(
        "This workbook unpacks to more than is read here. Copy the table alone into a new one."
    ),
    "too_many_sheets": _l("This workbook has too many sheets. Keep those with members only."),
    "too_many_rows": _l(
        "This workbook has more rows or cells than are read at once. Split it into several."
    ),
    "too_slow": _l(
        "Reading this workbook took too long. Copy the table alone into a new one and bring that."
    ),
    "empty": _l("There is nothing in this workbook."),
}


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read: an error, or a formula whose result the file does not hold."""

    row: int
    column: int
    #: `error` or `formula`.
    kind: str
    shown: str


@dataclass(frozen=True)
class Merge:
    """A merged area: rows as the sheet counts them (from 1), columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class ReadSheet:
    """One sheet: the rows that hold anything, by their number in the sheet, cells as text."""

    name: str
    rows: Mapping[int, tuple[str, ...]]
    merges: tuple[Merge, ...] = ()
    faults: tuple[Fault, ...] = ()
    is_hidden: bool = False

    @cached_property
    def width(self) -> int:
        """How many columns are in use."""
        return max((len(cells) for cells in self.rows.values()), default=0)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ReadSheet:
        """Return the sheet that `as_data` wrote down."""
        return cls(
            name=data["name"],
            rows={number: tuple(cells) for number, cells in data["rows"]},
            merges=tuple(Merge(*each) for each in data["merges"]),
            faults=tuple(Fault(*each) for each in data["faults"]),
            is_hidden=data["is_hidden"],
        )

    def as_data(self) -> dict[str, Any]:
        """Return the sheet as it can be kept in JSON."""
        return {
            "name": self.name,
            "rows": [[number, list(cells)] for number, cells in self.rows.items()],
            "merges": [[m.top, m.left, m.bottom, m.right] for m in self.merges],
            "faults": [[f.row, f.column, f.kind, f.shown] for f in self.faults],
            "is_hidden": self.is_hidden,
        }


def column_letter(column: int) -> str:
    """Return how a spreadsheet calls a column (from 0): A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_workbook(content: bytes) -> list[ReadSheet]:
    """Return the sheets of a workbook that hold anything, hidden ones too.

    Raises `Refused` for what is too large, no workbook, locked, damaged, or hostile.
    """
    most = current_app.config["WORKBOOK_BYTES"]
    if len(content) > most:
        raise Refused(too_heavy(most), field="file")
    answer = _ask(content)
    if "refused" in answer:
        raise Refused(SENTENCES[answer["refused"]], field="file")
    named = _named_apart(answer["sheets"])
    sheets = [sheet for sheet in named if sheet.rows or sheet.faults]
    if not sheets:
        raise Refused(SENTENCES["empty"], field="file")
    return sheets


def _named_apart(found: Sequence[dict[str, Any]]) -> list[ReadSheet]:
    """Return the sheets with names of a bounded length, each its own."""
    taken: set[str] = set()
    sheets = []
    for number, each in enumerate(found, start=1):
        name = each["name"][:LONGEST_NAME]
        name = f"{name[: LONGEST_NAME - 4]} {number}" if name in taken else name
        taken.add(name)
        sheets.append(ReadSheet.from_data({**each, "name": name}))
    return sheets


def too_heavy(most: int) -> LazyString:
    """Return the sentence for a file of more bytes than are taken."""
    return _l(
        "This file is larger than %(megabytes)d MB. Copy the table alone into a new workbook.",
        megabytes=max(1, most // (1024 * 1024)),
    )


def _ask(content: bytes) -> dict[str, Any]:
    """Let a process of its own read the workbook; whatever ends it early is a refusal."""
    memory = current_app.config["WORKBOOK_MEMORY"]
    seconds = current_app.config["WORKBOOK_SECONDS"]
    # Isolated, and with nothing of our environment: it holds the portal's secrets.
    command = [sys.executable, "-I", str(PARSER), str(memory), str(seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell, no word of a stranger
            command, input=content, capture_output=True, timeout=seconds * 2, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        return {"refused": "too_slow"}
    if done.returncode == -signal.SIGXCPU:
        return {"refused": "too_slow"}
    if done.returncode:
        # Out of memory: the allocator aborts the process, or the system kills it.
        current_app.logger.warning("a workbook ended its reader with %d", done.returncode)
        is_killed = done.returncode in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV)
        return {"refused": "too_large" if is_killed else "broken"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
