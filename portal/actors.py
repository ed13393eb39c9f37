"""Who acts: a person for an organisation, the system, or an anonymous visitor.

An operation is always told its actor (`by=`); it never looks for one. What an actor *may* do
is not kept here: that is computed from appointments at the moment it matters (`access.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


def person(person_id: int, organisation_id: int | None = None) -> Actor:
    """Return the actor for a person, acting for an organisation where one is given."""
    return Actor(ActorKind.PERSON, person_id, organisation_id)
