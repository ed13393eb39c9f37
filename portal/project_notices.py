"""TABLE: who is told of what in joint projects, a part of the table of notices (`notices.py`)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select

from portal.accounts.models import Appointment
from portal.accounts.queries import OF_ORGANISATION
from portal.database import among
from portal.noticing import (
    Notice,
    Subject,
    Who,
    name_of,
    notice,
    people_at,
    secretariat,
    themselves,
)
from portal.research.board_models import Card
from portal.research.models import Partner, Project
from portal.research.work_models import ProgressReport
from portal.research.workflow import PartnerState


def _project_of(column: Any) -> ColumnElement[Any]:
    """Return the title of the project that a column names, inside a select of its table."""
    found = select(Project.title).where(Project.id == column)
    return found.correlate_except(Project).scalar_subquery()


PROJECT_SUBJECTS: dict[str, Subject] = {
    "project": Subject(Project, Project.title, name_of(Project.lead_id), "research.view_project"),
    "project_partner": Subject(
        Partner,
        _project_of(Partner.project_id),
        name_of(Partner.organisation_id),
        "research.view_partner",
    ),
    "progress_report": Subject(
        ProgressReport,
        _project_of(ProgressReport.project_id),
        name_of(ProgressReport.lead_id),
        "research.view_report",
    ),
    "card": Subject(Card, Card.title, _project_of(Card.project_id), "research.view_card"),
}


def _taking_part(project_id: int, *, but: int | None = None) -> ColumnElement[bool]:
    """Return whether somebody acts for an organisation that takes part in a project."""
    parts = select(Partner.organisation_id).where(
        Partner.project_id == project_id, Partner.state == PartnerState.CONFIRMED
    )
    if but is not None:
        parts = parts.where(Partner.organisation_id != but)
    return and_(among(Appointment.role, OF_ORGANISATION), Appointment.scope_id.in_(parts))


_ITS_PEOPLE = people_at("organisation_id")
_PARTICIPANTS = Who(lambda project: _taking_part(project.id))
_SIGNERS = Who(lambda report: _taking_part(report.project_id, but=report.lead_id))
_LEAD = people_at("lead_id")
#: Whoever answers about a part, and whoever waits for the answer.
_ANSWERS = Who(lambda part: (_LEAD if part.is_offer else _ITS_PEOPLE).where(part))
_AWAITS = Who(lambda part: (_ITS_PEOPLE if part.is_offer else _LEAD).where(part))
_DOES_IT = themselves("owner_id")

PROJECT_NOTICES: tuple[Notice, ...] = (
    # joint projects; who is asked to take part has a mail of their own, with a link
    notice("project.call", (secretariat,), _l("“%(title)s” of %(side)s calls for partners")),
    notice("project.form", (secretariat,), _l("“%(title)s” of %(side)s is formed: approve it")),
    notice("project.approve", (_PARTICIPANTS,), _l("“%(title)s” was approved")),
    notice("project.start", (_PARTICIPANTS,), _l("The work on “%(title)s” has started")),
    notice("project.hold", (_PARTICIPANTS,), _l("The work on “%(title)s” was suspended: see why")),
    notice("project.resume", (_PARTICIPANTS,), _l("The work on “%(title)s” goes on")),
    notice("project.complete", (_PARTICIPANTS, secretariat), _l("“%(title)s” was completed")),
    notice("project.transfer", (_PARTICIPANTS,), _l("The result of “%(title)s” was transferred")),
    notice("project.archive", (_PARTICIPANTS,), _l("“%(title)s” was archived")),
    notice("project.drop", (_PARTICIPANTS,), _l("“%(title)s” was given up: see why")),
    notice("project_partner.ask", (_ANSWERS,), _l("A part of %(side)s in “%(title)s”: answer it")),
    notice("project_partner.confirm", (_AWAITS,), _l("%(side)s takes part in “%(title)s”"), True),
    notice("project_partner.decline", (_AWAITS,), _l("%(side)s does not take part in “%(title)s”")),
    notice("project_partner.leave", (_LEAD, _ITS_PEOPLE), _l("%(side)s left “%(title)s”"), True),
    notice(
        "progress_report.seal", (_SIGNERS,), _l("A report on “%(title)s”: countersign it"), True
    ),
    notice(
        "progress_report.countersign", (_LEAD,), _l("A report on “%(title)s” was countersigned")
    ),
    notice("card.give", (_DOES_IT,), _l("“%(title)s” was given to you (%(side)s)")),
    notice("card.hand_over", (_DOES_IT,), _l("“%(title)s” was given to you (%(side)s)")),
    notice("card.due", (_DOES_IT,), _l("“%(title)s” is due (%(side)s)"), True),
)
