"""A plain Word file of headings, paragraphs and tables: pure, text in and bytes out.

What does not live here: letterheads, numbers and seals of official papers (`documents`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from io import BytesIO

import docx
from docx.document import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Level(IntEnum):
    """What a line of text is; headings are Word's own, so that its outline shows them."""

    TITLE = 0
    HEADING = 1
    TEXT = 2


TITLE, HEADING, TEXT = Level
#: Controls, halves of characters, and what is no character at all.
UNWRITABLE = ("Cc", "Cs", "Cn")

#: A line with its level, or the rows of a table.
Block = tuple[str, Level] | Sequence[Sequence[str]]


def written(blocks: Sequence[Block]) -> bytes:
    """Return the file."""
    document = docx.Document()
    for block in blocks:
        if len(block) == 2 and isinstance(block[1], Level):
            _add_line(document, str(block[0]), block[1])
        else:
            _add_table(document, block)  # type: ignore[arg-type]
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add_line(document: Document, text: str, level: Level) -> None:
    if level is Level.TEXT:
        document.add_paragraph(_printable(text))
    else:
        document.add_heading(_printable(text), level=level.value)


def _add_table(document: Document, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=0, cols=max(len(row) for row in rows), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = _printable(text)


def _printable(text: str) -> str:
    """Return a text without what no XML may hold."""
    return "".join(c for c in text if c in "\t\n" or unicodedata.category(c) not in UNWRITABLE)
