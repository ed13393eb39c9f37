"""Verbs on listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, search
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange.content import ListingContent
from portal.exchange.kinds import fitting, wrong_particulars
from portal.exchange.models import (
    RENEWED_DAYS,
    ClosedAs,
    Interest,
    Listing,
    ListingVisibility,
    Naming,
)
from portal.exchange.repeating import posted_already
from portal.exchange.rules import missing_from, wrong_in_content
from portal.exchange.workflow import LISTING, InterestState, ListingState
from portal.operations import earlier_result, keep_receipt, operation
from portal.roles import Role
from portal.workflow import check_version, move

#: Only in these states may the content change; a published listing is taken back first.
EDITABLE = (ListingState.DRAFT, ListingState.RETURNED)


@operation
def post_listing(
    alliance: Alliance,
    content: ListingContent,
    *,
    by: Actor,
    submit: bool = False,
    receipt: str | None = None,
    only_once: bool = False,
) -> Listing:
    """Post a supply or demand of the actor's organisation as a draft, or submit it at once.

    A draft may be unfinished: without a specification, confidential without names. `only_once`
    takes the same text, posted within a day, for a slip.

    Raises `Refused` for a day outside one year, a node of another chain, a confidential
    listing that names nobody, such a slip; `Denied` where the organisation is no member of the
    alliance.
    """
    standing = require(by, "listing.create")
    if alliance.id not in standing[Role.MEMBER]:
        raise Denied("listing.create in an alliance the organisation does not belong to")
    earlier = earlier_result(Listing, receipt)
    if earlier is not None:
        return earlier
    if only_once and posted_already(alliance, by.organisation_id, content) is not None:
        raise Refused(
            _l(
                "Your organisation posted this very text within the last day. To post it all the "
                "same, say so at the end of the form."
            )
        )
    organisation = db.session.get_one(Organisation, by.organisation_id)
    listing = Listing(
        alliance=alliance,
        organisation=organisation,
        contact_id=by.person_id,
        state=LISTING.start,
    )
    lay_down(listing, content, "create", by=by, is_draft=not submit)
    keep_receipt(receipt, listing)
    if submit:
        submit_listing(listing, by=by)
    else:
        index(listing)
    return listing


def lay_down(
    listing: Listing, content: ListingContent, verb: str, *, by: Actor, is_draft: bool
) -> None:
    """Store a listing that was just made, at the start of its lifecycle, inside an operation.

    The line of the journal says that the secrecy question was answered before that.
    """
    listing.region_id = listing.organisation.region_id
    listing.created_at = listing.listed_at = clock.now()
    write_content(listing, content, is_draft=is_draft)
    db.session.add(listing)
    db.session.flush()
    secrecy = {"secrecy": "none"}
    journal.note(f"listing.{verb}", listing, by=by, to_state=listing.state, detail=secrecy)


@operation
def edit_listing(
    listing: Listing,
    content: ListingContent,
    *,
    by: Actor,
    expected: int | None = None,
    submit: bool = False,
    take_back: bool = False,
) -> None:
    """Change what a draft or returned listing says, and submit it at once if asked.

    `take_back` makes a draft of one that is in review first.

    Raises `Stale` for an old version, `Refused` in any other state or for bad content.
    """
    require(by, "listing.edit", listing)
    check_version(listing, expected)
    if take_back and listing.state is ListingState.SUBMITTED:
        recall_listing(listing, by=by)
    if listing.state not in EDITABLE:
        raise Refused(_l("Take it back first: what is in review or published does not change."))
    write_content(listing, content, is_draft=not submit)
    # A change of the named organisations alone must raise the version as well.
    listing.listed_at = clock.now()
    db.session.flush()
    journal.note("listing.edit", listing, by=by)
    if submit:
        submit_listing(listing, by=by)
    else:
        index(listing)


def write_content(listing: Listing, content: ListingContent, *, is_draft: bool) -> None:
    """Check the rules of content and copy it into the listing."""
    named = set()
    if content.visibility is ListingVisibility.CONFIDENTIAL:
        named = set(content.named_ids) - {listing.organisation.id}
    wrong = wrong_in_content(
        listing.alliance,
        valid_until=content.valid_until,
        visibility=content.visibility,
        named_ids=named,
        chain_node_id=content.chain_node_id,
        wanted_region_id=content.wanted_region_id,
        is_draft=is_draft,
    )
    wrong |= wrong_particulars(content.kind, content.particulars)
    for name, sentence in wrong.items():
        raise Refused(sentence, field=name)
    listing.direction, listing.title = content.direction, content.title
    listing.specification, listing.valid_until = content.specification, content.valid_until
    listing.visibility, listing.kind = content.visibility, content.kind
    listing.chain_node_id = content.chain_node_id
    listing.wanted_region_id = content.wanted_region_id
    listing.amount_fen, listing.cooperation = content.amount_fen, content.cooperation
    listing.is_anonymous = content.is_anonymous
    listing.particulars = fitting(content.kind, content.particulars) or None
    kept = {naming.organisation_id: naming for naming in listing.namings}
    listing.namings = [kept.get(i) or Naming(organisation_id=i) for i in sorted(named)]


@operation
def submit_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Hand a draft or returned listing to the secretariat for review.

    Raises `Refused` naming all that is missing while the draft is unfinished.
    """
    require(by, "listing.edit", listing)
    missing = missing_from(listing) if listing.state in EDITABLE else ()
    if missing:
        fields = _(", ").join(missing)
        raise Refused(_("Still missing: %(fields)s. Change it, then submit it.", fields=fields))
    name = "resubmit" if listing.state is ListingState.RETURNED else "submit"
    # From now on somebody waits: the desk counts from here, the longest waiting stands first.
    also: dict[str, Any] = {"submitted_by_id": by.person_id, "listed_at": clock.now()}
    also["submitted_for_id"] = by.on_behalf_of_id
    if listing.contact not in people_of(listing.organisation_id):
        also["contact_id"] = by.person_id
    move(listing, name, by=by, expected=expected, note=note, also=also)
    index(listing)


