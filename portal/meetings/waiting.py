"""What of meetings, resolutions, follow-up and documents waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, union_all

from portal.actors import Standing
from portal.alliances.models import Alliance
from portal.database import plain
from portal.documents.models import Document
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Action, Resolution
from portal.workflow import awaiting

#: The nouns of which something may wait, with the endpoint of a record of each.
AWAITED: tuple[tuple[Any, str], ...] = (
    (Resolution, "meetings.view_resolution"),
    (Action, "meetings.view_action"),
    (Meeting, "meetings.view_meeting"),
    (Document, "documents.view_document"),
)
NOUNS = tuple(model.noun for model, _endpoint in AWAITED)


@dataclass(frozen=True)
class Waiting:
    """One record that waits: what it is called, where it stands, of which alliance it is."""

    title: str
    endpoint: str
    argument: dict[str, int]
    alliance: str


def waiting_for(standing: Standing, limit: int) -> list[Waiting]:
    """Return what waits for a person, the oldest of each noun first (one query)."""
    parts = [
        select(literal(model.noun).label("noun"), model.id, model.title, Alliance.name)
        .join(Alliance, Alliance.id == model.alliance_id)
        .where(awaiting(standing, model))
        for model, _endpoint in AWAITED
    ]
    endpoints = {model.noun: endpoint for model, endpoint in AWAITED}
    found = union_all(*parts).subquery()
    columns = (found.c.noun, found.c.id, found.c.title, found.c.name)
    rows = plain(select(*columns).order_by(found.c.id, found.c.noun).limit(limit))
    return [
        Waiting(title, endpoints[noun], {f"{noun}_id": record_id}, alliance)
        for noun, record_id, title, alliance in rows
    ]
