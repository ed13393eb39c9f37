"""What every page shows around its content: menu, badge, who I am, the language switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.access import can, current_standing
from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.queries import DEMO_DOMAIN, has_demo_world
from portal.alliances.forms import ALLIANCE_KINDS, MEMBERSHIP_STATES, TIERS
from portal.database import Busy
from portal.desk.queries import waiting_counts
from portal.exchange.anonymity import owner_words
from portal.exchange.anonymity import title_words as words_of_title
from portal.exchange.facets import Narrowing
from portal.exchange.forms import KINDS, VISIBILITIES
from portal.exchange.models import Listing
from portal.exchange.queries import ListingRow
from portal.exchange.workflow import INTEREST, LISTING
from portal.guests.workflow import GUEST_ANSWER
from portal.inbox.hearing import who_hears, who_hears_at
from portal.inbox.models import Message
from portal.introductions.workflow import INTRODUCTION
from portal.kept import kept
from portal.language import LANGUAGES, chosen_language, is_english, switch_to
from portal.matters.steps import STEP_NAMES
from portal.matters.workflow import MATTER
from portal.navigation import MENU, PROJECT_TABS, Entry, entries, place
from portal.outcomes.facts import value_for_side, value_words
from portal.outcomes.forms import OUTCOME_KINDS
from portal.outcomes.models import Outcome
from portal.outcomes.workflow import OUTCOME
from portal.research.models import Project
from portal.research.page_queries import ProjectRow
from portal.research.workflow import PROJECT

#: The sign-ins that the demo world shows, with who they are in it.
DEMO_ACCOUNTS = {
    "secretary": _l("secretary of the hydrogen alliance"),
    "chair": _l("rotating chair of the hydrogen alliance"),
    "manager": _l("manager of a hydrogen member in Beijing"),
    "delegate": _l("delegate of the same member"),
    "other": _l("delegate of a hydrogen member in Hebei"),
    "outsider": _l("delegate of a biomedicine member"),
    "expert": _l("expert of the hydrogen alliance"),
    "liaison.bj": _l("government liaison of Beijing"),
    "liaison.he": _l("government liaison of Hebei"),
    "admin": _l("portal administrator"),
}


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

    app.add_template_global(listing_words)
    app.add_template_global(guest_words)
    app.add_template_global(owner_of, "owner_words")
    app.add_template_global(title_of, "title_words")
    app.add_template_global(introduction_words)
    app.add_template_global(matter_words)
    app.add_template_global(outcome_words)
    app.add_template_global(project_words)
    app.add_template_global(project_tabs)
    app.add_template_global(outcome_value)
    app.add_template_global(kept_listing_rows)
    app.add_template_global(main_menu)
    app.add_template_global(listing_facets)
    app.add_template_global(place)
    app.add_template_global(organisation_words)
    app.add_template_global(demo_accounts)
    app.add_template_global(who_hears)
    app.add_template_global(who_hears_at)

    @app.context_processor
    def frame() -> dict[str, Any]:
        # An error page must render even where the database is what failed.
        try:
            menu, counts, me = _personal()
        except (SQLAlchemyError, Busy):
            menu, counts, me = (), {}, None
        return {
            "menu": menu,
            "waiting_count": sum(counts.values()) - counts.get(Message.noun, 0),
            "unread_count": counts.get(Message.noun, 0),
            "me": me,
            "language_tag": LANGUAGES["en" if is_english() else "zh"],
            "language_switch": switch_to(),
            "is_demo": _is_demo(),
            "can": lambda permission, thing=None: can(current_standing(), permission, thing),
        }


def _personal() -> tuple[tuple[Entry, ...], dict[str, int], Me | None]:
    """Return the menu, the badges and the person; once per request, however many templates."""
    if "frame" not in g:
        standing = current_standing()
        me = None
        if current_user.is_authenticated:
            me = Me(
                current_user.name,
                current_user.organisation_name,
                current_user.organisation_id,
                current_user.on_behalf_of,
                current_user.on_behalf_of_id,
            )
        g.frame = tuple(entries(MENU, standing)), waiting_now(), me
    found: tuple[tuple[Entry, ...], dict[str, int], Me | None] = g.frame
    return found


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


def listing_words() -> dict[str, Any]:
    """Return the words of listings and interests, and the address their rows begin with."""
    return {
        "kinds": KINDS,
        "states": {**LISTING.labels, "expired": _l("Expired")},
        "interest_states": {**INTEREST.labels, "lapsed": _l("Lapsed")},
        "visibilities": VISIBILITIES,
        # Joined by hand in the loop: twenty calls of url_for cost a fifth of a page.
        "address": place("exchange.list_listings") + "/",
        "interest_address": place("exchange.list_interests") + "/",
    }


def matter_words() -> dict[str, Any]:
    """Return the words of matters and their steps, and the address their rows begin with."""
    return {
        "states": MATTER.labels,
        "steps": STEP_NAMES,
        "address": place("matters.list_matters") + "/",
    }


def project_words() -> dict[str, Any]:
    """Return the words of joint projects, and the address their rows begin with."""
    return {"states": PROJECT.labels, "address": place("research.list_projects") + "/"}


def project_tabs(project: Project | ProjectRow) -> Markup:
    """Return the tabs of a joint project that whoever asks may follow."""
    tabs = tuple(entries(PROJECT_TABS, current_standing(), project))
    return _kept_tabs(tabs, project.id, request.endpoint, chosen_language())


@lru_cache(maxsize=1024)
def _kept_tabs(
    tabs: tuple[Entry, ...], project_id: int, endpoint: str | None, _language: str
) -> Markup:
    """Render the tabs of a project once for everybody who may follow the same ones."""
    page = current_app.jinja_env.get_template("components/tabs.html")
    text = page.render(entries=tabs, thing=SimpleNamespace(id=project_id), endpoint=endpoint)
    return Markup(text)  # noqa: S704 - a template


def outcome_words() -> dict[str, Any]:
    """Return the words of outcomes, and the address their rows begin with."""
    return {
        "states": OUTCOME.labels,
        "kinds": OUTCOME_KINDS,
        "address": place("outcomes.list_outcomes") + "/",
    }


def outcome_value(outcome: Outcome, as_side: bool = False) -> str | None:
    """Return the contract value as whoever looks may see it, or as one of its sides does."""
    return value_for_side(outcome) if as_side else value_words(current_standing(), outcome)


def kept_listing_rows(rows: Sequence[ListingRow], heading: str, is_own: bool) -> Markup:
    """Return the rows of a list as they stand on the page, `is_own` in a list of one's own."""
    language, today = chosen_language(), clock.today()
    said = [_kept_row(row, heading, is_own, language, today) for row in rows]
    return Markup("".join(said))  # noqa: S704 - templates


