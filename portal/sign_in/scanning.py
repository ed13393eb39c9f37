"""Signing in on a computer by scanning with the phone that is signed in.

The computer rings: it shows a QR code and a number, and keeps a key. The phone opens the
address, sees which device asks from where, and picks the number the computer shows. Then the
computer fetches its session with the key. A code photographed by a stranger lets in nobody but
the computer that rang.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock, journal, links
from portal.access import require
from portal.accounts.models import Person
from portal.actors import ANONYMOUS, Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.sign_in.models import Doorbell
from portal.sign_in.queries import digest

PURPOSE = "doorbell"
#: How long a computer waits.
LIFETIME = timedelta(minutes=3)
#: The numbers among which the phone chooses.
OFFERED = 3


@dataclass(frozen=True)
class Rung:
    """A doorbell at its birth: the token that the QR code holds."""

    doorbell: Doorbell
    token: str


@operation
def ring(*, key: str, device: str, network: str | None) -> Rung:
    """Let a computer ask to be let in for three minutes; `key` is what it will fetch with."""
    require(ANONYMOUS, "session.start")
    doorbell = Doorbell(
        digest=digest(key),
        number=10 + secrets.randbelow(90),
        device=device[:200],
        network=network,
        rung_at=clock.now(),
        expires_at=clock.now() + LIFETIME,
    )
    made = links.make(PURPOSE, doorbell, by=ANONYMOUS, lifetime=LIFETIME)
    doorbell.link = made.link
    db.session.add(doorbell)
    db.session.flush()
    made.link.record_id = doorbell.id
    return Rung(doorbell, made.token)


@operation
def open_door(doorbell: Doorbell, number: int, *, by: Actor, is_strong: bool) -> bool:
    """Let the computer in that shows this number; return whether it was the right one.

    A wrong number uses the link up all the same: whoever guesses gets one guess. `is_strong`
    is the proof of the session that lets in. Raises `Refused` where the link is used or over.
    """
    require(by, "portal.desk")
    links.use(doorbell.link, by=by)
    if doorbell.number != number:
        return False
    doorbell.person_id = by.person_id
    doorbell.is_strong = is_strong
    doorbell.opened_at = clock.now()
    journal.note("doorbell.open", doorbell, by=by, detail={"device": doorbell.device})
    return True


@operation
def go_in(key: str) -> tuple[Person, bool]:
    """Use the open door: return who let the computer in and whether their proof was strong.

    Once only, and within the three minutes. Raises `Refused` where nobody opened.
    """
    require(ANONYMOUS, "session.start")
    doorbell = waiting(key)
    if doorbell is None or doorbell.person_id is None:
        raise Refused(_l("Nobody let this computer in. Try again."))
    used = db.session.execute(
        update(Doorbell)
        .where(Doorbell.id == doorbell.id, Doorbell.entered_at.is_(None))
        .values(entered_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(_l("Nobody let this computer in. Try again."))
    return db.session.get_one(Person, doorbell.person_id), doorbell.is_strong


def waiting(key: str) -> Doorbell | None:
    """Return the doorbell that a computer's key belongs to, while it waits or stands open."""
    return db.session.scalar(
        select(Doorbell).where(
            Doorbell.digest == digest(key),
            Doorbell.entered_at.is_(None),
            Doorbell.expires_at > clock.now(),
        )
    )


def doorbell_of(token: str) -> Doorbell | None:
    """Return the doorbell that a scanned address leads to, live or not, or None."""
    link = links.find(PURPOSE, token)
    return db.session.get(Doorbell, link.record_id) if link else None


def numbers_for(doorbell: Doorbell) -> list[int]:
    """Return the numbers to choose from, the right one among them, in a fixed order."""
    chance = random.Random(doorbell.digest)  # noqa: S311 - the same three at every look
    others = [number for number in range(10, 100) if number != doorbell.number]
    offered = [doorbell.number, *chance.sample(others, OFFERED - 1)]
    return sorted(offered)
