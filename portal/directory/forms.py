"""What may be typed to merge doubles, and the words for what moves."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from portal.forms import Form, at_most, required

#: What moves, by table, in the order of the preview.
MOVED = {
    "appointment": _l("Appointments"),
    "membership": _l("Memberships"),
    "listing": _l("Listings"),
    "interest": _l("Answers to others"),
    "contact_point": _l("Contacts"),
    "qualification": _l("Qualifications"),
    "organisation_node": _l("Chain nodes"),
    "former_name": _l("Former names"),
}

#: Whether a term in the chair is over, holds now, or is to come.
WHEN = {"past": _l("over"), "present": _l("now"), "future": _l("to come")}


class MergeForm(Form):
    """Which organisation this double really is."""

    into = StringField(
        _l("Name or code of the organisation that stays"),
        validators=[*required(), at_most(120)],
    )
