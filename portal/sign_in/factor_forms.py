"""What is typed to prove who somebody is, and to change what proves it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from portal.forms import Form, at_most, required


class FactorCodeForm(Form):
    """A code of the authenticator, or a recovery code."""

    code = StringField(_l("Code"), validators=[*required(), at_most(40)])


class PasswordForm(Form):
    """A new password; the current one is asked for where there is one."""

    current = PasswordField(_l("Current password"), validators=[*required(), at_most(200)])
    password = PasswordField(_l("New password"), validators=[*required(), at_most(200)])
    again = PasswordField(
        _l("New password again"),
        validators=[*required(), EqualTo("password", message=_l("The two do not match."))],
    )


class PasswordLinkForm(Form):
    """Whom an officer hands a link for a new password, and how it is known who asks."""

    account = StringField(_l("Mobile number or e-mail"), validators=[*required(), at_most(254)])
    reason = StringField(_l("Reason"), validators=[*required(), at_most(200)])


class PasskeyForm(Form):
    """The name of a new passkey; the browser's script fills in the passkey itself."""

    name = StringField(_l("Name of the device"), validators=[*required(), at_most(80)])
    answer = HiddenField()


class FactorResetForm(Form):
    """Whose second factor should be taken away, and why."""

    account = StringField(_l("Mobile number or e-mail"), validators=[*required(), at_most(254)])
    reason = StringField(_l("Reason"), validators=[*required(), at_most(200)])
