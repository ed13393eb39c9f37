"""The door: what an actor is right now, what that allows, and which records it shows.

`standing` is computed for each request and again inside each operation, never kept in a
session, so that a right ends at the moment its appointment ends. `@requires` is the only gate:
it loads the record named in the URL and decides 404 or 403 before the view runs, and a view
without it (or `@public`) keeps the application from starting.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.wrappers import Response

from portal import clock
from portal.actors import ANONYMOUS, Actor, ActorKind, Standing
from portal.database import db
from portal.errors import Denied, Missing, page
from portal.permissions import PERMISSIONS, VISIBILITY
from portal.prepared import Raw
from portal.registry import ACTING_FOR, INSTANT, PERSON, PRINCIPAL, registry
from portal.roles import IMPLIED, Role
from portal.words import HeldAmong, HeldAt, Line, any_of, is_never, token

View = TypeVar("View", bound=Callable[..., Any])
#: Returns the record of an id as plain values, or None.
Reader = Callable[[int], Any]


def standing_of(actor: Actor) -> Standing:
    """Return what the actor is at this instant, in one query over all providers."""
    if actor.kind is not ActorKind.PERSON:
        return Standing(actor, {})
    values = {
        PERSON.key: actor.person_id,
        ACTING_FOR.key: actor.organisation_id or 0,
        PRINCIPAL.key: actor.on_behalf_of_id or 0,
        INSTANT.key: clock.now(),
    }
    return _standing(actor, registry().standing.raw(values))


@lru_cache(maxsize=4096)
def _standing(actor: Actor, rows: Raw) -> Standing:
    """Return what rows of (role, scope) make of an actor: the same for the same rows."""
    held: dict[Role, set[int]] = defaultdict(set)
    for written, scope_id in rows:
        role = Role(written)
        held[role].add(scope_id)
        for implied in IMPLIED.get(role, ()):
            held[implied].add(scope_id)
    return Standing(actor, {role: frozenset(scopes) for role, scopes in held.items()})


def can(standing: Standing, permission: str, thing: Any = None) -> bool:
    """Tell whether a standing allows a permission on a record (None where there is none yet)."""
    return _any_line(PERMISSIONS[permission], standing, thing)


def may_see(standing: Standing, thing: Any, field: str) -> bool:
    """Tell whether a standing may see one field of a record it may view."""
    return _any_line(VISIBILITY[(thing.noun, field)], standing, thing)


def _any_line(lines: tuple[Line, ...], standing: Standing, thing: Any) -> bool:
    return any(all(word.holds(standing, thing) for word in line) for line in lines)


def visible_to(standing: Standing, permission: str, model: Any) -> ColumnElement[bool]:
    """Return the permission as a condition over a table: listed if and only if allowed."""
    return _any_clause(PERMISSIONS[permission], standing, model)


def shown_to(standing: Standing, model: Any, field: str) -> ColumnElement[bool]:
    """Return who may see one field as a condition over a table, as `may_see` asks of a record."""
    return _any_clause(VISIBILITY[(model.noun, field)], standing, model)


def _any_clause(table: tuple[Line, ...], standing: Standing, model: Any) -> ColumnElement[bool]:
    lines = ([word.clause(standing, model) for word in line] for line in table)
    # A line that cannot hold is left out: an engine would look for its rows nonetheless.
    return any_of(and_(true(), *line) for line in lines if not any(map(is_never, line)))


def require(by: Actor, permission: str, thing: Any = None) -> Standing:
    """Raise `Denied` unless the actor holds the permission now; return the actor's standing."""
    standing = standing_of(by)
    if not can(standing, permission, thing):
        raise Denied(f"{permission} on {getattr(thing, 'noun', 'nothing')}")
    return standing


