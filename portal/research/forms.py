"""What may be typed about a joint project and about who takes part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from portal.alliances.models import Alliance
from portal.forms import DayField, Form, at_most, chosen, optional, required
from portal.language import localised
from portal.research.models import Project
from portal.research.operations import ProjectContent
from portal.research.staff_models import ProjectRole
from portal.research.suggesting import Reason
from portal.research.team import Named

LONGEST_TEXT = 4000
REASONS = {
    Reason.NODE: _l("works at the node that is wanted"),
    Reason.WANTED_REGION: _l("in a region that is wanted"),
    Reason.NEW_REGION: _l("brings in a further region"),
    Reason.KIND: _l("a kind of organisation that is still missing"),
    Reason.PAST: _l("worked with the lead before"),
}
ROLES = {
    ProjectRole.HEAD: _l("Head in the project"),
    ProjectRole.CONTACT: _l("Contact person"),
    ProjectRole.MEMBER: _l("Takes part in the work"),
    ProjectRole.ADVISER: _l("Adviser"),
    ProjectRole.FINANCE: _l("Keeps the money"),
}
NOTHING = SelectChoice("", "—")
#: What stands first where one of many must be chosen: no organisation is taken by mere sending.
UNCHOSEN = SelectChoice("", _l("Please choose"))


def number_or_none(written: Any) -> int | None:
    """Return the number of a choice, or None for the empty one."""
    return int(written) if written else None


class ProjectForm(Form):
    """What a project is about; who owns what is invented may be added until it is approved."""

    alliance_id = SelectField(_l("Alliance"), coerce=int, validators=chosen())
    title = StringField(_l("Title"), validators=[*required(_l("Give it a title.")), at_most(80)])
    aim = TextAreaField(
        _l("What is to be found out or built, and what for"),
        validators=[*required(), at_most(LONGEST_TEXT)],
    )
    part = StringField(_l("What your organisation does in it"), validators=[at_most(120)])
    node_id = SelectField(_l("Chain node"), validators=[optional()])
    begins_on = DayField(_l("Begins on"), validators=[optional()])
    ends_on = DayField(_l("Ends on"), validators=[optional()])
    ip_terms = TextAreaField(
        _l("Who owns and uses what is invented"), validators=[optional(), at_most(LONGEST_TEXT)]
    )
    is_harmless = BooleanField(
        _l("What I write holds no state secret and no work secret"),
        validators=required(_l("What may be secret must not be sent here.")),
    )

    def __init__(
        self,
        alliances: Sequence[Alliance],
        nodes: Sequence[tuple[int, str]],
        project: Project | None = None,
    ) -> None:
        super().__init__(thing=project)
        if project is not None:
            del self.alliance_id, self.part
        else:
            self.alliance_id.choices = [SelectChoice(a.id, localised(a)) for a in alliances]
        self.node_id.choices = [NOTHING, *(SelectChoice(str(i), name) for i, name in nodes)]
        if not self.is_submitted():
            self.node_id.data = str(project.node_id or "") if project else ""

    def content(self) -> ProjectContent:
        """Return what was typed, as the operations take it."""
        return ProjectContent(
            title=self.title.data or "",
            aim=self.aim.data or "",
            node_id=number_or_none(self.node_id.data),
            ip_terms=self.ip_terms.data or None,
            begins_on=self.begins_on.data,
            ends_on=self.ends_on.data,
        )


class ApprovalForm(Form):
    """The paper on which a project is approved: a resolution, or another one with its day."""

    #: As the page offers it; the room above knows which resolutions hold.
    resolution = StringField(_l("Resolution in force"), validators=[optional(), at_most(200)])
    paper = StringField(_l("Number of another paper"), validators=[optional(), at_most(150)])
    paper_on = DayField(_l("Day of that paper"), validators=[optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the day of a paper, and for one of the two."""
        is_valid = super().validate(extra_validators)
        if self.resolution.data or not is_valid:
            return is_valid
        for each in (self.paper, self.paper_on):
            if not each.data:
                each.errors = [_l("Choose a resolution, or give the number and day of a paper.")]
                self.status, is_valid = 422, False
        return is_valid

    @property
    def basis(self) -> dict[str, Any]:
        """The paper and its day, as the operation takes them."""
        if self.resolution.data:
            return {"note": self.resolution.data, "basis_on": None}
        return {"note": self.paper.data, "basis_on": self.paper_on.data}


class AskForm(Form):
    """Which member is asked to take part, and as what."""

    organisation_id = SelectField(_l("Organisation"), coerce=number_or_none, validators=chosen())
    part = StringField(
        _l("What it would do"),
        validators=[*required(_l("Say what it would do in the project.")), at_most(120)],
    )

    def __init__(self, members: Sequence[tuple[int, str, str]]) -> None:
        super().__init__()
        self.organisation_id.choices = [
            UNCHOSEN,
            *(SelectChoice(i, name, optgroup=province) for i, name, province in members),
        ]


class OfferForm(Form):
    """What an organisation offers to do in a project."""

    part = StringField(
        _l("What we would do"),
        validators=[*required(_l("Say what it would do in the project.")), at_most(120)],
    )


class NeedForm(Form):
    """Whom a project still looks for."""

    need = StringField(_l("Which part"), validators=[*required(), at_most(120)])
    region_id = SelectField(_l("Region"), validators=[optional()])
    node_id = SelectField(_l("Chain node"), validators=[optional()])

    def __init__(self, regions: Mapping[int, Any], nodes: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.region_id.choices = [
            NOTHING,
            *(SelectChoice(str(i), localised(region)) for i, region in regions.items()),
        ]
        self.node_id.choices = [NOTHING, *(SelectChoice(str(i), name) for i, name in nodes)]

    @property
    def where(self) -> dict[str, int | None]:
        """The region and the node, as the operation takes them."""
        return {
            "region_id": number_or_none(self.region_id.data),
            "node_id": number_or_none(self.node_id.data),
        }


class PersonForm(Form):
    """Who of an organisation does what in a project; the head is offered to the lead alone."""

    person_id = SelectField(_l("Person"), coerce=int, validators=chosen())
    role = SelectField(_l("Role in the project"), validators=chosen())

    def __init__(self, people: Sequence[Named], *, is_lead: bool) -> None:
        super().__init__()
        self.person_id.choices = [SelectChoice(each.id, each.name) for each in people]
        self.role.choices = [
            SelectChoice(role.value, label)
            for role, label in ROLES.items()
            if is_lead or role is not ProjectRole.HEAD
        ]


class AnswerForm(Form):
    """The answer by the link that an organisation was sent."""

    answer = RadioField(
        _l("Does your organisation take part?"),
        choices=[
            SelectChoice("confirm", _l("Yes, we confirm our part")),
            SelectChoice("decline", _l("No, we do not take part")),
        ],
        validators=chosen(),
    )
    reason = StringField(_l("Why (the other side reads it)"), validators=[optional(), at_most(200)])

    def __init__(self) -> None:
        super().__init__()
        if not self.is_submitted():
            self.answer.data = "confirm"

    @property
    def confirms(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.answer.data == "confirm")
