"""A real Chromium before this test's own portal, and visitors who look at every page.

The browser lives as long as this folder's tests run on a worker; each visitor has a context of
their own. At the end of a test the console of every visitor must have been silent: that is how
the Content-Security-Policy is tested.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, update
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.accounts.models import Person
from portal.sign_in.passwords import hash_password
from tests.browser.visitor import PASSWORD, Visitor

#: What a window begins besides its page, unasked: two pages for what unfolds below the address
#: bar took half of the browser's time.
UNASKED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
#: What Playwright turns off and matters here: of two lists, Chromium obeys the last alone.
UNWANTED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
SWITCHES = (
    "--disable-features=" + ",".join([*UNASKED, *UNWANTED]),
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE, DESKTOP = (390, 844), (1280, 900)


class Quiet(WSGIRequestHandler):
    """Answers requests without a line on the terminal for each."""

    def log_request(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser per worker, from the system, for the tests of this folder."""
    switches = [*SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=switches
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of the one password of the cast; slow on purpose, so made once."""
    return hash_password(PASSWORD)


@pytest.fixture
def site(app: Flask, url: str, password_hash: str) -> Iterator[str]:
    """The address of this test's portal, served by a real server; everyone can sign in."""
    # By a connection of its own: the application's write only within operations.
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(update(Person).values(password_hash=password_hash))
    engine.dispose()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def enter(chromium: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Return a new visitor: at a desk in English, on a touch screen in Chinese, as asked."""
    visitors: list[Visitor] = []

    def come(
        language: str = "zh",
        screen: tuple[int, int] = DESKTOP,
        *,
        has_script: bool = True,
        is_dark: bool = False,
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": screen[0], "height": screen[1]},
            has_touch=screen == PHONE,
            locale="en-US" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=has_script,
            color_scheme="dark" if is_dark else "light",
            # Else axe would now and then measure a colour on its way to another.
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "language", "value": language, "url": site}])
        visitor = Visitor(context, site, language, has_script=has_script, touches=screen == PHONE)
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
