"""What a case is: one address, who gets through, who is refused knowingly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask, url_for

from tests.world import World


@dataclass(frozen=True)
class Case:
    """One address, who gets through, who is refused knowingly."""

    endpoint: str
    ok: str
    forbidden: str = ""
    on: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    status: int = 200
    arguments: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    #: Where even an anonymous visitor is not sent to sign-in.
    is_open: bool = False

    def __str__(self) -> str:
        target = ",".join([*self.on.values(), *map(str, self.arguments.values())])
        return f"{self.method} {self.endpoint}({target})"


def view(endpoint: str, ok: str, forbidden: str = "", **kwargs: Any) -> Case:
    on = {
        name: kwargs.pop(name)
        for name in (
            "listing",
            "interest",
            "guest_answer",
            "introduction",
            "matter",
            "outcome",
            "project",
            "project_partner",
            "card",
            "deliverable",
            "progress_report",
            "membership",
            "factor_reset",
            "outbox_message",
            "news",
            "organisation",
            "qualification",
            "contact_point",
            "appointment",
            "agency",
            "job",
            "file",
            "member_import",
            "task_import",
            "document",
            "due",
            "meeting",
            "resolution",
            "action",
            "message",
            "turn",
            "swap",
            "handover",
            "blackout",
        )
        if name in kwargs
    }
    return Case(endpoint, ok, forbidden, on, **kwargs)


def send(endpoint: str, ok: str, forbidden: str = "", **kwargs: Any) -> Case:
    return view(endpoint, ok, forbidden, **{"method": "POST", "status": 302, "data": {}, **kwargs})


def move(
    kind: str, name: str, what: str, ok: str, forbidden: str = "", status: int = 302, **data: Any
) -> Case:
    endpoint = {
        "listing": "exchange.move_listing",
        "interest": "exchange.move_interest",
        "guest_answer": "guests.move_guest_answer",
        "introduction": "introductions.move_introduction",
        "matter": "matters.move_matter",
        "outcome": "outcomes.move_outcome",
        "document": "documents.move_document",
        "due": "dues.move_due",
        "meeting": "meetings.move_meeting",
        "resolution": "meetings.move_resolution",
        "action": "meetings.move_action",
        "turn": "rotation.move_turn",
        "swap": "rotation.move_swap",
        "handover": "rotation.move_handover",
        "project": "research.move_project",
        "project_partner": "research.move_partner",
    }.get(kind, "alliances.move_membership")
    return send(
        endpoint, ok, forbidden, arguments={"move": name}, data=data, status=status, **{kind: what}
    )


def address_of(app: Flask, world: World, case: Case) -> str:
    arguments = dict(case.arguments)
    for noun, name in case.on.items():
        table = "attachment" if noun == "file" else noun
        arguments[f"{noun}_id"] = getattr(world, table)[name]
    if "code" in arguments:
        arguments["code"] = world.token[arguments["code"]]
    if "token" in arguments:
        arguments["token"] = world.token.get(arguments["token"], "no-such-token")
    with app.test_request_context():
        return url_for(case.endpoint, **arguments)
