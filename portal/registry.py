"""What the ground is told about the floors above it.

Ground files know no area. `create_app()` fills one registry with what the areas provide, and
the ground asks it: which nouns exist, how standing is computed, which lifecycles there are,
what follows from a move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import Integer, bindparam

from portal.database import Instant, Rows

if TYPE_CHECKING:
    from portal.delivering import Courier
    from portal.jobs import Handler, JobPage
    from portal.journal import JournalLine, Note
    from portal.workflow import Workflow

#: What a provider of standing may ask about: bound anew each time the one statement runs.
PERSON = bindparam("standing_person", type_=Integer)
ACTING_FOR = bindparam("standing_organisation", type_=Integer)
#: The named person whom an agent acts for (0 for nobody).
PRINCIPAL = bindparam("standing_principal", type_=Integer)
INSTANT = bindparam("standing_instant", type_=Instant)
#: A select of (role, scope id) rows over the three parameters above.
StandingProvider = Callable[[], Rows]
#: What an area holds of a person, for the copy they may ask for: its name, its rows.
PersonalData = Callable[[int], tuple[str, list[dict[str, Any]]]]
#: What an area does when an account is closed, or a person erased: (person, by=actor).
Farewell = Callable[..., None]
#: What writes to the people whom events concern, in the transaction of the events.
Telling = Callable[[Sequence[tuple["Note", "JournalLine"]]], None]
#: What else happens, in another area, in the same transaction: (thing, by=actor).
Consequence = Callable[..., None]


@dataclass
class Registry:
    """The nouns, providers, lifecycles and consequences of one application."""

    nouns: dict[str, type[Any]] = field(default_factory=dict)
    #: All providers joined by UNION ALL, built once: it runs on every request.
    standing: Any = None
    #: A select of (organisation id, alliance id): which organisation belongs to which alliance.
    belonging: Any = None
    #: The same of the organisations whose application or membership a secretariat deals with.
    seen_by_secretariat: Any = None
    #: Who is planned to take the chair of an alliance next, and from which day on, or None.
    next_chair: Callable[[int], Any] | None = None
    workflows: dict[str, Workflow] = field(default_factory=dict)
    personal_data: tuple[PersonalData, ...] = ()
    at_closure: tuple[Farewell, ...] = ()
    at_erasure: tuple[Farewell, ...] = ()
    #: What runs the jobs of each kind, and what their page says.
    jobs: dict[str, Handler] = field(default_factory=dict)
    job_pages: dict[str, JobPage] = field(default_factory=dict)
    #: The ways out of the portal that the worker serves.
    couriers: tuple[Callable[[], Courier], ...] = ()
    consequences: dict[tuple[str, str], tuple[Consequence, ...]] = field(default_factory=dict)
    #: What is so by now of a record whose paper is proved by its code, by the record's noun.
    said_of_papers: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    #: Run in this order.
    tellings: tuple[Telling, ...] = ()


def follow_up(thing: Any, verb: str, *, by: Any) -> None:
    """Run what follows from a verb on a record in other areas, in the same transaction."""
    for consequence in registry().consequences.get((thing.noun, verb), ()):
        consequence(thing, by=by)


def registry() -> Registry:
    """Return the registry of the running application."""
    found: Registry = current_app.extensions["registry"]
    return found
