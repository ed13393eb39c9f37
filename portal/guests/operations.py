"""Verbs on guests' answers: given, verified, recorded, taken up, rejected, erased."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update

from portal import clock, journal, outbox
from portal.access import can, require, standing_of
from portal.accounts.addresses import refuse_bad_addresses
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.operations import create_organisation
from portal.accounts.queries import account_name, organisation_named
from portal.actors import Actor, person
from portal.database import db
from portal.errors import Refused
from portal.exchange.answering import send_interest
from portal.exchange.interest_queries import own_interest
from portal.exchange.models import Listing
from portal.guests.models import KEPT, GuestAnswer
from portal.guests.workflow import GUEST_ANSWER, GuestAnswerState
from portal.operations import earlier_result, keep_receipt, operation
from portal.regions.models import Region
from portal.roles import Role
from portal.sign_in import inviting
from portal.sign_in.models import Invitation
from portal.workflow import check_version, move

WAITING = (GuestAnswerState.HELD, GuestAnswerState.VERIFIED)


@dataclass(frozen=True)
class NewOrganisation:
    """What the registry needs to know of an organisation that is not in it yet."""

    kind: OrganisationKind
    region: Region


@operation
def give_guest_answer(
    listing: Listing,
    *,
    name: str,
    mobile: str,
    by: Actor,
    message: str | None = None,
    receipt: str | None = None,
) -> GuestAnswer:
    """Leave an organisation's name and a mobile number at a public listing; it is held.

    Sent twice, or by the same number again while it waits, it is one: the first stays as it is.
    Raises `Refused` for what is no mobile number.
    """
    require(by, "listing.take_guest", listing)
    earlier = earlier_result(GuestAnswer, receipt)
    if earlier is not None:
        return earlier
    number = account_name(mobile)
    if "@" in number:
        raise Refused(_l("This is no mobile number."), field="mobile")
    refuse_bad_addresses(None, number)
    guest = db.session.scalar(
        select(GuestAnswer).where(
            GuestAnswer.listing_id == listing.id,
            GuestAnswer.mobile == number,
            GuestAnswer.state.in_(WAITING),
        )
    )
    if guest is None:
        guest = GuestAnswer(
            listing=listing,
            owner_id=listing.organisation_id,
            alliance_id=listing.alliance_id,
            name=name,
            mobile=number,
            message=message or None,
            state=GUEST_ANSWER.start,
            sent_at=clock.now(),
        )
        db.session.add(guest)
        db.session.flush()
        journal.note("guest_answer.give", guest, by=by, to_state=guest.state)
    keep_receipt(receipt, guest)
    return guest


@operation
def verify_guest_answer(
    guest: GuestAnswer, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Say that the guest is who they say; from now on the owner sees the mobile number.

    Where the registry knows exactly this name, and people who act for it, they are asked to send
    it as their answer; else the secretariat is asked to record it.
    """
    require(by, "guest_answer.verify", guest)
    known = organisation_named(guest.name)
    is_plain = known and known.id != guest.owner_id and not known.is_without_manager
    also = {"organisation_id": known.id} if known and is_plain else None
    move(guest, "verify", by=by, expected=expected, note=note, also=also)
    if also:
        journal.note("guest_answer.record", guest, by=by)


@operation
def place_guest(
    guest: GuestAnswer,
    *,
    by: Actor,
    known: Organisation | None = None,
    new: NewOrganisation | None = None,
    contact: str | None = None,
    expected: int | None = None,
) -> inviting.Made | None:
    """Say which organisation a guest is, registered or new, verifying it where need be.

    Where nobody manages the organisation yet, the guest is invited to, by the mobile number; the
    invitation is returned. Else its own people find the answer on their desk.
    """
    require(by, "guest_answer.record", guest)
    check_version(guest, expected)
    if not guest.is_to_place:
        raise Refused(_l("It was decided in the meantime."))
    if guest.state == GuestAnswerState.HELD:
        verify_guest_answer(guest, by=by, expected=expected)
        expected = None
    if known is None and new is not None:
        known = create_organisation(name=guest.name, kind=new.kind, region=new.region, by=by)
    if guest.organisation_id is None or known is None:
        record_guest(guest, known, by=by, expected=expected)
    elif guest.organisation_id != known.id and known.id != guest.owner_id:
        guest.organisation_id = known.id
        db.session.flush()
        journal.note("guest_answer.record", guest, by=by)
    if known is None or not known.is_without_manager:
        return None
    return invite_guest(guest, known, contact, by=by)


@operation
def record_guest(
    guest: GuestAnswer,
    organisation: Organisation | None = None,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
) -> None:
    """Say which registered organisation a verified guest is.

    Raises `Refused` where that is nobody, or the poster itself.
    """
    require(by, "guest_answer.record", guest)
    if organisation is None or organisation.id == guest.owner_id:
        raise Refused(_l("Choose another organisation than the poster."), field="organisation_id")
    also = {"organisation_id": organisation.id}
    move(guest, "record", by=by, expected=expected, note=note, also=also)