def audience(thing: Any) -> set[str]:
    """Return the search tokens of everyone who may view a record.

    The third rendering of the view permission. A line with one scoped word gives that word's
    tokens, a line of facts alone gives `public`; more than one scoped word cannot be rendered
    and fails a test of the house.
    """
    tokens: set[str] = set()
    nobody = Standing(ANONYMOUS, {})
    for line in PERMISSIONS[f"{thing.noun}.view"]:
        scoped = [word for word in line if isinstance(word, HeldAt | HeldAmong)]
        if not all(word.holds(nobody, thing) for word in line if word not in scoped):
            continue
        if not scoped:
            tokens.add("public")
        else:
            (word,) = scoped
            tokens.update(word.tokens(thing))
    return tokens


def audience_tokens(standing: Standing) -> set[str]:
    """Return the search tokens under which a standing may find records."""
    return {"public"} | {
        token(role, scope_id) for role, scopes in standing.roles.items() for scope_id in scopes
    }


def current_actor() -> Actor:
    """Return who is asking, in a view. Operations never call this: they are told."""
    actor: Actor = getattr(current_user, "actor", ANONYMOUS)
    return actor


def current_standing() -> Standing:
    """Return what the person asking is now, computed once for this request."""
    if "standing" not in g:
        g.standing = standing_of(current_actor())
    found: Standing = g.standing
    return found


def find(model: Any, address: int | str) -> Any:
    """Return the record a URL names, or None; `model.address` says by which column."""
    if model.address == "id":
        return db.session.get(model, address) if int(address) < 2**31 else None
    return db.session.scalar(select(model).where(getattr(model, model.address) == address))


def requires(
    permission: str, model: Any = None, *, fresh: bool = False, read: Reader | None = None
) -> Callable[[View], View]:
    """Let a view be reached only with a permission, on the record its URL names.

    The record is handed to the view under the name of its noun. Missing and invisible records
    answer 404, visible but forbidden ones 403; an anonymous visitor goes to sign-in for all
    three alike. A misspelt permission fails at import. `fresh` is for risky acts: whoever proved
    long ago who they are is asked to prove it again first. `read` finds the record by its id as
    plain values, of which the same words can be asked, where a page shows it and changes nothing.
    """
    lines = PERMISSIONS[permission]
    if model is not None:
        for word in (word for line in lines for word in line):
            if not word.fits(model):
                raise TypeError(f"{permission} cannot be asked of {model.__name__}: {word}")

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**address: Any) -> Any:
            standing = current_standing()
            thing = None
            if model is not None:
                named = address.pop(f"{model.noun}_{model.address}")
                thing = find(model, named) if read is None else read(named)
                if thing is None or not can(standing, f"{model.noun}.view", thing):
                    raise Missing(f"{model.noun} at {request.path}")
            if not can(standing, permission, thing):
                raise Denied(permission)
            if fresh and not getattr(current_user, "is_fresh", False):
                return redirect(url_for("sign_in.prove_again", next=_way_back()))
            return view(thing, **address) if model is not None else view(**address)

        guarded.door = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _way_back() -> str:
    """Return the page to go on from after proving who one is: this one, or where its form was."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    try:
        return urlsplit(request.referrer or "").path or "/"
    except ValueError:  # whatever the visitor's browser claims
        return "/"


def public(view: View) -> View:
    """Declare that a view is open to everyone; what it shows is still filtered."""
    view.door = "public"  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Give "denied" and "missing" their answers: the same one for an anonymous visitor."""

    @app.errorhandler(Denied)
    @app.errorhandler(Missing)
    @app.errorhandler(ObjectDeletedError)
    def turn_away(answer: Exception) -> Response:
        if current_actor().kind is ActorKind.ANONYMOUS:
            target = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("sign_in.sign_in", next=target))
        # Written with its quotes: an address may hold line ends and would forge a line.
        app.logger.info("turned away: %r", str(answer))
        return page(403 if isinstance(answer, Denied) else 404)


def check_doors(app: Flask) -> None:
    """Keep the application from starting with an unlocked door."""
    unlocked = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "door")
    ]
    if unlocked:
        raise RuntimeError(f"views without @requires or @public: {', '.join(unlocked)}")
