"""What happens in the alliances when a double of an organisation is merged into the survivor."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select, update

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance, ChairTerm, Membership
from portal.alliances.queries import held_membership
from portal.alliances.workflow import ENDED, MembershipState
from portal.database import among, db
from portal.errors import Refused
from portal.language import localised
from portal.operations import operation
from portal.workflow import move


@operation
def move_memberships(double: Organisation, *, by: Actor) -> None:
    """Move every membership, ended ones too, and every term in the chair (a consequence).

    Raises `Refused` naming the alliance in which both hold a membership or an application.
    """
    require(by, "organisation.merge", double)
    refuse_two_places(double.id, double.merged_into_id or 0)
    _end_drafts(double.id, double.merged_into_id or 0)
    memberships = db.session.scalars(
        select(Membership).where(Membership.organisation_id == double.id)
    ).all()
    for membership in memberships:
        membership.organisation_id = double.merged_into_id or 0
    db.session.flush()
    terms = ChairTerm.organisation_id == double.id
    term_ids = list(db.session.scalars(select(ChairTerm.id).where(terms)))
    db.session.execute(update(ChairTerm).where(terms).values(organisation_id=double.merged_into_id))
    detail = {"membership": [each.id for each in memberships], "chair_term": term_ids}
    journal.note("organisation.merge_memberships", double, by=by, detail=detail)


def refuse_two_places(double_id: int, into_id: int) -> None:
    """Raise `Refused` where two organisations hold a place in one alliance: one must end first."""

    both = _held(double_id) & _held(into_id)
    if both:
        alliance = db.session.get_one(Alliance, min(both))
        raise Refused(
            _l("Both are in %(alliance)s. End one membership first.", alliance=localised(alliance)),
            field="into",
        )


def _held(organisation_id: int) -> set[int]:
    """Return the alliances an organisation holds a place in; a draft holds none against others."""
    rows = select(Membership.alliance_id).where(
        Membership.organisation_id == organisation_id,
        ~among(Membership.state, (*ENDED, MembershipState.DRAFT)),
    )
    return set(db.session.scalars(rows))


def _end_drafts(double_id: int, into_id: int) -> None:
    """Take back the drafts of one where the other has a place: one organisation has one."""
    drafts = db.session.scalars(
        select(Membership)
        .where(
            Membership.organisation_id.in_((double_id, into_id)),
            Membership.state == MembershipState.DRAFT,
        )
        .order_by(case((Membership.organisation_id == double_id, 0), else_=1), Membership.id)
    ).all()
    for draft in drafts:
        other_id = into_id if draft.organisation_id == double_id else double_id
        if held_membership(draft.alliance_id, other_id) is not None:
            move(draft, "retract", by=SYSTEM, also={"ended_at": clock.now()})
            db.session.flush()


def moving(double: Organisation) -> dict[str, int]:
    """Return how many records of this room would move, by their table."""
    counted = select(func.count(Membership.id)).where(Membership.organisation_id == double.id)
    return {"membership": db.session.scalar(counted) or 0}
