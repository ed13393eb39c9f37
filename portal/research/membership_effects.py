"""What the end of a membership means for the joint projects of that alliance."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Membership
from portal.database import db
from portal.operations import operation
from portal.research.models import Partner, Project
from portal.research.operations import hold_project
from portal.research.partnering import decline_partner, leave_project
from portal.research.workflow import HOLDABLE, PartnerState


@operation
def leave_projects_of_member(membership: Membership, *, by: Actor) -> None:
    """End the parts of an organisation in the projects of an alliance it has left (a consequence).

    What it leads goes on hold: its lead cannot leave it, and who takes part may still read it.
    """
    require(by, "membership.withdraw", membership)
    note = str(_l("The organisation left the alliance."))
    parts = (
        select(Partner)
        .join(Project, Project.id == Partner.project_id)
        .where(
            Project.alliance_id == membership.alliance_id,
            Partner.organisation_id == membership.organisation_id,
            Partner.is_partner,
        )
    )
    # Not the acts of whoever ended the membership; that stands in the same journal.
    for part in db.session.scalars(parts).all():
        if part.state is PartnerState.CONFIRMED:
            leave_project(part, by=SYSTEM, note=note)
        elif part.state is PartnerState.ASKED:
            decline_partner(part, by=SYSTEM, note=note)
    led = select(Project).where(
        Project.alliance_id == membership.alliance_id,
        Project.lead_id == membership.organisation_id,
    )
    for project in db.session.scalars(led).all():
        if project.state in HOLDABLE:
            hold_project(project, by=SYSTEM, note=note)
