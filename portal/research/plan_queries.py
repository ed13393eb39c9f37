"""Questions about what a project plans, spends and delivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.database import among, db, plain
from portal.outcomes.models import Outcome
from portal.research.board_models import Card
from portal.research.work_models import Deliverable, Fund, Kpi, Milestone, WorkPackage

#: A line of a plan.
Line = WorkPackage | Kpi | Milestone
#: What a plan consists of, by the word in the address.
LINES: dict[str, type[Line]] = {
    "packages": WorkPackage,
    "kpis": Kpi,
    "milestones": Milestone,
}
MILLI = 1000


def in_units(milli: int) -> Decimal:
    """Return a figure kept in thousandths as the number it is."""
    return Decimal(milli) / MILLI


def figure(milli: int | None) -> str:
    """Return a figure kept in thousandths as people write it."""
    return "" if milli is None else f"{in_units(milli):f}"


def line_of(project_id: int, kind: str, number: int) -> Line | None:
    """Return a line of the plan of this very project, or None."""
    model = LINES.get(kind)
    found: Line | None = db.session.get(model, number) if model else None  # type: ignore[assignment]
    return found if found is not None and found.project_id == project_id else None


def work_packages_of(project_id: int) -> Sequence[WorkPackage]:
    """Return the work packages of a project, each with who answers for it."""
    return db.session.scalars(
        select(WorkPackage).where(WorkPackage.project_id == project_id).order_by(WorkPackage.id)
    ).all()


def kpis_of(project_id: int) -> Sequence[Kpi]:
    """Return the indicators of a project."""
    return db.session.scalars(
        select(Kpi).where(Kpi.project_id == project_id).order_by(Kpi.id)
    ).all()


def milestones_of(project_id: int) -> Sequence[Milestone]:
    """Return the milestones of a project by day."""
    return db.session.scalars(
        select(Milestone)
        .where(Milestone.project_id == project_id)
        .order_by(Milestone.due_on, Milestone.id)
    ).all()


@dataclass(frozen=True)
class StillOpen:
    """What a project has not finished: how many of each."""

    tasks: int
    late: int
    milestones: int
    overdue: int
    deliverables: int


def still_open(project_id: int) -> StillOpen:
    """Return how much of a project is not finished, and of it overdue, in one question."""
    task = Card.project_id == project_id, Card.place.is_not(None), Card.done_at.is_(None)
    counts = (
        select(func.count(Card.id)).where(*task),
        select(func.count(Card.id)).where(*task, Card.due_on < clock.today()),
        select(func.count(Milestone.id)).where(
            Milestone.project_id == project_id, Milestone.met_on.is_(None)
        ),
        select(func.count(Milestone.id)).where(
            Milestone.project_id == project_id, Milestone.is_overdue
        ),
        select(func.count(Deliverable.id)).where(
            Deliverable.project_id == project_id, ~Deliverable.is_accepted
        ),
    )
    return StillOpen(*plain(select(*(each.scalar_subquery() for each in counts)))[0])


def funds_of(project_id: int) -> Sequence[Fund]:
    """Return the funds of a project, by organisation and source."""
    return db.session.scalars(
        select(Fund).where(Fund.project_id == project_id).order_by(Fund.organisation_id, Fund.id)
    ).all()


def deliverables_of(project_id: int) -> Sequence[Deliverable]:
    """Return the deliverables of a project, newest first, each with its versions."""
    return db.session.scalars(
        select(Deliverable)
        .where(Deliverable.project_id == project_id)
        .options(selectinload(Deliverable.versions))
        .order_by(-Deliverable.id)
    ).all()


def landed(deliverables: Sequence[Deliverable]) -> dict[int, list[Outcome]]:
    """Return the outcomes of each deliverable that has any, the newest first."""
    ids = [each.id for each in deliverables]
    found = db.session.scalars(
        select(Outcome)
        .where(
            Outcome.source_noun == Deliverable.noun,
            among(Outcome.source_id, ids),
            Outcome.reverses_id.is_(None),
        )
        .order_by(Outcome.id.desc())
    )
    outcomes: dict[int, list[Outcome]] = {}
    for each in found:
        outcomes.setdefault(each.source_id, []).append(each)
    return outcomes
