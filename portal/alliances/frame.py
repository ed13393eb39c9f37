"""The frame around every page of one alliance: the band of its chair, and its tabs.

Apart from the views, because a window (the directory) shows a page within it too.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal.access import current_standing
from portal.alliances import queries
from portal.alliances.models import Alliance
from portal.navigation import ALLIANCE_TABS, entries


def tabs_of(alliance: Alliance, current: str | None = None) -> list[dict[str, Any]]:
    """Return the tabs of an alliance, with the one of this page (or `current`) marked."""
    return [
        {
            "label": entry.label,
            "href": entry.address(alliance),
            "is_current": entry.endpoint == (current or request.endpoint),
        }
        for entry in entries(ALLIANCE_TABS, current_standing(), alliance)
    ]


def alliance_page(
    template: str, alliance: Alliance, *, tab: str | None = None, **values: Any
) -> str:
    """Render a page within the frame of an alliance: chair band and tabs."""
    return render_template(
        template,
        alliance=alliance,
        chair=queries.chair_of(alliance.id),
        tabs=tabs_of(alliance, tab),
        **values,
    )
