"""Forgotten passwords: a link that sets a new one, by mail or from an officer's hand.

The portal mails it to whoever asks for an account that has an e-mail address; nobody learns
whether there is one, for asking writes the same row for every name, and the worker does the rest.
Without mail an officer hands it over: a portal administrator to whoever is no officer, or a
secretary to people of their own alliances alone (`may_hand_out`). It proves no second factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from portal import journal, links, outbox
from portal.access import require, standing_of
from portal.accounts.addresses import PASSWORD_LINK
from portal.accounts.models import Person
from portal.accounts.person_queries import running_agencies, running_appointments
from portal.accounts.queries import account_name, person_named
from portal.actors import ANONYMOUS, SYSTEM, Actor, Standing, person
from portal.database import db
from portal.errors import Refused
from portal.jobs import Job, advance, enqueue, record_of
from portal.links import ActionLink, MadeLink
from portal.operations import operation
from portal.roles import ROLES, Role, Scope
from portal.sign_in.models import Attempts
from portal.sign_in.passwords import set_password
from portal.sign_in.telling import tell

#: The kind of the job that sends the link.
JOB = "password_link"
#: Who requests, and who confirms, that somebody's second factor is taken away.
OFFICERS = frozenset({Role.ADMINISTRATOR, Role.SECRETARY})
#: How long a mailed link opens its page, and one that an officer hands over.
MAILED_LIFETIME = timedelta(minutes=30)
HANDED_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class Asked:
    """Whose link was asked for, as a job speaks of it; 0 where nobody goes by the name."""

    id: int
    noun = "person"


@operation
def ask_for_link(person_id: int | None) -> None:
    """Note that somebody asked for a link; the worker sends it, where there is anybody.

    What is written is the same for a name that nobody goes by: the time tells nothing.
    """
    require(ANONYMOUS, "session.start")
    enqueue(JOB, about=Asked(person_id or 0), by=ANONYMOUS)


def run_job(job: Job) -> None:
    """Send the link that a job is about, once."""
    if not job.done:
        _mail_link(job)


@operation
def _mail_link(job: Job) -> None:
    """Mail a new link to the person of a job: none to a closed account or without an address."""
    require(job.by, "job.run")
    who: Person | None = record_of(job)
    if who is not None and who.is_open and who.email and outbox.sends_mail():
        made = _make(who, lifetime=MAILED_LIFETIME, by=SYSTEM)
        with force_locale(who.language or "zh"):
            subject = _("Set a new password")
            body = _(
                "%(name)s, somebody asked for a new password for your account on the alliance "
                "portal. Set it at %(address)s (once, within 30 minutes). If it was not you, do "
                "nothing: your password stays as it is.",
                name=who.name,
                address=links.address("passwords.set_by_link", token=made.token),
            )
        mail = outbox.send_mail(who.email, subject, body, by=SYSTEM, link_id=made.link.id)
        # Should it come to wait for a hand it is nobody's: not an administrator's, nor the person's
        # own, whose unlocked screen would give away the key to the account.
        mail.written_by_id = outbox.NOBODY
    advance(job, done=1, total=1)


@operation
def hand_out_link(account: str, *, by: Actor, reason: str) -> MadeLink:
    """Make a link and eight digits for a person of one's own; they are told that it was made.

    Raises `Refused` for oneself, and where the officer is not responsible for the person alone.
    """
    standing = require(by, "password_link.make")
    who = person_named(account_name(account))
    if who is not None and who.id == by.person_id:
        raise Refused(_l("Change your own password in your account."), field="account")
    if who is not None and standing[Role.ADMINISTRATOR] and is_officer(who.id):
        raise Refused(
            _l(
                "An administrator or a secretary gets a link by mail, or on the server itself "
                "(flask admin password-link): nobody is to become the second of two officers."
            ),
            field="account",
        )
    # One sentence for all, so that an officer learns nothing of other alliances' people.
    if who is None or not who.is_open or not may_hand_out(standing, who.id):
        raise Refused(
            _l(
                "Nobody you alone are responsible for goes by this name. Whoever holds an office "
                "of the portal, chairs an alliance, or acts for an organisation that is a member "
                "of other alliances too, asks a portal administrator."
            ),
            field="account",
        )
    made = _make(who, lifetime=HANDED_LIFETIME, by=by, with_code=True)
    journal.note("person.hand_out_link", who, by=by, detail={"note": reason})
    with force_locale(who.language or "zh"):
        subject = _("A link for a new password was made for you")
        body = _(
            "%(name)s, the secretariat or a portal administrator made a link that sets a new "
            "password for your account. If you did not ask for it, tell a portal administrator "
            "at once.",
            name=who.name,
        )
    # Not by the officer: the message about a link must not wait in the hands of who made it.
    tell(who, subject, body, by=SYSTEM)
    return made


def may_hand_out(standing: Standing, person_id: int) -> bool:
    """Tell whether an officer may hand a person a link for a new password.

    Administrators may where the person is no officer: whoever became one, who need not have a
    second factor, would both request and confirm that somebody else's is taken away (decision
    21). A secretary may where everything the person does here, as an agent too, is done as expert
    of the secretary's alliances, or for members of these and of no others, and the person chairs
    none: whoever holds the link can become the person, and must gain nothing by it beyond.
    """
    if standing.actor == SYSTEM:
        return True
    if standing[Role.ADMINISTRATOR]:
        return not is_officer(person_id)
    own = standing[Role.SECRETARY]
    held = [(person_id, each.role, each.scope_id) for each in running_appointments(person_id)]
    held += [
        (each.principal_id, each.role, each.scope_id)
        for each in running_agencies(person_id)
        if each.agent_id == person_id
    ]
    if not held or standing_of(person(person_id))[Role.CHAIR]:
        return False
    return all(_is_within(own, *each) for each in held)


def is_officer(person_id: int) -> bool:
    """Tell whether a person is an administrator or a secretary now, or will be."""
    return any(each.role in OFFICERS for each in running_appointments(person_id))


def _is_within(own: frozenset[int], holder_id: int, role: Role, scope_id: int) -> bool:
    if role is Role.EXPERT:
        return scope_id in own
    if ROLES[role].scope is not Scope.ORGANISATION:
        return False
    # Whoever acts for an organisation acts in every alliance that it is a member of.
    found = standing_of(person(holder_id, scope_id))[Role.MEMBER]
    return bool(found) and found <= own


def text_of(who: Person, made: MadeLink) -> str:
    """Return what an officer says to the person: the address, and the digits with their page."""
    text: str = _(
        "%(name)s, set a new password for the alliance portal at %(address)s (once, within 24 "
        "hours), or type %(code)s at %(enter_at)s.",
        name=who.name,
        address=links.address("passwords.set_by_link", token=made.token),
        code=made.code,
        enter_at=links.address("passwords.enter_code"),
    )
    return text


def _make(who: Person, *, lifetime: timedelta, by: Actor, with_code: bool = False) -> MadeLink:
    """Make a link for a person; a new one ends those before it.

    Not so a mailed one those from a hand, which alone have digits: anybody can ask for a mail,
    and nobody is to end what was just read out.
    """
    links.revoke_for(who.id, PASSWORD_LINK, by=by, spares_codes=not with_code)
    return links.make(
        PASSWORD_LINK, who, by=by, lifetime=lifetime, person_id=who.id, with_code=with_code
    )


@operation
def set_by_link(link: ActionLink, password_hash: str, *, attempts_key: str) -> None:
    """Give the person of a link a new password (hashed before), and end all their sessions.

    Nobody is signed in by it: the second factor is asked for as ever. The count of failed
    attempts under `attempts_key` starts anew, and the person is told. Raises `Refused` where the
    link was used, taken back or has expired, the account was closed, or the officer who made it may
    hand out none to this person any more.
    """
    who = db.session.get_one(Person, link.person_id)
    require(person(who.id), "person.secure", who)
    if not who.is_open:
        raise Refused(_l("This account is closed."))
    maker = link.made_by_id
    if maker is not None and not may_hand_out(standing_of(person(maker)), who.id):
        # Somebody given an office since must not be reached by a link made before.
        raise Refused(_l("Whoever made this link may no longer do so. Ask for a new one."))
    links.use(link, by=person(who.id))
    set_password(who, password_hash, by=person(who.id))
    db.session.execute(delete(Attempts).where(Attempts.key == attempts_key))


def link_of(token: str) -> ActionLink | None:
    """Return the link that an address leads to, live or not, or None."""
    return links.find(PASSWORD_LINK, token)


def link_by_code(code: str) -> ActionLink | None:
    """Return the live link that eight digits open, or None. Whoever calls this throttles."""
    return links.find_by_code(PASSWORD_LINK, code)
