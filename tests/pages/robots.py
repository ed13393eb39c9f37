"""Who gets which answer from the pages of robots."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import HYDROGEN_SLUG, NOT_THE_SECRETARY

CASES: list[Case] = [
    # the robot of an alliance's chat group
    view("robots.edit_robot", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "robots.edit_robot",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={"url": "https://robot.example/send?key=1"},
    ),
    send("robots.try_robot", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send("robots.remove_robot", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
]
