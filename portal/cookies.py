"""The signed cookie of a browser, as Flask has it: what signs it is made once, not per request."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class SignedCookies(SecureCookieSessionInterface):
    """Flask's cookies with a signer that is kept for as long as the keys are the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Any] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs and reads the cookie, or None without a key."""
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if keys not in self._kept:
            self._kept = {keys: super().get_signing_serializer(app)}
        return self._kept[keys]
