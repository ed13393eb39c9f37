"""Who gets which answer from the pages of desk."""

from __future__ import annotations

from tests.pages.case import Case, view
from tests.pages.people import EVERYONE, SIGNED_IN

CASES: list[Case] = [
    # open to everyone
    view("desk.front_page", EVERYONE, is_open=True),
    view("desk.live", EVERYONE, is_open=True),
    view("desk.ready", EVERYONE, is_open=True),
    # signed in
    view("desk.view_desk", SIGNED_IN),
    view("desk.view_job", "secretary", job="waiting"),
    view("desk.view_job", "", arguments={"job_id": 99_999}),
]
