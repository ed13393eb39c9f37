"""What every page shows around its content: menu, badge, who I am, the language switch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request
from flask_login import current_user
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from portal import access, kept_pages
from portal.access import current_standing
from portal.accounts.queries import has_demo_world
from portal.actors import Standing
from portal.appearance import NAME, is_large_type
from portal.cookies import csrf_token
from portal.desk.queries import waiting_counts
from portal.engines import Busy
from portal.errors import readable_address, written
from portal.inbox.models import Message
from portal.kept import kept
from portal.kept_pages import render_kept
from portal.language import ARGUMENT, LANGUAGES, is_english, other_language
from portal.navigation import MENU, Entry, entries


@dataclass(frozen=True)
class Me:
    """The signed-in person, as the header shows them."""

    name: str
    organisation_name: str | None
    organisation_id: int | None
    on_behalf_of: str | None
    on_behalf_of_id: int | None


def init_app(app: Flask) -> None:
    """Hand the frame of the page to every template."""
    app.add_template_global(can)
    app.add_template_global(other_language)
    kept_pages.init_app(
        app,
        {
            "header": header,
            "messages": messages,
            "csrf_token": csrf_token,
            "language_href": lambda: _switched(ARGUMENT, other_language()["language"]),
            "type_href": lambda: _switched(NAME, "0" if is_large_type() else "1"),
            "page_address": lambda: escape(request.url),
        },
    )

    @app.context_processor
    def frame() -> dict[str, Any]:
        _menu, waiting, unread, me = _personal()
        return {
            "waiting_count": waiting,
            "unread_count": unread,
            "me": me,
            "language_tag": LANGUAGES["en" if is_english() else "zh"],
            "is_large_type": is_large_type(),
            "is_demo": _is_demo(),
            "is_unsent": _is_unsent(),
        }


def header() -> Markup:
    """Return the head of the page as whoever looks sees it on this one."""
    menu, waiting, unread, me = _personal()
    key = menu, waiting, unread, me, _is_demo(), _is_unsent()
    names = "menu", "waiting", "unread", "person", "is_demo", "is_unsent"
    made = render_kept("components/header.html", key, lambda: dict(zip(names, key, strict=True)))
    return Markup(made)  # noqa: S704 - a template


def _is_unsent() -> bool:
    """Tell whether the page holds what somebody wrote: a switch opens it anew, without that."""
    try:
        return request.method == "POST" and bool(written())
    except HTTPException:  # too large to be read
        return False


def messages() -> Markup:
    """Return what was to be said on the next page that is shown."""
    said = get_flashed_messages(with_categories=True)
    if not said:
        return Markup()
    page = current_app.jinja_env.get_template("components/messages.html")
    return Markup(page.render(messages=said))  # noqa: S704 - a template


def _switched(argument: str, value: str) -> Markup:
    """Return the address of this page with a switch set otherwise, and without the others."""
    if "address" not in g:
        g.address = readable_address(without=(ARGUMENT, NAME))
    address: str = g.address
    return escape(f"{address}{'&' if '?' in address else '?'}{argument}={value}")


def can(permission: str, thing: Any = None) -> bool:
    """Tell a template whether whoever asks has a permission."""
    return access.can(current_standing(), permission, thing)


Personal = tuple[tuple[Entry, ...], int, int, Me | None]


def _personal() -> Personal:
    """Return the menu, both badges and the person; once per request, however many templates."""
    # An error page must render even where the database is what failed.
    try:
        return _asked()
    except (SQLAlchemyError, Busy):
        return (), 0, 0, None


def _asked() -> Personal:
    if "frame" not in g:
        standing = current_standing()
        me = None
        user: Any = current_user._get_current_object()
        if user.is_authenticated:
            me = Me(
                user.name,
                user.organisation_name,
                user.organisation_id,
                user.on_behalf_of,
                user.on_behalf_of_id,
            )
        counts = waiting_now()
        unread = counts.get(Message.noun, 0)
        g.frame = _menu(standing), sum(counts.values()) - unread, unread, me
    found: Personal = g.frame
    return found


@lru_cache(maxsize=1024)
def _menu(standing: Standing) -> tuple[Entry, ...]:
    """Return the entries of the menu that a standing may follow."""
    return tuple(entries(MENU, standing))


def waiting_now() -> dict[str, int]:
    """Return how many records of each noun wait for whoever asks; counted once per request."""
    if "waiting" not in g:
        g.waiting = waiting_counts(current_standing())
    found: dict[str, int] = g.waiting
    return found


def _is_demo() -> bool:
    """Tell whether the demo world is loaded; no where the database does not answer."""
    try:
        return kept("is_demo", has_demo_world)
    except SQLAlchemyError:
        return False
