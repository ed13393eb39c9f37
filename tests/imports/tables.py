"""Tables as the reader would give them, and what is recognised in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.utils import range_boundaries

from portal.imports.recognising import guess_layouts, recognise
from portal.imports.records import Record
from portal.sheets.reading import Merge, ReadSheet
from tests.imports.lexicon import lexicon


def sheet(rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), name: str = "表") -> ReadSheet:
    """Return a sheet as the reader would give it; rows from 1, merged areas as `A3:A7`."""
    kept = {
        number: tuple("" if cell is None else str(cell) for cell in row)
        for number, row in enumerate(rows, start=1)
        if any(cell not in (None, "") for cell in row)
    }
    areas = []
    for area in merges:
        left, top, right, bottom = range_boundaries(area)
        areas.append(Merge(top, left - 1, bottom, right - 1))
    return ReadSheet(name, kept, tuple(areas))


def records(*sheets: ReadSheet) -> list[Record]:
    return recognise(sheets, guess_layouts(sheets, lexicon()), lexicon())


def told(*sheets: ReadSheet) -> list[tuple[Any, ...]]:
    """Return what most tests ask of each record."""
    return [(each.row, each.name, each.kind, each.region, each.city) for each in records(*sheets)]
