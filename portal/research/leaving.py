"""What becomes of the work of an organisation that leaves a project."""

from __future__ import annotations

from sqlalchemy import select, update

from portal.database import db
from portal.research.board_changing import changed
from portal.research.board_models import Card
from portal.research.models import Partner
from portal.research.staffing import end_roles
from portal.research.work_models import WorkPackage


def end_access(partner: Partner) -> None:
    """Hand what an organisation had open to the lead, within the operation that ends its part.

    Its rights end by themselves, for they are asked of its part; what is done keeps its names.
    """
    project = partner.project
    mine = select(Card.id).where(
        Card.project_id == project.id,
        Card.organisation_id == partner.organisation_id,
        Card.done_at.is_(None),
        Card.place.is_not(None),
    )
    card_ids = list(db.session.scalars(mine))
    if card_ids:
        # Past the version: what the cards say stays, only who does it changes.
        db.session.execute(
            update(Card.__table__)  # type: ignore[arg-type]
            .where(Card.__table__.c.id.in_(card_ids))
            .values(organisation_id=project.lead_id, owner_id=project.lead_person_id)
        )
    db.session.execute(
        update(WorkPackage)
        .where(
            WorkPackage.project_id == project.id,
            WorkPackage.organisation_id == partner.organisation_id,
        )
        .values(organisation_id=project.lead_id)
    )
    end_roles(partner)
    changed(project.id)
