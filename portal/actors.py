"""Who acts: a person for an organisation, the system, or an anonymous visitor.

An operation is always told its actor (`by=`); it never looks for one. What an actor *is* at an
instant, its standing, is computed from appointments whenever it matters (`access.standing_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from portal.roles import Role


class ActorKind(StrEnum):
    """The three kinds of actor that a journal line can name."""

    PERSON = "person"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Actor:
    """One acting party.

    `organisation_id` is the organisation the person acts for now; whoever represents two
    chooses. `on_behalf_of_id` names the person an agent (经办人) acts for.
    """

    kind: ActorKind
    person_id: int | None = None
    organisation_id: int | None = None
    on_behalf_of_id: int | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
ANONYMOUS = Actor(ActorKind.ANONYMOUS)


def person(
    person_id: int, organisation_id: int | None = None, on_behalf_of_id: int | None = None
) -> Actor:
    """Return the actor for a person, for an organisation and a named person where given."""
    return Actor(ActorKind.PERSON, person_id, organisation_id, on_behalf_of_id)


#: Where a role is held that is not held at all.
NOWHERE: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Standing:
    """What an actor is, and where: role -> ids of the scopes it is held at."""

    actor: Actor
    roles: Mapping[Role, frozenset[int]]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.actor, frozenset(self.roles.items())))

    def __getitem__(self, role: Role) -> frozenset[int]:
        return self.roles.get(role, NOWHERE)
