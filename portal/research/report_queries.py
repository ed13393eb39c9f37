"""What a quarterly report says of itself, as the board and the plan tell it at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation
from portal.database import db
from portal.periods import quarter_of
from portal.research.board_models import Card
from portal.research.plan_queries import funds_of, kpis_of, milestones_of
from portal.research.work_models import ProgressReport

#: Tasks of each kind that a report names; further ones are counted.
NAMED = 60


def facts_of(project_id: int, year: int, quarter: int) -> dict[str, Any]:
    """Return done, late and next tasks, indicators, milestones and money: plain values."""
    reported = quarter_of(year, quarter)
    first, following = reported.from_on, reported.until_on
    until_next = reported.after().until_on
    stands = Card.project_id == project_id, Card.place.is_not(None)
    done = _tasks(
        *stands,
        Card.done_at >= clock.start_of(first),
        Card.done_at < clock.start_of(following),
    )
    so_far = min(following, clock.today())
    late = _tasks(*stands, Card.done_at.is_(None), Card.due_on < so_far)
    ahead = _tasks(
        *stands, Card.done_at.is_(None), Card.due_on >= following, Card.due_on < until_next
    )
    return {
        "done": done,
        "late": late,
        "next": ahead,
        "kpis": [
            {
                "name": kpi.name,
                "unit": kpi.unit,
                "target_milli": kpi.target_milli,
                "actual_milli": kpi.actual_milli,
            }
            for kpi in kpis_of(project_id)
        ],
        "milestones": [
            {
                "name": each.name,
                "due_on": each.due_on.isoformat(),
                "met_on": each.met_on.isoformat() if each.met_on else None,
            }
            for each in milestones_of(project_id)
            if each.due_on < until_next
        ],
        "funds": [
            {
                "organisation": fund.organisation.name,
                "source": fund.source.value,
                "planned_fen": fund.planned_fen,
                "received_fen": fund.received_fen,
                "spent_fen": fund.spent_fen,
            }
            for fund in funds_of(project_id)
        ],
    }


def _tasks(*narrowed: Any) -> dict[str, Any]:
    rows = db.session.execute(
        select(Card.title, Organisation.name, Card.due_on)
        .outerjoin(Organisation, Organisation.id == Card.organisation_id)
        .where(*narrowed)
        .order_by(Card.due_on, Card.id)
    ).all()
    named = [
        {"title": title, "organisation": name, "due_on": due_on.isoformat() if due_on else None}
        for title, name, due_on in rows[:NAMED]
    ]
    return {"count": len(rows), "named": named}


def reports_of(project_id: int) -> Sequence[ProgressReport]:
    """Return the reports of a project, the newest quarter first."""
    return db.session.scalars(
        select(ProgressReport)
        .where(ProgressReport.project_id == project_id)
        .order_by(ProgressReport.year.desc(), ProgressReport.quarter.desc())
    ).all()
