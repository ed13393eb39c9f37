"""A chair that becomes vacant before its term is over: somebody acts at once (代行职责).

The succession gets a step at this very instant, so that nobody is missing for a moment. What is
left of a term counts as a turn of whoever acts only if it is at least half of it; and the member
that left had its turn only if it served at least half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import require
from portal.accounts.queries import holders
from portal.actors import SYSTEM, Actor
from portal.alliances import succession
from portal.alliances.models import Alliance, ChairTerm
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.roles import Role
from portal.rotation.deciding import Planned, Remainder, remainder, who_acts, whole_of
from portal.rotation.history import charter_of, eligible, holder_at, turns_of
from portal.rotation.models import Charter, Turn
from portal.rotation.operations import add_turn, take_over_turn
from portal.workflow import move


@operation
def vacate_turn(
    turn: Turn, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """End a term early, now, with the reason; whoever the rules name acts from now on.

    Where no member has anybody who could act, the chair stands empty until the secretariat enters
    somebody. Raises `Refused` for a term that does not go on or by which nobody sits, and without
    a reason.
    """
    require(by, "turn.vacate", turn)
    if turn.chair_term is None or not sits(turn):
        raise Refused(_l("Somebody else sits in the chair now."))
    charter = charter_of(turn.alliance_id)
    found = _who_acts(turn.alliance_id, turn.organisation_id, turn.ends_on, charter)
    left = remainder(turn, whole_of(turn, _named), clock.today())
    move(turn, "vacate", by=by, expected=expected, note=note)
    turn.is_counted = left.was_served
    db.session.flush()
    if found is None:
        succession.vacate(turn.chair_term, by=by)
        return
    _let_act(turn, charter, left, *found, by=by)


def _named(turn_id: int) -> Turn:
    return db.session.get_one(Turn, turn_id)


def let_act(step: ChairTerm, *, by: Actor) -> None:
    """Seat whoever acts where a member leaves that holds the chair by no term that goes on.

    Its term may be over with nobody after it, or the secretariat entered it by hand. The acting
    chair has no term of its own: it sits until the next one is confirmed, or somebody is entered.
    """
    found = _who_acts(
        step.alliance_id, step.organisation_id, date.min, charter_of(step.alliance_id)
    )
    if found is None:
        succession.vacate(step, by=by)
        return
    succession.seat(step.alliance_id, *found, from_at=clock.now(), by=by, is_acting=True)


def _who_acts(
    alliance_id: int, organisation_id: int, since: date, charter: Charter | None
) -> tuple[int, int] | None:
    """Return the member that acts for another and its person, or None where nobody can."""
    members = eligible(charter) if charter else []
    live = turns_of(alliance_id)
    return next(_people(who_acts(organisation_id, since, live, members, charter)), None)


def _people(members: Iterable[tuple[int, int | None]]) -> Iterator[tuple[int, int]]:
    """Give the members that have somebody who could sit, with that person."""
    for organisation_id, named in members:
        person_id = who_sits(organisation_id, named)
        if person_id is not None:
            yield organisation_id, person_id


def _let_act(
    turn: Turn,
    charter: Charter | None,
    left: Remainder,
    organisation_id: int,
    person_id: int,
    *,
    by: Actor,
) -> None:
    """Seat whoever acts for the rest of a term that ended, from this instant on."""
    acting = add_turn(
        db.session.get_one(Alliance, turn.alliance_id),
        Planned(left.days, organisation_id, str(_l("Acts for the rest of the term."))),
        charter=charter,
        basis=turn.basis,
        by=by,
        instead_of=turn,
        is_acting=True,
        is_counted=left.is_counted,
    )
    step = succession.seat(
        turn.alliance_id, organisation_id, person_id, from_at=clock.now(), by=by, is_acting=True
    )
    acting.person_id, acting.chair_term_id = person_id, step.id
    take_over_turn(acting, by=SYSTEM)


def sits(turn: Turn) -> bool:
    """Tell whether a turn is the one by which the chair is held at this instant."""
    holder = holder_at(turn.alliance_id)
    return holder is not None and holder.id == turn.chair_term_id


def who_sits(organisation_id: int, named: int | None) -> int | None:
    """Return who sits for an organisation: the named person, else a manager, else anybody."""
    people = [each.id for each in people_of(organisation_id)]
    if named in people:
        return named
    managers = [each.id for each in holders(Role.MANAGER, organisation_id)]
    return next((each for each in (*managers, *people) if each in people), None)
