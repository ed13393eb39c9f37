"""The signer of cookies is kept, and never longer than the key it signs with."""

from __future__ import annotations

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
