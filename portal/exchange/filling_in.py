"""Verbs on listings that the secretariat fills in for a member (代填报), who confirms them.

The member is the second pair of eyes: what the secretary writes, only the member's own person
publishes, on the desk or by an action link. So a secretariat of one never waits for itself.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, links
from portal.access import require
from portal.accounts.models import Organisation, Person
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance, Membership
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Refused
from portal.exchange.content import ListingContent
from portal.exchange.models import Listing
from portal.exchange.operations import index, lay_down, write_content
from portal.exchange.workflow import LISTING, ListingState
from portal.links import ActionLink, MadeLink
from portal.operations import earlier_result, keep_receipt, operation
from portal.outbox import send_mail, send_sms
from portal.workflow import check_version, move

#: What the action link is for, and how long the member may answer by it.
PURPOSE = "listing.confirm"
LINK_LIFETIME = timedelta(days=14)


def waits_for_member(listing: Listing) -> bool:
    """Tell whether it waits for the member to confirm it."""
    return listing.state is ListingState.PROPOSED


def is_sent_back(listing: Listing) -> bool:
    """Tell whether it was sent back and may be changed."""
    return listing.state is ListingState.RETURNED


@operation
def fill_in_listing(
    alliance: Alliance,
    content: ListingContent,
    organisation: Organisation,
    contact: Person,
    *,
    by: Actor,
    receipt: str | None = None,
) -> Listing:
    """Fill in a listing for a member and ask its person to confirm it.

    Raises `Refused` for bad content, where the organisation is no member of the alliance, and
    where the person does not act for it or is the secretary.
    """
    require(by, "alliance.fill_in", alliance)
    earlier = earlier_result(Listing, receipt)
    if earlier is not None:
        return earlier
    _refuse_stranger(alliance, organisation, contact, by=by)
    listing = Listing(
        alliance=alliance,
        organisation=organisation,
        contact_id=contact.id,
        state=LISTING.start,
        submitted_by_id=by.person_id,
        submitted_for_id=by.on_behalf_of_id,
        filled_in_by_id=by.person_id,
    )
    lay_down(listing, content, "fill_in", by=by, is_draft=False)
    keep_receipt(receipt, listing)
    propose_listing(listing, by=by)
    return listing


def _refuse_stranger(
    alliance: Alliance, organisation: Organisation, contact: Person, *, by: Actor
) -> None:
    """Raise `Refused` for somebody who cannot confirm for a member of the alliance."""
    belongs = db.session.scalar(
        select(Membership.id).where(
            Membership.alliance_id == alliance.id,
            Membership.organisation_id == organisation.id,
            Membership.is_active,
        )
    )
    acts = contact.id in {each.id for each in people_of(organisation.id)}
    if belongs is None or not acts:
        raise Refused(_l("Choose somebody who acts for a member."), field="member")
    if contact.id in (by.person_id, by.on_behalf_of_id):
        raise Refused(_l("Choose somebody else than yourself to confirm it."), field="member")


@operation
def revise_listing(
    listing: Listing, content: ListingContent, *, by: Actor, expected: int | None = None
) -> None:
    """Change what one filled in and the member did not confirm, and ask the member again."""
    require(by, "listing.propose", listing)
    check_version(listing, expected)
    if listing.state is not ListingState.RETURNED:
        raise Refused(_l("It can be changed once the member sent it back."))
    write_content(listing, content, is_draft=False)
    db.session.flush()
    journal.note("listing.edit", listing, by=by)
    propose_listing(listing, by=by)


@operation
def propose_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Ask the member to confirm what the secretariat filled in."""
    require(by, "listing.propose", listing)
    also = {"listed_at": clock.now()}
    move(listing, "propose", by=by, expected=expected, note=note, also=also)
    index(listing)


@operation
def make_confirmation_link(listing: Listing, *, by: Actor) -> MadeLink:
    """Make the link by which the member's person confirms; an earlier one opens nothing more."""
    require(by, "listing.propose", listing)
    if listing.state is not ListingState.PROPOSED:
        raise Refused(_l("It does not wait for the member."))
    _revoke_links(listing, by=by)
    return links.make(PURPOSE, listing, by=by, lifetime=LINK_LIFETIME, person_id=listing.contact_id)


def text_of(listing: Listing, made: MadeLink) -> str:
    """Return what is said to the member's person in a chat."""
    text: str = _(
        "%(name)s, the secretariat of %(alliance)s has filled in “%(title)s” for "
        "%(organisation)s. Please look at it and confirm or decline it here (for you alone, once, "
        "within 14 days): %(address)s",
        name=listing.contact.name,
        alliance=listing.alliance.name,
        title=listing.title,
        organisation=listing.organisation.name,
        address=links.address("exchange.confirm_by_link", token=made.token),
    )
    return text


@operation
def confirm_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Publish what the secretariat filled in for one's organisation; from now on it is its own."""
    require(by, "listing.confirm", listing)
    also = {
        "listed_at": clock.now(),
        "submitted_by_id": by.person_id,
        "submitted_for_id": by.on_behalf_of_id,
    }
    move(listing, "confirm", by=by, expected=expected, note=note, also=also)
    _revoke_links(listing, by=by)
    index(listing, move_up=True)


@operation
def decline_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Send back what the secretariat filled in, with a reason."""
    require(by, "listing.confirm", listing)
    move(listing, "turn_down", by=by, expected=expected, note=note)
    _revoke_links(listing, by=by)
    index(listing)


@operation
def answer_by_link(
    link: ActionLink, *, by: Actor, opened_by: Actor, confirms: bool, note: str | None = None
) -> None:
    """Confirm or decline by the link, as the person it is for; that person is told by mail.

    Raises `Refused` for a link that is used or over, and where whoever made it opens it: they
    have written the listing, and hold the link only to hand it over.
    """
    listing = db.session.get_one(Listing, link.record_id)
    require(by, "listing.confirm", listing)
    if link.made_by_id in {opened_by.person_id, opened_by.on_behalf_of_id} - {None}:
        raise Refused(_l("This link is for the member: hand it over to them."))
    links.use(link, by=by)
    if confirms:
        confirm_listing(listing, by=by)
    else:
        decline_listing(listing, by=by, note=note)
    _tell(listing)


def _tell(listing: Listing) -> None:
    """Tell the person in whose name the link was used: a link may have reached somebody else."""
    contact = listing.contact
    body = _(
        "%(name)s, by the link for you “%(title)s” of %(organisation)s was answered. If that "
        "was not you, take it back here: %(address)s",
        name=contact.name,
        title=listing.title,
        organisation=listing.organisation.name,
        address=links.address("exchange.view_listing", listing_id=listing.id),
    )
    if contact.email:
        send_mail(contact.email, _("Answered in your name"), body, by=SYSTEM)
    elif contact.mobile:
        send_sms(contact.mobile, body, by=SYSTEM)


def _revoke_links(listing: Listing, *, by: Actor) -> None:
    for link in db.session.scalars(
        select(ActionLink).where(ActionLink.purpose == PURPOSE, ActionLink.record_id == listing.id)
    ):
        links.revoke(link, by=by)
