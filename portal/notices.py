"""TABLE: who is told of what.

Each row names a verb of the journal and the people whom it concerns; whoever did it is not told.
For one event everybody gets one message: where two rows name the same person, the first counts.
The words are those of the inbox; `title` and `side` are what the record is called and which
organisation stands beside it (`SUBJECTS`), as far as the reader may see the record; `what` is
how a timeline names the verb.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isfunction
from typing import Any, TypeAlias

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, false, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import Appointment, Organisation
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import Standing
from portal.alliances.models import Membership
from portal.database import among
from portal.exchange.anonymity import owner_shown
from portal.exchange.models import Interest, Listing, Naming
from portal.guests.models import GuestAnswer
from portal.introductions.models import Introduction
from portal.matters.models import Matter
from portal.matters.steps import STEP_NAMES
from portal.outcomes.models import Outcome
from portal.roles import Role


@dataclass(frozen=True, eq=False)
class Who:
    """Some people of a record: those of appointments that fulfil a condition now."""

    #: Makes the condition on appointments of a record.
    where: Callable[[Any], ColumnElement[bool]]
    #: The column that names who handles the record for its side: while that person is among
    #: them, nobody else is concerned.
    handler: str | None = None


@dataclass(frozen=True)
class Notice:
    """One row: its name, the verb of the journal, whom it concerns, and what it says."""

    name: str
    verb: str
    to: tuple[Who, ...]
    says: LazyString
    #: Whether somebody waits for an answer, or would act differently today if they knew.
    is_urgent: bool = False


Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
Side: TypeAlias = Column | Callable[[Standing], Column]


@dataclass(frozen=True)
class Subject:
    """What the inbox says of a noun: what a record is called, who stands beside it, its page."""

    model: Any
    title: ColumnElement[Any] | InstrumentedAttribute[Any]
    side: Side
    endpoint: str

    def side_for(self, standing: Standing) -> Any:
        """Return the column of who stands beside it, as far as somebody may know."""
        return self.side(standing) if isfunction(self.side) else self.side


def people_at(column: str, *, handler: str | None = None) -> Who:
    """Return the people who may act for the organisation that a column names."""
    acting = among(Appointment.role, OF_ORGANISATION)
    return Who(lambda thing: and_(acting, Appointment.scope_id == getattr(thing, column)), handler)


def themselves(column: str) -> Who:
    """Return the one person whom a column names, while they hold a role."""
    return Who(lambda thing: Appointment.person_id == getattr(thing, column))


def _is_named_on(listing: Listing) -> ColumnElement[bool]:
    """Return whether somebody acts for a member that a confidential listing names."""
    if listing.is_public or listing.is_members_only:
        return false()
    named = (
        select(Naming.organisation_id)
        .join(Membership, Membership.organisation_id == Naming.organisation_id)
        .where(
            Naming.listing_id == listing.id,
            Membership.alliance_id == listing.alliance_id,
            Membership.is_active,
        )
    )
    return and_(among(Appointment.role, OF_ORGANISATION), Appointment.scope_id.in_(named))


named_on = Who(_is_named_on)
secretariat = Who(
    lambda thing: and_(
        Appointment.role == Role.SECRETARY, Appointment.scope_id == thing.alliance_id
    )
)


def _name_of(column: Any) -> ColumnElement[Any]:
    """Return the name of the organisation that a column names, inside a select of its table."""
    found = select(Organisation.name).where(Organisation.id == column)
    return found.correlate_except(Organisation).scalar_subquery()


def _owner(standing: Standing) -> ColumnElement[Any]:
    """Return the owner of a listing as a column, as far as somebody may know whose it is."""
    name = _name_of(Listing.organisation_id)
    return case((owner_shown(standing), name), else_=literal(_("An anonymous member")))


SUBJECTS: dict[str, Subject] = {
    "listing": Subject(Listing, Listing.title, _owner, "exchange.view_listing"),
    "interest": Subject(
        Interest,
        Interest.listing_title,
        _name_of(Interest.organisation_id),
        "exchange.view_interest",
    ),
    "matter": Subject(Matter, Matter.title, literal(""), "matters.view_matter"),
    "outcome": Subject(
        Outcome, Outcome.title, _name_of(Outcome.claimant_id), "outcomes.view_outcome"
    ),
    "membership": Subject(
        Membership,
        _name_of(Membership.organisation_id),
        literal(""),
        "alliances.view_membership",
    ),
}

_TITLE_OF_LISTING = (
    select(Listing.title)
    .where(Listing.id == GuestAnswer.listing_id)
    .correlate(GuestAnswer)
    .scalar_subquery()
)
SUBJECTS["guest_answer"] = Subject(
    GuestAnswer, _TITLE_OF_LISTING, GuestAnswer.name, "guests.view_guest_answer"
)

_TITLE_OF_DEMAND = (
    select(Listing.title)
    .where(Listing.id == Introduction.demand_id)
    .correlate(Introduction)
    .scalar_subquery()
)
SUBJECTS["introduction"] = Subject(
    Introduction, _TITLE_OF_DEMAND, literal(""), "introductions.view_introduction"
)

_ITS_PEOPLE = people_at("organisation_id")
_ANSWERED = people_at("owner_id")
_CONTACT = people_at("organisation_id", handler="contact_id")
_ANSWERER = people_at("organisation_id", handler="person_id")
_BOTH = (
    people_at("owner_id", handler="owner_person_id"),
    people_at("partner_id", handler="partner_person_id"),
)
_OWNERS = (people_at("demand_owner_id"), people_at("supply_owner_id"))
_PROPOSER = Who(
    lambda thing: and_(
        Appointment.person_id == thing.proposed_by_id, ~among(Appointment.role, OF_ORGANISATION)
    )
)
_CLAIMANT, _OTHER = people_at("claimant_id"), people_at("other_id")


def _notice(verb: str, to: tuple[Who, ...], says: LazyString, urgent: bool = False) -> Notice:
    return Notice(verb, verb, to, says, urgent)


NOTICES: tuple[Notice, ...] = (
    # listings
    _notice("listing.submit", (secretariat,), _l("“%(title)s” of %(side)s waits for review")),
    _notice("listing.resubmit", (secretariat,), _l("“%(title)s” of %(side)s waits for review")),
    _notice("listing.publish", (_ITS_PEOPLE,), _l("“%(title)s” was published")),
    Notice(
        "listing.publish.named",
        "listing.publish",
        (named_on,),
        _l("%(side)s shows you “%(title)s” in confidence"),
    ),
    _notice(
        "listing.return", (_ITS_PEOPLE,), _l("“%(title)s” was sent back: see why"), urgent=True
    ),
    _notice("listing.pause", (_ITS_PEOPLE,), _l("“%(title)s” was paused")),
    _notice("listing.hold", (_ITS_PEOPLE,), _l("“%(title)s” was paused with the membership")),
    _notice("listing.resume", (_ITS_PEOPLE,), _l("“%(title)s” is shown again")),
    _notice("listing.recall", (_ITS_PEOPLE,), _l("“%(title)s” was taken back to be changed")),
    _notice("listing.match", (_ITS_PEOPLE,), _l("“%(title)s” was closed: a partner was found")),
    _notice("listing.close", (_ITS_PEOPLE,), _l("“%(title)s” was closed")),
    _notice("listing.discard", (_ITS_PEOPLE,), _l("“%(title)s” was put away")),
    _notice(
        "listing.expiring", (_ITS_PEOPLE,), _l("The last day of “%(title)s” is near: renew it")
    ),
    _notice(
        "listing.propose", (_ITS_PEOPLE,), _l("“%(title)s” was filled in for you: confirm it"), True
    ),
    _notice("listing.confirm", (secretariat,), _l("%(side)s confirmed “%(title)s”")),
    _notice("listing.turn_down", (secretariat,), _l("%(side)s did not confirm “%(title)s”"), True),
    _notice("listing.hand_over", (_CONTACT,), _l("“%(title)s” was handed over to you")),
    # guests, who have no inbox: what becomes of an answer they gave
    _notice(
        "guest_answer.give",
        (_ANSWERED, secretariat),
        _l("%(side)s answered “%(title)s” as a guest: verify it"),
        True,
    ),
    _notice(
        "guest_answer.verify",
        (secretariat,),
        _l("%(side)s was verified as a guest of “%(title)s”: say which organisation it is"),
    ),
    _notice(
        "guest_answer.record",
        (_ITS_PEOPLE,),
        _l("Your organisation answered “%(title)s” as a guest: send it as your answer"),
        True,
    ),
    _notice(
        "guest_answer.disown",
        (_ANSWERED, secretariat),
        _l("%(side)s says that the answer to “%(title)s” is not theirs"),
    ),
    # answers
    _notice("interest.send", (_ANSWERED,), _l("%(side)s answered “%(title)s”"), urgent=True),
    _notice("interest.accept", (_ITS_PEOPLE,), _l("Your answer to “%(title)s” was accepted"), True),
    _notice(
        "interest.decline", (_ITS_PEOPLE,), _l("Your answer to “%(title)s” was declined"), True
    ),
    _notice("interest.withdraw", (_ANSWERED,), _l("%(side)s withdrew its answer to “%(title)s”")),
    _notice(
        "interest.hand_over", (_ANSWERER,), _l("The answer to “%(title)s” was handed over to you")
    ),
    _notice("interest.lapse", (_ITS_PEOPLE,), _l("Your answer to “%(title)s” lapsed")),
    _notice(
        "interest.lapsing",
        (_ANSWERED,),
        _l("The answer of %(side)s to “%(title)s” lapses soon"),
        True,
    ),
    # introductions: what both agreed to is told as an answer that was accepted
    _notice("introduction.propose", _OWNERS, _l("An introduction is proposed for “%(title)s”")),
    _notice(
        "introduction.agree",
        (people_at("waiting_id"), _PROPOSER),
        _l("One side agreed to the introduction for “%(title)s”"),
        True,
    ),
    _notice(
        "introduction.accept", (_PROPOSER,), _l("Both agreed to the introduction for “%(title)s”")
    ),
    _notice(
        "introduction.decline",
        (*_OWNERS, _PROPOSER),
        _l("The introduction for “%(title)s” was declined: see why"),
    ),
    _notice("introduction.withdraw", _OWNERS, _l("The introduction for “%(title)s” was withdrawn")),
    # matters
    _notice("matter.open", _BOTH[:1], _l("You handle the matter “%(title)s”")),
    *(
        _notice(f"matter.{step.value}", _BOTH, _l("“%(title)s” has come a step further: %(what)s"))
        for step in STEP_NAMES
    ),
    _notice("matter.retract", _BOTH, _l("A step of “%(title)s” was taken back")),
    _notice("matter.hold", _BOTH, _l("“%(title)s” was put on hold: see why")),
    _notice("matter.halt", _BOTH, _l("“%(title)s” was put on hold with the membership")),
    _notice("matter.resume", _BOTH, _l("“%(title)s” goes on")),
    _notice("matter.end", _BOTH, _l("“%(title)s” was ended: see why")),
    _notice("matter.hand_over", _BOTH, _l("“%(title)s” was handed over to a colleague")),
    _notice("matter.attach", _BOTH, _l("A file was added to “%(title)s”")),
    _notice("matter.ask", _BOTH, _l("How far has “%(title)s” come?"), urgent=True),
    _notice("matter.tell", (secretariat,), _l("“%(title)s” has been silent for long"), True),
    # outcomes
    # Who is asked to confirm has a mail of their own, with a link.
    _notice("outcome.claim", (_OTHER,), _l("%(side)s asks you to confirm “%(title)s”")),
    _notice("outcome.confirm", (_CLAIMANT,), _l("“%(title)s” was confirmed")),
    _notice("outcome.decline", (_CLAIMANT,), _l("“%(title)s” was not confirmed: see why"), True),
    _notice("outcome.retract", (_OTHER,), _l("%(side)s took back its claim “%(title)s”")),
    # memberships
    _notice("membership.submit", (secretariat,), _l("%(title)s applies for membership")),
    _notice("membership.resubmit", (secretariat,), _l("%(title)s applies for membership again")),
    _notice("membership.retract", (secretariat,), _l("%(title)s took its application back")),
    _notice("membership.review", (_ITS_PEOPLE,), _l("The application of %(title)s is in review")),
    _notice("membership.admit", (_ITS_PEOPLE,), _l("%(title)s was admitted")),
    _notice("membership.approve", (_ITS_PEOPLE,), _l("%(title)s was admitted"), urgent=True),
    _notice(
        "membership.return", (_ITS_PEOPLE,), _l("The application of %(title)s was sent back"), True
    ),
    _notice("membership.reject", (_ITS_PEOPLE,), _l("%(title)s was not admitted: see why"), True),
    _notice("membership.change_tier", (_ITS_PEOPLE,), _l("The tier of %(title)s was changed")),
    _notice(
        "membership.suspend", (_ITS_PEOPLE,), _l("The membership of %(title)s is suspended"), True
    ),
    _notice(
        "membership.resume", (_ITS_PEOPLE,), _l("The membership of %(title)s was resumed"), True
    ),
    _notice(
        "membership.withdraw", (_ITS_PEOPLE, secretariat), _l("%(title)s left the alliance"), True
    ),
    _notice("membership.expel", (_ITS_PEOPLE,), _l("%(title)s was expelled: see why"), urgent=True),
)

#: The rows by their names, and those of each verb in their order.
NAMED: dict[str, Notice] = {each.name: each for each in NOTICES}
OF_VERB: dict[str, tuple[Notice, ...]] = {
    each.verb: tuple(other for other in NOTICES if other.verb == each.verb) for each in NOTICES
}
