"""What the inbox sends by mail: what is urgent at once, and the digest (动态摘要).

Only where the portal sends mail by itself: nobody hands over hundreds of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock, links
from portal.access import require, standing_of
from portal.accounts.models import Person
from portal.accounts.queries import organisations_of
from portal.actors import SYSTEM, Actor, Standing, person
from portal.database import db
from portal.exchange.queries import ListingRow, newest_for
from portal.inbox.models import InboxPreference, Message, Rhythm
from portal.inbox.queries import address_of, preference_of, what_is_said
from portal.operations import operation
from portal.outbox import send_mail, sends_mail
from portal.roles import Role

#: Lines of each part of a digest; what is beyond stands in the portal.
MOST = 20
#: Whom the new listings of some alliances, or of a region, concern.
IN_ALLIANCES = (Role.MEMBER, Role.SECRETARY, Role.CHAIR, Role.EXPERT, Role.LIAISON)
#: Days between two digests.
EVERY = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7}


def mail_at_once(messages: Sequence[Message]) -> None:
    """Mail urgent messages to those who want that, in the transaction of the event."""
    if not messages or not sends_mail():
        return
    ids = [each.person_id for each in messages]
    waits = select(InboxPreference.person_id).where(~InboxPreference.mails_urgent)
    wanted = Person.id.in_(ids), Person.email.is_not(None), Person.id.not_in(waits)
    people = {each.id: each for each in db.session.scalars(select(Person).where(*wanted))}
    for message in messages:
        who = people.get(message.person_id)
        if who is None or who.email is None:
            continue
        with force_locale(who.language or "zh"):
            standing = standing_of(person(who.id, message.organisation_id))
            says = what_is_said(standing, [message]).get(message.id)
            if says is not None:
                send_mail(who.email, says[:200], _text(who, [_line(message, says)]), by=SYSTEM)


def _line(message: Message, says: str) -> str:
    return f"{says}\n{address_of(message.about_noun, message.about_id, is_full=True)}"


def _text(who: Person, parts: Sequence[str]) -> str:
    """Return the text of a mail: to whom, what, and where one says what one wants to hear."""
    last = _(
        "Choose how you hear of messages: %(address)s",
        address=links.address("inbox.edit_preferences"),
    )
    return "\n\n".join([_("%(name)s,", name=who.name), *parts, last]) + "\n"


@dataclass(frozen=True)
class Digest:
    """A digest as it is sent."""

    subject: str
    body: str


def people_to_digest() -> Sequence[int]:
    """Return the ids of those for whom a digest may be due: open, with an address, not "never"."""
    never = select(InboxPreference.person_id).where(InboxPreference.digest == Rhythm.NEVER)
    return db.session.scalars(
        select(Person.id)
        .where(Person.is_open, Person.email.is_not(None), Person.id.not_in(never))
        .order_by(Person.id)
    ).all()


def is_due(chosen: InboxPreference | None) -> bool:
    """Tell whether a digest is due today for whoever chose this (None: the defaults)."""
    rhythm = chosen.digest if chosen else Rhythm.WEEKLY
    if rhythm not in EVERY:
        return False
    if chosen is None or chosen.digest_at is None:
        return True
    return (clock.today() - clock.day_of(chosen.digest_at)).days >= EVERY[rhythm]


def compose(who: Person) -> Digest | None:
    """Return the digest that is due for a person, in their language, or None where there is none.

    Their unread messages and the new listings of their alliances since the last digest, each as
    far as they may see it, for every organisation they act for.
    """
    chosen = db.session.get(InboxPreference, who.id)
    if not is_due(chosen):
        return None
    rhythm, _urgent = preference_of(who.id)
    since = chosen.digest_at if chosen and chosen.digest_at else None
    since = since or clock.now() - timedelta(days=EVERY[rhythm])
    with force_locale(who.language or "zh"):
        standings = _standings_of(who)
        unread = db.session.scalars(
            select(Message)
            .where(Message.person_id == who.id, Message.is_unread, Message.at > since)
            .order_by(Message.id.desc())
        ).all()
        says: dict[int, str] = {}
        listings: dict[int, ListingRow] = {}
        for standing in standings:
            says = {**what_is_said(standing, unread), **says}
            if any(standing[role] for role in IN_ALLIANCES):
                new = (row for row in newest_for(standing, MOST + 1) if row.listed_at > since)
                listings.update({row.id: row for row in new})
        told = [_line(each, says[each.id]) for each in unread if each.id in says]
        news = [_listing_line(row) for row in listings.values()]
        parts = [
            *_part(_("Unread messages"), told),
            *_part(_("New in your alliances"), news),
        ]
        if not parts:
            return None
        subject = _(
            "Digest: %(unread)d unread messages, %(new)d new listings",
            unread=len(told),
            new=len(news),
        )
        return Digest(subject, _text(who, parts))


def _standings_of(who: Person) -> list[Standing]:
    """Return what a person is, for each organisation they may act for, or for none."""
    acting: list[int | None] = [each.id for each in organisations_of(who.id)]
    return [standing_of(person(who.id, each)) for each in acting or [None]]


def _listing_line(row: ListingRow) -> str:
    whose = row.organisation or _("Anonymous")
    return f"{row.title} · {whose}\n{address_of('listing', row.id, is_full=True)}"


def _part(title: str, lines: Sequence[str]) -> list[str]:
    """Return a part of a digest under its title, nothing where there are no lines."""
    more = [_("… and %(num)d more", num=len(lines) - MOST)] if len(lines) > MOST else []
    return [f"== {title} ==", *lines[:MOST], *more] if lines else []


@operation
def send_digest(who: Person, digest: Digest, *, by: Actor) -> bool:
    """Send a digest that was composed, if it is still due; tell whether it was."""
    require(by, "digest.send")
    chosen = db.session.get(InboxPreference, who.id)
    if not is_due(chosen) or not who.is_open or who.email is None:
        return False
    if chosen is None:
        rhythm, mails_urgent = preference_of(who.id)
        chosen = InboxPreference(person_id=who.id, digest=rhythm, mails_urgent=mails_urgent)
        db.session.add(chosen)
    chosen.digest_at = clock.now()
    send_mail(who.email, digest.subject, digest.body, by=by)
    return True


def send_digests(*, by: Actor) -> int:
    """Send everybody the digest that is due today; return how many were sent."""
    sent = 0
    for person_id in people_to_digest():
        who = db.session.get(Person, person_id)
        digest = compose(who) if who is not None else None
        if who is not None and digest is not None:
            sent += send_digest(who, digest, by=by)
    return sent
