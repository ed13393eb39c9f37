"""What may be typed about a robot."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from portal.forms import Form, at_most, required
from portal.hooks import LONGEST_ADDRESS


class RobotForm(Form):
    """The address of a chat group's robot."""

    url = StringField(
        _l("Address of the group robot"), validators=[*required(), at_most(LONGEST_ADDRESS)]
    )