@lru_cache(maxsize=4096)
def _kept_row(row: ListingRow, heading: str, is_own: bool, language: str, _today: date) -> str:
    """Render a row once: it is a plain value, so the same row looks the same, for a day.

    Nothing of the person who looks may ever stand in it.
    """
    tag = LANGUAGES[language]
    page = current_app.jinja_env.get_template("exchange/listing_row.html")
    return page.render(row=row, heading=heading, is_own=is_own, language_tag=tag)


def main_menu(menu: tuple[Entry, ...], waiting: int, unread: int) -> Markup:
    """Return the main menu as it stands on the page that is shown."""
    return _kept_menu(menu, waiting, unread, request.endpoint, chosen_language())


@lru_cache(maxsize=1024)
def _kept_menu(
    menu: tuple[Entry, ...], waiting: int, unread: int, endpoint: str | None, _language: str
) -> Markup:
    """Render the menu once for everybody who sees the same entries on the same page."""
    page = current_app.jinja_env.get_template("components/menu.html")
    counts = {"waiting_count": waiting, "unread_count": unread}
    text = page.render(menu=menu, endpoint=endpoint, **counts)
    return Markup(text)  # noqa: S704 - a template


@lru_cache(maxsize=512)
def listing_facets(narrowing: Narrowing) -> Markup:
    """Render the facets of an address once: some fifty links, the same for everybody."""
    page = current_app.jinja_env.get_template("exchange/facets.html")
    return Markup(page.render(narrowing=narrowing))  # noqa: S704 - a template


def owner_of(listing: Listing) -> str:
    """Return whose a listing is, as far as whoever looks may know."""
    return owner_words(current_standing(), listing)


def title_of(listing: Any) -> str:
    """Return a listing's title, as far as whoever asks may view it."""
    return words_of_title(current_standing(), listing)


def guest_words() -> dict[str, Any]:
    """Return the words of guests' answers, and the address their rows begin with."""
    return {"states": GUEST_ANSWER.labels, "address": place("guests.list_guest_answers") + "/"}


def introduction_words() -> dict[str, Any]:
    """Return the words of introductions, and the address their rows begin with."""
    return {
        "states": {**INTRODUCTION.labels, "lapsed": _l("Lapsed")},
        "address": place("introductions.list_introductions") + "/",
    }


def organisation_words() -> dict[str, Any]:
    """Return the words of organisations and memberships."""
    return {
        "kinds": ORGANISATION_KINDS,
        "tiers": TIERS,
        "membership_states": MEMBERSHIP_STATES,
        "alliance_kinds": ALLIANCE_KINDS,
    }


def demo_accounts() -> list[tuple[str, Any]]:
    """Return the sign-ins of the demo world and who each one is."""
    return [(f"{name}@{DEMO_DOMAIN}", label) for name, label in DEMO_ACCOUNTS.items()]
