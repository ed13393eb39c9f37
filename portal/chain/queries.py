"""Questions about chain maps."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.chain.models import ChainNode
from portal.database import db


def nodes_of(chain_map_id: int) -> Sequence[ChainNode]:
    """Return the nodes of a chain map in the order in which it is drawn."""
    return db.session.scalars(
        select(ChainNode).where(ChainNode.chain_map_id == chain_map_id).order_by(ChainNode.position)
    ).all()
