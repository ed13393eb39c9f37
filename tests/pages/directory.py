"""Who gets which answer from the pages of directory."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import EVERYONE, HYDROGEN_SLUG, NOT_ADMIN

CASES: list[Case] = [
    view("directory.list_members", EVERYONE, arguments=HYDROGEN_SLUG),
    view("directory.view_organisation", EVERYONE, arguments={"organisation_id": 1}),
    view("directory.view_organisation", "", arguments={"organisation_id": 99_999}),
    # organisations: the directory, what a manager keeps, what the secretariat helps with
    view("directory.list_organisations", EVERYONE, is_open=True),
    # workbooks: the same door as the list
    view("directory.export_organisations", EVERYONE, is_open=True),
    view("directory.export_members", EVERYONE, arguments=HYDROGEN_SLUG),
    view("directory.export_members", "", arguments={"alliance_slug": "no-such"}),
    view("directory.view_organisation", EVERYONE, organisation="maker"),
    view("directory.preview_merge", "admin", NOT_ADMIN, organisation="maker"),
    send("directory.merge", "admin", NOT_ADMIN, organisation="maker", status=422),
]
