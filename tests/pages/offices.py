"""Who gets which answer from the pages of offices."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import HYDROGEN_SLUG, NOT_ADMIN, others

KEEPERS = "secretary admin"
INVITED_ADMIN = {"name": "李明", "role": "administrator"}

CASES: list[Case] = [
    view("offices.export_offices", "admin", NOT_ADMIN),
    view("offices.export_of_portal", "admin", NOT_ADMIN),
    view("offices.export_of_region", "admin", NOT_ADMIN, arguments={"region_id": 1}),
    view("offices.export_of_region", "", arguments={"region_id": 99_999}),
    view("offices.export_of_alliance", KEEPERS, others(KEEPERS), arguments=HYDROGEN_SLUG),
    # offices of the portal, of regions, of alliances
    view("offices.list_offices", "admin", NOT_ADMIN),
    view("offices.of_portal", "admin", NOT_ADMIN),
    send("offices.of_portal", "admin", NOT_ADMIN, data=INVITED_ADMIN, status=200),
    view("offices.of_region", "admin", NOT_ADMIN, arguments={"region_id": 1}),
    send("offices.of_region", "admin", NOT_ADMIN, arguments={"region_id": 1}, status=422),
    view("offices.of_region", "", arguments={"region_id": 99_999}),
    view("offices.of_alliance", KEEPERS, others(KEEPERS), arguments=HYDROGEN_SLUG),
    send("offices.of_alliance", KEEPERS, others(KEEPERS), arguments=HYDROGEN_SLUG, status=422),
    send("offices.end", "secretary expert", appointment="expert"),
    send("offices.revoke", "admin", arguments={"invitation_id": 2}),
]
