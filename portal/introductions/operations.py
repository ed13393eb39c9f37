"""Verbs on introductions: proposed, agreed to, completed, declined, withdrawn."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal import clock, journal, links
from portal.access import can, may_see, require, standing_of
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor, Standing, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange.answering import accept_interest, send_interest
from portal.exchange.interest_queries import own_interest
from portal.exchange.models import Direction, Listing
from portal.introductions.models import Introduction
from portal.introductions.workflow import INTRODUCTION
from portal.links import ActionLink
from portal.operations import earlier_result, keep_receipt, operation
from portal.outbox import send_mail, send_sms
from portal.roles import Role
from portal.workflow import move

#: What the action links are for, one for each side.
DEMAND_SIDE, SUPPLY_SIDE = "introduction.demand", "introduction.supply"
#: So long both may answer.
LIFETIME = timedelta(days=14)


@operation
def propose_introduction(
    demand: Listing, supply: Listing, *, line: str, by: Actor, receipt: str | None = None
) -> Introduction:
    """Propose that the owners of two listings speak to each other, and ask both.

    Raises `Denied` for a listing one may not see, `Refused` where the two do not make a pair,
    none of them concerns the proposer, one may not be shown to the other side, they are in
    contact already, or an introduction of the pair is open.
    """
    standing = require(by, "introduction.propose")
    earlier = earlier_result(Introduction, receipt)
    if earlier is not None and earlier.proposed_by_id == by.person_id:
        return earlier
    for listing in (demand, supply):
        if not (can(standing, "listing.view", listing) and may_see(standing, listing, "owner")):
            raise Denied("introduction.propose of a listing one may not see")
    _refuse_no_pair(standing, demand, supply)
    _make_room(demand, supply)
    kept = [each.alliance_id for each in (demand, supply)]
    own = [each for each in kept if each in standing[Role.SECRETARY]]
    introduction = Introduction(
        demand=demand,
        supply=supply,
        demand_owner_id=demand.organisation_id,
        supply_owner_id=supply.organisation_id,
        alliance_id=(own or kept)[0],
        proposed_by_id=by.person_id,
        line=line,
        state=INTRODUCTION.start,
        proposed_at=clock.now(),
        expires_at=clock.now() + LIFETIME,
    )
    db.session.add(introduction)
    db.session.flush()
    journal.note("introduction.propose", introduction, by=by, to_state=introduction.state)
    keep_receipt(receipt, introduction)
    _ask(introduction, demand, DEMAND_SIDE)
    _ask(introduction, supply, SUPPLY_SIDE)
    return introduction


def concerns(standing: Standing, listing: Listing) -> bool:
    """Tell whether a listing is of the alliance one keeps or of the region one answers for."""
    places = {listing.region_id, listing.organisation.district_id}
    return bool(listing.alliance_id in standing[Role.SECRETARY] or places & standing[Role.LIAISON])


def _refuse_no_pair(standing: Standing, demand: Listing, supply: Listing) -> None:
    """Raise `Refused` where two listings cannot be introduced by this person now."""
    is_pair = (demand.direction, supply.direction) == (Direction.DEMAND, Direction.SUPPLY)
    if not is_pair or demand.organisation_id == supply.organisation_id:
        raise Refused(_l("Choose a demand and a supply of two organisations."), field="other_id")
    if not (demand.is_answerable and supply.is_answerable):
        raise Refused(_l("One of the two takes no answers any more."), field="other_id")
    if not (concerns(standing, demand) or concerns(standing, supply)):
        raise Refused(_l("Neither is of your alliance or of your region."), field="other_id")
    taker = standing_of(person(demand.contact_id, demand.organisation_id))
    giver = standing_of(person(supply.contact_id, supply.organisation_id))
    if not (can(giver, "listing.respond", demand) and can(taker, "listing.view", supply)):
        raise Refused(
            _l("One side may not see the other's listing, so they cannot be introduced."),
            field="other_id",
        )
    held = own_interest(demand.id, supply.organisation_id)
    other_way = own_interest(supply.id, demand.organisation_id)
    for interest in (held, other_way):
        if interest is not None and interest.released_at is None and not interest.is_lapsed:
            raise Refused(_l("The two are in contact over this already."), field="other_id")


def _make_room(demand: Listing, supply: Listing) -> None:
    """Let go of an introduction of the pair that lapsed; raise `Refused` for one that holds."""
    holding = db.session.scalar(
        select(Introduction).where(
            Introduction.demand_id == demand.id,
            Introduction.supply_id == supply.id,
            Introduction.released_at.is_(None),
        )
    )
    if holding is None:
        return
    if not holding.is_lapsed:
        raise Refused(_l("An introduction of these two is open already."), field="other_id")
    holding.released_at = clock.now()
    db.session.flush()


def _ask(introduction: Introduction, listing: Listing, purpose: str) -> None:
    """Send a side its link, by mail or short message; it waits on its desk as well."""
    contact = listing.contact
    made = links.make(purpose, introduction, by=SYSTEM, lifetime=LIFETIME, person_id=contact.id)
    body = _(
        "%(name)s, for “%(title)s” an introduction is proposed. See to whom and why, and answer "
        "at %(address)s (for you alone, once, within 14 days).",
        name=contact.name,
        title=listing.title,
        address=links.address("introductions.answer", token=made.token),
    )
    if contact.email:
        subject = _("An introduction is proposed")
        send_mail(contact.email, subject, body, by=SYSTEM, link_id=made.link.id)
    elif contact.mobile:
        send_sms(contact.mobile, body, by=SYSTEM, link_id=made.link.id)


@operation
def agree_to_introduction(
    introduction: Introduction, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Agree for the side one acts for; the other side is still to answer."""
    require(by, "introduction.answer", introduction)
    sides = (introduction.demand_owner_id, introduction.supply_owner_id)
    other = sides[1] if by.organisation_id == sides[0] else sides[0]
    also = {"waiting_id": other, "agreed_by_id": by.on_behalf_of_id or by.person_id}
    move(introduction, "agree", by=by, expected=expected, note=note, also=also)


