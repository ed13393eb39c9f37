"""What may be typed to invite colleagues, to pass a role on, to name an agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import Regexp

from portal import clock
from portal.accounts.models import Appointment, Person
from portal.accounts.queries import account_name
from portal.forms import DayField, Form, at_most, chosen, optional, required
from portal.roles import ROLES, Role

#: How long an agent is named for unless somebody chooses otherwise.
USUAL_AGENCY = timedelta(days=30)


class InviteForm(Form):
    """Whom to invite to which role; the addresses only fill in their form."""

    name = StringField(_l("Name of the person"), validators=[*required(), at_most(60)])
    role = RadioField(_l("Role"), validators=chosen())
    email = StringField(
        _l("E-mail"),
        validators=[
            optional(),
            at_most(254),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+$", message=_l("This is no e-mail address.")),
        ],
    )
    mobile = StringField(_l("Mobile number"), validators=[optional(), at_most(30)])
    from_on = DayField(_l("First day of the role"), validators=[optional()])
    until_on = DayField(_l("Last day of the role"), validators=[optional()])
    basis = StringField(_l("Basis"), validators=[optional(), at_most(200)])

    def offer(self, roles: Sequence[Role]) -> None:
        """Fill in the roles one may give here."""
        self.role.choices = [SelectChoice(role.value, ROLES[role].name) for role in roles]
        if not self.is_submitted():
            self.role.data = roles[-1].value if roles else None

    def content(self) -> dict[str, Any]:
        """Return what was typed, as `inviting.invite` takes it; days begin and end in Shanghai."""
        from_on, until_on = self.from_on.data, self.until_on.data
        return {
            "name": self.name.data or "",
            "email": self.email.data or None,
            "mobile": self.mobile.data or None,
            "from_at": clock.start_of(from_on) if from_on else None,
            "until_at": clock.start_of(until_on + timedelta(days=1)) if until_on else None,
            "basis": self.basis.data or None,
        }

    def validate_mobile(self, field: Any) -> None:
        """Refuse what has too few or too many digits to be a number."""
        if not 6 <= len(account_name(field.data or "")) <= 20 or "@" in (field.data or ""):
            raise ValidationError(_l("This is no mobile number."))

    def validate_until_on(self, field: Any) -> None:
        """Refuse a day that has passed."""
        if field.data and field.data < clock.today():
            raise ValidationError(_l("This day has passed."))


class PassOnForm(Form):
    """To whom the role goes, and what becomes of whoever passes it on."""

    successor_id = RadioField(
        _l("Who manages from now on"), coerce=int, validators=chosen(_l("Choose a colleague."))
    )
    stays = RadioField(
        _l("And you"),
        choices=[
            SelectChoice("yes", _l("I stay as a delegate")),
            SelectChoice("no", _l("I leave the organisation here")),
        ],
        default="yes",
        validators=chosen(),
    )

    def offer(self, colleagues: Sequence[Person]) -> None:
        """Fill in the colleagues."""
        self.successor_id.choices = [SelectChoice(each.id, each.name) for each in colleagues]


class ReleaseForm(Form):
    """The letter on which the managers of an organisation are released."""

    basis = StringField(
        _l("Basis"),
        validators=[
            *required(_l("Name the letter of the organisation and its date.")),
            at_most(200),
        ],
    )


class AgentForm(Form):
    """Who acts for me, in which of my roles, from when until when."""

    appointment_id = SelectField(_l("In which role"), coerce=int, validators=chosen())
    name = StringField(_l("Name of the agent"), validators=[*required(), at_most(60)])
    account = StringField(
        _l("Mobile number or e-mail of the agent"), validators=[*required(), at_most(254)]
    )
    from_on = DayField(
        _l("First day"), validators=required(_l("Choose a day as year, month and day."))
    )
    until_on = DayField(
        _l("Last day"), validators=required(_l("Choose a day as year, month and day."))
    )
    basis = StringField(
        _l("Basis"), validators=[*required(_l("Please say why in a sentence.")), at_most(200)]
    )

    def offer(self, held: Sequence[tuple[Appointment, str]]) -> None:
        """Fill in the roles one holds, each with the name of where it is held."""
        self.appointment_id.choices = [
            SelectChoice(each.id, " · ".join(filter(None, (str(ROLES[each.role].name), where))))
            for each, where in held
        ]
        if not self.is_submitted():
            self.from_on.data = clock.today()
            self.until_on.data = clock.today() + USUAL_AGENCY
