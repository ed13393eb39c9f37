"""The sign-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField

from portal.forms import Form, at_most, required


class SignInForm(Form):
    """One account name, one password."""

    account = StringField(_l("Mobile number or e-mail"), validators=[*required(), at_most(254)])
    password = PasswordField(_l("Password"), validators=[*required(), at_most(200)])
    is_own_device = BooleanField(_l("This is my own device: keep me signed in for 30 days"))


class ProveForm(Form):
    """The password again, before a risky act."""

    password = PasswordField(_l("Password"), validators=[*required(), at_most(200)])


class TicketForm(Form):
    """Whom a stand-in for a provider sends its ticket to."""

    account = StringField(_l("Mobile number or e-mail"), validators=[*required(), at_most(254)])


class CodeForm(Form):
    """The eight digits of an invitation."""

    code = StringField(_l("Eight digits"), validators=[*required(), at_most(20)])


class ForgottenForm(Form):
    """Whose password was forgotten."""

    account = StringField(_l("Mobile number or e-mail"), validators=[*required(), at_most(254)])


class InvitationForm(Form):
    """Who takes up an invitation, and how they will sign in."""

    name = StringField(_l("Your name"), validators=[*required(), at_most(60)])
    account = StringField(_l("Mobile number or e-mail"), validators=[*required(), at_most(254)])
    password = PasswordField(_l("Password"), validators=[at_most(200)])
    is_own_device = BooleanField(_l("This is my own device: keep me signed in for 30 days"))
