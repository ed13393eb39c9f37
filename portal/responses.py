"""What every response carries, and how every request is bounded.

Strict headers, versioned addresses for static files, numbers that a row can have, and the rule
that a safe request reads only.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, g, request, url_for
from werkzeug.routing import IntegerConverter, Map

from portal.operations import read_only

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    # No inline script or style anywhere, so neither nonces nor exceptions are needed.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A page of one person must not stand in a shared cache, nor behind "back" after sign-out.
    "Cache-Control": "no-store",
}


#: The largest number of a row: what an INTEGER of PostgreSQL holds.
LARGEST_NUMBER = 2**31 - 1


class SmallInteger(IntegerConverter):
    """`<int:…>` in an address: a number that no row can have leads nowhere (404)."""

    def __init__(self, map: Map, **limits: Any) -> None:
        super().__init__(map, **{"max": LARGEST_NUMBER, **limits})


def init_app(app: Flask) -> None:
    """Put the headers on every response and make safe requests read-only."""
    app.url_map.converters["int"] = SmallInteger  # before the areas bring their addresses
    versions: dict[str, str] = {}
    addresses: dict[str, str] = {}

    @app.before_request
    def bound() -> None:
        sent = [request.path]
        if request.query_string or request.method not in SAFE_METHODS:
            for name, values in request.values.lists():
                sent += [name, *values]
        if any("\0" in each for each in sent):
            abort(400)  # nobody types a NUL, and PostgreSQL keeps none
        if request.method in SAFE_METHODS:
            g.end_reading = read_only()

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        end_reading = g.pop("end_reading", None)
        if end_reading is not None:
            end_reading()

    @app.after_request
    def secure(response: Response) -> Response:
        present = {name for name, _value in response.headers}
        for name, value in HEADERS.items():
            if name not in present:
                response.headers.add(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    @app.template_global()
    def asset(name: str) -> str:
        """Return the address of a static file, with its version."""
        if name not in addresses or app.debug:
            addresses[name] = url_for("static", filename=name)
        return addresses[name]

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "v" in values:
            return
        name = values["filename"]
        if name not in versions or app.debug:
            path = Path(app.static_folder or "") / name
            versions[name] = (
                hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
            )
        values["v"] = versions[name]


def secure_static(headers: Any, _path: str, _url: str) -> None:
    """Put on static files what pages carry too."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'"
