"""The words that permissions are written in.

Every word answers the same question twice: about one record (`holds`) and about a table
(`clause`). Words that bind a role to a scope also render as search tokens. A word is bound to
the record's own scope, never judged apart from it: otherwise B's editor who is A's delegate
would edit A.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import False_

from portal.actors import Standing
from portal.database import among
from portal.roles import Role


class Word:
    """One condition of a permission line."""

    def holds(self, standing: Standing, thing: Any) -> bool:
        """Tell whether the word is true of one record (or of none, where it needs none)."""
        raise NotImplementedError

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        """Return the same condition over a table."""
        raise NotImplementedError

    def fits(self, model: Any) -> bool:
        """Tell whether the word can be asked of this model; checked at import."""
        return True


Line = tuple[Word, ...]


@dataclass(frozen=True)
class HeldAt(Word):
    """A role, held at the record's own organisation, alliance or region."""

    role: Role
    at: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        return thing is not None and getattr(thing, self.at) in standing[self.role]

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        scopes = standing[self.role]
        column: Any = getattr(model, self.at)
        clause: ColumnElement[bool] = among(column, sorted(scopes))
        return clause

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.at)

    def tokens(self, thing: Any) -> Iterable[str]:
        yield token(self.role, getattr(thing, self.at))


@dataclass(frozen=True)
class HeldAmong(Word):
    """A role, held at any of the organisations that a relation of the record names."""

    role: Role
    relation: str
    at: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        if thing is None or not standing[self.role]:
            return False
        return any(
            getattr(row, self.at) in standing[self.role] for row in getattr(thing, self.relation)
        )

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        scopes = standing[self.role]
        if not scopes:
            return false()
        # The ids are found once, from the few organisations: asked of each row, it would cost a
        # list more the longer it is.
        each: Any = aliased(model)
        relation: Any = getattr(each, self.relation)
        named: Any = aliased(relation.property.mapper.class_)
        ids = (
            select(each.id)
            .join(relation.of_type(named))
            .where(among(getattr(named, self.at), sorted(scopes)))
        )
        clause: ColumnElement[bool] = model.id.in_(ids)
        return clause

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.relation)

    def tokens(self, thing: Any) -> Iterable[str]:
        for row in getattr(thing, self.relation):
            yield token(self.role, getattr(row, self.at))


@dataclass(frozen=True)
class Fact(Word):
    """A fact about the record: a hybrid of its model, true in Python and in SQL alike."""

    name: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        return thing is not None and bool(getattr(thing, self.name))

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        clause: ColumnElement[bool] = getattr(model, self.name)
        return clause

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.name)


@dataclass(frozen=True)
class Anywhere(Word):
    """A role, held at any scope: for permissions that concern no record yet."""

    role: Role

    def holds(self, standing: Standing, thing: Any) -> bool:
        return bool(standing[self.role])

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        return true() if standing[self.role] else false()


@dataclass(frozen=True)
class ByActor(Word):
    """The kind of actor: a signed-in person, or the system itself."""

    kind: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        return standing.actor.kind == self.kind

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        return true() if self.holds(standing, None) else false()


@dataclass(frozen=True)
class InPerson(Word):
    """Nobody's agent: what an agent (经办人) cannot do for the person they act for."""

    def holds(self, standing: Standing, thing: Any) -> bool:
        return standing.actor.on_behalf_of_id is None

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        return true() if self.holds(standing, None) else false()


@dataclass(frozen=True)
class Mine(Word):
    """The person named in a column."""

    column: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        me = standing.actor.person_id
        return thing is not None and me is not None and getattr(thing, self.column) == me

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        column: Any = getattr(model, self.column)
        me = standing.actor.person_id
        return false() if me is None else column == me

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.column)


@dataclass(frozen=True)
class NotMine(Word):
    """Somebody else than the person named in a column: the second pair of eyes.

    Whoever acts for a named person is both: the agent must not decide on what the named person
    handed in, nor on what they handed in themselves.
    """

    column: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        return thing is not None and getattr(thing, self.column) not in _mine(standing)

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        column: Any = getattr(model, self.column)
        clause: ColumnElement[bool] = or_(column.is_(None), ~among(column, _mine(standing)))
        return clause

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.column)


def _mine(standing: Standing) -> list[int]:
    """Return the person who acts and whom they act for."""
    both = (standing.actor.person_id, standing.actor.on_behalf_of_id)
    return [person_id for person_id in both if person_id is not None]


@dataclass(frozen=True)
class RepresentsAnother(Word):
    """Acts for an organisation, and for another one than the record's."""

    at: str

    def holds(self, standing: Standing, thing: Any) -> bool:
        return (
            thing is not None
            and bool(standing[Role.DELEGATE])
            and getattr(thing, self.at) not in standing[Role.DELEGATE]
        )

    def clause(self, standing: Standing, model: Any) -> ColumnElement[bool]:
        if not standing[Role.DELEGATE]:
            return false()
        column: Any = getattr(model, self.at)
        clause: ColumnElement[bool] = ~among(column, sorted(standing[Role.DELEGATE]))
        return clause

    def fits(self, model: Any) -> bool:
        return hasattr(model, self.at)


def token(role: Role, scope_id: int) -> str:
    """Return the search token of a role at a scope, as `delegate12`."""
    return f"{role.value}{scope_id}"


def is_never(condition: Any) -> bool:
    """Tell whether a condition holds for no row whatsoever."""
    return isinstance(condition, False_)


def any_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that any one holds, without those that never do (none: never)."""
    possible = [each for each in conditions if not is_never(each)]
    return or_(*possible) if possible else false()
