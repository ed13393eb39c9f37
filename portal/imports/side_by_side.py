"""Tables that stand side by side in one sheet, and are read as one sheet each, left to right.

Pure: it knows no database. A part keeps its cells where they stood, so that its columns are
called as in the workbook; its name says which columns it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from portal.imports.headers import Layout, Lexicon, guess_layout, paths_of
from portal.imports.words import Field
from portal.sheets.reading import LONGEST_NAME, Merge, ReadSheet, column_letter

#: What the name of a part ends in: its first and last column.
PART = re.compile(r" \([A-Z]{1,3}–[A-Z]{1,3}\)$")


def separated(sheets: Sequence[ReadSheet], lexicon: Lexicon) -> list[ReadSheet]:
    """Return the sheets, each that holds tables side by side as one sheet for each of them."""
    found: list[ReadSheet] = []
    for sheet in sheets:
        layout = guess_layout(sheet, lexicon)
        starts = _starts(sheet, layout) if layout else [0]
        if layout is None or len(starts) < 2:
            found.append(sheet)
            continue
        ends = [*(start - 1 for start in starts[1:]), sheet.width - 1]
        spans = zip(starts, ends, strict=True)
        found += [_part(sheet, left, right, layout.first_header) for left, right in spans]
    return found


def whole_name(name: str) -> str:
    """Return the name of the sheet that a part was cut from; any other name as it is."""
    return PART.sub("", name)


def _starts(sheet: ReadSheet, layout: Layout) -> list[int]:
    """Return the first column of each table: its header says again what the first one says.

    What stands left of the first table belongs to it; of one table alone the start is returned.
    """
    paths = paths_of(sheet, layout.first_header, layout.last_header)
    first_name = layout.columns[Field.NAME]
    starts = [0]
    before = first_name
    for again in range(first_name + 1, sheet.width):
        if paths[again] != paths[first_name]:
            continue
        ahead = 0
        while (
            again - ahead - 1 > before
            and first_name > ahead
            and (paths[again - ahead - 1] == paths[first_name - ahead - 1])
        ):
            ahead += 1
        starts.append(again - ahead)
        before = again
    if len(starts) < 2:
        return starts
    own = {path for column, path in paths.items() if column < starts[1] and path}
    for start, end in zip(starts[1:], [*starts[2:], sheet.width], strict=True):
        said = {paths[column] for column in range(start, end) if paths[column]}
        # A second name beside one table (of a partner) repeats nothing else of it.
        if len(said) < 2 or not said <= own:
            return [0]
    return starts


def _part(sheet: ReadSheet, left: int, right: int, header: int) -> ReadSheet:
    """Return a sheet with the cells of some columns alone; a heading of all heads each part."""
    rows = {number: _cut(cells, left, right) for number, cells in sheet.rows.items()}
    for number, cells in sheet.rows.items():
        texts = [cell for cell in cells if cell.strip()]
        if number < header and len(texts) == 1:
            rows[number] = (*[""] * left, texts[0])
    merges = []
    for merge in sheet.merges:
        if merge.right < left or merge.left > right:
            continue
        cells = sheet.rows.get(merge.top, ())
        if merge.left < left and merge.left < len(cells):
            own = [*rows[merge.top], *[""] * (left + 1 - len(rows[merge.top]))]
            own[left] = own[left] or cells[merge.left]
            rows[merge.top] = tuple(own)
        merges.append(
            Merge(merge.top, max(left, merge.left), merge.bottom, min(right, merge.right))
        )
    ending = f" ({column_letter(left)}–{column_letter(right)})"
    return replace(
        sheet,
        name=sheet.name[: LONGEST_NAME - len(ending)] + ending,
        rows={number: cells for number, cells in rows.items() if any(c.strip() for c in cells)},
        merges=tuple(merges),
        faults=tuple(each for each in sheet.faults if left <= each.column <= right),
    )


def _cut(cells: Sequence[str], left: int, right: int) -> tuple[str, ...]:
    return tuple("" if n < left else cell for n, cell in enumerate(cells[: right + 1]))
