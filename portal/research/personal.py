"""What joint projects hold of a person, for the copy they may ask for."""

from __future__ import annotations

from portal.accounts.person_queries import mentions
from portal.research.board_models import Card, CardComment, CardMove
from portal.research.models import Partner, Project
from portal.research.staff_models import ProjectPerson
from portal.research.work_models import (
    Countersignature,
    Deliverable,
    DeliverableVersion,
    ProgressReport,
)

PERSONAL_DATA = (
    mentions(Project, "lead_person_id"),
    mentions(Partner, "person_id"),
    mentions(ProjectPerson, "person_id", "named_by_id"),
    mentions(Card, "owner_id"),
    mentions(CardComment, "person_id"),
    mentions(CardMove, "person_id"),
    mentions(Deliverable, "accepted_by_id"),
    mentions(DeliverableVersion, "person_id"),
    mentions(ProgressReport, "sealed_by_id"),
    mentions(Countersignature, "person_id"),
)
