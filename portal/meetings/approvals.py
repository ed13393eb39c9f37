"""Which resolution a joint project rests on: told from the number its approval names."""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlalchemy import select

from portal.access import require, visible_to
from portal.actors import Actor, Standing
from portal.database import db, plain
from portal.meetings.resolution_models import Resolution
from portal.operations import operation
from portal.research.models import Project
from portal.research.operations import rest_on

#: A year and a number of it, in whatever brackets and words people write them. A day is none
#: (月), nor which meeting it was (次, 届): better no resolution than a wrong one.
_NUMBER = re.compile(
    r"(20\d\d)(?!\s*[./-])(?!\s*\u5e74\s*\d{1,2}\s*\u6708)\D{1,12}"
    r"(\d{1,4})(?!\d|\s*[\u6708\u6b21\u5c4a]|[-./]\d)"
)


@operation
def name_resolution(project: Project, *, by: Actor) -> None:
    """Let an approved project point at the resolution whose number was given (a consequence).

    Where the number is no passed resolution's of its alliance, the words alone stand.
    """
    require(by, "project.approve", project)
    found = _NUMBER.search(project.basis or "")
    if found is None:
        return
    asked = select(Resolution).where(
        Resolution.alliance_id == project.alliance_id,
        Resolution.year == int(found[1]),
        Resolution.sequence == int(found[2]),
    )
    resolution = db.session.scalar(asked)
    if resolution is not None:
        rest_on(project, resolution.id, by=by)


class Resting(NamedTuple):
    """A project that was approved on a resolution."""

    id: int
    title: str


def projects_on(standing: Standing, resolution: Resolution) -> list[Resting]:
    """Return the projects that rest on a resolution, as far as somebody may see them."""
    if resolution.year is None:
        return []
    found = plain(
        select(Project.id, Project.title)
        .where(
            Project.resolution_id == resolution.id, visible_to(standing, "project.view", Project)
        )
        .order_by(Project.id)
    )
    return [Resting(row[0], row[1]) for row in found]
