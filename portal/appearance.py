"""Larger type (长者模式): everything bigger, chosen by anybody on any page.

Whoever is signed in keeps the choice with their account, a visitor in a cookie.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.errors import readable_address
from portal.language import preference

#: The argument of an address and the cookie, which hold "1" or "0".
NAME = "large-type"


def is_large_type() -> bool:
    """Tell whether this page is in larger type: by the account's choice, else the cookie's."""
    chosen = preference("is_large_type")
    return bool(request.cookies.get(NAME) == "1" if chosen is None else chosen)


def init_app(app: Flask, keep: Callable[[bool], None]) -> None:
    """Follow `?large-type=1` on any page; `keep` stores it for whoever is signed in."""

    @app.before_request
    def switch_type() -> Response | None:
        if not request.query_string or request.method != "GET":
            return None
        wanted = request.args.get(NAME)
        if wanted not in ("0", "1"):
            return None
        response = redirect(readable_address(without=(NAME,)))
        if current_user.is_authenticated:
            keep(wanted == "1")
            return response
        response.set_cookie(
            NAME,
            wanted,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            httponly=True,
            secure=app.config["SESSION_COOKIE_SECURE"],
        )
        return response
