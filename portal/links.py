"""Signed action links: an address that lets one person do one act once, until a time.

The address holds a random token, the database only its digest. Opening it (GET) shows what will
happen; sending its form (POST) does it, because the preview of a chat opens every address it
sees. An area makes a link inside the operation that needs one, gives it a page of its own, and
uses it up inside the operation that acts. What a link says and does is the area's business.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import segno
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, journal, outbox
from portal.actors import Actor
from portal.database import Model, constraints, db
from portal.errors import Refused

#: Digits of a code that is typed instead of following the address.
CODE_DIGITS = 8


class ActionLink(Model):
    """One link: what it is for, about which record, for whom, and what became of it."""

    __tablename__ = "action_link"
    __table_args__ = constraints(Index(None, "noun", "record_id"))
    noun = "action_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40))
    about_noun: Mapped[str] = mapped_column("noun", String(40))
    record_id: Mapped[int]
    #: For whom alone it is; nobody named means whoever holds it.
    person_id: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def is_live(self) -> bool:
        """Whether it may still be used now."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > clock.now()

    @property
    def refusal(self) -> Any:
        """The sentence that says why it opens nothing any more, or None."""
        if self.used_at is not None:
            return _l("This link was used already. Each link works once.")
        if self.revoked_at is not None:
            return _l("This link was taken back by whoever sent it.")
        if self.expires_at <= clock.now():
            return _l("This link has expired. Ask whoever sent it for a new one.")
        return None


@dataclass(frozen=True)
class MadeLink:
    """A link at its birth: the only moment at which its token and code are known."""

    link: ActionLink
    token: str
    code: str | None


def make(
    purpose: str,
    thing: Any,
    *,
    by: Actor,
    lifetime: timedelta,
    person_id: int | None = None,
    with_code: bool = False,
) -> MadeLink:
    """Make a link about a record, inside the operation that needs it; journaled.

    With `with_code` it can be used by typing eight digits too. A record that is made together
    with its link has no id yet: the caller fills in `record_id` after the flush.
    """
    token = secrets.token_urlsafe(24)
    code = _unused_code() if with_code else None
    link = ActionLink(
        purpose=purpose,
        about_noun=thing.noun,
        record_id=thing.id or 0,
        person_id=person_id,
        digest=_digest(token),
        code_digest=_code_digest(code) if code else None,
        made_by_id=by.person_id,
        made_at=clock.now(),
        expires_at=clock.now() + lifetime,
    )
    db.session.add(link)
    db.session.flush()
    journal.note("action_link.make", link, by=by, detail={"purpose": purpose})
    return MadeLink(link, token, code)


def find(purpose: str, token: str) -> ActionLink | None:
    """Return the link of a purpose that a token opens, live or not, or None."""
    return db.session.scalar(
        select(ActionLink).where(ActionLink.purpose == purpose, ActionLink.digest == _digest(token))
    )


def find_by_code(purpose: str, code: str) -> ActionLink | None:
    """Return the live link of a purpose that eight typed digits open, or None.

    Whoever calls this throttles: a code has few digits.
    """
    # Chinese input methods write full-width digits.
    digits = "".join(c for c in unicodedata.normalize("NFKC", code) if c.isdecimal())
    if len(digits) != CODE_DIGITS or not digits.isascii():
        return None
    found = db.session.scalar(
        select(ActionLink).where(
            ActionLink.purpose == purpose, ActionLink.code_digest == _code_digest(digits)
        )
    )
    return found if found is not None and found.is_live else None


def use(link: ActionLink, *, by: Actor) -> None:
    """Use a link up, inside the operation that does its act.

    A message that still waits to carry it is withdrawn. Raises `Refused` where it was used, taken
    back, has expired, or is for somebody else.
    """
    if link.refusal is not None:
        raise Refused(link.refusal)
    if link.person_id is not None and link.person_id != by.person_id:
        raise Refused(_l("This link is for somebody else."))
    # The second wall behind the write lock: only one of two updates finds it unused.
    used = db.session.execute(
        update(ActionLink)
        .where(ActionLink.id == link.id, ActionLink.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(_l("This link was used already. Each link works once."))
    db.session.refresh(link)
    journal.note("action_link.use", link, by=by)
    outbox.withdraw_with_link(link.id, by=by)


def revoke(link: ActionLink, *, by: Actor) -> None:
    """Take a link back, inside an operation; one that was used or taken back stays as it is.

    A message that still waits to carry it is withdrawn.
    """
    if link.is_live:
        link.revoked_at = clock.now()
        journal.note("action_link.revoke", link, by=by)
        outbox.withdraw_with_link(link.id, by=by)


def revoke_for(person_id: int, purpose: str, *, by: Actor, spares_codes: bool = False) -> None:
    """Take back every link of a purpose that is for one person, inside an operation.

    With `spares_codes` those stay that can be used by typing digits too.
    """
    found = select(ActionLink).where(
        ActionLink.person_id == person_id,
        ActionLink.purpose == purpose,
        ActionLink.used_at.is_(None),
        ActionLink.revoked_at.is_(None),
    )
    if spares_codes:
        found = found.where(ActionLink.code_digest.is_(None))
    for link in db.session.scalars(found):
        revoke(link, by=by)


def address(endpoint: str, **arguments: Any) -> str:
    """Return the full address of a page, as it may stand in a message or a QR code.

    Built on PUBLIC_BASE_URL alone: what a visitor claims as host never reaches a link.
    """
    base: str = current_app.config["PUBLIC_BASE_URL"].rstrip("/")
    # Without a request too: commands and the worker write messages.
    return base + current_app.url_map.bind("").build(endpoint, arguments)


def qr_image(text: str) -> str:
    """Return the QR code of a text as the address of an image (SVG within the page)."""
    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=2))


def init_app(app: Flask) -> None:
    """Let templates draw QR codes."""
    app.add_template_global(qr_image)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_digest(code: str) -> str:
    """Return what is stored of a code: keyed, since all codes could be tried on a stolen table."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"action-link-code:{code}".encode(), hashlib.sha256).hexdigest()


def _unused_code() -> str:
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        taken = select(ActionLink.id).where(ActionLink.code_digest == _code_digest(code))
        if db.session.scalar(taken) is None:
            return code
