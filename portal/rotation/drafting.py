"""A plan while it is being made: terms, who is chosen for each, and what the rules say to it.

Nothing of it is stored. The page sends all of it each time, and gets it back judged: by hand one
exchanges two rows or chooses somebody else, or lets the planner fill what is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from portal.language import localised
from portal.rotation.cases import Case, Span
from portal.rotation.deciding import Planned
from portal.rotation.fairness import Fairness, breaks, fairness
from portal.rotation.history import charter_of, load
from portal.rotation.ledger import Ledger, breaks_ahead, case_for, following_day
from portal.rotation.models import Charter, Turn
from portal.rotation.months import terms_from
from portal.rotation.planning import Assignment, Conflict, plan
from portal.rotation.reasons import Why
from portal.rotation.wording import Wording
from portal.rotation.workflow import TurnState

#: Terms of a plan: offered at first, and at most.
OFFERED, MOST_TERMS = 6, 30


@dataclass(frozen=True)
class Line:
    """One term of a draft: its days, who is chosen, why, and which rules that breaks."""

    days: Span
    organisation_id: int | None
    why: str | None = None
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A plan that is not adopted yet, as it was judged."""

    lines: tuple[Line, ...]
    fairness: Fairness | None = None
    #: Why the planner found no plan.
    conflict: tuple[str, ...] = ()
    #: Whether the planner proved that no plan is better; nothing where it was not asked.
    is_optimal: bool | None = None

    @property
    def is_whole(self) -> bool:
        """Whether somebody is chosen for every term."""
        return all(each.organisation_id is not None for each in self.lines)

    def planned(self) -> list[Planned]:
        """Return what is adopted, of the terms somebody is chosen for."""
        return [
            Planned(each.days, each.organisation_id, each.why)
            for each in self.lines
            if each.organisation_id is not None
        ]


@dataclass(frozen=True)
class Drafting:
    """Judges and changes drafts of one alliance under its rules."""

    ledger: Ledger
    names: dict[int, str]
    regions: dict[str, str]
    wording: Wording = field(default_factory=Wording)

    def beginning(self) -> tuple[date, int]:
        """Return from which day on a plan begins, and of how many terms: those planned so far."""
        planned = self._planned()
        if planned:
            return planned[0].days.start, len(planned)
        return following_day(self.ledger), OFFERED

    def _planned(self) -> list[Planned]:
        return [
            Planned(Span(each.starts_on, each.ends_on), each.organisation_id, each.why)
            for each in self.ledger.live
            if each.state is TurnState.PLANNED and each.is_ahead
        ]

    def draft(self, start: date, count: int, chosen: Sequence[int | None] = ()) -> Draft:
        """Return a draft of some terms with who is chosen; without a choice, who was planned."""
        terms = terms_from(start, self.ledger.charter.term_months, count)
        known = {each.days: each for each in self._planned()}
        lines = []
        for number, days in enumerate(terms):
            planned = known.get(days)
            who = planned.organisation_id if planned else None
            if chosen:
                who = chosen[number] if number < len(chosen) else None
            why = planned.why if planned and planned.organisation_id == who else None
            lines.append(Line(days, who, why))
        return self.judged(Draft(tuple(lines)))

    def judged(self, draft: Draft) -> Draft:
        """Return a draft with the rules it breaks and its figures."""
        case = self._case(draft)
        ids = [
            None if each.organisation_id is None else str(each.organisation_id)
            for each in draft.lines
        ]
        found: dict[int, list[str]] = {}
        for each in breaks(case, ids):
            found.setdefault(each.term, []).append(self.wording.breaks(each))
        lines = tuple(
            replace(line, breaks=tuple(found.get(number, ())))
            for number, line in enumerate(draft.lines)
        )
        return replace(draft, lines=lines, fairness=fairness(case, ids))

    def _case(self, draft: Draft, *, keep: bool = False) -> Case:
        terms = [each.days for each in draft.lines]
        if not keep:
            return case_for(self.ledger, terms)
        return case_for(self.ledger, terms, current=[each.organisation_id for each in draft.lines])

    def moved(self, draft: Draft, place: int, by: int) -> Draft:
        """Return a draft in which a row and its neighbour have exchanged who is chosen."""
        lines, other = list(draft.lines), place + by
        if 0 <= place < len(lines) and 0 <= other < len(lines):
            here, there = lines[place], lines[other]
            lines[place] = replace(here, organisation_id=there.organisation_id, why=None)
            lines[other] = replace(there, organisation_id=here.organisation_id, why=None)
        return self.judged(Draft(tuple(lines)))

    def filled(self, draft: Draft, *, keep: bool) -> Draft:
        """Return a draft as the planner fills it: anew, or to `keep` as many terms as it can."""
        case = self._case(draft, keep=keep)
        answer = plan(case)
        if isinstance(answer, Conflict):
            told = tuple(self.wording.say(each) for each in answer.reasons)
            return replace(self.judged(draft), conflict=told)
        lines = tuple(
            Line(line.days, int(each.member), self._why(line, each))
            for line, each in zip(draft.lines, answer.assignments, strict=True)
        )
        return replace(self.judged(Draft(lines)), is_optimal=answer.is_optimal)

    def _why(self, line: Line, found: Assignment) -> str | None:
        """Return why a member takes a term: what was said of it before, where it stays."""
        return line.why if found.why.why is Why.KEPT else self.wording.say(found.why)


def broken_terms(
    alliance_id: int, exchanged: tuple[Turn, Turn] | None = None
) -> list[tuple[Turn, str, list[str]]]:
    """Return the terms to come that break rules, with who takes each and which, in words.

    Of two turns that are `exchanged`, as if they were.
    """
    charter = charter_of(alliance_id)
    if charter is None:
        return []
    drafting = drafting_for(charter)
    instead: dict[int, int] = {}
    if exchanged is not None:
        one, other = exchanged
        instead = {one.id: other.organisation_id, other.id: one.organisation_id}
    found: dict[int, list[str]] = {}
    turns: dict[int, Turn] = {}
    for turn, each in breaks_ahead(drafting.ledger, instead):
        turns[turn.id] = turn
        found.setdefault(turn.id, []).append(drafting.wording.breaks(each))
    return [
        (turn, drafting.names.get(instead.get(key, turn.organisation_id), ""), found[key])
        for key, turn in turns.items()
    ]


def drafting_for(charter: Charter) -> Drafting:
    """Return what makes drafts under some rules, with the names its sentences speak of."""
    ledger = load(charter)
    names = {each.organisation_id: each.organisation.name for each in ledger.memberships}
    regions = {
        each.organisation.region.code: localised(each.organisation.region)
        for each in ledger.memberships
    }
    wording = Wording(
        name=lambda each: names.get(int(each), each),
        region=lambda code: regions.get(code, code),
    )
    return Drafting(ledger, names, regions, wording)
