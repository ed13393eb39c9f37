"""Loading regions from a starter file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.operations import operation
from portal.regions.models import Region, RegionLevel
from portal.regions.queries import region_by_code


@operation
def load_regions(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> int:
    """Create or update the regions of a starter file; return how many there are in it.

    Rows come parents first, each with `code`, `parent` (code or None), `name`, `name_en`,
    `short`, `level`, `colour`, `position`. Raises KeyError for a parent that is unknown.
    """
    require(by, "portal.load")
    known: dict[str, Region] = {}
    for row in rows:
        region = region_by_code(row["code"]) or Region(code=row["code"], path="")
        region.name, region.name_en = row["name"], row["name_en"]
        region.short, region.level = row["short"], RegionLevel(row["level"])
        region.colour, region.position = row.get("colour"), row["position"]
        region.parent = known[row["parent"]] if row["parent"] else None
        db.session.add(region)
        db.session.flush()
        region.path = f"{region.parent.path if region.parent else ''}{region.id}/"
        known[region.code] = region
    for region in known.values():
        if region.parent_id is None:
            journal.note("region.load", region, by=by, detail={"regions": len(rows)})
    return len(rows)
