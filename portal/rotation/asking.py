"""What a chair's people are asked by message, and answer with one link: without signing in.

Thirty days before its first day a term is to be confirmed; the programme that an agent or a
colleague drafted waits for the named chair. Each message carries a link for that person alone,
and what the link does asks for the same permission as the page.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, links
from portal.access import require
from portal.accounts.models import Person
from portal.actors import SYSTEM, Actor
from portal.alliances.queries import newest_membership
from portal.database import db
from portal.errors import Refused
from portal.links import ActionLink
from portal.operations import operation
from portal.outbox import send_mail
from portal.rotation.models import Turn
from portal.rotation.operations import confirm_turn
from portal.rotation.vacancies import who_sits
from portal.rotation.workflow import TurnState
from portal.workflow import check_version

#: What the links are for.
CONFIRM, PROGRAMME = "turn.confirm", "turn.programme"
LIFETIME = timedelta(days=30)
#: Characters of a programme.
LONGEST_PROGRAMME = 4000


@operation
def ask_for_confirmations(*, by: Actor) -> int:
    """Ask the member of each term that begins within thirty days to confirm it, once.

    Returns how many were asked.
    """
    require(by, "turn.remind")
    due = db.session.scalars(
        select(Turn)
        .where(Turn.state == TurnState.PLANNED, Turn.is_to_be_confirmed, Turn.asked_at.is_(None))
        .order_by(Turn.id)
    ).all()
    for turn in due:
        ask_to_confirm(turn, by=by)
    return len(due)


def ask_to_confirm(turn: Turn, *, by: Actor) -> None:
    """Send the person who would sit in the chair the link by which they confirm; journaled."""
    turn.asked_at = clock.now()
    membership = newest_membership(turn.alliance_id, turn.organisation_id)
    person_id = who_sits(turn.organisation_id, membership.contact_id if membership else None)
    person = db.session.get(Person, person_id) if person_id else None
    if person is not None and person.email:
        made = links.make(CONFIRM, turn, by=SYSTEM, lifetime=LIFETIME, person_id=person.id)
        body = _(
            "%(name)s, by the plan %(organisation)s takes the chair of %(alliance)s from "
            "%(start)s to %(end)s. Confirm it with one tap: %(address)s",
            name=person.name,
            organisation=turn.organisation.name,
            alliance=turn.alliance.name,
            start=turn.starts_on.isoformat(),
            end=turn.last_day.isoformat(),
            address=links.address("rotation.answer", token=made.token),
        )
        send_mail(
            person.email, _("Confirm your term in the chair"), body, by=SYSTEM, link_id=made.link.id
        )
    db.session.flush()
    journal.note("turn.ask", turn, by=by)


@operation
def confirm_by_link(link: ActionLink, *, by: Actor) -> None:
    """Confirm a term by the link one was sent, as the person it is for, who then sits in it.

    Raises `Refused` where the link opens nothing any more, `Denied` where that person does not
    act for the member now.
    """
    turn = db.session.get_one(Turn, link.record_id)
    require(by, "turn.confirm", turn)
    links.use(link, by=by)
    confirm_turn(turn, by=by)


@operation
def draft_programme(
    turn: Turn, programme: str | None, *, by: Actor, expected: int | None = None
) -> None:
    """Draft what a term is to bring, as one of the chair's people; the chair is asked by link.

    What the chair approved before stands no longer. Raises `Refused` for a term that is not
    confirmed, or is over.
    """
    require(by, "turn.draft", turn)
    check_version(turn, expected)
    written = (programme or "").strip()
    if not written:
        raise Refused(_l("Please fill this in."), field="programme")
    if len(written) > LONGEST_PROGRAMME:
        raise Refused(_l("At most %(max)d characters.", max=LONGEST_PROGRAMME), field="programme")
    if turn.state not in (TurnState.CONFIRMED, TurnState.ACTING) or turn.ends_on <= clock.today():
        raise Refused(_l("A programme belongs to a term that is confirmed and not over."))
    turn.programme, turn.programme_approved_at = written, None
    db.session.flush()
    journal.note("turn.programme", turn, by=by)
    _revoke(turn, PROGRAMME, by=by)
    if turn.person is not None and turn.person.email and turn.person_id != by.person_id:
        made = links.make(PROGRAMME, turn, by=SYSTEM, lifetime=LIFETIME, person_id=turn.person_id)
        body = _(
            "%(name)s, the programme of your term in the chair of %(alliance)s is drafted. Read "
            "it and approve it with one tap: %(address)s",
            name=turn.person.name,
            alliance=turn.alliance.name,
            address=links.address("rotation.answer_programme", token=made.token),
        )
        send_mail(
            turn.person.email,
            _("Approve the programme of your term"),
            body,
            by=SYSTEM,
            link_id=made.link.id,
        )


@operation
def approve_programme(turn: Turn, *, by: Actor, expected: int | None = None) -> None:
    """Approve the programme of one's term, as the person who sits in the chair at this instant.

    Raises `Denied` for everybody else, a former chair too; `Refused` for another's term.
    """
    require(by, "turn.chair", turn)
    check_version(turn, expected)
    if turn.person_id != by.person_id or not turn.is_running:
        raise Refused(_l("Only the chair of this term approves its programme, while it goes on."))
    if not turn.programme:
        raise Refused(_l("Nothing is drafted yet."))
    turn.programme_approved_at = clock.now()
    db.session.flush()
    journal.note("turn.approve_programme", turn, by=by)


@operation
def approve_programme_by_link(link: ActionLink, *, by: Actor) -> None:
    """Approve a programme by the link one was sent; the chair is judged at this instant."""
    turn = db.session.get_one(Turn, link.record_id)
    require(by, "turn.chair", turn)
    links.use(link, by=by)
    approve_programme(turn, by=by)


def _revoke(turn: Turn, purpose: str, *, by: Actor) -> None:
    for link in db.session.scalars(
        select(ActionLink).where(
            ActionLink.about_noun == turn.noun,
            ActionLink.record_id == turn.id,
            ActionLink.purpose == purpose,
        )
    ):
        links.revoke(link, by=by)
