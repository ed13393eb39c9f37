"""What the badge and the desk count."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import func, or_, select

from portal.actors import Standing
from portal.alliances.models import Membership
from portal.database import among, db
from portal.exchange.models import Interest, Listing
from portal.matters.models import Matter
from portal.matters.queries import waiting
from portal.outcomes.models import Outcome
from portal.prepared import Prepared
from portal.regions.models import Region
from portal.research.models import Partner, Project
from portal.roles import Role
from portal.workflow import awaiting

#: The nouns whose lifecycles wait for people.
AWAITED = (Listing, Interest, Membership, Outcome, Project, Partner)
#: The badge counts no further.
COUNT_LIMIT = 99


def waiting_count(standing: Standing) -> int:
    """Return how many records wait for this person, at most `COUNT_LIMIT` of each noun."""
    return sum(waiting_counts(standing).values())


def waiting_counts(standing: Standing) -> dict[str, int]:
    """Return how many records of each noun wait for this person, at most `COUNT_LIMIT` of each."""
    if not standing.roles:
        return {}
    nouns = (*(model.noun for model in AWAITED), Matter.noun)
    return dict(zip(nouns, _waiting_statement(standing).rows()[0], strict=True))


@lru_cache(maxsize=1024)
def _waiting_statement(standing: Standing) -> Prepared:
    """Return the statement of the badge; kept, because every page asks it."""
    counts = []
    conditions = [(model, awaiting(standing, model)) for model in AWAITED]
    # A matter waits for a step, which is no move of its lifecycle.
    for model, condition in (*conditions, (Matter, waiting(standing))):
        rows = select(model.id).where(condition).limit(COUNT_LIMIT).subquery()
        counts.append(select(func.count()).select_from(rows).scalar_subquery())
    return Prepared(select(*counts))


def regions_of(standing: Standing) -> Sequence[Region]:
    """Return the regions a liaison stands for: those they were appointed to, not what is within."""
    ids = sorted(standing[Role.LIAISON])
    if not ids:
        return []
    is_topmost = or_(Region.parent_id.is_(None), ~among(Region.parent_id, ids))
    return db.session.scalars(
        select(Region).where(among(Region.id, ids), is_topmost).order_by(Region.position)
    ).all()
