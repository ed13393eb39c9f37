"""What an act changes in the course of the chair: decided here, done by the operations. Pure.

Everything is decided on records that were read already and on the day or instant that is handed
in, so that whole histories can be played without a database. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.alliances.models import ChairTerm, Membership, Tier
from portal.errors import Refused
from portal.rotation.cases import Span
from portal.rotation.ledger import Ledger, case_for, crowded, held_until, served_in_round
from portal.rotation.models import ActingRule, Charter, Turn
from portal.rotation.planning import Conflict, plan
from portal.rotation.workflow import OPEN, TurnState

#: What can be exchanged: a term that is still to come.
EXCHANGEABLE = (TurnState.PLANNED, TurnState.CONFIRMED)
_VICE = (Tier.VICE_CHAIR,)


@dataclass(frozen=True)
class Planned:
    """A term of a plan: its days (half-open), who takes it, and why."""

    days: Span
    organisation_id: int
    why: str | None = None


@dataclass(frozen=True)
class Adoption:
    """What a plan that is adopted changes: turns that are replaced, and terms that are added."""

    replaced: tuple[Turn, ...]
    added: tuple[Planned, ...]


def span_of(turn: Turn) -> Span:
    """Return the days of a turn."""
    return Span(turn.starts_on, turn.ends_on)


def adoption(
    live: Sequence[Turn], wanted: Sequence[Planned], may: set[int], today: date
) -> Adoption:
    """Return what a plan changes among the live turns; a term that is the same stays.

    Raises `Refused` for days that have passed or overlap, for whoever is not among those who
    `may` chair, and where it would move a term that is settled.
    """
    if wanted[0].days.start <= today:
        raise Refused(_l("A plan begins tomorrow or later: what was stays."), field="starts_on")
    for before, after in pairwise(wanted):
        if after.days.start < before.days.until:
            raise Refused(_l("Two of these terms overlap."))
    if any(each.organisation_id not in may for each in wanted):
        raise Refused(_l("By the rules, one of these organisations may not take the chair."))
    first = wanted[0].days.start
    keys = {(each.days, each.organisation_id) for each in wanted}
    kept, replaced = set(), []
    for turn in live:
        if turn.ends_on <= first:
            continue
        as_planned = (span_of(turn), turn.organisation_id)
        if as_planned in keys:
            kept.add(as_planned)
        elif turn.state is TurnState.PLANNED and turn.starts_on >= first:
            replaced.append(turn)
        else:
            raise Refused(
                _l(
                    "The term from %(day)s is settled already. Plan the terms after it.",
                    day=turn.starts_on.isoformat(),
                )
            )
    added = [each for each in wanted if (each.days, each.organisation_id) not in kept]
    return Adoption(tuple(replaced), tuple(added))


def refuse_crowd(turn: Turn, elsewhere: Sequence[Span], most: int) -> None:
    """Raise `Refused` where a member would chair at more alliances at once than `most`."""
    if any(each.meets(span_of(turn)) for each in crowded(elsewhere, most)):
        raise Refused(
            _l(
                "By the rules an organisation chairs at most %(count)d alliances at once.",
                count=most,
            )
        )


def seated_from(turn: Turn, now: datetime) -> datetime:
    """Return from when on a confirmed term is held: its first day, or now where that is past."""
    return max(clock.start_of(turn.starts_on), now)


def row_from(live: Sequence[Turn], turn: Turn) -> list[Turn]:
    """Return a turn and those after it in its round that nobody confirmed yet."""
    found = [turn]
    for each in live:
        if each.state is not TurnState.PLANNED or each.starts_on <= turn.starts_on:
            continue
        if each.organisation_id in {other.organisation_id for other in found}:
            break  # a new round begins
        found.append(each)
    return found


def moved_up(ledger: Ledger, turn: Turn) -> list[tuple[Turn, Planned]] | Conflict:
    """Return who takes the terms of a row once its first member gives up its own; all of the row.

    The rules are kept towards the terms around the row too, where that can be; where those that
    stand make it impossible, within the row. The member that gives up its turn takes the last
    term of a row that is a whole round, unless another of the row would lose its own by that.
    """
    row, own = row_from(ledger.live, turn), turn.organisation_id
    members = ledger.members
    served, _began = served_in_round(members, held_until(ledger, turn.starts_on))
    planned = {each.organisation_id for each in row}
    is_whole = own in members and len(row) > 1 and members <= served | planned
    ahead: list[int | None] = [each.organisation_id for each in row[1:]]
    terms = tuple(span_of(each) for each in row)
    after = [
        each
        for each in ledger.live
        if each.state in OPEN and each.starts_on > turn.starts_on and each not in row
    ]
    found: list[tuple[Turn, Planned]] | Conflict = Conflict(())
    for last, free in ((own, terms[:-1]), (None, terms)) if is_whole else ((None, terms),):
        for around in (after, []) if after else ([],):
            found = _taken(ledger, row, [*ahead, last], around, {own: free})
            if isinstance(found, Conflict):
                continue
            takes = [new.organisation_id for _old, new in found]
            if own not in takes or set(ahead) <= set(takes):
                return found
    return found


def _taken(
    ledger: Ledger,
    row: Sequence[Turn],
    wanted: Sequence[int | None],
    around: Sequence[Turn],
    apart: dict[int, tuple[Span, ...]],
) -> list[tuple[Turn, Planned]] | Conflict:
    """Return who takes the terms of a row between those that stay, by the planner."""
    fixed: dict[Span, int | None] = {span_of(each): each.organisation_id for each in around}
    asked = dict(zip(map(span_of, row), wanted, strict=True)) | fixed
    terms = sorted(asked, key=lambda each: each.start)
    answer = plan(
        case_for(
            ledger,
            terms,
            current=[asked[each] for each in terms],
            pinned=frozenset(number for number, each in enumerate(terms) if each in fixed),
            apart=apart,
        )
    )
    if isinstance(answer, Conflict):
        return answer
    takes = {terms[each.term]: int(each.member) for each in answer.assignments}
    return [(old, Planned(span_of(old), takes[span_of(old)])) for old in row]


def changed(moved: Sequence[tuple[Turn, Planned]], turn: Turn) -> list[tuple[Turn, Planned]]:
    """Return what of a row changes hands: the turn that is given up, and who moves."""
    return [
        (old, new)
        for old, new in moved
        if old is turn or old.organisation_id != new.organisation_id
    ]


def given_up(
    live: Sequence[Turn], organisation_id: int, step: ChairTerm | None
) -> list[tuple[Turn, bool]]:
    """Return the turns a member gives up that leaves, with whether one is held now, by `step`.

    Where the secretariat entered somebody else by hand, that one goes on.
    """
    found = []
    for turn in live:
        if turn.organisation_id != organisation_id:
            continue
        if turn.is_running and turn.state is not TurnState.PLANNED:
            if step is not None and step.id == turn.chair_term_id:
                found.append((turn, True))
        elif turn.is_open and turn.ends_on > clock.today():
            found.append((turn, False))
    return found


def exchanged(turn: Turn, other: Turn) -> tuple[tuple[Turn, Planned], tuple[Turn, Planned]]:
    """Return the two terms with who takes each after an exchange."""
    return (
        (turn, Planned(span_of(turn), other.organisation_id)),
        (other, Planned(span_of(other), turn.organisation_id)),
    )


def refuse_exchange(*turns: Turn) -> None:
    """Raise `Refused` for a term that has begun, or that is no longer its member's."""
    for turn in turns:
        if turn.state not in EXCHANGEABLE or not turn.is_ahead:
            raise Refused(_l("Only terms that are still to come can be exchanged."))


