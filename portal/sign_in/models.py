"""Sessions, the throttle, and what proves who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import OfRole, Organisation, Person
from portal.actors import Actor, person
from portal.database import Model, choice, constraints
from portal.links import ActionLink
from portal.roles import Role

#: How long a proof of who somebody is counts as fresh for risky acts.
FRESH = timedelta(minutes=15)


class Session(Model):
    """One sign-in on one device; the cookie holds a random key, this row its digest."""

    __tablename__ = "session"
    noun = "session"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200))
    #: The network it began in (/24, /64): what "my devices" shows.
    network: Mapped[str | None] = mapped_column(String(50))
    is_own_device: Mapped[bool] = mapped_column(default=False)
    #: When who they are was last proved: risky acts want it fresh.
    proved_at: Mapped[datetime]
    #: Whether a second factor or a passkey was among the proofs.
    is_strong: Mapped[bool] = mapped_column(default=False)
    #: The person an agent acts for in this session (代×××).
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: When its key was made; without an entry, when the session began.
    keyed_at: Mapped[datetime | None]
    #: The key before, where it changed by itself: requests under way still carry it.
    previous_digest: Mapped[str | None] = mapped_column(String(64), index=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation | None] = relationship()


class Attempts(Model):
    """How often a throttled act was tried within a window, shared by all workers."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
    until_at: Mapped[datetime]


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, as Flask-Login holds them: plain values of a live session."""

    key: str
    session_id: int
    person_id: int
    organisation_id: int | None
    seen_at: datetime
    proved_at: datetime
    is_strong: bool
    is_own_device: bool
    on_behalf_of_id: int | None
    name: str
    language: str | None
    is_large_type: bool
    organisation_name: str | None
    #: The name of the person an agent acts for (代×××).
    on_behalf_of: str | None
    keyed_at: datetime
    rights_at: datetime | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the random key that the cookie carries."""
        return self.key

    @property
    def actor(self) -> Actor:
        """The acting party: this person, for the organisation chosen in this session."""
        return person(self.person_id, self.organisation_id, self.on_behalf_of_id)

    @property
    def needs_new_key(self) -> bool:
        """Whether they were given a right since the key was made."""
        return self.rights_at is not None and self.keyed_at < self.rights_at

    @property
    def is_fresh(self) -> bool:
        """Whether who they are was proved within the last quarter of an hour."""
        return clock.now() - self.proved_at < FRESH


class Authenticator(Model):
    """A person's one-time passwords by time (TOTP): the sealed secret, the last step used."""

    __tablename__ = "authenticator"
    noun = "authenticator"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    #: Sealed with a key drawn from SECRET_KEY: a stolen database alone makes no codes.
    sealed: Mapped[str] = mapped_column(String(300))
    confirmed_at: Mapped[datetime | None]
    #: The number of the last 30-second step accepted: a code opens once.
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Model):
    """One of the codes that replace a lost second factor, each once."""

    __tablename__ = "recovery_code"
    __table_args__ = constraints(Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]


class Passkey(Model):
    """A public key that a device of the person keeps the other half of (WebAuthn)."""

    __tablename__ = "passkey"
    __table_args__ = constraints(Index(None, "person_id"))
    noun = "passkey"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Both in base64url, as the browser speaks them.
    credential: Mapped[str] = mapped_column(String(400), unique=True)
    public_key: Mapped[str] = mapped_column(String(1000))
    sign_count: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Challenge(Model):
    """A random challenge that one passkey ceremony must sign, once and soon."""

    __tablename__ = "challenge"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FactorReset(Model):
    """Taking away a lost second factor: asked for by one officer, done by a second."""

    __tablename__ = "factor_reset"
    __table_args__ = constraints(
        CheckConstraint("confirmed_by_id <> requested_by_id", name="two_people"),
        CheckConstraint("requested_by_id <> person_id", name="not_oneself"),
        Index(None, "person_id"),
    )
    noun = "factor_reset"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Invitation(OfRole, Model):
    """Somebody is asked to take a role: one person, once, until a time.

    Accepted through its action link (address, QR) or by typing its eight digits.
    """

    __tablename__ = "invitation"
    __table_args__ = constraints(Index(None, "role", "scope_id"))
    noun = "invitation"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    role: Mapped[Role] = mapped_column(choice(Role))
    scope_id: Mapped[int]
    #: When the role begins; without one, as it is accepted.
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    basis: Mapped[str | None] = mapped_column(String(200))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("action_link.id"), unique=True)
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    #: Who accepted it.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    link: Mapped[ActionLink] = relationship(lazy="joined", innerjoin=True)

    @property
    def first_on(self) -> date | None:
        """The first day of the role, in Shanghai, where it does not begin as it is accepted."""
        return clock.day_of(self.from_at) if self.from_at else None


class Doorbell(Model):
    """A computer that waits to be let in by a phone that is signed in (scan to sign in)."""

    __tablename__ = "doorbell"
    noun = "doorbell"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The digest of what the computer keeps, to fetch its session with.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: Two digits shown on the computer and chosen on the phone, so that nobody lets in a stranger.
    number: Mapped[int]
    device: Mapped[str] = mapped_column(String(200))
    network: Mapped[str | None] = mapped_column(String(50))
    link_id: Mapped[int] = mapped_column(ForeignKey("action_link.id"), unique=True)
    rung_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: Who let it in, and when; and when the computer came in.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_strong: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]

    link: Mapped[ActionLink] = relationship(lazy="joined", innerjoin=True)
