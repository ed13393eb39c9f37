"""Workbooks that imports hand out: the template to fill in, and the rows that were not taken."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.accounts.forms import ORGANISATION_KINDS
from portal.imports import queries
from portal.imports.forms import FIELDS
from portal.imports.models import Fate, MemberImport
from portal.imports.words import Field
from portal.regions.queries import provinces
from portal.sheets.writing import Column, Sheet, workbook

#: Refused rows that one workbook holds.
MOST_ROWS = 20_000
#: Wide columns of the template; the others are of one width.
WIDTHS = {Field.NAME: 36, Field.USCC: 24, Field.SUMMARY: 40, Field.WEBSITE: 28}


def template() -> bytes:
    """Return an empty workbook with the columns that are read, and what may stand in them."""
    columns = [
        Column(str(label), width=WIDTHS.get(field, 16))
        for field, label in FIELDS.items()
        if field is not Field.ADDRESS
    ]
    kinds = _(", ").join(str(label) for label in ORGANISATION_KINDS.values())
    places = _(", ").join(each.name for each in provinces())
    facts = (
        (str(FIELDS[Field.NAME]), _("In full, as on the licence. The only column you must fill.")),
        (str(FIELDS[Field.USCC]), _("18 characters; without it the name tells who is meant.")),
        (str(FIELDS[Field.KIND]), kinds),
        (str(FIELDS[Field.REGION]), places),
        (str(FIELDS[Field.ALLIANCE]), _("Only where the sheet holds members of several.")),
        (
            str(FIELDS[Field.CHAIN_NODE]),
            _("As on the chain map; anything else is kept as text and can be placed later."),
        ),
    )
    return workbook([Sheet(_("Members"), columns, [])], (_("How to fill it in"), facts))


def refused_rows(member_import: MemberImport) -> bytes:
    """Return the rows that were not taken over, as they were, with the reason at the end."""
    by_sheet: dict[str, list[list[str]]] = {}
    for fate in (Fate.REFUSED, Fate.OTHER_ALLIANCE):
        for row in queries.rows_of(member_import.id, fate, limit=MOST_ROWS):
            if row.cells is not None:
                by_sheet.setdefault(row.sheet, []).append([*row.cells, row.reason or ""])
    headings = {each["sheet"]: each["headings"] for each in member_import.layouts if each}
    sheets = []
    for name, rows in by_sheet.items():
        labels = headings.get(name, [])
        width = max(len(labels), *(len(row) - 1 for row in rows))
        columns = [
            *(Column(labels[n] if n < len(labels) else "") for n in range(width)),
            Column(_("Why it was not taken over"), width=60),
        ]
        padded = [[*row[:-1], *[""] * (width - len(row) + 1), row[-1]] for row in rows]
        sheets.append(Sheet(name, columns, padded))
    return workbook(sheets or [Sheet(_("Members"), [], [])])
