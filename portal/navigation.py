"""TABLE: the menu and the tabs — label, endpoint, who sees it.

A tab of an alliance points at an endpoint of whichever area holds the page, so that the
alliance's own room need not know the rooms above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.access import can
from portal.actors import Standing


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry of a menu: a label, where it leads, and the permission it needs."""

    label: LazyString
    endpoint: str
    permission: str | None = None
    #: URL arguments: fixed ones, and (for tabs) those taken from the record's attributes.
    fixed: Mapping[str, Any] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)

    def address(self, thing: Any = None) -> str:
        """Return the address of the entry, for a record where it is a tab."""
        taken = {name: getattr(thing, source) for name, source in self.taken.items()}
        if not self.fixed and not taken:
            return place(self.endpoint)
        return url_for(self.endpoint, **self.fixed, **taken)


@cache
def place(endpoint: str) -> str:
    """Return the address of a page that takes no arguments; it never changes, so it is kept."""
    return url_for(endpoint)


MENU: tuple[Entry, ...] = (
    Entry(_l("Desk"), "desk.view_desk", "portal.desk"),
    Entry(_l("Messages"), "inbox.list_messages", "message.list"),
    Entry(_l("Supply and demand"), "exchange.list_listings"),
    Entry(_l("Matchmaking"), "exchange.list_interests", "interest.list"),
    Entry(_l("Matters"), "matters.list_matters", "matter.list"),
    Entry(_l("Joint projects"), "research.list_projects", "project.list"),
    Entry(_l("Outcomes"), "outcomes.list_outcomes", "outcome.list"),
    Entry(_l("Alliances"), "alliances.list_alliances"),
    Entry(_l("Directory"), "directory.list_organisations"),
    Entry(_l("Monitor"), "monitor.show", "monitor.show"),
    Entry(_l("Offices"), "offices.list_offices", "portal.appoint"),
)

ALLIANCE_TABS: tuple[Entry, ...] = (
    Entry(_l("Overview"), "alliances.view_alliance", taken={"alliance_slug": "slug"}),
    Entry(_l("Members"), "directory.list_members", taken={"alliance_slug": "slug"}),
    Entry(_l("News"), "alliances.list_news", taken={"alliance_slug": "slug"}),
    Entry(
        _l("Meetings"), "meetings.list_meetings", "meeting.list", taken={"alliance_slug": "slug"}
    ),
    Entry(
        _l("Documents"),
        "documents.list_documents",
        "document.list",
        taken={"alliance_slug": "slug"},
    ),
    Entry(_l("Dues"), "dues.list_dues", "due.list", taken={"alliance_slug": "slug"}),
    Entry(_l("Charter"), "alliances.view_charter", taken={"alliance_slug": "slug"}),
    Entry(_l("Rotation"), "rotation.view_schedule", taken={"alliance_slug": "slug"}),
    Entry(_l("Supply and demand"), "exchange.list_listings", taken={"alliance": "slug"}),
)


#: What the people of an organisation keep of it.
ORGANISATION_TABS: tuple[Entry, ...] = tuple(
    Entry(label, endpoint, permission, taken={"organisation_id": "id"})
    for label, endpoint, permission in (
        (_l("Basics"), "organisations.edit_organisation", "organisation.edit"),
        (_l("Chain nodes"), "organisations.choose_nodes", "organisation.edit"),
        (_l("Qualifications"), "organisations.list_qualifications", "organisation.edit"),
        (_l("Contacts"), "organisations.list_contacts", "organisation.edit"),
        (_l("People"), "organisations.list_people", "organisation.list_people"),
        (_l("Dues"), "dues.list_own_dues", "organisation.list_dues"),
    )
)


#: What there is within a joint project: for whoever takes part, but for the first.
PROJECT_TABS: tuple[Entry, ...] = tuple(
    Entry(label, endpoint, permission, taken={"project_id": "id"})
    for label, endpoint, permission in (
        (_l("Overview"), "research.view_project", "project.view"),
        (_l("Board"), "research.view_board", "project.work"),
        (_l("Task list"), "research.list_tasks", "project.work"),
        (_l("Calendar"), "research.view_calendar", "project.work"),
        (_l("Plan"), "research.view_plan", "project.work"),
        (_l("Funds"), "research.view_funds", "project.work"),
        (_l("Deliverables"), "research.list_deliverables", "project.work"),
        (_l("Reports"), "research.list_reports", "project.work"),
    )
)


def entries(table: tuple[Entry, ...], standing: Standing, thing: Any = None) -> list[Entry]:
    """Return the entries of a table that a person may follow, for a record where it is tabs."""
    return [
        entry
        for entry in table
        if entry.permission is None or can(standing, entry.permission, thing)
    ]
