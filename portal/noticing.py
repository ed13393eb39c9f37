"""The shape of the table of notices: whom a row concerns, what it says, how a noun is called.

The rows stand in `notices.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isfunction
from typing import Any, TypeAlias

from flask_babel import LazyString
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import Appointment, Organisation
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import Standing
from portal.database import among
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
#: A column, or what makes one of what the reader is.
Side: TypeAlias = Column | Callable[[Standing], Column]


@dataclass(frozen=True)
class Subject:
    """What the inbox says of a noun: what a record is called, who stands beside it, its page."""

    model: Any
    title: Side
    side: Side
    endpoint: str

    def title_for(self, standing: Standing) -> Any:
        """Return the column of what it is called, as far as somebody may know."""
        return self.title(standing) if isfunction(self.title) else self.title

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


secretariat = Who(
    lambda thing: and_(
        Appointment.role == Role.SECRETARY, Appointment.scope_id == thing.alliance_id
    )
)


def name_of(column: Any) -> ColumnElement[Any]:
    """Return the name of the organisation that a column names, inside a select of its table."""
    found = select(Organisation.name).where(Organisation.id == column)
    return found.correlate_except(Organisation).scalar_subquery()


def notice(verb: str, to: tuple[Who, ...], says: LazyString, urgent: bool = False) -> Notice:
    """Return a row that is named by its verb."""
    return Notice(verb, verb, to, says, urgent)
