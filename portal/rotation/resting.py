"""Which resolutions a plan or an exchange may rest on, and what of rotation rests on one.

Which one a basis quotes is for `meetings.quoting` to say; each side leads to the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.database import among, db
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_queries import REGISTERS
from portal.rotation.models import Turn
from portal.rotation.workflow import LIVE

#: So many resolutions are offered.
OFFERED = 8


def resolutions_offered(alliance_id: int) -> Sequence[Resolution]:
    """Return the newest resolutions that a plan or an exchange may rest on."""
    return db.session.scalars(
        select(Resolution)
        .where(
            Resolution.alliance_id == alliance_id,
            among(Resolution.state, REGISTERS["in_force"]),
        )
        .order_by(Resolution.year.desc(), Resolution.sequence.desc())
        .limit(OFFERED)
    ).all()


def turns_resting_on(resolution: Resolution) -> Sequence[Turn]:
    """Return the terms that stand by a resolution, in the order of their days."""
    return db.session.scalars(
        select(Turn)
        .where(Turn.resolution_id == resolution.id, among(Turn.state, LIVE))
        .order_by(Turn.starts_on, Turn.id)
    ).all()
