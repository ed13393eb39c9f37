"""A course of the chair without a database: the product's decisions, carried out on plain records.

Whatever is decided here is decided by `portal/rotation` and `portal/alliances/succession.py`;
this file only does what the operations write. What must hold is said in `test_courses.py`.
"""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime, timedelta

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances import succession
from portal.alliances.models import ChairTerm, Membership, Tier
from portal.alliances.workflow import MembershipState
from portal.errors import Refused
from portal.regions.models import Region
from portal.rotation import deciding
from portal.rotation.cases import Order, Span
from portal.rotation.deciding import Planned
from portal.rotation.ledger import Ledger, case_for, following_day
from portal.rotation.models import ActingRule, Blackout, Charter, Turn
from portal.rotation.months import terms_from
from portal.rotation.planning import Conflict, plan
from portal.rotation.workflow import LIVE, TURN, TurnState
from portal.workflow import check_step

REGIONS = ("BJ", "BJ", "TJ", "HE", "HE")


class Course:
    """One alliance: its rules and members, its turns and the succession of its chair."""

    def __init__(self, chance: random.Random, at: datetime) -> None:
        self.ids = itertools.count(1)
        self.charter = Charter(
            alliance_id=1,
            term_months=chance.choice([1, 1, 2, 3, 12]),
            order=chance.choice(list(Order)),
            cooling_off_terms=chance.choice([0, 1, 1, 2]),
            max_region_run=chance.choice([None, 1, 2]),
            everyone_before_anyone_twice=chance.random() < 0.7,
            max_at_once=1,
            acting=chance.choice(list(ActingRule)),
        )
        self.members = [
            Membership(
                organisation_id=number,
                organisation=Organisation(
                    id=number, name=f"m{number}", sort_key=f"m{number}", region=Region(code=code)
                ),
                tier=chance.choice([Tier.VICE_CHAIR, Tier.COUNCIL]),
                state=MembershipState.ACTIVE,
                since=at - timedelta(days=chance.choice([10, 400, 4000])),
                contact_id=number,
            )
            for number, code in enumerate(REGIONS[: chance.randint(2, 5)], start=1)
        ]
        self.turns: list[Turn] = []
        self.elsewhere: dict[int, list[Span]] = {}
        self.away: list[Blackout] = []
        # The first chair is entered by hand, as every alliance's is.
        first = ChairTerm(
            id=0,
            organisation_id=1,
            organisation=self.members[0].organisation,
            from_at=at - timedelta(days=chance.randint(1, 400)),
            is_acting=False,
        )
        self.steps = [first]

    # what is read

    @property
    def active(self) -> list[Membership]:
        return [each for each in self.members if each.state is MembershipState.ACTIVE]

    @property
    def live(self) -> list[Turn]:
        return [each for each in self.turns if each.state in LIVE]

    def named(self, turn_id: int) -> Turn:
        return next(each for each in self.turns if each.id == turn_id)

    def ledger(self) -> Ledger:
        return Ledger(
            self.charter,
            self.turns,
            self.steps,
            self.active,
            self.away,
            self.elsewhere,
            clock.today(),
        )

    # what the operations write

    def add(self, planned: Planned, **more: object) -> Turn:
        member = self.members[planned.organisation_id - 1].organisation
        said: dict[str, object] = {"is_acting": False, "is_counted": True, **more}
        turn = Turn(
            id=next(self.ids),
            organisation_id=planned.organisation_id,
            organisation=member,
            starts_on=planned.days.start,
            ends_on=planned.days.until,
            state=TURN.start,
            **said,
        )
        self.turns.append(turn)
        self.turns.sort(key=lambda each: (each.starts_on, each.id))
        return turn

    def move(self, turn: Turn, name: str) -> None:
        step = TURN.named(name)
        check_step(step, turn)
        turn.state = step.target

    def let_go(self, turn: Turn) -> None:
        if turn.chair_term is not None:
            succession.refuse_begun(turn.chair_term)
            self.steps.remove(turn.chair_term)
            turn.chair_term = turn.chair_term_id = None

    def seat(self, turn: Turn, from_at: datetime) -> None:
        step = succession.taken_over(self.steps, turn.organisation_id, from_at=from_at)
        if step is None:
            step = ChairTerm(
                id=next(self.ids),
                organisation_id=turn.organisation_id,
                organisation=turn.organisation,
                from_at=from_at,
            )
            self.steps.append(step)
            self.steps.sort(key=lambda each: each.from_at)
        step.is_acting = turn.is_acting
        turn.chair_term, turn.chair_term_id = step, step.id

    # what people do

    def plan(self, count: int, *, keep: bool) -> tuple[Planned, ...]:
        ledger = self.ledger()
        planned = [each for each in self.live if each.state is TurnState.PLANNED and each.is_ahead]
        first = planned[0].starts_on if planned else following_day(ledger)
        terms = terms_from(first, self.charter.term_months, count)
        known = {deciding.span_of(each): each.organisation_id for each in planned}
        current = [known.get(each) for each in terms] if keep else ()
        answer = plan(case_for(ledger, terms, current=current))
        if isinstance(answer, Conflict):
            raise Refused("no plan")
        wanted = [Planned(terms[each.term], int(each.member)) for each in answer.assignments]
        return self.adopt(wanted)

    def adopt(self, wanted: list[Planned]) -> tuple[Planned, ...]:
        found = deciding.adoption(self.live, wanted, self.ledger().members, clock.today())
        for turn in found.replaced:
            self.let_go(turn)
            self.move(turn, "replace")
        for each in found.added:
            self.add(each)
        return tuple(wanted)

    def confirm(self, turn: Turn) -> None:
        if turn.organisation_id not in {each.organisation_id for each in self.active}:
            raise Refused("no member")
        deciding.refuse_crowd(turn, self.elsewhere.get(turn.organisation_id, []), 1)
        self.move(turn, "confirm")
        self.seat(turn, deciding.seated_from(turn, clock.now()))

    def defer(self, turn: Turn) -> None:
        check_step(TURN.named("defer"), turn)
        moved = deciding.moved_up(self.ledger(), turn)
        if isinstance(moved, Conflict):
            raise Refused("nobody else")
        self.let_go(turn)
        self.move(turn, "defer")
        self._write(turn, deciding.changed(moved, turn))

    def _write(self, turn: Turn, moved: list[tuple[Turn, Planned]]) -> None:
        for old, _new in moved:
            if old is not turn:
                self.let_go(old)
                self.move(old, "replace")
        for old, new in moved:
            self.add(new, instead_of_id=old.id)

    def exchange(self, turn: Turn, other: Turn) -> None:
        if turn.organisation_id == other.organisation_id:
            raise Refused("one member")
        deciding.refuse_exchange(turn, other)
        for old, new in deciding.exchanged(turn, other):
            self.let_go(old)
            self.move(old, "exchange")
            self.add(new, instead_of_id=old.id)

    def vacate(self, turn: Turn) -> None:
        step = deciding.holder(self.steps, clock.now())
        if step is None or step is not turn.chair_term:
            raise Refused("somebody else sits")
        acting = self.who_acts(turn.organisation_id, turn.ends_on)
        left = deciding.remainder(turn, deciding.whole_of(turn, self.named), clock.today())
        self.move(turn, "vacate")
        turn.is_counted = left.was_served
        if acting is None:
            step.vacated_at = clock.now()
            return
        made = self.add(
            Planned(left.days, acting[0]),
            is_acting=True,
            is_counted=left.is_counted,
            instead_of_id=turn.id,
        )
        self.move(made, "take_over")
        self.seat(made, clock.now())

    def who_acts(self, organisation_id: int, since: date) -> tuple[int, int | None] | None:
        found = deciding.who_acts(organisation_id, since, self.live, self.active, self.charter)
        return next(found, None)

    def hand_over(self, turn: Turn) -> None:
        if turn.is_ahead:
            raise Refused("not begun")
        self.move(turn, "hand_over")

    def leave(self, member: Membership) -> None:
        member.state = MembershipState.SUSPENDED
        step = deciding.holder(self.steps, clock.now())
        for turn, is_running in deciding.given_up(self.live, member.organisation_id, step):
            if is_running:
                self.vacate(turn)
            elif turn.is_open:
                moved = deciding.moved_up(self.ledger(), turn) if turn.is_ahead else []
                self.let_go(turn)
                self.move(turn, "replace")
                if not isinstance(moved, Conflict):
                    self._write(turn, deciding.changed(moved, turn))
        held = deciding.holder(self.steps, clock.now())
        if held is not None and held.organisation_id == member.organisation_id:
            acting = self.who_acts(member.organisation_id, date.min)
            if acting is None:
                held.vacated_at = clock.now()
            else:
                self.enter(acting[0], is_acting=True)

    def enter(self, organisation_id: int, *, is_acting: bool) -> None:
        """Seat somebody by no term: by hand, or for a member that held the chair by none."""
        succession.taken_over(self.steps, organisation_id, from_at=clock.now())
        step = ChairTerm(
            id=next(self.ids),
            organisation_id=organisation_id,
            organisation=self.members[organisation_id - 1].organisation,
            from_at=clock.now(),
            is_acting=is_acting,
        )
        self.steps.append(step)
        self.steps.sort(key=lambda each: each.from_at)
