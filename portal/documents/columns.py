"""What the list of documents shows, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.documents.forms import DOCUMENT_KINDS
from portal.documents.workflow import DOCUMENT
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

DOCUMENTS = (
    Field(_l("Number"), lambda document: document.number, width=30),
    Field(_l("Title"), lambda document: document.title, width=44),
    Field(_l("Kind"), lambda document: DOCUMENT_KINDS[document.kind], width=14),
    Field(_l("Issued"), lambda document: document.issued_at, Kind.MOMENT),
    Field(_l("State"), lambda document: DOCUMENT.labels[document.state]),
)
