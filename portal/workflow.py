"""Lifecycles as tables, and the one walker of them.

A lifecycle is a set of rows: move, button, from, to, who. States record what people did; what
time does (expired, lapsed) is a clause on the instant, never a stored state. `move()` is the
only code that assigns a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, true

from portal import journal
from portal.access import can, require, visible_to
from portal.actors import Actor, Standing
from portal.database import among
from portal.errors import Refused, Stale
from portal.registry import follow_up, registry
from portal.words import any_of, is_never

#: A note is a sentence or two, not a file.
LONGEST_NOTE = 1000


class NoteRule(StrEnum):
    """Whether a move carries a sentence of the person who makes it."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class Move:
    """One row of a lifecycle: what it is called, from where to where, and who may."""

    name: str
    button: LazyString
    sources: tuple[StrEnum, ...]
    target: StrEnum
    permission: str
    note: NoteRule = NoteRule.NONE
    note_label: LazyString | None = None
    #: The states in which the record waits for the one who may make this move.
    awaited_in: tuple[StrEnum, ...] = ()
    #: A fact of the record that must hold too, and the sentence that says why when it does not.
    when: str | None = None
    refusal: LazyString | None = None
    #: What follows and cannot be taken back: such a move asks once more before it is made.
    warning: LazyString | str | None = None
    #: The states in which there is something to warn of; empty means all it starts from.
    warned_in: tuple[StrEnum, ...] = ()
    #: How the timeline tells that it was made; where it is missing, the button's words stand in.
    done: LazyString | None = None


@dataclass(frozen=True)
class Workflow:
    """The lifecycle of a noun: its states with their labels, and its moves."""

    noun: str
    labels: dict[StrEnum, LazyString]
    start: StrEnum
    finals: tuple[StrEnum, ...]
    moves: tuple[Move, ...] = field(default=())
    #: How the timeline names what is no move: verb -> words ("create": "Posted").
    verbs: Mapping[str, LazyString] = field(default_factory=dict)

    def named(self, name: str) -> Move:
        """Return the move of that name; KeyError if there is none."""
        for candidate in self.moves:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


def words_for(verb: str) -> str:
    """Return how a timeline names a journal verb such as `listing.publish`."""
    noun, _dot, act = verb.partition(".")
    workflow = registry().workflows.get(noun)
    if workflow is None:
        return verb
    for each in workflow.moves:
        if each.name == act:
            # A word that comes late is put in its language to tell whether it is empty.
            return str(each.button if each.done is None else each.done)
    return str(workflow.verbs.get(act, verb))


def open_to(standing: Standing, thing: Any) -> list[Move]:
    """Return the moves this person may make on this record now: its buttons."""
    return [
        candidate
        if not candidate.warned_in or thing.state in candidate.warned_in
        else replace(candidate, warning=None)
        for candidate in registry().workflows[thing.noun].moves
        if thing.state in candidate.sources
        and (candidate.when is None or getattr(thing, candidate.when))
        and can(standing, candidate.permission, thing)
    ]


def awaiting(standing: Standing, model: Any) -> ColumnElement[bool]:
    """Return the condition "this record waits for this person", from the table's rows."""
    awaited = (
        (candidate, visible_to(standing, candidate.permission, model))
        for candidate in registry().workflows[model.noun].moves
        if candidate.awaited_in
    )
    return any_of(
        and_(
            among(model.state, candidate.awaited_in),
            getattr(model, candidate.when) if candidate.when else true(),
            may,
        )
        for candidate, may in awaited
        if not is_never(may)
    )


def check_version(thing: Any, expected: int | None) -> None:
    """Raise `Stale` where the record changed since the person opened the form or button."""
    if expected is not None and thing.version != expected:
        raise Stale(
            _l("You or somebody else changed this while you had it open. Look at it again.")
        )


def check_step(step: Move, thing: Any) -> None:
    """Raise `Refused` where a record is in no state a move starts from, or its rule fails."""
    if thing.state not in step.sources:
        raise Refused(
            _l("This cannot be done now: the state has changed in the meantime."),
        )
    if step.when is not None and not getattr(thing, step.when):
        raise Refused(step.refusal or _l("This cannot be done now."))


def move(
    thing: Any,
    name: str,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    basis: str | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Make a move: check it, assign the state, journal it, run its consequences.

    `also` holds the columns that change together with the state, `expected` is the version the
    person saw, `note` their sentence, `basis` the paper it rests on, checked by who calls: the
    timeline tells both, each has its own limit. Raises `Denied` without the permission, `Stale`
    for an old version, `Refused` where the record is in no state the move starts from, where its
    rule does not hold, or where a required note is missing.
    """
    step = registry().workflows[thing.noun].named(name)
    require(by, step.permission, thing)
    check_version(thing, expected)
    check_step(step, thing)
    note = (note or "").strip() or None
    if step.note is NoteRule.NONE:
        note = None  # nobody was asked for one: it would stand in the journal unseen
    if note is not None and len(note) > LONGEST_NOTE:
        raise Refused(_l("At most %(max)d characters.", max=LONGEST_NOTE), field="note")
    if step.note is NoteRule.REQUIRED and note is None:
        raise Refused(_l("Please say why in a sentence."), field="note")
    told = " · ".join(part for part in (basis, note) if part)
    before, thing.state = thing.state, step.target
    for column, value in (also or {}).items():
        setattr(thing, column, value)
    journal.note(
        f"{thing.noun}.{name}",
        thing,
        by=by,
        from_state=before,
        to_state=step.target,
        detail={"note": told} if told else None,
    )
    follow_up(thing, name, by=by)
