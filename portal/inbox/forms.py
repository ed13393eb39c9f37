"""What may be chosen about the inbox."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice

from portal.forms import Form, chosen
from portal.inbox.models import Rhythm

RHYTHMS = {
    Rhythm.DAILY: _l("Every day"),
    Rhythm.WEEKLY: _l("Once a week"),
    Rhythm.NEVER: _l("Never"),
}


class PreferenceForm(Form):
    """How often the digest comes, and whether what is urgent comes at once."""

    digest = RadioField(_l("Digest by mail"), validators=chosen())
    mails_urgent = BooleanField(_l("Mail me at once what is urgent"))

    def __init__(self, rhythm: Rhythm, mails_urgent: bool) -> None:
        super().__init__()
        self.digest.choices = [SelectChoice(each.value, label) for each, label in RHYTHMS.items()]
        if not self.is_submitted():
            self.digest.data, self.mails_urgent.data = rhythm.value, mails_urgent
