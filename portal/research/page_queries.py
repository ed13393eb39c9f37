"""A joint project as the pages of its board show it: plain values, in one statement.

What does not live here: what a board holds (`board_queries.py`), and the record itself, which
whoever changes a project needs (`queries.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Integer, bindparam, select

from portal.database import among
from portal.prepared import Prepared, Raw
from portal.research.models import Partner, Project
from portal.research.workflow import WORKABLE, PartnerState, ProjectState


@dataclass(frozen=True)
class PartRow:
    """An organisation's part, as far as the doors ask of it."""

    organisation_id: int


@dataclass(frozen=True)
class ProjectRow:
    """A project of which permissions can be asked too."""

    noun = Project.noun

    id: int
    title: str
    state: ProjectState
    alliance_id: int
    lead_id: int
    participants: tuple[PartRow, ...]
    asked: tuple[PartRow, ...]

    @property
    def is_called(self) -> bool:
        """Whether partners are called for."""
        return self.state is ProjectState.CALLING

    @property
    def is_workable(self) -> bool:
        """Whether its board may be worked on."""
        return self.state in WORKABLE


_RECORD = Prepared(
    select(
        Project.id,
        Project.title,
        Project.state,
        Project.alliance_id,
        Project.lead_id,
        Partner.organisation_id,
        Partner.state,
    )
    .outerjoin(
        Partner,
        (Partner.project_id == Project.id)
        & among(Partner.state, (PartnerState.CONFIRMED, PartnerState.ASKED)),
    )
    .where(Project.id == bindparam("project", type_=Integer))
    .order_by(Partner.id),
    keeps_rows=True,
)


def project_row(project_id: int) -> ProjectRow | None:
    """Return a project by its id with those who take part in it or were asked to, or None."""
    found = _RECORD.raw({"project": project_id})
    return _project_row(found) if found else None


@lru_cache(maxsize=512)
def _project_row(raw: Raw) -> ProjectRow:
    found = [_RECORD.read(row) for row in raw]
    parts: dict[PartnerState, list[PartRow]] = {state: [] for state in PartnerState}
    for row in found:
        if row[6] is not None:
            parts[row[6]].append(PartRow(row[5]))
    confirmed, asked = parts[PartnerState.CONFIRMED], parts[PartnerState.ASKED]
    return ProjectRow(*found[0][:5], tuple(confirmed), tuple(asked))  # type: ignore[call-arg]
