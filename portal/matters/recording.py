"""Verbs by which a matter gets its outcome."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.exchange.models import Direction
from portal.files import Received
from portal.matters.models import Matter
from portal.operations import operation
from portal.outcomes.models import Outcome
from portal.outcomes.operations import Claim, Source, claim_outcome, mention_outcome


def source_of(matter: Matter, by: Actor) -> Source:
    """Return a matter as the source of an outcome: whoever supplies gives, the other takes."""
    sides = (matter.partner_id, matter.owner_id)
    giver, taker = sides if matter.direction is Direction.DEMAND else reversed(sides)
    is_owner = by.organisation_id == matter.owner_id
    return Source(
        noun=matter.noun,
        record_id=matter.id,
        alliance_id=matter.alliance_id,
        from_id=giver,
        to_id=taker,
        asked_id=matter.partner_person_id if is_owner else matter.owner_person_id,
    )


@operation
def record_outcome(
    matter: Matter, claim: Claim, *, by: Actor, received: Received | None = None
) -> Outcome:
    """Claim the outcome of a matter for the actor's side. Raises `Refused` before a signature."""
    require(by, "matter.move", matter)
    _refuse_unsigned(matter)
    return claim_outcome(source_of(matter, by), claim, received=received, by=by)


@operation
def link_outcome(matter: Matter, outcome_id: int, *, by: Actor) -> None:
    """Link a matter to an outcome of the same two sides that counts already."""
    require(by, "matter.move", matter)
    _refuse_unsigned(matter)
    outcome = db.session.get(Outcome, outcome_id)
    if outcome is None:
        raise Refused(_l("Please choose one."))
    mention_outcome(outcome, source_of(matter, by), by=by)


def _refuse_unsigned(matter: Matter) -> None:
    if not matter.is_signed:
        raise Refused(_l("First record the step: signed."))
