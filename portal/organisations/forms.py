"""What may be typed about an organisation, and the words of its contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import Organisation, OrganisationKind
from portal.chain.models import ChainMap, ChainNode
from portal.forms import DayField, Form, at_most, chosen, optional, required
from portal.language import localised
from portal.organisations.models import (
    ContactAudience,
    ContactKind,
    ContactPoint,
    Qualification,
)
from portal.organisations.operations import LAST_POSITION, Profile
from portal.organisations.qualifications import Certificate
from portal.regions.models import Region, RegionLevel

CONTACT_KINDS = {
    ContactKind.PHONE: _l("Phone"),
    ContactKind.EMAIL: _l("E-mail"),
    ContactKind.WECHAT: _l("WeChat"),
    ContactKind.ADDRESS: _l("Address"),
}
AUDIENCES = {
    ContactAudience.NOBODY: _l("Nobody but your own organisation"),
    ContactAudience.MEMBERS: _l("Members and secretariats of your alliances"),
    ContactAudience.PUBLIC: _l("Everyone"),
}


class PlaceFields(Form):
    """Kind, province and district: what both making and changing an organisation ask for."""

    kind = SelectField(
        _l("Kind of organisation"),
        choices=[SelectChoice(kind.value, label) for kind, label in ORGANISATION_KINDS.items()],
        validators=chosen(),
    )
    region_id = SelectField(_l("Province"), coerce=int, validators=chosen())
    district_id = SelectField(_l("City or district"), validators=[optional()])
    summary = TextAreaField(_l("What it does"), validators=[optional(), at_most(1000)])

    def offer(self, regions: Sequence[Region]) -> None:
        """Fill the selects: the provinces, and what lies in each under its name."""
        provinces = [each for each in regions if each.level is RegionLevel.PROVINCE]
        self.region_id.choices = [SelectChoice(each.id, localised(each)) for each in provinces]
        groups = {
            localised(province): [
                SelectChoice(str(each.id), localised(each))
                for each in regions
                if each.id != province.id and each.path.startswith(province.path)
            ]
            for province in provinces
        }
        self.district_id.choices = [
            SelectChoice("", "—"),
            *(
                SelectChoice(choice.value, choice.label, optgroup=name)
                for name, choices in groups.items()
                for choice in choices
            ),
        ]

    @property
    def chosen_district_id(self) -> int | None:
        """The district that was chosen, if one was."""
        written = self.district_id.data or ""
        return int(written) if written.isdecimal() else None


class NewOrganisationForm(PlaceFields):
    """A new organisation; the code may follow later."""

    name = StringField(_l("Full name"), validators=[*required(), at_most(120)])
    uscc = StringField(_l("Unified social credit code"), validators=[optional(), at_most(40)])


class ProfileForm(PlaceFields):
    """What the manager says of the organisation."""

    website = StringField(_l("Website"), validators=[optional(), at_most(200)])
    headquarters = StringField(_l("Headquarters"), validators=[optional(), at_most(120)])

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, thing=organisation, **kwargs)
        if not self.is_submitted():
            self.kind.data = organisation.kind.value
            self.district_id.data = str(organisation.district_id or "")
            above = organisation.headquarters
            self.headquarters.data = above.name if above else ""

    def profile(self) -> Profile:
        """Return what was typed, as the operation takes it."""
        return Profile(
            kind=OrganisationKind(self.kind.data),
            region_id=self.region_id.data,
            district_id=self.chosen_district_id,
            website=self.website.data or None,
            summary=self.summary.data or None,
            headquarters=self.headquarters.data or None,
        )


class NodesForm(Form):
    """The nodes of the chains at which an organisation works."""

    node_ids = SelectMultipleField(
        _l("Chain nodes"),
        coerce=int,
        validators=[optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        chains: Sequence[tuple[ChainMap, Sequence[ChainNode]]],
        held: Sequence[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, thing=organisation, **kwargs)
        self.node_ids.choices = [
            SelectChoice(node.id, localised(node)) for _chain, nodes in chains for node in nodes
        ]
        if not self.is_submitted():
            self.node_ids.data = list(held)


class CodeForm(Form):
    """The unified social credit code."""

    uscc = StringField(_l("Unified social credit code"), validators=[*required(), at_most(40)])


class RenameForm(Form):
    """The new name, and why."""

    name = StringField(_l("New name"), validators=[*required(), at_most(120)])
    reason = StringField(
        _l("Reason"),
        validators=[*required(_l("Please say why in a sentence.")), at_most(200)],
    )


class PositionForm(Form):
    """The place in protocol order."""

    position = IntegerField(
        _l("Protocol order"),
        validators=[
            InputRequired(_l("Please fill this in.")),
            NumberRange(0, LAST_POSITION, message=_l("A whole number from %(min)d to %(max)d.")),
        ],
    )


class QualificationForm(Form):
    """What a certificate says."""

    name = StringField(_l("Certificate"), validators=[*required(), at_most(120)])
    issuer = StringField(_l("Issued by"), validators=[*required(), at_most(120)])
    number = StringField(_l("Number"), validators=[optional(), at_most(60)])
    valid_until = DayField(_l("Valid until"), validators=[optional()])

    def __init__(
        self, *args: Any, qualification: Qualification | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, thing=qualification, **kwargs)

    def certificate(self) -> Certificate:
        """Return what was typed, as the operations take it."""
        return Certificate(
            name=self.name.data or "",
            issuer=self.issuer.data or "",
            number=self.number.data or None,
            valid_until=self.valid_until.data,
        )


class ContactForm(Form):
    """One way to reach the organisation, and to whom it is shown: nobody unless said otherwise."""

    kind = SelectField(
        _l("Kind of contact"),
        choices=[SelectChoice(kind.value, label) for kind, label in CONTACT_KINDS.items()],
        validators=chosen(),
    )
    value = StringField(_l("Contact"), validators=[*required(), at_most(200)])
    label = StringField(_l("What for"), validators=[optional(), at_most(60)])
    shown_to = RadioField(
        _l("Shown to"),
        choices=[SelectChoice(each.value, label) for each, label in AUDIENCES.items()],
        default=ContactAudience.NOBODY.value,
        validators=chosen(_l("Choose who may see it.")),
    )

    def __init__(self, *args: Any, contact: ContactPoint | None = None, **kwargs: Any) -> None:
        super().__init__(*args, thing=contact, **kwargs)
        if contact is not None:
            del self.kind
            if not self.is_submitted():
                self.shown_to.data = contact.shown_to.value
