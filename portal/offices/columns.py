"""What the lists of offices show, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.roles import ROLES
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

#: Rows are (name of the place, names of who holds an office there).
PLACES = (
    Field(_l("Place"), lambda row: row[0], width=32),
    Field(_l("Who holds an office"), lambda row: "\n".join(row[1]) or None, width=40),
)

HOLDERS = (
    Field(_l("Name"), lambda each: each.person.name),
    Field(_l("Role"), lambda each: ROLES[each.role].name),
    Field(_l("First day"), lambda each: each.first_on, Kind.DAY, width=12),
    Field(_l("Last day"), lambda each: each.last_on, Kind.DAY, width=12),
    Field(_l("Basis"), lambda each: each.basis, width=36),
)
