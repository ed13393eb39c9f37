"""What may be typed about oneself."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import InputRequired, Regexp

from portal.accounts.models import Person
from portal.accounts.queries import account_name
from portal.forms import Form, at_most, chosen, optional, required
from portal.language import LANGUAGES, name_in_itself


class ProfileForm(Form):
    """The name others see, the language, the size of type."""

    name = StringField(_l("Your name"), validators=[*required(), at_most(60)])
    language = RadioField(
        _l("Language"),
        choices=[SelectChoice(tag, name_in_itself(tag)) for tag in LANGUAGES],
        validators=chosen(),
    )
    is_large_type = BooleanField(_l("Larger type on every page"))


class AddressesForm(Form):
    """The two names somebody signs in with."""

    email = StringField(
        _l("E-mail"),
        validators=[
            optional(),
            at_most(254),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+$", message=_l("This is no e-mail address.")),
        ],
    )
    mobile = StringField(_l("Mobile number"), validators=[optional(), at_most(30)])

    def validate_mobile(self, field: Any) -> None:
        """Refuse what has too few or too many digits to be a number."""
        if not 6 <= len(account_name(field.data or "")) <= 20 or "@" in (field.data or ""):
            raise ValidationError(_l("This is no mobile number."))


class CloseForm(Form):
    """Closing one's account: a tick, not a word to be typed."""

    is_sure = BooleanField(
        _l("I want to close my account. It cannot be opened again."),
        validators=[InputRequired(_l("Tick this box if you are sure."))],
    )
    is_to_erase = BooleanField(_l("Erase my name and addresses too, at once"))


class ConsentForm(Form):
    """Consent to the privacy notice: nothing is ticked beforehand."""

    is_agreed = BooleanField(
        _l("I have read the privacy notice and consent to it."),
        validators=[InputRequired(_l("Tick this box if you consent."))],
    )


class EraseForm(Form):
    """Whom the portal administrator erases."""

    person_id = StringField(validators=[*required(), at_most(9), Regexp(r"[0-9]+$")])


def profile_form(who: Person, language: str) -> ProfileForm:
    """Return the profile form, filled in: the page's language where none is kept."""
    form = ProfileForm(thing=who)
    if not form.is_submitted() and not who.language:
        form.language.data = language
    return form
