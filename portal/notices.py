"""TABLE: who is told of what.

Each row names a verb of the journal and the people whom it concerns; whoever did it is not told.
For one event everybody gets one message: where two rows name the same person, the first counts.
The words are those of the inbox; `title` and `side` are what the record is called and which
organisation stands beside it (`SUBJECTS`), as far as the reader may see the record; `what` is
how a timeline names the verb.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, false, literal, select

from portal.accounts.models import Appointment
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import Standing
from portal.alliances.models import Membership
from portal.database import among
from portal.due_notices import DUE_NOTICES, DUE_SUBJECTS
from portal.exchange.anonymity import owner_shown, title_shown
from portal.exchange.models import Interest, Listing, Naming
from portal.exchange.workflow import InterestState
from portal.guests.models import GuestAnswer
from portal.introductions.models import Introduction
from portal.matters.models import Matter
from portal.matters.steps import STEP_NAMES
from portal.meeting_notices import MEETING_NOTICES, MEETING_SUBJECTS
from portal.noticing import (
    Notice,
    Subject,
    Who,
    name_of,
    notice,
    people_at,
    secretariat,
    themselves,
)
from portal.outcomes.models import Outcome
from portal.project_notices import PROJECT_NOTICES, PROJECT_SUBJECTS
from portal.rotation.models import Handover, Swap, Turn


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


def _has_answer_waiting(listing: Listing) -> ColumnElement[bool]:
    """Return whether somebody acts for an organisation whose answer still waits."""
    waiting = select(Interest.organisation_id).where(
        Interest.listing_id == listing.id, Interest.state == InterestState.SENT, Interest.is_live
    )
    return and_(among(Appointment.role, OF_ORGANISATION), Appointment.scope_id.in_(waiting))


def _owner(standing: Standing) -> ColumnElement[Any]:
    """Return the owner of a listing as a column, as far as somebody may know whose it is."""
    name = name_of(Listing.organisation_id)
    return case((owner_shown(standing), name), else_=literal(_("An anonymous member")))


SUBJECTS: dict[str, Subject] = {
    "listing": Subject(Listing, Listing.title, _owner, "exchange.view_listing"),
    "interest": Subject(
        Interest,
        Interest.listing_title,
        name_of(Interest.organisation_id),
        "exchange.view_interest",
    ),
    "matter": Subject(Matter, Matter.title, literal(""), "matters.view_matter"),
    "outcome": Subject(
        Outcome, Outcome.title, name_of(Outcome.claimant_id), "outcomes.view_outcome"
    ),
    "membership": Subject(
        Membership,
        name_of(Membership.organisation_id),
        literal(""),
        "alliances.view_membership",
    ),
}

SUBJECTS["turn"] = Subject(Turn, name_of(Turn.organisation_id), literal(""), "rotation.view_turn")
SUBJECTS["swap"] = Subject(
    Swap, name_of(Swap.asking_id), name_of(Swap.asked_id), "rotation.view_swap"
)
SUBJECTS["handover"] = Subject(
    Handover, name_of(Handover.outgoing_id), literal(""), "rotation.view_handover"
)

SUBJECTS |= MEETING_SUBJECTS | DUE_SUBJECTS


def _title_of(column: Any) -> Callable[[Standing], ColumnElement[Any]]:
    """Return what makes the title of the listing that a column names, as far as one may view it."""

    def title(standing: Standing) -> ColumnElement[Any]:
        found = select(title_shown(standing)).where(Listing.id == column)
        return found.correlate(column.class_).scalar_subquery()

    return title


SUBJECTS["guest_answer"] = Subject(
    GuestAnswer, _title_of(GuestAnswer.listing_id), GuestAnswer.name, "guests.view_guest_answer"
)

SUBJECTS["introduction"] = Subject(
    Introduction, _title_of(Introduction.demand_id), literal(""), "introductions.view_introduction"
)


SUBJECTS |= PROJECT_SUBJECTS

#: The secretariat, while nobody has said which organisation a guest is.
_recorders = Who(
    lambda guest: secretariat.where(guest) if guest.organisation_id is None else false()
)
_ITS_PEOPLE = people_at("organisation_id")
_ANSWERED = people_at("owner_id")
_CONTACT = people_at("organisation_id", handler="contact_id")
_ANSWERER = people_at("organisation_id", handler="person_id")
_BOTH = (
    people_at("owner_id", handler="owner_person_id"),
    people_at("partner_id", handler="partner_person_id"),
)
_OWNERS = people_at("demand_owner_id"), people_at("supply_owner_id")
_PROPOSER = themselves("proposed_by_id")
_ASKING, _ASKED = people_at("asking_id"), people_at("asked_id")
_OUTGOING, _INCOMING = people_at("outgoing_id"), people_at("incoming_id")
_CLAIMANT, _OTHER = people_at("claimant_id"), people_at("other_id")


NOTICES: tuple[Notice, ...] = (
    # listings
    notice("listing.submit", (secretariat,), _l("“%(title)s” of %(side)s waits for review")),
    notice("listing.resubmit", (secretariat,), _l("“%(title)s” of %(side)s waits for review")),
    notice("listing.publish", (_ITS_PEOPLE,), _l("“%(title)s” was published")),
    Notice(
        "listing.publish.named",
        "listing.publish",
        (named_on,),
        _l("%(side)s shows you “%(title)s” in confidence"),
    ),
    notice("listing.return", (_ITS_PEOPLE,), _l("“%(title)s” was sent back: see why"), urgent=True),
    notice("listing.pause", (_ITS_PEOPLE,), _l("“%(title)s” was paused")),
    notice("listing.hold", (_ITS_PEOPLE,), _l("“%(title)s” was paused with the membership")),
    notice("listing.resume", (_ITS_PEOPLE,), _l("“%(title)s” is shown again")),
    notice("listing.recall", (_ITS_PEOPLE,), _l("“%(title)s” was taken back to be changed")),
    notice("listing.match", (_ITS_PEOPLE,), _l("“%(title)s” was closed: a partner was found")),
    notice("listing.close", (_ITS_PEOPLE,), _l("“%(title)s” was closed")),
    notice("listing.discard", (_ITS_PEOPLE,), _l("“%(title)s” was put away")),
    notice("listing.expiring", (_ITS_PEOPLE,), _l("The last day of “%(title)s” is near: renew it")),
    notice(
        "listing.propose", (_ITS_PEOPLE,), _l("“%(title)s” was filled in for you: confirm it"), True
    ),
    notice("listing.confirm", (secretariat,), _l("%(side)s confirmed “%(title)s”")),
    Notice(
        "listing.confirm.named",
        "listing.confirm",
        (named_on,),
        _l("%(side)s shows you “%(title)s” in confidence"),
    ),
    notice("listing.turn_down", (secretariat,), _l("%(side)s did not confirm “%(title)s”"), True),
    notice("listing.hand_over", (_CONTACT,), _l("“%(title)s” was handed over to you")),
    # guests, who have no inbox: what becomes of an answer they gave
    notice(
        "guest_answer.give",
        (_ANSWERED, secretariat),
        _l("%(side)s answered “%(title)s” as a guest: verify it"),
        True,
    ),
    notice(
        "guest_answer.verify",
        (_recorders,),
        _l("%(side)s was verified as a guest of “%(title)s”: say which organisation it is"),
    ),
    notice(
        "guest_answer.record",
        (_ITS_PEOPLE,),
        _l("Your organisation answered “%(title)s” as a guest: send it as your answer"),
        True,
    ),
    notice(
        "guest_answer.disown",
        (_ANSWERED, secretariat),
        _l("%(side)s says that the answer to “%(title)s” is not theirs"),
    ),
    # answers
    notice("interest.send", (_ANSWERED,), _l("%(side)s answered “%(title)s”"), urgent=True),
    notice("interest.accept", (_ITS_PEOPLE,), _l("Your answer to “%(title)s” was accepted"), True),
    notice("interest.decline", (_ITS_PEOPLE,), _l("Your answer to “%(title)s” was declined"), True),
    notice("interest.withdraw", (_ANSWERED,), _l("%(side)s withdrew its answer to “%(title)s”")),
    notice(
        "interest.hand_over", (_ANSWERER,), _l("The answer to “%(title)s” was handed over to you")
    ),
    notice("interest.lapse", (_ITS_PEOPLE,), _l("Your answer to “%(title)s” lapsed")),
    notice(
        "interest.lapsing",
        (_ANSWERED,),
        _l("The answer of %(side)s to “%(title)s” lapses soon"),
        True,
    ),
    # introductions: what both agreed to is told as an answer that was accepted
    notice("introduction.propose", _OWNERS, _l("An introduction is proposed for “%(title)s”")),
    notice(
        "introduction.agree",
        (people_at("waiting_id"), _PROPOSER),
        _l("One side agreed to the introduction for “%(title)s”"),
        True,
    ),
    notice(
        "introduction.accept", (_PROPOSER,), _l("Both agreed to the introduction for “%(title)s”")
    ),
    notice(
        "introduction.decline",
        (*_OWNERS, _PROPOSER),
        _l("The introduction for “%(title)s” was declined: see why"),
    ),
    notice("introduction.withdraw", _OWNERS, _l("The introduction for “%(title)s” was withdrawn")),
    # matters
    notice("matter.open", _BOTH[:1], _l("You handle the matter “%(title)s”")),
    *(
        notice(f"matter.{step.value}", _BOTH, _l("“%(title)s” has come a step further: %(what)s"))
        for step in STEP_NAMES
    ),
    notice("matter.retract", _BOTH, _l("A step of “%(title)s” was taken back")),
    notice("matter.hold", _BOTH, _l("“%(title)s” was put on hold: see why")),
    notice("matter.halt", _BOTH, _l("“%(title)s” was put on hold with the membership")),
    notice("matter.resume", _BOTH, _l("“%(title)s” goes on")),
    notice("matter.end", _BOTH, _l("“%(title)s” was ended: see why")),
    notice("matter.hand_over", _BOTH, _l("“%(title)s” was handed over to a colleague")),
    notice("matter.attach", _BOTH, _l("A file was added to “%(title)s”")),
    notice("matter.meet", _BOTH, _l("A meeting was noted for “%(title)s”: see when and where")),
    notice("matter.move_meeting", _BOTH, _l("A meeting for “%(title)s” was changed"), urgent=True),
    notice(
        "matter.cancel_meeting", _BOTH, _l("A meeting for “%(title)s” was cancelled"), urgent=True
    ),
    notice("matter.ask", _BOTH, _l("How far has “%(title)s” come?"), urgent=True),
    notice("matter.tell", (secretariat,), _l("“%(title)s” has been silent for long"), True),
    # outcomes
    # Who is asked to confirm has a mail of their own, with a link.
    notice("outcome.claim", (_OTHER,), _l("%(side)s asks you to confirm “%(title)s”")),
    notice("outcome.confirm", (_CLAIMANT,), _l("“%(title)s” was confirmed")),
    notice("outcome.decline", (_CLAIMANT,), _l("“%(title)s” was not confirmed: see why"), True),
    notice("outcome.retract", (_OTHER,), _l("%(side)s took back its claim “%(title)s”")),
    # the chair's rotation; who is asked to confirm a term has a mail of their own, with a link
    notice("turn.ask", (_ITS_PEOPLE,), _l("%(title)s is asked to confirm its term in the chair")),
    notice("turn.tell", (secretariat,), _l("Nobody confirmed the near term of %(title)s"), True),
    notice("turn.plan", (_ITS_PEOPLE,), _l("%(title)s is planned to take the chair: see when")),
    notice("turn.confirm", (secretariat,), _l("%(title)s confirmed its term in the chair")),
    notice("turn.defer", (_ITS_PEOPLE, secretariat), _l("%(title)s was given a later term")),
    notice("turn.vacate", (_ITS_PEOPLE,), _l("The term of %(title)s ended early: see why"), True),
    notice("turn.take_over", (_ITS_PEOPLE,), _l("%(title)s takes over as acting chair"), True),
    notice("turn.replace", (_ITS_PEOPLE,), _l("The term of %(title)s was planned anew")),
    notice("swap.ask", (_ASKED,), _l("%(title)s asks to exchange terms with %(side)s"), True),
    notice(
        "swap.tell", (secretariat,), _l("%(side)s has not answered the exchange that was asked")
    ),
    notice("swap.agree", (_ASKING, secretariat), _l("%(side)s agreed to the exchange of terms")),
    notice("swap.decline", (_ASKING, _ASKED), _l("%(title)s and %(side)s do not exchange terms")),
    notice("swap.withdraw", (_ASKED,), _l("%(title)s no longer asks to exchange terms")),
    notice("swap.approve", (_ASKING, _ASKED), _l("%(title)s and %(side)s exchanged terms")),
    notice("swap.refuse", (_ASKING, _ASKED), _l("The exchange of terms was refused: see why")),
    notice("handover.sign", (_INCOMING,), _l("%(title)s signed its hand-over: accept it"), True),
    notice("handover.return", (_OUTGOING,), _l("More is asked for in the hand-over: see what")),
    notice("handover.accept", (_OUTGOING, secretariat), _l("The hand-over was accepted")),
    notice("handover.close", (_OUTGOING, _INCOMING), _l("The hand-over was closed: see why")),
    *PROJECT_NOTICES,
    # memberships
    notice("membership.submit", (secretariat,), _l("%(title)s applies for membership")),
    notice("membership.resubmit", (secretariat,), _l("%(title)s applies for membership again")),
    notice("membership.retract", (secretariat,), _l("%(title)s took its application back")),
    notice("membership.review", (_ITS_PEOPLE,), _l("The application of %(title)s is in review")),
    notice("membership.admit", (_ITS_PEOPLE,), _l("%(title)s was admitted")),
    notice("membership.approve", (_ITS_PEOPLE,), _l("%(title)s was admitted"), urgent=True),
    notice(
        "membership.return", (_ITS_PEOPLE,), _l("The application of %(title)s was sent back"), True
    ),
    notice("membership.reject", (_ITS_PEOPLE,), _l("%(title)s was not admitted: see why"), True),
    notice("membership.change_tier", (_ITS_PEOPLE,), _l("The tier of %(title)s was changed")),
    notice(
        "membership.suspend", (_ITS_PEOPLE,), _l("The membership of %(title)s is suspended"), True
    ),
    notice(
        "membership.resume", (_ITS_PEOPLE,), _l("The membership of %(title)s was resumed"), True
    ),
    notice(
        "membership.withdraw", (_ITS_PEOPLE, secretariat), _l("%(title)s left the alliance"), True
    ),
    notice("membership.expel", (_ITS_PEOPLE,), _l("%(title)s was expelled: see why"), urgent=True),
    *DUE_NOTICES,
    *MEETING_NOTICES,
)

#: The rows by their names, and those of each verb in their order.
NAMED: dict[str, Notice] = {each.name: each for each in NOTICES}
OF_VERB: dict[str, tuple[Notice, ...]] = {
    each.verb: tuple(other for other in NOTICES if other.verb == each.verb) for each in NOTICES
}
#: What else a verb tells, because lines about other records follow from it; said before the act.
FOLLOWING: dict[str, tuple[Notice, ...]] = {
    verb: (replace(NAMED["interest.lapse"], to=(Who(_has_answer_waiting),)),)
    for verb in ("listing.recall", "listing.match", "listing.close")
}
