"""What may be typed about plans, funds and deliverables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.validators import NumberRange

from portal.forms import DayField, Form, NumberField, asked_of_a_file, at_most, chosen, required
from portal.language import FEN_PER_WAN
from portal.outcomes.forms import ClaimForm, whole_fen
from portal.research.forms import UNCHOSEN, number_or_none
from portal.research.plan_queries import MILLI, in_units
from portal.research.planning import FundContent
from portal.research.team import Side
from portal.research.work_models import (
    DeliverableKind,
    FundSource,
    Kpi,
    Milestone,
    WorkPackage,
)

FUND_SOURCES = {
    FundSource.FISCAL: _l("Fiscal funds"),
    FundSource.OWN: _l("Own funds"),
    FundSource.FUND: _l("Industry fund"),
    FundSource.OTHER: _l("Other sources"),
}
DELIVERABLE_KINDS = {
    DeliverableKind.PATENT: _l("Patent"),
    DeliverableKind.STANDARD: _l("Standard"),
    DeliverableKind.PROTOTYPE: _l("Prototype"),
    DeliverableKind.PAPER: _l("Paper"),
    DeliverableKind.SOFTWARE: _l("Software"),
}


def _sides(sides: Mapping[int, Side]) -> list[SelectChoice]:
    return [UNCHOSEN, *(SelectChoice(side.id, side.name) for side in sides.values())]


def _figure(label: Any) -> Any:
    within = NumberRange(-(10**9), 10**9, message=_l("A figure below 1,000,000,000."))
    return NumberField(label, places=None, validators=[*required_figure(), within])


def required_figure() -> list[Any]:
    """Return the validators of a figure that must be given; nought is one."""
    return list(chosen(_l("Please fill this in.")))


class PackageForm(Form):
    """A work package and who answers for it."""

    name = StringField(_l("Work package"), validators=[*required(), at_most(80)])
    organisation_id = SelectField(_l("Organisation"), coerce=number_or_none, validators=chosen())

    def __init__(self, sides: Mapping[int, Side], package: WorkPackage | None = None) -> None:
        super().__init__(thing=package, prefix="package-")
        self.organisation_id.choices = _sides(sides)


class KpiForm(Form):
    """An indicator with its unit and target."""

    name = StringField(_l("Project indicator"), validators=[*required(), at_most(80)])
    unit = StringField(_l("Unit of measure"), validators=[*required(), at_most(20)])
    target = _figure(_l("Target"))

    def __init__(self, kpi: Kpi | None = None) -> None:
        super().__init__(thing=kpi, prefix="kpi-")
        if kpi is not None and not self.is_submitted():
            self.target.data = in_units(kpi.target_milli)

    @property
    def target_milli(self) -> int:
        """The target in thousandths of its unit."""
        return int((self.target.data or 0) * MILLI)


class ReachedForm(Form):
    """What is reached of an indicator."""

    actual = _figure(_l("Reached so far"))


class MilestoneForm(Form):
    """A day by which something must be reached."""

    name = StringField(_l("Milestone"), validators=[*required(), at_most(80)])
    due_on = DayField(_l("Due on"), validators=required(_l("Choose a day as year, month and day.")))

    def __init__(self, milestone: Milestone | None = None) -> None:
        super().__init__(thing=milestone, prefix="milestone-")


def _amount(label: Any) -> Any:
    within = NumberRange(0, 10_000_000, message=_l("An amount between 0 and 10,000,000."))
    return NumberField(label, places=None, validators=[*required_figure(), within, whole_fen])


class FundForm(Form):
    """Money of one source for one organisation."""

    organisation_id = SelectField(_l("Organisation"), coerce=number_or_none, validators=chosen())
    source = SelectField(_l("Source"), validators=chosen())
    planned = _amount(_l("Planned (10,000 yuan)"))
    received = _amount(_l("Received (10,000 yuan)"))
    spent = _amount(_l("Spent (10,000 yuan)"))

    def __init__(self, sides: Sequence[Side]) -> None:
        super().__init__()
        # Whoever says only its own has nothing to choose.
        first = [UNCHOSEN] if len(sides) > 1 else []
        self.organisation_id.choices = [*first, *(SelectChoice(s.id, s.name) for s in sides)]
        self.source.choices = [SelectChoice(s.value, label) for s, label in FUND_SOURCES.items()]

    def content(self) -> FundContent:
        """Return what was typed, as the operation takes it (money in fen)."""
        amounts = (self.planned, self.received, self.spent)
        planned, received, spent = (int((each.data or 0) * FEN_PER_WAN) for each in amounts)
        source = FundSource(self.source.data)
        return FundContent(self.organisation_id.data, source, planned, received, spent)


class DeliverableForm(Form):
    """What came out, whose it is, and its first version."""

    kind = SelectField(_l("Kind"), validators=chosen())
    title = StringField(_l("Title"), validators=[*required(_l("Give it a title.")), at_most(80)])
    owner_id = SelectField(
        _l("Whose it is by the terms of the project"),
        coerce=number_or_none,
        validators=chosen(),
    )
    note = StringField(_l("What this version is"), validators=[*required(), at_most(200)])
    file = FileField(_l("File of this version"))
    is_harmless = BooleanField(
        _l("It holds no state secret and no work secret"), validators=[asked_of_a_file]
    )

    def __init__(self, sides: Mapping[int, Side]) -> None:
        super().__init__()
        self.kind.choices = [SelectChoice(k.value, label) for k, label in DELIVERABLE_KINDS.items()]
        self.owner_id.choices = _sides(sides)


class VersionForm(Form):
    """A further version of a deliverable."""

    version_note = StringField(_l("What this version is"), validators=[*required(), at_most(200)])
    file = FileField(_l("File of this version"))
    is_harmless = BooleanField(
        _l("It holds no state secret and no work secret"), validators=[asked_of_a_file]
    )


class LandingForm(ClaimForm):
    """Where a deliverable went, and the contract."""

    taker_id = SelectField(_l("Who takes it"), coerce=number_or_none, validators=chosen())

    def __init__(self, title: str, takers: Sequence[tuple[int, str]]) -> None:
        super().__init__(title=title)
        self.taker_id.choices = [UNCHOSEN, *(SelectChoice(i, name) for i, name in takers)]
