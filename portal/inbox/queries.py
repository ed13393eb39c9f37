"""Questions about messages: a page of them, what each says to its reader, how many wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import and_, literal, or_, select, union_all

from portal import links
from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import among, db, plain
from portal.inbox.models import InboxPreference, Message, Rhythm
from portal.notices import NAMED, SUBJECTS
from portal.workflow import words_for

#: Messages of one page.
PAGE = 30


@dataclass(frozen=True)
class MessageRow:
    """A message as its reader sees it: without a sentence where the record is out of sight."""

    id: int
    at: datetime
    is_unread: bool
    is_urgent: bool
    says: str | None
    #: The organisation one must act for to see it, where one acts for another now.
    acting_for: str | None


@dataclass(frozen=True)
class Place:
    """Where a page of messages ends: unread or read, and at which one."""

    is_unread: bool
    id: int

    def __str__(self) -> str:
        return f"{'u' if self.is_unread else 'r'}{self.id}"


def place_asked(written: str) -> Place | None:
    """Return the place that a word in an address means, or None for the first page."""
    kind, number = written[:1], written[1:]
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    return Place(kind == "u", int(number)) if kind in ("u", "r") and is_number else None


def message_page(
    standing: Standing, *, after: Place | None = None, size: int = PAGE
) -> tuple[Sequence[MessageRow], Place | None]:
    """Return a page of one's messages, the unread first, then the newest; and the next place."""
    narrowed = [Message.person_id == standing.actor.person_id]
    if after is not None:
        below = Message.id < after.id
        if after.is_unread:
            narrowed.append(or_(and_(Message.is_unread, below), ~Message.is_unread))
        else:
            narrowed.append(and_(~Message.is_unread, below))
    found = db.session.execute(
        select(Message, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Message.organisation_id)
        .where(*narrowed)
        .order_by(Message.read_at.isnot(None), Message.id.desc())
        .limit(size + 1)
    ).all()
    said = what_is_said(standing, [message for message, _name in found[:size]])
    acting = standing.actor.organisation_id
    rows = [
        MessageRow(
            id=message.id,
            at=message.at,
            is_unread=message.read_at is None,
            is_urgent=NAMED[message.notice].is_urgent if message.notice in NAMED else False,
            says=said.get(message.id),
            acting_for=name if message.organisation_id not in (None, acting) else None,
        )
        for message, name in found[:size]
    ]
    last = rows[-1] if len(found) > size else None
    return rows, Place(last.is_unread, last.id) if last else None


def what_is_said(standing: Standing, messages: Iterable[Message]) -> dict[int, str]:
    """Return the sentence of each message whose record a standing may see, in one query."""
    listed = [each for each in messages if each.notice in NAMED]
    seen = titles(standing, {(each.about_noun, each.about_id) for each in listed})
    return {
        each.id: sentence(each.notice, *seen[each.about_noun, each.about_id])
        for each in listed
        if (each.about_noun, each.about_id) in seen
    }


def sentence(name: str, title: str, side: str) -> str:
    """Return what a row of the table of notices says of a record, in the reader's language."""
    notice = NAMED[name]
    return str(notice.says) % {"title": title, "side": side, "what": words_for(notice.verb)}


def titles(
    standing: Standing, records: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], tuple[str, str]]:
    """Return (title, side) of those records that a standing may see, in one query."""
    ids: dict[str, list[int]] = defaultdict(list)
    for noun, record_id in sorted(records):
        ids[noun].append(record_id)
    asked = [
        select(
            literal(noun),
            subject.model.id,
            subject.title_for(standing),
            subject.side_for(standing),
        ).where(
            among(subject.model.id, ids[noun]),
            visible_to(standing, f"{noun}.view", subject.model),
        )
        for noun, subject in SUBJECTS.items()
        if noun in ids
    ]
    if not asked:
        return {}
    return {(noun, number): (title, side) for noun, number, title, side in plain(union_all(*asked))}


def address_of(noun: str, record_id: int, *, is_full: bool = False) -> str:
    """Return the address of the page of a record; `is_full` is for what leaves the portal."""
    found = links.address(SUBJECTS[noun].endpoint, **{f"{noun}_id": record_id})
    return found if is_full else urlsplit(found).path


def preference_of(person_id: int | None) -> tuple[Rhythm, bool]:
    """Return how a person wants to hear of messages: the digest's rhythm, urgent ones at once."""
    found = db.session.get(InboxPreference, person_id)
    return (found.digest, found.mails_urgent) if found else (Rhythm.WEEKLY, True)
