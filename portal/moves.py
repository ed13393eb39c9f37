"""A button of a lifecycle, as it arrives at a view: which move, on which version, with what note.

Every noun with a lifecycle has one view for all its moves. This is what those views share; who
may move and whether it is possible is decided by the operation, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, request
from flask_babel import LazyString
from flask_babel import gettext as _

from portal.access import current_actor
from portal.database import db
from portal.errors import Refused
from portal.forms import version_in
from portal.workflow import words_for


@dataclass(frozen=True)
class Failed:
    """A move that a rule refused: its sentence, and the note the person wrote."""

    move: str
    sentence: str | LazyString
    note: str | None
    status: int


def say_done(thing: Any, act: str) -> None:
    """Tell the person what was done with a record, in the words of its timeline."""
    flash(_("%(done)s.", done=words_for(f"{thing.noun}.{act}")), "success")


def attempt(moves: Mapping[str, Callable[..., None]], name: str, thing: Any) -> Failed | None:
    """Make the move that was sent for a record; return the refusal to show, or None if done.

    `moves` maps the moves of the noun to their operations; an unknown name answers 404. After
    a refusal the record is read anew, so that the page shows what is true now.
    """
    operation = moves.get(name) or abort(404)
    note = request.form.get("note")
    # What was chosen of what the form offered comes before what was typed beside it.
    offered = request.form.get("offered", "").strip()
    told = " · ".join(part for part in (offered, (note or "").strip()) if part) if offered else note
    expected = version_in(request.form.get("version", ""))
    try:
        operation(thing, by=current_actor(), expected=expected, note=told)
    except Refused as refused:
        db.session.refresh(thing)
        return Failed(name, refused.sentence, note, refused.status)
    say_done(thing, name)
    return None
