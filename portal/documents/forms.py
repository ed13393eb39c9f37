"""What may be typed about documents, and the words for their kinds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField, StringField

from portal.documents.models import DocumentKind
from portal.forms import Form, at_most, chosen, required

DOCUMENT_KINDS = {
    DocumentKind.NOTICE: _l("Meeting notice"),
    DocumentKind.MINUTES: _l("Minutes"),
    DocumentKind.RESOLUTION: _l("Resolution"),
    DocumentKind.BALLOT: _l("Ballot paper"),
    DocumentKind.PROXY: _l("Proxy"),
    DocumentKind.SWAP: _l("Application for an exchange of turns"),
    DocumentKind.HANDOVER: _l("Hand-over booklet"),
    DocumentKind.APPLICATION: _l("Membership application"),
    DocumentKind.CERTIFICATE: _l("Membership certificate"),
    DocumentKind.REPORT: _l("Annual report"),
}


class LetterheadForm(Form):
    """How papers are numbered and who seals them."""

    prefix = StringField(_l("What stands before the year"), validators=[*required(), at_most(20)])
    seal_holder = StringField(_l("Who seals"), validators=[*required(), at_most(120)])


class TemplateForm(Form):
    """An alliance's own template."""

    kind = SelectField(
        _l("For which papers"),
        choices=[SelectChoice(kind.value, label) for kind, label in DOCUMENT_KINDS.items()],
        validators=chosen(),
    )
    file = FileField(_l("Word template"), validators=[FileRequired(_l("Please choose a file."))])


class ScanForm(Form):
    """The sealed paper, as a scan or photograph."""

    file = FileField(
        _l("Scan or photograph of the sealed paper"),
        validators=[FileRequired(_l("Please choose a file."))],
    )
