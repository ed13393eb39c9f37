"""Who gets which answer from the pages of regions."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import EVERYONE, NOT_ADMIN

CENTRE = {"latitude": "39.9", "longitude": "116.4"}

CASES: list[Case] = [
    view("regions.stylesheet", EVERYONE, is_open=True),
    view("regions.list_regions", "admin", NOT_ADMIN),
    view("regions.edit_region", "admin", NOT_ADMIN, arguments={"region_id": 1}),
    send("regions.edit_region", "admin", NOT_ADMIN, arguments={"region_id": 1}, data=CENTRE),
    view("regions.edit_region", "", arguments={"region_id": 99_999}),
    view("regions.export_regions", "admin", NOT_ADMIN),
]
