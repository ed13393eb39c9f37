"""A test client that looks at every page it is given.

Each request runs in a fresh context, so that nothing of one visitor leaks into the next. Every
200 that is HTML must be a decent page: see `look_at`.
"""

from __future__ import annotations

import contextvars
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from bs4 import BeautifulSoup
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from lxml import etree, html
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.actors import person
from portal.database import db
from portal.sign_in.models import Session
from portal.sign_in.operations import choose_organisation, start_session
from tests.world import World

Result = TypeVar("Result")
FORM_CONTROLS = ("input", "select", "textarea")


def inside(app: Flask, act: Callable[[], Result]) -> Result:
    """Do something within the application, apart from every request; return what it returns."""

    def run() -> Result:
        with app.app_context():
            done = act()
            db.session.remove()
            return done

    return contextvars.Context().run(run)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Yield the statements that are run meanwhile: questions and changes, nothing else."""
    ran: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            ran.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", count)


class Client:
    """One visitor: somebody of the cast with a session of their own, or nobody.

    `key` is of a session that they have already.
    """

    def __init__(
        self, app: Flask, world: World, who: str, language: str = "zh", key: str | None = None
    ) -> None:
        self.app, self.world, self.who = app, world, who
        self.language = language
        self._client = app.test_client()
        self._client.set_cookie("language", language)
        self._token: str | None = None
        if who != "anonymous":
            self.key = key or self._sign_in()
            with self._client.session_transaction() as cookie:
                cookie["_user_id"] = self.key

    def _sign_in(self) -> str:
        """Open a session for this visitor; return the key that its cookie carries."""
        key = secrets.token_urlsafe(32)

        def enter() -> None:
            with self.app.app_context():
                me = db.session.get_one(Person, self.world.person[self.who])
                opened: Session = start_session(
                    me, key=key, device="test", lifetime=timedelta(hours=1), attempts_key="test"
                )
                acting = self.world.acts_for.get(self.who)
                if acting and opened.organisation_id not in (None, self.world.organisation[acting]):
                    choose_organisation(opened, self.world.organisation[acting], by=person(me.id))
                db.session.remove()

        contextvars.Context().run(enter)
        return key

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make one request in a fresh context."""
        response: TestResponse = contextvars.Context().run(self._client.open, *args, **kwargs)
        return response

    def get(self, address: str, **kwargs: Any) -> TestResponse:
        """Get a page and look at it."""
        response = self.open(address, method="GET", **kwargs)
        if response.status_code == 200 and response.mimetype == "text/html":
            look_at(response.text, self.language)
        return response

    def soup(self, address: str) -> BeautifulSoup:
        """Get a page that must be there, ready to be read."""
        response = self.get(address)
        assert response.status_code == 200, (address, self.who, response.status_code)
        return BeautifulSoup(response.text, "html.parser")

    def token(self) -> str:
        """Return a CSRF token of this visitor's session."""
        if self._token is None:

            def make() -> str:
                with (
                    self._client.session_transaction() as cookie,
                    self.app.test_request_context(),
                ):
                    session.update(cookie)
                    token = generate_csrf()
                    cookie.update(session)
                return token

            self._token = contextvars.Context().run(make)
        return self._token

    def post(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with a valid CSRF token."""
        return self.open(
            address, method="POST", data={"csrf_token": self.token(), **(data or {})}, **kwargs
        )

    def queries(self, address: str) -> int:
        """Return how many statements a page runs where something was just written.

        After one visit to warm what is kept for longer; on connections that remember no rows.
        """
        self.open(address)
        with self.app.app_context():
            engine = db.engine
        engine.dispose()
        with statements(engine) as ran:
            response = self.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return len(ran)


def look_at(text: str, language: str) -> None:
    """Check what every page owes its reader; each failure names itself."""
    page = html.document_fromstring(text)
    headings = list(page.iter("h1"))
    assert len(headings) == 1, f"{len(headings)} h1 on the page"
    title = next((_words(each) for each in page.iter("title")), "")
    heading = _words(headings[0])
    assert title.startswith(heading), f"title {title!r} without h1 {heading!r}"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    wanted = "en" if language == "en" else "zh-Hans"
    assert page.get("lang") == wanted, f"lang {page.get('lang')!r}, not {wanted!r}"
    labelled = set(page.xpath("//label/@for"))
    for control in page.iter(*FORM_CONTROLS):
        if control.get("type") not in ("hidden", "submit"):
            has_label = control.get("aria-label") or control.get("id") in labelled
            assert has_label or control.xpath("ancestor::label"), f"no label for {_shown(control)}"
    for form in page.iter("form"):
        if form.get("method", "get").lower() == "post":
            token = form.xpath(".//input[@name='csrf_token']")
            assert token, f"a form without a token: {_shown(form)}"
    inline = page.xpath("//@*[name() = 'style' or starts-with(name(), 'on')]")
    assert not inline, f"inline on {[_shown(each.getparent()) for each in inline]}"
    for quiet in list(page.iter("script", "style", etree.Comment)):
        quiet.drop_tree()
    assert "None" not in page.text_content().split(), "a None stands on the page"


def _words(element: html.HtmlElement) -> str:
    """Return what an element says, in one line."""
    return " ".join(element.text_content().split())


def _shown(element: html.HtmlElement) -> str:
    """Return the beginning of an element, for whoever reads a failure."""
    return html.tostring(element, encoding="unicode", with_tail=False)[:300]
