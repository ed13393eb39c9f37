"""What templates say of the records of all areas: their words, and rows that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal import clock
from portal.access import current_standing
from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.queries import DEMO_DOMAIN
from portal.alliances.forms import ALLIANCE_KINDS, MEMBERSHIP_STATES, TIERS
from portal.exchange.anonymity import owner_words
from portal.exchange.anonymity import title_words as words_of_title
from portal.exchange.facets import Narrowing
from portal.exchange.forms import KINDS, VISIBILITIES
from portal.exchange.models import Listing
from portal.exchange.queries import ListingRow
from portal.exchange.workflow import INTEREST, LISTING
from portal.guests.workflow import GUEST_ANSWER
from portal.inbox.hearing import who_hears, who_hears_at
from portal.introductions.workflow import INTRODUCTION
from portal.language import LANGUAGES, chosen_language
from portal.matters.steps import STEP_NAMES
from portal.matters.workflow import MATTER
from portal.meetings.resolution_queries import number_of, registry_of
from portal.navigation import PROJECT_TABS, Entry, entries, place
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


def init_app(app: Flask) -> None:
    """Hand it to every template."""
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
    app.add_template_global(listing_facets)
    app.add_template_global(place)
    app.add_template_global(organisation_words)
    app.add_template_global(demo_accounts)
    app.add_template_global(who_hears)
    app.add_template_global(who_hears_at)
    app.add_template_global(resolutions_in_force)


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


def project_tabs(project: Project | ProjectRow, allowed: tuple[Entry, ...] | None = None) -> Markup:
    """Return the tabs of a joint project that whoever asks may follow, or the given ones."""
    tabs = tuple(entries(PROJECT_TABS, current_standing(), project)) if allowed is None else allowed
    return _kept_tabs(tabs, project.id, request.endpoint, chosen_language())


@lru_cache(maxsize=1024)
def _kept_tabs(
    tabs: tuple[Entry, ...], project_id: int, endpoint: str | None, _language: str
) -> Markup:
    """Render the tabs of a project once for everybody who may follow the same ones."""
    page = current_app.jinja_env.get_template("components/tabs.html")
    text = page.render(entries=tabs, thing=SimpleNamespace(id=project_id), endpoint=endpoint)
    return Markup(text)  # noqa: S704 - a template


def resolutions_in_force(alliance_id: int) -> list[str]:
    """Return the resolutions of an alliance that hold, as a basis quotes them: number and title."""
    found = registry_of(current_standing(), alliance_id, "in_force")
    return [f"{number_of(each)} {each.title}" for each in found]


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
