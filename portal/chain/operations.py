"""Loading chain maps from a starter file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.chain.models import ChainMap, ChainNode, Stage
from portal.database import db
from portal.operations import operation


@operation
def load_chain_maps(maps: Sequence[Mapping[str, Any]], *, by: Actor) -> int:
    """Create or update chain maps with their nodes; return the number of nodes in the file.

    Each map has `code`, `name`, `name_en` and `nodes` (`code`, `name`, `stage`, `parent`).
    """
    require(by, "portal.load")
    count = 0
    for row in maps:
        chain_map = db.session.scalar(select(ChainMap).where(ChainMap.code == row["code"]))
        if chain_map is None:
            chain_map = ChainMap(code=row["code"])
        chain_map.name, chain_map.name_en = row["name"], row["name_en"]
        db.session.add(chain_map)
        db.session.flush()
        known = {node.code: node for node in chain_map.nodes}
        for position, item in enumerate(row["nodes"]):
            node = known.get(item["code"])
            if node is None:
                node = known[item["code"]] = ChainNode(code=item["code"], chain_map_id=chain_map.id)
                db.session.add(node)
            node.name, node.stage = item["name"], Stage(item["stage"])
            node.position = position
            count += 1
        db.session.flush()
        for item in row["nodes"]:
            known[item["code"]].parent_id = known[item["parent"]].id if item["parent"] else None
        journal.note("chain_map.load", chain_map, by=by, detail={"nodes": len(row["nodes"])})
    return count
