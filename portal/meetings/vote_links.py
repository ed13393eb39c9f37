"""Votes by signed link: one seat, one resolution, once, without signing in.

A link is mailed to whoever speaks for a seat, for that person while they act for its organisation,
or handed by the secretariat to one person whose name is kept with it; the seat's own contact is
told of the latter. A vote that is filed never changes, by whichever way it came. The chair opens a
vote by a link of their own.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import actors, clock, journal, links
from portal.access import require
from portal.accounts.models import Person
from portal.actors import SYSTEM, Actor
from portal.alliances.queries import chair_of, people_of
from portal.database import db
from portal.errors import Refused
from portal.links import ActionLink
from portal.meetings.contacts import acts_for, chosen_for
from portal.meetings.counting import Choice
from portal.meetings.filing import file_vote, refuse_closed, voted_seats, votes_of
from portal.meetings.models import Meeting, Seat
from portal.meetings.presence import present_seats, speaker_of, speaking_seats
from portal.meetings.resolution_models import Resolution, VoteLink, Way
from portal.meetings.rules import thawed
from portal.operations import operation
from portal.outbox import send_mail

#: What the links are for.
VOTE, OPEN = "vote.cast", "resolution.open"
#: How long a link lives where the meeting has no deadline of its own.
LIFETIME = timedelta(hours=12)


def takes_links(meeting: Meeting) -> bool:
    """Tell whether votes are taken by link: in writing always, in session where the rule says."""
    return meeting.is_written or (meeting.rules is not None and thawed(meeting.rules).session_links)


def seats_to_vote(resolution: Resolution, meeting: Meeting) -> list[Seat]:
    """Return the seats that may vote and have not."""
    voted = voted_seats(meeting, votes_of(resolution))
    able = speaking_seats(meeting) if meeting.is_written else present_seats(meeting)
    return [seat for seat in able if seat.id not in voted]


def _refuse_links(resolution: Resolution, meeting: Meeting) -> None:
    refuse_closed(resolution, meeting)
    if resolution.is_secret or not takes_links(meeting):
        raise Refused(_l("Votes on this are not taken by link."))


@operation
def send_vote_links(resolution: Resolution, *, by: Actor) -> int:
    """Mail every seat that has not voted its link anew; return how many mails were written."""
    require(by, "resolution.record", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    _refuse_links(resolution, meeting)
    return mail_vote_links(resolution, meeting, by=by)


def mail_vote_links(resolution: Resolution, meeting: Meeting, *, by: Actor) -> int:
    """Write those mails inside an operation; links that were made before open nothing more."""
    count = 0
    for seat in seats_to_vote(resolution, meeting):
        who = _written_to(speaker_of(meeting, seat))
        if who is None or not who.email:
            continue
        address, link_id = _make(resolution, meeting, seat, who, by=SYSTEM)
        body = _(
            "%(name)s, “%(title)s” is being voted on. Read it and vote for %(seat)s here, without "
            "signing in, once: %(address)s",
            name=who.name,
            title=resolution.title,
            seat=seat.name,
            address=address,
        )
        subject = _("Please vote: %(title)s", title=resolution.title)
        send_mail(who.email, subject, body, by=SYSTEM, link_id=link_id)
        count += 1
    journal.note("resolution.send_links", resolution, by=by)
    return count


def _written_to(seat: Seat) -> Person | None:
    """Return whom a seat is mailed to: its contact, else who acts for it and has an address."""
    return chosen_for(seat, [who for who in people_of(seat.held_by_id) if who.email])


@operation
def hand_vote_link(resolution: Resolution, seat_id: int, handed_to: str, *, by: Actor) -> str:
    """Make the link of one seat for one person who is named; return its address, shown once.

    Raises `Refused` for a seat that voted, or may not now. The seat's contact is told by mail, or
    somebody else of its organisation where that contact acts for it no more or has no address.
    """
    require(by, "resolution.record", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    _refuse_links(resolution, meeting)
    seat = next((s for s in seats_to_vote(resolution, meeting) if s.id == seat_id), None)
    if seat is None:
        raise Refused(_l("This seat has voted, or may not vote now."), field="seat_id")
    name = handed_to.strip()
    if not name:
        raise Refused(_l("Say for whom it is."), field="handed_to")
    address, _link_id = _make(resolution, meeting, seat, name[:40], by=by)
    contact = _written_to(seat)
    if contact is not None and contact.email:
        body = _(
            "%(name)s, the secretariat handed %(person)s a link that votes for %(seat)s on "
            "“%(title)s”. If that is not right, tell the chair at once.",
            name=contact.name,
            person=name[:40],
            seat=seat.name,
            title=resolution.title,
        )
        send_mail(contact.email, _("A link to vote was handed over"), body, by=SYSTEM)
    journal.note("resolution.hand_link", resolution, by=by, detail={"seat": seat.id})
    return address


def _make(
    resolution: Resolution, meeting: Meeting, seat: Seat, to: Person | str, *, by: Actor
) -> tuple[str, int]:
    """Make a link for a seat, take the earlier ones back; return its address and its number.

    It is for a person who acts for whoever speaks, or for one whom the secretariat names.
    """
    earlier = (
        select(ActionLink)
        .join(VoteLink, VoteLink.link_id == ActionLink.id)
        .where(VoteLink.resolution_id == resolution.id, VoteLink.seat_id == seat.id)
    )
    for link in db.session.scalars(earlier).all():
        links.revoke(link, by=by)
    left = meeting.ends_at - clock.now() if meeting.is_written else LIFETIME
    person_id, handed_to = (None, to) if isinstance(to, str) else (to.id, None)
    made = links.make(VOTE, resolution, by=by, lifetime=left, person_id=person_id)
    db.session.add(
        VoteLink(
            resolution_id=resolution.id,
            seat_id=seat.id,
            spoken_by_id=speaker_of(meeting, seat).id,
            link_id=made.link.id,
            handed_to=handed_to,
        )
    )
    db.session.flush()
    return links.address("meetings.vote_by_link", token=made.token), made.link.id


def vote_of(link: ActionLink) -> VoteLink | None:
    """Return which seat a link votes for, on what."""
    return db.session.scalar(select(VoteLink).where(VoteLink.link_id == link.id))


@operation
def vote_by_link(link: ActionLink, said: Choice, *, by: Actor) -> None:
    """File the vote of a link's seat, as whoever holds it, once and for all.

    Raises `Refused` where the link opens nothing any more, no vote is taken, the seat voted, is
    not present, or somebody else speaks for it by now: another seat, or another person than whom
    the link was mailed to.
    """
    resolution = db.session.get_one(Resolution, link.record_id)
    require(by, "resolution.vote_by_link", resolution)
    asked = vote_of(link)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    links.use(link, by=actors.person(link.person_id) if link.person_id else by)
    _refuse_links(resolution, meeting)
    seat = next((s for s in speaking_seats(meeting) if asked and s.id == asked.seat_id), None)
    speaker = speaker_of(meeting, seat) if seat else None
    if asked is None or seat is None or speaker is None or speaker.id != asked.spoken_by_id:
        raise Refused(_l("Somebody else speaks for this seat by now: ask for a new link."))
    if asked.handed_to is None and not _acts_still(speaker, link.person_id):
        raise Refused(_l("Somebody else speaks for this seat by now: ask for a new link."))
    if said is Choice.SILENT:
        raise Refused(_l("Please choose one."))
    if not meeting.is_written and seat not in present_seats(meeting):
        raise Refused(_l("Your organisation is not recorded as present."))
    file_vote(resolution, seat, said, Way.LINK, by=by)


def _acts_still(speaker: Seat, person_id: int | None) -> bool:
    """Tell whether a link's person acts for a seat; of earlier links, which name none, its contact.

    A seat without a contact has no such link.
    """
    meant = person_id or speaker.contact_id
    return meant is not None and bool(
        db.session.scalar(select(acts_for(speaker.held_by_id, meant)))
    )


@operation
def ask_chair_to_open(resolution: Resolution, *, by: Actor) -> None:
    """Mail the person in the chair a link that opens the vote.

    Raises `Refused` where nobody sits in it now, or whoever does has no address for mail.
    """
    require(by, "resolution.record", resolution)
    chair = chair_of(resolution.alliance_id)
    person = chair.holder if chair else None
    if person is None:
        raise Refused(_l("Nobody sits in the chair now: enter first who does."))
    if not person.email:
        raise Refused(_l("The chair has no address for mail: ask them to sign in."))
    if not resolution.is_tabled:
        raise Refused(_l("Only what is tabled is opened."))
    earlier = select(ActionLink).where(
        ActionLink.purpose == OPEN, ActionLink.record_id == resolution.id
    )
    for link in db.session.scalars(earlier).all():
        links.revoke(link, by=by)
    made = links.make(OPEN, resolution, by=SYSTEM, lifetime=LIFETIME, person_id=person.id)
    body = _(
        "%(name)s, “%(title)s” is tabled. Read it and open the vote with one tap: %(address)s",
        name=person.name,
        title=resolution.title,
        address=links.address("meetings.open_by_link", token=made.token),
    )
    subject = _("Open the vote: %(title)s", title=resolution.title)
    send_mail(person.email, subject, body, by=SYSTEM, link_id=made.link.id)
    journal.note("resolution.ask_chair", resolution, by=by)
