"""The ways to say no, and the page or problem+json each becomes.

`Refused` is the one exception of the domain: a rule says no, and its sentence is shown to the
person. The rest are the door's answers. Nothing here decides who may do what.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from urllib.parse import quote, urlencode

import psycopg
from flask import Flask, Response, current_app, jsonify, redirect, render_template, request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from portal.engines import Busy

#: The status codes that have a page of their own, in both languages.
PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


#: The fields in which people write at length, whatever the form, as most forms call them: a list
#: of what may be shown again, because a list of what must not (passwords, codes) would one day be
#: too short. What is called differently in each form has no name here.
WRITTEN: dict[str, LazyString | None] = {
    "title": _l("Title"),
    "specification": _l("What exactly"),
    "message": _l("Your message"),
    "note": None,
    "statement": _l("What you bring and seek"),
    "capabilities": None,
    "body": _l("Text"),
}
#: No field takes more characters than this.
LONGEST_WRITTEN = 5000


class Refused(Exception):
    """A rule says no. `sentence` tells the person what happened, why, and what to do."""

    status = 422

    def __init__(self, sentence: str | LazyString, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        #: The form field the sentence speaks of, so that a form can point at it.
        self.field = field


class Stale(Refused):
    """Somebody changed the record after this person opened it."""

    status = 409


class TooMany(Refused):
    """Too many attempts; `retry_after` says how many seconds to wait."""

    status = 429

    def __init__(self, sentence: str | LazyString, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Denied(Exception):
    """The actor lacks the permission. Goes to the log and a page, never to the journal."""


class Missing(Exception):
    """There is no such record, or this person may not know that there is."""


class DeadLink(Exception):
    """A link by which one acts without signing in opens nothing: cut short, or never made here."""


def is_overload(error: DBAPIError) -> bool:
    """Tell whether a database error means "try again later" rather than a fault of ours."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return code in {
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_CANTOPEN,
        }
    return isinstance(cause, psycopg.OperationalError)


def written() -> list[tuple[LazyString | None, str]]:
    """Return what the person wrote at length into the form that was sent, to be copied.

    Each text with the name of its field, where all forms call it so.
    """
    texts = ((label, request.form.get(name, "").strip()) for name, label in WRITTEN.items())
    return [(label, text[:LONGEST_WRITTEN]) for label, text in texts if text]


def readable_address(*, without: Collection[str] = ()) -> str:
    """Return an address of this page that can be opened, also where a form was answered.

    It is the page's own address where it can be read, else the nearest above it, else the front
    page. `without` names arguments that are left out.
    """
    path = request.path if request.method in ("GET", "HEAD") else _nearest(request.path)
    is_own = path == request.path
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in without] if is_own else []
    path = "/" + quote(path.lstrip("/\\"))
    return f"{path}?{urlencode(kept)}" if kept else path


def _nearest(path: str) -> str:
    """Return a path if a page stands there, else the nearest above it where one does."""
    while path != "/" and not _can_be_read(path):
        path = path.rstrip("/").rpartition("/")[0] or "/"
    return path


def _can_be_read(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:  # no such address, or one that takes forms only
        return False


def page(status: int, sentence: str | LazyString | None = None, **more: object) -> Response:
    """Return the error page of a status, or problem+json for a client that asks for JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/problem+json"])
    if best == "application/problem+json":
        body: dict[str, object] = {"status": status, "title": str(sentence or status)}
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        template = f"errors/{status}.html" if status in PAGES else "errors/500.html"
        response = current_app.make_response(render_template(template, sentence=sentence, **more))
    response.status_code = status
    return response


def init_app(app: Flask) -> None:
    """Give every error its page."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        response = page(error.status, error.sentence)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        # Most often the session ended while somebody wrote: what they wrote must not be lost.
        sentence = _("You were signed out while this page was open, or it is too old to be sent.")
        return page(400, sentence, kept=written(), address=readable_address())

    @app.errorhandler(Busy)
    def busy(_error: Exception) -> Response:
        response = page(503)
        response.headers["Retry-After"] = "5"
        return response

    @app.errorhandler(DBAPIError)
    def database(error: DBAPIError) -> Response:
        if is_overload(error):
            app.logger.warning("database unavailable: %s", type(error.orig).__name__)
            return busy(error)
        app.logger.exception("database error", exc_info=error)
        return page(500)

    @app.errorhandler(SecurityError)
    def untrusted_host(_error: SecurityError) -> Response:
        # No address can be built for a host that is not ours, so there is no page to show.
        return Response("This host name is not served here.\n", 400, mimetype="text/plain")

    @app.errorhandler(DeadLink)
    def dead_link(_error: DeadLink) -> Response:
        # The same for everybody, and whether or not there ever was such a link; sign-in would
        # lead nowhere, for whoever was sent one needs no account.
        return page(404, _("This link is incomplete, or it is no longer valid."), is_link=True)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | BaseResponse:
        above = _nearest(request.path) if error.code == 405 and request.method == "GET" else "/"
        if above != "/":
            # Somebody opened the address of a form that had been refused: its page is above it.
            return redirect("/" + quote(above.lstrip("/\\")))
        response = page(error.code or 500)
        for name, value in error.get_headers(request.environ):
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        if app.testing or app.debug:
            raise error
        app.logger.exception("fault", exc_info=error)
        return page(500)
