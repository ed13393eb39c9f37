"""What a browser carries, as Flask has it: the signed cookie, and the token of its forms.

What signs them is made once, and what was signed or found genuine a moment ago is not reckoned
again: both cost more than the database takes to say who somebody is.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from flask import Flask, Request, current_app, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

#: So many cookies that were found genuine are known at most.
MOST_KNOWN = 4096


class SignedCookies(SecureCookieSessionInterface):
    """Flask's cookies: the signer and what it said are kept while the keys are the same."""

    def __init__(self) -> None:
        self._keys: tuple[Any, ...] = ()
        self._signer: Any = None
        #: A cookie that was found genuine -> when it was signed (seconds), and what it says.
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs and reads the cookie, or None without a key."""
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if keys != self._keys:
            # The keys come last: other threads go by them.
            self._signer, self._known = super().get_signing_serializer(app), {}
            self._keys = keys
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what a cookie says: nothing where it is old or not genuine."""
        self.get_signing_serializer(app)
        written = request.cookies.get(self.get_cookie_name(app), "")
        signed_at, said = self._known.get(written, (0.0, {}))
        if time.time() - signed_at > app.permanent_session_lifetime.total_seconds():
            opened = super().open_session(app, request)
            if opened and _is_plain(opened):
                if len(self._known) >= MOST_KNOWN:
                    self._known = {}
                _said, at = self._signer.loads(written, return_timestamp=True)
                self._known[written] = at.timestamp(), dict(opened)
            return opened
        return self.session_class(said)


def _is_plain(said: SecureCookieSession) -> bool:
    """Tell whether a copy of it shares nothing that could be changed, such as a list."""
    return all(isinstance(value, str | int | None) for value in said.values())


def csrf_token() -> str:
    """Return the token for a form: what the session holds, signed."""
    held = session.get("csrf_token")
    if held is None:
        return str(generate_csrf())
    return _signed(held, current_app.secret_key)


@lru_cache(maxsize=MOST_KNOWN)
def _signed(_held: str, _key: Any) -> str:
    return str(generate_csrf())
