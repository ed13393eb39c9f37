"""TABLE: who is told of what happens to membership dues.

These rows belong to the table in `notices.py`. Amounts are seen by a member's manager and by the
secretariat alone: so nobody else is told, and no row says an amount.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, cast, select

from portal.accounts.models import Appointment
from portal.actors import Standing
from portal.alliances.models import Alliance
from portal.dues.models import Due, DuesYear
from portal.language import is_english
from portal.noticing import Notice, Subject, Who, name_of, notice
from portal.roles import Role


def _for_whom(_standing: Standing) -> ColumnElement[Any]:
    """Return the alliance that asks and its year, as a column."""
    name = Alliance.name_en if is_english() else Alliance.name
    called = name + " " + cast(DuesYear.year, String)
    found = (
        select(called)
        .select_from(DuesYear)
        .join(Alliance, Alliance.id == DuesYear.alliance_id)
        .where(DuesYear.id == Due.dues_year_id)
    )
    return found.correlate(Due).scalar_subquery()


DUE_SUBJECTS: dict[str, Subject] = {
    "due": Subject(Due, _for_whom, name_of(Due.organisation_id), "dues.view_due"),
}

_MANAGERS = Who(
    lambda due: and_(Appointment.role == Role.MANAGER, Appointment.scope_id == due.organisation_id)
)

DUE_NOTICES: tuple[Notice, ...] = (
    notice("due.demand", (_MANAGERS,), _l("The dues of %(side)s are set: %(title)s")),
    notice("due.adjust", (_MANAGERS,), _l("The dues of %(side)s were adjusted: %(title)s")),
    notice("due.overdue", (_MANAGERS,), _l("The dues of %(side)s are overdue: %(title)s"), True),
)
