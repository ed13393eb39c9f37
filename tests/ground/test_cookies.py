"""The signer of cookies is kept, and never longer than the key it signs with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, session

from portal.cookies import SignedCookies


def test_a_new_key_signs_anew_and_an_old_cookie_is_read_only_while_its_key_is_named(
    app: Flask,
) -> None:
    cookies = SignedCookies()
    app.session_interface = cookies
    first = cookies.get_signing_serializer(app)
    assert cookies.get_signing_serializer(app) is first
    written = first.dumps({"a": 1})

    def reads() -> bool:
        name = app.config["SESSION_COOKIE_NAME"]
        with app.test_request_context(headers={"Cookie": f"{name}={written}"}):
            return bool(session.get("a") == 1)

    assert reads()
    old = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "another key altogether, of a good length"
    assert not reads()
    app.config["SECRET_KEY_FALLBACKS"] = [old]
    assert reads()


def test_a_known_cookie_is_read_as_it_was_written_and_no_longer_than_any(app: Flask) -> None:
    cookies = SignedCookies()
    app.session_interface = cookies
    name, serializer = app.config["SESSION_COOKIE_NAME"], cookies.get_signing_serializer(app)
    written = serializer.dumps({"a": 1, "b": None})
    listed = serializer.dumps({"a": [1]})

    def read(cookie: str) -> dict[str, Any]:
        with app.test_request_context(headers={"Cookie": f"{name}={cookie}"}):
            said = dict(session)
            session["a"] = 2
            said.get("a") == [1] and said["a"].append(2)
            return said

    assert [read(written) for _turn in range(3)] == [{"a": 1, "b": None}] * 3
    assert len(cookies._known) == 1
    assert read(listed)["a"][0] == read(listed)["a"][0] == 1
    assert len(cookies._known) == 1
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=-1)
    assert read(written) == {}
    assert read(written + "x") == read("") == {}
