"""A whole workbook: which sheets hold members, and the records of all of them.

Pure: it knows no database, and is the one door to the modules that read tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from portal.errors import Refused
from portal.imports.headers import Layout, Lexicon, guess_layout
from portal.imports.records import Reader, Record, whole_place
from portal.imports.side_by_side import whole_name
from portal.imports.words import bare
from portal.sheets.reading import ReadSheet


def guess_layouts(sheets: Sequence[ReadSheet], lexicon: Lexicon) -> list[Layout | None]:
    """Return how each sheet is to be read, None for those that hold no members.

    Raises `Refused` where no sheet does; the sentence says what is missing.
    """
    found, telling = [guess_layout(sheet, lexicon) for sheet in sheets], lexicon.words.telling
    if any(each and telling & each.columns.keys() for each in found):
        # A list of bare names beside a real table is instructions, or a choice of words.
        found = [each if each and telling & each.columns.keys() else None for each in found]
    if not any(found):
        raise Refused(
            _l(
                "No sheet has a column with the names of organisations beside what tells of them "
                "(kind, province, code). Bring a table with at least these, or fill in the "
                "template."
            ),
            field="file",
        )
    return found


def recognise(
    sheets: Sequence[ReadSheet], layouts: Sequence[Layout | None], lexicon: Lexicon
) -> list[Record]:
    """Return the records of all sheets that are read, in the order of the workbook."""
    found: list[Record] = []
    for sheet, layout in zip(sheets, layouts, strict=True):
        if layout is None or not layout.is_read:
            continue
        read = Reader(sheet, layout, lexicon).records()
        found += [_named_by_sheet(record, whole_name(sheet.name), lexicon) for record in read]
    return found


def _named_by_sheet(record: Record, name: str, lexicon: Lexicon) -> Record:
    """Fill in the province or the alliance that the name of the sheet tells, where none is said."""
    if record.region is not None and record.alliance is not None:
        return record
    word = lexicon.words.around_a_word.sub("", bare(lexicon.words.counts.sub("", name)))
    place = whole_place(word, lexicon) if word and record.region is None else None
    if place is not None and not record.problems:
        record = replace(record, region=place.province.code)
    if record.alliance is None and not record.problems:
        record = replace(record, alliance=lexicon.alliances.find(word))
    return record
