"""The history of a record as people read it: who did what, for whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, String, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Appointment, Organisation, Person
from portal.actors import ActorKind
from portal.journal import JournalDetail, JournalLine
from portal.prepared import Prepared
from portal.roles import Role
from portal.workflow import words_for


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a record's history, ready to be read."""

    at: datetime
    what: str
    who: str
    note: str | None


_actor, _principal = aliased(Person), aliased(Person)
#: Whether they, or for whom they acted, were of a secretariat then: they act for no organisation.
_is_secretariat = (
    select(Appointment.id)
    .where(
        Appointment.person_id == func.coalesce(JournalLine.on_behalf_of_id, JournalLine.person_id),
        Appointment.role == Role.SECRETARY,
        Appointment.from_at <= JournalLine.at,
        or_(Appointment.until_at.is_(None), Appointment.until_at > JournalLine.at),
    )
    .exists()
)
_TIMELINE = Prepared(
    select(
        JournalLine.at,
        JournalLine.verb,
        JournalLine.actor_kind,
        JournalLine.person_id,
        _actor.name,
        JournalLine.on_behalf_of_id,
        _principal.name,
        Organisation.name,
        _is_secretariat,
        JournalDetail.content,
    )
    .outerjoin(JournalDetail, JournalDetail.number == JournalLine.number)
    .outerjoin(_actor, _actor.id == JournalLine.person_id)
    .outerjoin(_principal, _principal.id == JournalLine.on_behalf_of_id)
    .outerjoin(Organisation, Organisation.id == JournalLine.organisation_id)
    .where(
        JournalLine.noun == bindparam("noun", type_=String),
        JournalLine.record_id == bindparam("record", type_=Integer),
    )
    .order_by(JournalLine.number.desc())
)


def timeline_of(thing: Any, *, with_people: bool = True) -> list[TimelineEntry]:
    """Return the history of a record, newest first, with names (one query).

    Without people, a line names the organisation they acted for.
    """
    return [
        TimelineEntry(
            at=at,
            what=words_for(verb),
            who=_who(kind, *named, with_people=with_people),
            note=(detail or {}).get("note"),
        )
        for at, verb, kind, *named, detail in _TIMELINE.rows(
            {"noun": thing.noun, "record": thing.id}
        )
    ]


def _who(
    kind: ActorKind,
    person_id: int | None,
    person: str | None,
    principal_id: int | None,
    principal: str | None,
    organisation: str | None,
    is_secretariat: bool,
    *,
    with_people: bool,
) -> str:
    """Return who did what a line says: the person, for whom (代×××), and for which organisation."""
    if kind == ActorKind.ANONYMOUS:
        return str(_l("A visitor"))
    if person_id is None:
        return str(_l("The portal"))
    if not with_people:
        return organisation or str(_l("The secretariat"))
    who = person or ""
    if principal_id:
        who = str(_l("%(agent)s (for %(principal)s)", agent=who, principal=principal or ""))
    of = organisation or (str(_l("The secretariat")) if is_secretariat else None)
    return " · ".join(name for name in (who, of) if name)
