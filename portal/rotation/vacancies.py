"""A chair that becomes vacant before its term is over: somebody acts at once (代行职责).

The succession gets a step at this very instant, so that nobody is missing for a moment. What is
left of a term counts as a turn of whoever acts only if it is at least half of it; and the member
that left had its turn only if it served at least half.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import require
from portal.accounts.queries import holders
from portal.actors import SYSTEM, Actor
from portal.alliances import succession
from portal.alliances.models import Alliance, Tier
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.roles import Role
from portal.rotation.cases import Span
from portal.rotation.history import charter_of, eligible, holder_at, turns_of
from portal.rotation.models import ActingRule, Charter, Turn
from portal.rotation.operations import Planned, add_turn, take_over_turn
from portal.rotation.workflow import TurnState
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
    found = next(_who_acts(turn, charter), None)
    today = clock.today()
    move(turn, "vacate", by=by, expected=expected, note=note)
    turn.is_counted = turn.is_counted and 2 * (today - turn.starts_on).days >= turn.days
    db.session.flush()
    if found is None:
        succession.vacate(turn.chair_term, by=by)
        return
    _let_act(turn, charter, *found, by=by)


def _let_act(
    turn: Turn, charter: Charter | None, organisation_id: int, person_id: int, *, by: Actor
) -> None:
    """Seat whoever acts for the rest of a term that ended, from this instant on."""
    today = clock.today()
    rest = Span(today, turn.ends_on)
    acting = add_turn(
        db.session.get_one(Alliance, turn.alliance_id),
        Planned(rest, organisation_id, str(_l("Acts for the rest of the term."))),
        charter=charter,
        basis=turn.basis,
        by=by,
        instead_of=turn,
        is_acting=True,
        is_counted=2 * (rest.until - rest.start).days >= turn.days,
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


def _who_acts(turn: Turn, charter: Charter | None) -> Iterator[tuple[int, int]]:
    """Give the members that may act with the person of each, the one the rules name first."""
    coming = [
        (each.organisation_id, each.person_id)
        for each in turns_of(turn.alliance_id)
        if each.state in (TurnState.PLANNED, TurnState.CONFIRMED) and each.starts_on >= turn.ends_on
    ]
    members = eligible(charter) if charter else []
    vice = [(each.organisation_id, each.contact_id) for each in members if each.tier in _VICE]
    rest = [(each.organisation_id, each.contact_id) for each in members]
    order = [*coming, *vice, *rest]
    if charter is not None and charter.acting is ActingRule.VICE_CHAIR:
        order = [*vice, *coming, *rest]
    active = {each.organisation_id for each in members}
    for organisation_id, named in order:
        if organisation_id == turn.organisation_id or organisation_id not in active:
            continue
        person_id = who_sits(organisation_id, named)
        if person_id is not None:
            yield organisation_id, person_id


_VICE = (Tier.VICE_CHAIR,)


def who_sits(organisation_id: int, named: int | None) -> int | None:
    """Return who sits for an organisation: the named person, else a manager, else anybody."""
    people = [each.id for each in people_of(organisation_id)]
    if named in people:
        return named
    managers = [each.id for each in holders(Role.MANAGER, organisation_id)]
    return next((each for each in (*managers, *people) if each in people), None)