@operation
def publish_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Publish a submitted listing; never the one who submitted it (two pairs of eyes)."""
    require(by, "listing.publish", listing)
    also = {"listed_at": clock.now()}
    move(listing, "publish", by=by, expected=expected, note=note, also=also)
    index(listing, move_up=True)


@operation
def return_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Send a submitted listing back with what should be changed."""
    require(by, "listing.return", listing)
    move(listing, "return", by=by, expected=expected, note=note)
    index(listing)


@operation
def pause_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take a published listing out of sight for a while; its answers stay."""
    require(by, "listing.edit", listing)
    move(listing, "pause", by=by, expected=expected, note=note)
    index(listing)


@operation
def resume_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Show a paused listing again, unchanged and therefore without another review."""
    require(by, "listing.edit", listing)
    move(listing, "resume", by=by, expected=expected, note=note)
    index(listing)


@operation
def renew_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Keep a published listing open for 90 days from its last day or today, the later one.

    It stays where it stood in the lists: whoever renews often is not shown first.
    """
    require(by, "listing.edit", listing)
    until = max(listing.valid_until, clock.today()) + timedelta(days=RENEWED_DAYS)
    move(listing, "renew", by=by, expected=expected, note=note, also={"valid_until": until})
    index(listing)


@operation
def recall_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take a listing back into a draft, to change it; answers that still wait lapse."""
    require(by, "listing.edit", listing)
    move(listing, "recall", by=by, expected=expected, note=note)
    let_lapse(waiting_answers(Interest.listing_id == listing.id), by=by, because="recalled")
    index(listing)


@operation
def match_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Close a listing whose partner is found; answers that still wait lapse."""
    require(by, "listing.edit", listing)
    also = {"closed_as": ClosedAs.MATCHED}
    move(listing, "match", by=by, expected=expected, note=note, also=also)
    let_lapse(waiting_answers(Interest.listing_id == listing.id), by=by, because="closed")
    index(listing)


@operation
def close_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Close a published listing without a partner; answers that still wait lapse."""
    require(by, "listing.close", listing)
    also = {"closed_as": ClosedAs.UNMATCHED}
    move(listing, "close", by=by, expected=expected, note=note, also=also)
    let_lapse(waiting_answers(Interest.listing_id == listing.id), by=by, because="closed")
    index(listing)


@operation
def discard_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Put away a listing that is not published."""
    require(by, "listing.close", listing)
    also = {"closed_as": ClosedAs.UNMATCHED}
    move(listing, "discard", by=by, expected=expected, note=note, also=also)
    # Who answered an earlier, published text keeps sight of what closes; never of this one.
    for interest in listing.held_interests:
        interest.released_at = clock.now()
    index(listing)


def waiting_answers(*which: Any) -> Sequence[Interest]:
    """Return the answers of a kind that still wait to be answered."""
    return db.session.scalars(
        select(Interest).where(Interest.state == InterestState.SENT, Interest.is_live, *which)
    ).all()


def let_lapse(interests: Sequence[Interest], *, by: Actor, because: str) -> None:
    """End the time of answers that nobody will give: `closed`, `recalled` or `left`."""
    for interest in interests:
        interest.expires_at = clock.now()
        journal.note("interest.lapse", interest, by=by, detail={"because": because})


def index(listing: Listing, *, move_up: bool = False) -> None:
    """Bring the search index up to date with a listing and with who may find it."""
    db.session.flush()
    # They are only viewed, so the session does not keep them up with what was written.
    db.session.expire(listing, ["held_interests", "named_members", "answering_members"])
    search.put(
        listing,
        [
            listing.title,
            listing.specification,
            None if listing.is_anonymous else listing.organisation.name,
            listing.chain_node.name if listing.chain_node else None,
            listing.cooperation,
            *(listing.particulars or {}).values(),
        ],
        move_up=move_up,
    )
