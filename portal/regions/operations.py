"""Loading regions from a starter file, and placing one of them on the earth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.regions.models import Region, RegionLevel
from portal.regions.queries import region_by_code
from portal.workflow import check_version


@operation
def load_regions(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> int:
    """Create or update the regions of a starter file; return how many there are in it.

    Rows come parents first, each with `code`, `parent` (code or None), `name`, `name_en`,
    `short`, `level`, `colour`, `position`, and perhaps a centre (`latitude`, `longitude`). A
    centre that is here already stays: somebody may have corrected it. Raises KeyError for a
    parent that is unknown.
    """
    require(by, "portal.load")
    known: dict[str, Region] = {}
    for row in rows:
        region = region_by_code(row["code"]) or Region(code=row["code"], path="")
        region.name, region.name_en = row["name"], row["name_en"]
        region.short, region.level = row["short"], RegionLevel(row["level"])
        region.colour, region.position = row.get("colour"), row["position"]
        if region.latitude is None:
            region.latitude, region.longitude = row.get("latitude"), row.get("longitude")
        region.parent = known[row["parent"]] if row["parent"] else None
        db.session.add(region)
        db.session.flush()
        region.path = f"{region.parent.path if region.parent else ''}{region.id}/"
        known[region.code] = region
    for region in known.values():
        if region.parent_id is None:
            journal.note("region.load", region, by=by, detail={"regions": len(rows)})
    return len(rows)


@operation
def place_region(
    region: Region,
    latitude: float | None,
    longitude: float | None,
    *,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say where the centre of a region lies (degrees, WGS 84), or that it has none.

    Raises `Stale` for an old version, `Refused` for half a centre or one beyond the earth.
    """
    require(by, "region.place", region)
    check_version(region, expected)
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        raise Refused(_l("A centre needs both numbers, or neither."), field=missing)
    for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if value is not None and not -most <= value <= most:
            raise Refused(
                _l("A number from %(least)d to %(most)d.", least=-most, most=most), field=name
            )
    before = [region.latitude, region.longitude]
    if before == [latitude, longitude]:
        return
    region.latitude, region.longitude = latitude, longitude
    journal.note("region.place", region, by=by, detail={"centre": [before, [latitude, longitude]]})