@operation
def invite_guest(
    guest: GuestAnswer, organisation: Organisation, contact: str | None, *, by: Actor
) -> inviting.Made:
    """Invite a guest to manage their organisation; who takes it up has answered the listing.

    Raises `Refused` where the number was erased in the meantime.
    """
    require(by, "guest_answer.record", guest)
    if guest.mobile is None:
        raise Refused(_l("The mobile number was erased: ask them to answer again."))
    named = contact or _("contact of %(organisation)s", organisation=organisation.name)
    made = inviting.invite(
        Role.MANAGER, organisation.id, name=named[:60], mobile=guest.mobile, by=by
    )
    journal.note("guest_answer.invite", guest, by=by)
    return made


@operation
def take_up_guest_answer(
    guest: GuestAnswer, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Send a verified guest's answer as the answer of the organisation one acts for."""
    require(by, "guest_answer.take_up", guest)
    said = guest.message or _("Answered by a guest of the listing's public page.")
    interest = send_interest(guest.listing, message=said, by=by)
    also = {"interest_id": interest.id}
    move(guest, "take_up", by=by, expected=expected, note=note, also=also)


@operation
def take_up_for_invited(invitation: Invitation, *, by: Actor) -> None:
    """Send what a guest had answered, now that they act for their organisation (a consequence).

    Where the listing takes no answers any more, or has one of the organisation, nothing is sent.
    """
    require(by, "session.start")
    if invitation.role is not Role.MANAGER or invitation.mobile is None:
        return
    actor = person(invitation.person_id or 0, invitation.scope_id)
    verified = db.session.scalars(
        select(GuestAnswer).where(
            GuestAnswer.organisation_id == invitation.scope_id,
            GuestAnswer.mobile == invitation.mobile,
            GuestAnswer.state == GuestAnswerState.VERIFIED,
        )
    ).all()
    for guest in verified:
        held = own_interest(guest.listing_id, invitation.scope_id)
        is_free = held is None or held.released_at is not None or held.is_lapsed
        if is_free and can(standing_of(actor), "listing.respond", guest.listing):
            take_up_guest_answer(guest, by=actor)


@operation
def reject_guest_answer(
    guest: GuestAnswer, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Reject a guest's answer, with a reason that is kept."""
    require(by, "guest_answer.verify", guest)
    also = {"reason": (note or "").strip() or None}
    move(guest, "reject", by=by, expected=expected, note=note, also=also)


@operation
def disown_guest_answer(
    guest: GuestAnswer, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Say that a guest did not speak for one's organisation, with a reason."""
    require(by, "guest_answer.take_up", guest)
    also = {"reason": (note or "").strip() or None}
    move(guest, "disown", by=by, expected=expected, note=note, also=also)


@operation
def erase_old_guests(*, by: Actor) -> int:
    """Erase the numbers and lines of guests that are older than `KEPT`; return how many."""
    require(by, "guest_answer.erase")
    old = db.session.scalars(
        select(GuestAnswer).where(
            GuestAnswer.sent_at <= clock.now() - KEPT, GuestAnswer.erased_at.is_(None)
        )
    ).all()
    numbers = {guest.mobile for guest in old if guest.mobile}
    for guest in old:
        guest.mobile, guest.message, guest.erased_at = None, None, clock.now()
        journal.note("guest_answer.erase", guest, by=by)
    db.session.flush()
    _forget_invited(numbers)
    return len(old)


def _forget_invited(numbers: set[str]) -> None:
    """Take numbers out of invitations nobody accepted and out of what was sent to them.

    What a person signs in with stays, and what a younger answer of a guest still holds.
    """
    kept = set(db.session.scalars(select(Person.mobile).where(Person.mobile.in_(numbers))))
    kept |= set(
        db.session.scalars(select(GuestAnswer.mobile).where(GuestAnswer.mobile.in_(numbers)))
    )
    for number in sorted(numbers - kept):
        db.session.execute(
            update(Invitation)
            .where(Invitation.mobile == number, Invitation.accepted_at.is_(None))
            .values(name="", mobile=None)
        )
        outbox.forget_recipient([number])


@operation
def move_guest_answers(double: Organisation, *, by: Actor) -> None:
    """Move what guests left with a double to the survivor (a consequence); history stays."""
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    mine = or_(GuestAnswer.owner_id == double.id, GuestAnswer.organisation_id == double.id)
    moved = db.session.scalars(select(GuestAnswer).where(mine)).all()
    for guest in moved:
        if guest.owner_id == double.id:
            guest.owner_id = into_id
        if guest.organisation_id == double.id:
            guest.organisation_id = into_id
    if moved:
        detail = {"guest_answer": [each.id for each in moved]}
        journal.note("organisation.merge_guest_answers", double, by=by, detail=detail)
