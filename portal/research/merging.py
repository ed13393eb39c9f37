"""What two records of one organisation that become one mean for its joint projects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal import journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.operations import operation
from portal.research.board_changing import changed
from portal.research.board_models import Card, CardComment
from portal.research.models import Partner, Project
from portal.research.staffing import end_roles
from portal.research.work_models import (
    Countersignature,
    Deliverable,
    Fund,
    ProgressReport,
    WorkPackage,
)
from portal.research.workflow import PartnerState

#: What simply speaks of the survivor afterwards: (table, column).
_FOLLOWING: tuple[tuple[Any, str], ...] = (
    (Project, "lead_id"),
    (Partner, "lead_id"),
    (Card, "organisation_id"),
    (CardComment, "organisation_id"),
    (WorkPackage, "organisation_id"),
    (Deliverable, "owner_id"),
    (ProgressReport, "lead_id"),
)


@operation
def move_projects(double: Organisation, *, by: Actor) -> None:
    """Let the projects of a double speak of the survivor (a consequence).

    Where both take part in one project, the double's part ends and its money is added.
    """
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    parts = db.session.scalars(select(Partner).where(Partner.organisation_id == double.id)).all()
    project_ids = sorted({each.project_id for each in parts})
    for part in parts:
        _move_part(part, into_id)
    for table, column in _FOLLOWING:
        there = table.__table__.c[column]
        db.session.execute(
            update(table.__table__).where(there == double.id).values({column: into_id})
        )
    _move_countersignatures(double.id, into_id)
    _add_up(double.id, into_id)
    db.session.expire_all()
    for project_id in project_ids:
        changed(project_id)
    detail = {"project": project_ids}
    journal.note("organisation.merge_projects", double, by=by, detail=detail)


def _move_part(part: Partner, into_id: int) -> None:
    held = (PartnerState.ASKED, PartnerState.CONFIRMED)
    beside = [p for p in part.project.partners if p.organisation_id == into_id and p.state in held]
    parts = Partner.__table__
    values: dict[str, Any] = {"organisation_id": into_id}
    if beside and part.state in held:
        # One of the two stays: the one that takes part already.
        gone = beside[0] if part.state is PartnerState.CONFIRMED else part
        left = {"state": PartnerState.LEFT, "left_at": part.answered_at or part.asked_at}
        db.session.execute(update(parts).where(parts.c.id == gone.id).values(left))  # type: ignore[arg-type]
        end_roles(gone)
    db.session.execute(update(parts).where(parts.c.id == part.id).values(values))  # type: ignore[arg-type]


def _move_countersignatures(double_id: int, into_id: int) -> None:
    """Move what the double signed; where the survivor signed the same report, the double's goes."""
    of_double = select(Countersignature).where(Countersignature.organisation_id == double_id)
    for row in db.session.scalars(of_double).all():
        held = select(Countersignature.id).where(
            Countersignature.organisation_id == into_id,
            Countersignature.report_id == row.report_id,
        )
        if db.session.scalar(held) is not None:
            db.session.delete(row)
        else:
            row.organisation_id = into_id
    db.session.flush()


def _add_up(double_id: int, into_id: int) -> None:
    for fund in db.session.scalars(select(Fund).where(Fund.organisation_id == double_id)).all():
        there = db.session.scalar(
            select(Fund).where(
                Fund.project_id == fund.project_id,
                Fund.organisation_id == into_id,
                Fund.source == fund.source,
            )
        )
        if there is None:
            fund.organisation_id = into_id
            continue
        there.planned_fen += fund.planned_fen
        there.received_fen += fund.received_fen
        there.spent_fen += fund.spent_fen
        db.session.delete(fund)
    db.session.flush()
