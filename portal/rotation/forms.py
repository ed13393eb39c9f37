"""What may be typed about rotation, and the words for its choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.alliances.decisions import LONGEST_BASIS
from portal.alliances.forms import TIERS
from portal.alliances.models import Tier
from portal.forms import DayField, Form, at_most, chosen, optional, required
from portal.rotation.asking import LONGEST_PROGRAMME
from portal.rotation.cases import Order
from portal.rotation.chartering import CharterContent
from portal.rotation.drafting import MOST_TERMS
from portal.rotation.handing_over import LONGEST_PART, HandoverContent
from portal.rotation.models import LONGEST, SHORTEST, ActingRule, Charter, Handover, Point, Turn
from portal.workflow import LONGEST_NOTE

ORDERS = {
    Order.REGION_CYCLE: _l("One region after the other"),
    Order.LEAST_RECENT: _l("Whoever waited longest"),
    Order.ALPHABETICAL: _l("By name"),
    Order.MANUAL: _l("As the secretariat lists them"),
}
ACTING = {
    ActingRule.INCOMING: _l("Whoever is next by the plan"),
    ActingRule.VICE_CHAIR: _l("A vice-chair organisation"),
}
POINT_NAMES = {
    Point.DOCUMENTS: _l("Documents and minutes of the term"),
    Point.RESOLUTIONS: _l("Resolutions in force and how far they are carried out"),
    Point.SEALS: _l("Seals and letterheads, where the chair holds them"),
    Point.ACCOUNTS: _l("Mailing lists, group chats, accounts; what the outgoing chair loses"),
    Point.FINANCE: _l("Money that was spent or promised"),
    Point.PARTNERS: _l("Letters, visits and partners with whom something is open"),
    Point.CALENDAR: _l("Meetings and events that are fixed already"),
}


class _Ticks(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CharterForm(Form):
    """One version of the rules."""

    term_months = IntegerField(
        _l("Months of a term"), validators=[*required(), NumberRange(SHORTEST, LONGEST)]
    )
    order = SelectField(_l("Order"), validators=chosen())
    tiers = _Ticks(_l("Tiers that may chair"), validators=[optional()])
    kinds = _Ticks(_l("Kinds of organisation that may chair"), validators=[optional()])
    everyone_before_anyone_twice = BooleanField(_l("Everybody chairs before anybody chairs twice"))
    max_region_run = IntegerField(
        _l("Terms in a row that one region may chair"),
        validators=[optional(), NumberRange(1, 100)],
    )
    cooling_off_terms = IntegerField(
        _l("Terms of others between two turns of a member"),
        validators=[optional(), NumberRange(0, 100)],
    )
    max_at_once = IntegerField(
        _l("Alliances that one organisation may chair at once"),
        validators=[*required(), NumberRange(1, 100)],
    )
    acting = SelectField(_l("Who acts where a chair becomes vacant"), validators=chosen())
    first_chair_id = SelectField(_l("First chair by the founding papers"), validators=[optional()])
    basis = StringField(_l("Basis"), validators=[*required(), at_most(LONGEST_BASIS)])

    def __init__(self, charter: Charter | None, members: Sequence[Organisation]) -> None:
        super().__init__()
        self.order.choices = [SelectChoice(each.value, label) for each, label in ORDERS.items()]
        self.acting.choices = [SelectChoice(each.value, label) for each, label in ACTING.items()]
        self.tiers.choices = [SelectChoice(each.value, label) for each, label in TIERS.items()]
        self.kinds.choices = [
            SelectChoice(each.value, label) for each, label in ORGANISATION_KINDS.items()
        ]
        nobody = SelectChoice("", _l("Nobody is named"))
        self.first_chair_id.choices = [
            nobody,
            *(SelectChoice(str(each.id), each.name) for each in members),
        ]
        if not self.is_submitted():
            self._fill(charter)

    def _fill(self, charter: Charter | None) -> None:
        """Begin with the version in force, or with what most alliances do."""
        self.term_months.data = charter.term_months if charter else 12
        self.order.data = (charter.order if charter else Order.REGION_CYCLE).value
        self.tiers.data = charter.tiers if charter else []
        self.kinds.data = charter.kinds if charter else []
        self.everyone_before_anyone_twice.data = (
            charter.everyone_before_anyone_twice if charter else True
        )
        self.max_region_run.data = charter.max_region_run if charter else 1
        self.cooling_off_terms.data = charter.cooling_off_terms if charter else 1
        self.max_at_once.data = charter.max_at_once if charter else 2
        self.acting.data = (charter.acting if charter else ActingRule.INCOMING).value
        self.first_chair_id.data = str(charter.first_chair_id or "") if charter else ""

    def content(self) -> CharterContent:
        """Return what was typed, as the operation takes it."""
        first = self.first_chair_id.data
        return CharterContent(
            term_months=self.term_months.data or SHORTEST,
            order=Order(self.order.data),
            tiers=tuple(Tier(each) for each in self.tiers.data or ()),
            kinds=tuple(OrganisationKind(each) for each in self.kinds.data or ()),
            cooling_off_terms=self.cooling_off_terms.data or 0,
            max_region_run=self.max_region_run.data,
            everyone_before_anyone_twice=bool(self.everyone_before_anyone_twice.data),
            max_at_once=self.max_at_once.data or 1,
            acting=ActingRule(self.acting.data),
            first_chair_id=int(first) if first else None,
        )


class PlanForm(Form):
    """From which day on, how many terms, and the resolution once it is adopted."""

    starts_on = DayField(_l("First day"), validators=required())
    count = IntegerField(_l("Terms"), validators=[*required(), NumberRange(1, MOST_TERMS)])
    basis = StringField(_l("Basis"), validators=[optional(), at_most(LONGEST_BASIS)])

    @property
    def asked(self) -> tuple[date, int]:
        """From which day on, and how many terms."""
        return self.starts_on.data or clock.today(), self.count.data or 1


class BlackoutForm(Form):
    """When a member cannot take the chair."""

    organisation_id = SelectField(_l("Member organisation"), coerce=int, validators=chosen())
    from_on = DayField(_l("First day"), validators=required())
    last_on = DayField(_l("Last day"), validators=required())
    note = StringField(_l("Why"), validators=[optional(), at_most(200)])

    def __init__(self, members: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.organisation_id.choices = [SelectChoice(each, name) for each, name in members]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        first = self.from_on.data or clock.today()
        return first, self.last_on.data or first


class ConfirmForm(Form):
    """Who sits in the chair for the member."""

    person_id = SelectField(_l("Who sits in the chair"), coerce=int, validators=chosen())

    def __init__(self, turn: Turn, people: Sequence[Person]) -> None:
        super().__init__(thing=turn)
        self.person_id.choices = [SelectChoice(each.id, each.name) for each in people]


class ProgrammeForm(Form):
    """What the term is to bring."""

    programme = TextAreaField(
        _l("Programme of the term"), validators=[*required(), at_most(LONGEST_PROGRAMME)]
    )


class SwapForm(Form):
    """With whose term, and why."""

    other_id = SelectField(_l("Exchange it with"), coerce=int, validators=chosen())
    reason = TextAreaField(_l("Why"), validators=[*required(), at_most(LONGEST_NOTE)])

    def __init__(self, choices: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.other_id.choices = [SelectChoice(each, label) for each, label in choices]


class HandoverForm(Form):
    """What is left to the incoming chair."""

    ticked = _Ticks(_l("Checklist"), validators=[optional()])
    open_actions = TextAreaField(_l("Open actions"), validators=[optional(), at_most(LONGEST_PART)])
    unfinished_agenda = TextAreaField(
        _l("Unfinished agenda"), validators=[optional(), at_most(LONGEST_PART)]
    )
    key_contacts = TextAreaField(_l("Key contacts"), validators=[optional(), at_most(LONGEST_PART)])
    remarks = TextAreaField(_l("Remarks"), validators=[optional(), at_most(LONGEST_PART)])

    def __init__(self, handover: Handover, **kwargs: Any) -> None:
        super().__init__(thing=handover, **kwargs)
        self.ticked.choices = [
            SelectChoice(each.value, label) for each, label in POINT_NAMES.items()
        ]

    def content(self) -> HandoverContent:
        """Return what was typed, as the operation takes it."""
        return HandoverContent(
            ticked=tuple(Point(each) for each in self.ticked.data or ()),
            open_actions=self.open_actions.data,
            unfinished_agenda=self.unfinished_agenda.data,
            key_contacts=self.key_contacts.data,
            remarks=self.remarks.data,
        )
