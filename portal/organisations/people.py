"""Verbs on the people of an organisation: who manages it, and who comes after."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Agency, Appointment, Organisation, Person
from portal.accounts.operations import end_appointment, grant_appointment, stop_agency
from portal.accounts.queries import OF_ORGANISATION, account_name, normal_name, person_named
from portal.actors import SYSTEM, Actor
from portal.database import among, db
from portal.errors import Denied, Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.organisations.queries import WITHOUT_AGENTS
from portal.outbox import send_mail, send_sms
from portal.roles import Role

#: How many months an agent may be named for.
LONGEST_MONTHS = 12


@operation
def pass_on(appointment: Appointment, successor: Person, *, stays: bool, by: Actor) -> Appointment:
    """Pass one's role as manager on to a colleague in one step; return the colleague's.

    Whoever passes it on becomes a delegate (`stays`) or leaves. Raises `Refused` where the
    appointment is no manager's or over, or the successor is no colleague.
    """
    require(by, "appointment.pass_on", appointment)
    if appointment.role is not Role.MANAGER or not appointment.is_running:
        raise Refused(_l("Only whoever manages the organisation now can pass that on."))
    scope_id = appointment.scope_id
    held = db.session.scalars(
        select(Appointment).where(
            Appointment.person_id == successor.id,
            Appointment.scope_id == scope_id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.is_running,
        )
    ).all()
    if successor.id == appointment.person_id or not held:
        raise Refused(_l("Choose a colleague of this organisation."), field="successor_id")
    managing = next(
        (each for each in held if each.role is Role.MANAGER and each.until_at is None), None
    )
    if managing is None:
        managing = grant_appointment(successor, Role.MANAGER, scope_id=scope_id, by=by)
    if stays:
        holder = db.session.get_one(Person, appointment.person_id)
        grant_appointment(holder, Role.DELEGATE, scope_id=scope_id, by=by)
    # What they could do as a delegate a manager can do as well.
    for lesser in held:
        if lesser.role is Role.DELEGATE:
            end_appointment(lesser, by=by)
    end_appointment(appointment, by=by)
    journal.note("appointment.pass_on", appointment, by=by, detail={"successor": successor.id})
    return managing


@operation
def release_managers(organisation: Organisation, *, basis: str, by: Actor) -> None:
    """End the managers' roles of an organisation that cannot reach them any more.

    By an administrator, on a letter of the organisation (`basis`, at most 200 characters), so
    that a new manager can be invited; those released are told by the outbox. Raises `Refused`
    where nobody manages it or no letter is named.
    """
    require(by, "organisation.release", organisation)
    if not basis.strip():
        raise Refused(_l("Name the letter of the organisation and its date."), field="basis")
    managing = db.session.scalars(
        select(Appointment).where(
            Appointment.role == Role.MANAGER,
            Appointment.scope_id == organisation.id,
            Appointment.is_running,
        )
    ).all()
    if not managing:
        raise Refused(_l("Nobody manages this organisation: a manager can be invited at once."))
    detail = {"note": basis, "appointments": [each.id for each in managing]}
    journal.note("organisation.release", organisation, by=by, detail=detail)
    for appointment in managing:
        end_appointment(appointment, by=SYSTEM)
        _tell_released(appointment.person, organisation, basis, by=by)


def _tell_released(who: Person, organisation: Organisation, basis: str, *, by: Actor) -> None:
    """Write to a manager that their role was ended, and on what letter: they may object."""
    text = _(
        "Your role as manager of %(organisation)s was ended on its letter (%(basis)s). If this is "
        "a mistake, write to whoever runs the portal.",
        organisation=organisation.name,
        basis=basis,
    )
    if who.email:
        send_mail(who.email, _("Your role has ended"), text, by=by)
    elif who.mobile:
        send_sms(who.mobile, text, by=by)


@operation
def name_agent(
    appointment: Appointment,
    account: str,
    *,
    name: str,
    from_on: date,
    until_on: date,
    basis: str,
    by: Actor,
    receipt: str | None = None,
) -> Agency:
    """Name an agent (经办人) for a role one holds, from one day to another (both in Shanghai).

    The agent has an account, found by e-mail address or mobile number, and may do what the role
    may, as long as the role is held. The name must be that of the account: a number alone tells
    nobody whose it is. Raises `Denied` for a role that is not one's own and for an agent, who
    names none; `Refused` for days outside 12 months, an unknown person or another name, oneself,
    or somebody who is agent for that role already.
    """
    require(by, "agency.list")
    if by.on_behalf_of_id is not None or appointment.person_id != by.person_id:
        raise Denied("agency for a role that is not one's own")
    earlier = earlier_result(Agency, receipt)
    if earlier is not None:
        return earlier
    if not appointment.is_running or appointment.role in WITHOUT_AGENTS:
        raise Refused(_l("Nobody can act for you in this role."), field="appointment_id")
    if until_on < max(from_on, clock.today()):
        raise Refused(_l("The last day lies before the first, or has passed."), field="until_on")
    if until_on >= months_later(max(from_on, clock.today()), LONGEST_MONTHS):
        raise Refused(_l("At most 12 months from the first day."), field="until_on")
    agent = person_named(account_name(account))
    if agent is None or not agent.is_open or normal_name(agent.name) != normal_name(name):
        raise Refused(_l("Nobody of this name has an account under this."), field="account")
    if agent.id == by.person_id:
        raise Refused(_l("You act for yourself already."), field="account")
    begins = max(clock.now(), clock.start_of(from_on))
    ends = clock.start_of(until_on + timedelta(days=1))
    twin = select(Agency.id).where(
        Agency.agent_id == agent.id,
        Agency.principal_id == by.person_id,
        Agency.role == appointment.role,
        Agency.scope_id == appointment.scope_id,
        Agency.until_at > begins,
        Agency.from_at < ends,
    )
    if db.session.scalar(twin.limit(1)) is not None:
        raise Refused(_l("This person is your agent in this role already."), field="account")
    agency = Agency(
        agent=agent,
        principal_id=by.person_id,
        role=appointment.role,
        scope_id=appointment.scope_id,
        from_at=begins,
        until_at=ends,
        basis=basis,
    )
    db.session.add(agency)
    db.session.flush()
    detail = {"agent": agent.id, "role": agency.role.value, "scope": agency.scope_id}
    journal.note("agency.name", agency, by=by, detail=detail)
    keep_receipt(receipt, agency)
    return agency


@operation
def end_agency(agency: Agency, *, by: Actor) -> None:
    """End an agency now; whoever named the agent may, and the agent. One not begun yet goes.

    Raises `Refused` where it is over.
    """
    require(by, "agency.end", agency)
    if agency.until_at <= clock.now():
        raise Refused(_l("This is over already."))
    stop_agency(agency, by=by)


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for lacking in range(4):
        try:
            return date(year, month + 1, day.day - lacking)
        except ValueError:
            continue
    raise ValueError(day)