@operation
def complete_introduction(
    introduction: Introduction, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Agree as the second side: an accepted answer arises, and each sees the other's contact.

    Raises `Refused` where one of the listings is closed by now, or whoever agreed first no longer
    acts for their side.
    """
    require(by, "introduction.complete", introduction)
    agreed_for = introduction.demand_owner_id
    if agreed_for == introduction.waiting_id:
        agreed_for = introduction.supply_owner_id
    first = person(introduction.agreed_by_id or 0, agreed_for)
    acts = {agreed_for: first, introduction.waiting_id: by}
    try:
        interest = send_interest(
            introduction.demand,
            message=introduction.line,
            by=acts[introduction.supply_owner_id],
        )
        accept_interest(interest, by=acts[introduction.demand_owner_id])
    except (Denied, Refused) as refused:
        # In words that name nobody: what keeps one side from it is not the other's to read.
        raise Refused(
            _l("It cannot be completed any more: a listing was closed or somebody left.")
        ) from refused
    also = {"interest_id": interest.id, "waiting_id": None, "released_at": clock.now()}
    move(introduction, "accept", by=by, expected=expected, note=note, also=also)
    _revoke_links(introduction, by=by)


@operation
def decline_introduction(
    introduction: Introduction, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Decline for the side one acts for, with a reason; the other side is told."""
    require(by, "introduction.answer", introduction)
    reason = (note or "").strip() or None
    also = {"released_at": clock.now(), "reason": reason, "waiting_id": None}
    move(introduction, "decline", by=by, expected=expected, note=note, also=also)
    _revoke_links(introduction, by=by)
    is_demand = by.organisation_id == introduction.demand_owner_id
    _tell(introduction, introduction.supply if is_demand else introduction.demand)


def _tell(introduction: Introduction, listing: Listing) -> None:
    contact = listing.contact
    if contact.email:
        body = _(
            "%(name)s, the introduction for “%(title)s” has ended: the other side declined. "
            "Reason: %(reason)s",
            name=contact.name,
            title=listing.title,
            reason=introduction.reason,
        )
        send_mail(contact.email, _("The introduction has ended"), body, by=SYSTEM)


@operation
def withdraw_introduction(
    introduction: Introduction, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Withdraw what one proposed while it waits."""
    require(by, "introduction.withdraw", introduction)
    also = {"released_at": clock.now(), "waiting_id": None}
    move(introduction, "withdraw", by=by, expected=expected, note=note, also=also)
    _revoke_links(introduction, by=by)


def actor_of(link: ActionLink, introduction: Introduction) -> Actor:
    """Return who answers by a link: the person it is for, for the side it is for."""
    is_demand = link.purpose == DEMAND_SIDE
    side = introduction.demand_owner_id if is_demand else introduction.supply_owner_id
    return person(link.person_id or 0, side)


@operation
def answer_by_link(link: ActionLink, *, by: Actor, agrees: bool, note: str | None = None) -> None:
    """Agree or decline by the link, as the person it is for; sign-in is not needed."""
    introduction = db.session.get_one(Introduction, link.record_id)
    require(by, "introduction.answer", introduction)
    links.use(link, by=by)
    if not agrees:
        decline_introduction(introduction, by=by, note=note)
    elif introduction.waiting_id == by.organisation_id:
        complete_introduction(introduction, by=by)
    else:
        agree_to_introduction(introduction, by=by)


def _revoke_links(introduction: Introduction, *, by: Actor) -> None:
    for link in db.session.scalars(
        select(ActionLink).where(
            ActionLink.about_noun == introduction.noun, ActionLink.record_id == introduction.id
        )
    ):
        links.revoke(link, by=by)


@operation
def move_introductions(double: Organisation, *, by: Actor) -> None:
    """Move the introductions of a double to the survivor (a consequence); history stays.

    An open one between the two ends: nobody is introduced to itself.
    """
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    columns = ("demand_owner_id", "supply_owner_id", "waiting_id")
    mine = or_(*(getattr(Introduction, column) == double.id for column in columns))
    moved = db.session.scalars(select(Introduction).where(mine)).all()
    for introduction in moved:
        for column in columns:
            if getattr(introduction, column) == double.id:
                setattr(introduction, column, into_id)
        if introduction.demand_owner_id == introduction.supply_owner_id:
            introduction.expires_at = min(introduction.expires_at, clock.now())
    if moved:
        detail = {"introduction": [each.id for each in moved]}
        journal.note("organisation.merge_introductions", double, by=by, detail=detail)
