"""What the lists that an organisation keeps show, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.organisations.forms import AUDIENCES, CONTACT_KINDS
from portal.roles import ROLES
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

QUALIFICATIONS = (
    Field(_l("Qualification"), lambda each: each.name, width=32),
    Field(_l("Issuer"), lambda each: each.issuer, width=28),
    Field(_l("Number"), lambda each: each.number, width=24),
    Field(_l("Last day"), lambda each: each.valid_until, Kind.DAY, width=12),
    Field(_l("Original seen by"), lambda each: each.seen_by.name if each.seen_by else None),
    Field(_l("Seen at"), lambda each: each.seen_at, Kind.MOMENT),
)

CONTACTS = (
    Field(_l("Kind"), lambda each: CONTACT_KINDS[each.kind], width=12),
    Field(_l("Contact"), lambda each: each.value, width=32),
    Field(_l("Label"), lambda each: each.label),
    Field(_l("Shown to whom"), lambda each: AUDIENCES[each.shown_to], width=32),
    Field(_l("Consented by"), lambda each: each.consented_by.name),
    Field(_l("Consented at"), lambda each: each.consented_at, Kind.MOMENT),
)

#: Rows are (colleague, appointment, whether its time is shown).
PEOPLE = (
    Field(_l("Name"), lambda row: row[0].person.name),
    Field(_l("Role"), lambda row: ROLES[row[1].role].name),
    Field(_l("In this role since"), lambda row: row[1].from_at if row[2] else None, Kind.MOMENT),
    Field(_l("Last day"), lambda row: row[1].last_on if row[2] else None, Kind.DAY, width=12),
    Field(
        _l("Acted for by"),
        lambda row: "\n".join(agency.agent.name for agency in row[0].agencies) or None,
    ),
)