@dataclass(frozen=True)
class Remainder:
    """What is left of a term that ends early, and which part of it counts as a turn."""

    days: Span
    is_counted: bool
    #: Whether what was served until now does.
    was_served: bool


def remainder(turn: Turn, whole: int, today: date) -> Remainder:
    """Return what is left of a term on a day, measured by the `whole` term's days.

    Either part counts only if it is at least half of the whole.
    """
    since = turn.starts_on
    if turn.chair_term is not None:
        # Confirmed late, it was served from then on only.
        since = max(since, clock.day_of(turn.chair_term.from_at))
    rest = Span(today, turn.ends_on)
    return Remainder(
        rest,
        is_counted=2 * (rest.until - rest.start).days >= whole,
        was_served=turn.is_counted and 2 * (today - since).days >= whole,
    )


def whole_of(turn: Turn, named: Callable[[int], Turn]) -> int:
    """Return how many days the term had of which a turn is the rest, or itself."""
    while turn.is_acting and turn.instead_of_id is not None:
        turn = named(turn.instead_of_id)
    return turn.days


def who_acts(
    organisation_id: int,
    since: date,
    live: Sequence[Turn],
    members: Sequence[Membership],
    charter: Charter | None,
) -> Iterator[tuple[int, int | None]]:
    """Give the members that may act for one, with whom each names, the one of the rules first.

    Who is next by the plan is whoever has the first term that begins on `since` or later.
    """
    coming = [
        (each.organisation_id, each.person_id)
        for each in live
        if each.state in EXCHANGEABLE and each.starts_on >= since and each.ends_on > clock.today()
    ]
    vice = [(each.organisation_id, each.contact_id) for each in members if each.tier in _VICE]
    rest = [(each.organisation_id, each.contact_id) for each in members]
    order = [*coming, *vice, *rest]
    if charter is not None and charter.acting is ActingRule.VICE_CHAIR:
        order = [*vice, *coming, *rest]
    active = {each.organisation_id for each in members}
    for other_id, named in order:
        if other_id != organisation_id and other_id in active:
            yield other_id, named


def holder(steps: Sequence[ChairTerm], at: datetime) -> ChairTerm | None:
    """Return the step of a succession, in the order of time, that holds at an instant."""
    begun = [each for each in steps if each.from_at <= at]
    return begun[-1] if begun else None
