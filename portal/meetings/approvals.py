"""Which resolution a joint project rests on: told from the number its approval names."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.access import require, visible_to
from portal.actors import Actor, Standing
from portal.database import plain
from portal.errors import Refused
from portal.meetings.quoting import resolution_named
from portal.meetings.resolution_models import Resolution
from portal.operations import operation
from portal.research.models import Project
from portal.research.operations import rest_on


@operation
def name_resolution(project: Project, *, by: Actor) -> None:
    """Let an approved project point at the resolution whose number was given (a consequence).

    Another paper stands with its day. Raises `Refused` where what was named is neither that nor
    a resolution in force of its alliance.
    """
    require(by, "project.approve", project)
    resolution_id = resolution_named(project.alliance_id, project.basis)
    if resolution_id is None and project.basis_on is None:
        raise Refused(
            _l(
                "No resolution in force has this number. Choose one, or give the number and the "
                "day of the other paper."
            ),
            field="paper",
        )
    if resolution_id is not None:
        rest_on(project, resolution_id, by=by)


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
