"""One person at one screen: taps, types, counts what it cost them, and looks at every page.

Looking means: one heading, the right language, no sideways scrolling, nothing that axe finds.
What the browser's console says and what leaves for another host is kept in `complaints`.
"""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response

from tests.browser.words import say

#: axe-core with every rule; there are no frames here and nothing of other hosts to fetch.
#: What it passes is left in the browser: half of the time went into handing that over.
RUN_AXE = """axe.run({resultTypes: ['violations'], iframes: false, preload: false})
    .then((found) => found.violations)"""
#: What axe found nothing on, as `Visitor.seen` returns it.
FOUND_CLEAN: set[tuple[object, ...]] = set()
#: Tokens and keys, which are new each time.
HIDDEN_INPUT = re.compile(r'<input[^>]* type="hidden"[^>]*>')
PASSWORD = "one-for-all-of-the-cast"
#: What the console says of a page that answers with a refusal, which is meant.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
REFUSALS = {403, 404, 409, 422}


class Visitor:
    """A browser context of its own, with one page."""

    def __init__(
        self, context: BrowserContext, site: str, language: str, *, has_script: bool, touches: bool
    ) -> None:
        self.context, self.site, self.language = context, site, language
        self.has_script, self.touches = has_script, touches
        self.complaints: list[str] = []
        self.refused: set[str] = set()
        self.taps = self.fields = 0
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._follow)
        self.page.on("response", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        found = REFUSAL.match(message.text)
        is_meant = found and int(found[1]) in REFUSALS
        if not (is_meant and message.location["url"] in self.refused):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.complaints.append(f"{self.page.url} asks another host: {request.url}")

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status in REFUSALS:
            self.refused.add(response.url)

    # What a person does.

    def say(self, message: str, **values: object) -> str:
        """Return a sentence as this visitor reads it."""
        return say(self.language, message, **values)

    def open(self, address: str, *, looks: bool = True) -> int:
        """Go to an address, as somebody who was sent it; return the status.

        `looks` is False where the test itself looks at the page, and more closely.
        """
        response = self.page.goto(self.site + address)
        assert response is not None, address
        if looks:
            self.look()
        return response.status

    def tap(self, target: Locator, *, goes: bool = True) -> None:
        """Tap or click something; `goes` says that another page follows."""
        self.taps += 1
        act = target.tap if self.touches else target.click
        if goes:
            with self.page.expect_navigation():
                act()
            self.look()
        else:
            act()

    def press(self, message: str, within: Locator | None = None) -> None:
        """Press a button that sends something."""
        place = within or self.page.locator("body")
        self.tap(place.get_by_role("button", name=self.say(message), exact=True))

    def follow(self, message: str, within: Locator | None = None) -> None:
        """Follow a link named by the interface."""
        place = within or self.page.locator("main")
        self.tap(place.get_by_role("link", name=self.say(message), exact=True).first)

    def follow_record(self, title: str) -> None:
        """Follow the link of a row by what the row is called."""
        self.tap(self.page.locator("main").get_by_role("link", name=title).first)

    def unfold(self, message: str) -> Locator:
        """Open what is folded under a summary, and return it."""
        folded = self.page.locator("details").filter(
            has=self.page.locator("summary", has_text=re.compile(f"^\\s*{self.say(message)}\\s*$"))
        )
        self.tap(folded.locator("summary"), goes=False)
        return folded

    def type(self, message: str, text: str) -> None:
        """Fill in a field by its label."""
        self.fields += 1
        self.field(message).fill(text)

    def field(self, message: str) -> Locator:
        """Return a field by its label."""
        label = re.compile(f"^{re.escape(self.say(message))}({self.say('optional')})?$")
        return self.page.get_by_label(label)

    def choose(self, question: str, answer: str) -> None:
        """Choose one of the answers of a question."""
        self.fields += 1
        group = self.page.get_by_role("group", name=self.say(question))
        self.tap(group.get_by_text(self.say(answer), exact=True), goes=False)
        assert group.get_by_label(self.say(answer), exact=True).is_checked()

    def section(self, title: str) -> Locator:
        """Return the part of the page under a heading."""
        heading = self.page.get_by_role("heading", name=re.compile(f"^{self.say(title)}"))
        return self.page.locator("main section").filter(has=heading)

    def header(self) -> Locator:
        """Return the header with its menu open: a phone shows it behind a button."""
        button = self.page.locator(".site-menu-button")
        if button.is_visible():
            self.tap(button, goes=False)
        return self.page.locator("header.site-header")

    def sign_in(self, who: str) -> None:
        """Type an account and a password into the sign-in form that is open."""
        self.type("Mobile number or e-mail", f"{who}@test.example")
        self.type("Password", PASSWORD)
        self.press("Sign in", self.page.locator("main"))

    def come_in(self, who: str) -> None:
        """Sign in from nothing, and arrive at the desk."""
        self.open("/sign-in")
        self.sign_in(who)
        assert self.page.url == f"{self.site}/desk", self.page.url

    def sign_out(self) -> None:
        """Sign out by the menu."""
        self.press("Sign out", self.header())

    def count_afresh(self) -> None:
        """Begin a journey: nothing tapped, nothing filled in."""
        self.taps = self.fields = 0

    # What we look at.

    def text(self) -> str:
        """Return what the page says, as it is read."""
        return self.page.locator("body").inner_text()

    def look(self, *, with_axe: bool = True) -> None:
        """Check what every page owes whoever opens it; each failure names itself."""
        page = self.page
        assert page.locator("h1").count() == 1, f"not one h1: {page.url}"
        language = page.locator("html").get_attribute("lang")
        assert language == ("en" if self.language == "en" else "zh-Hans"), page.url
        if self.has_script:
            self.assert_no_sideways_scrolling()
            if with_axe:
                self.assert_axe_finds_nothing()

    def assert_no_sideways_scrolling(self) -> None:
        """Check that the page is no wider than the screen, and name what is."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        found: dict[str, Any] = self.page.evaluate(
            """(width) => ({
                page: document.documentElement.scrollWidth,
                wide: [...document.querySelectorAll('body *')]
                    .filter((e) => e.getBoundingClientRect().right > width + 1)
                    .slice(-3).map((e) => e.outerHTML.slice(0, 120)),
            })""",
            width,
        )
        sentence = f"{self.page.url} is {found['page']} wide on {width}: {found['wide']}"
        assert found["page"] <= width, sentence

    def assert_axe_finds_nothing(self) -> None:
        """Run axe-core over the page, unless it has seen this very page on this screen."""
        seen = self.seen()
        if seen in FOUND_CLEAN:
            return
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE_SCRIPT)
        violations = self.page.evaluate(RUN_AXE)
        found = [
            f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for each in violations
            for node in each["nodes"][:3]
        ]
        assert not found, f"axe on {self.page.url}: " + "\n".join(found)
        FOUND_CLEAN.add(seen)

    def seen(self) -> tuple[object, ...]:
        """Return all that axe goes by: the page as it stands, without what is hidden, and how
        large and in which colours it is shown."""
        shown, is_dark, styles = self.page.evaluate(
            """() => [
                document.documentElement.outerHTML,
                matchMedia('(prefers-color-scheme: dark)').matches,
                document.styleSheets.length,
            ]"""
        )
        shown = HIDDEN_INPUT.sub("", shown.replace(self.site, ""))
        size = self.page.viewport_size or {}
        return shown, is_dark, styles, self.touches, *size.values()
