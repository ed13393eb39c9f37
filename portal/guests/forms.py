"""What a guest types, and what the secretariat says of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField, ValidationError

from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import Organisation, OrganisationKind
from portal.forms import Form, at_most, chosen, optional, required
from portal.language import localised
from portal.regions.models import Region

#: The choice that the organisation is not in the registry yet.
NEW = "new"


class GuestForm(Form):
    """Two fields, and a line where one likes."""

    organisation = StringField(
        _l("Your organisation"),
        validators=[*required(_l("Write the full name of your organisation.")), at_most(120)],
    )
    mobile = StringField(
        _l("Your mobile number"),
        validators=[*required(_l("Write the number at which you can be called.")), at_most(30)],
    )
    message = StringField(_l("A line to go with it"), validators=[optional(), at_most(200)])


class RecordForm(Form):
    """Which organisation a guest is, and whom one spoke to."""

    organisation_id = SelectField(_l("Which organisation it is"), validators=chosen())
    kind = SelectField(
        _l("Kind of organisation"),
        choices=[SelectChoice(kind.value, label) for kind, label in ORGANISATION_KINDS.items()],
        validators=chosen(),
    )
    region_id = SelectField(_l("Province"))
    contact = StringField(_l("Whom you spoke to"), validators=[optional(), at_most(60)])

    def offer(self, close: Sequence[Organisation], places: Sequence[Region]) -> None:
        """Fill the choices: organisations of about this name, provinces."""
        new = SelectChoice(NEW, _("Not registered yet: record it under this name"))
        known = [SelectChoice(str(each.id), each.name) for each in close]
        nothing = SelectChoice("", "\u2014")
        self.organisation_id.choices = [nothing, *known, new]
        self.region_id.choices = [
            nothing,
            *(SelectChoice(str(each.id), localised(each)) for each in places),
        ]

    def validate_region_id(self, field: SelectField) -> None:
        """Ask for the province of an organisation that is not registered yet."""
        if self.organisation_id.data == NEW and not field.data:
            raise ValidationError(_("Please choose one."))

    @property
    def chosen_id(self) -> int | None:
        """The registered organisation that was chosen, or None for a new one."""
        written = self.organisation_id.data
        return None if written == NEW else int(written)

    @property
    def chosen_kind(self) -> OrganisationKind:
        """The kind that was chosen."""
        return OrganisationKind(self.kind.data)
