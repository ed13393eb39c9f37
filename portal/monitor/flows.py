"""The rows of the table of flows: one's own exactly, those of others as they are published."""

from __future__ import annotations

from dataclasses import dataclass

from portal.monitor.counting import Sums
from portal.monitor.figures import Figures, flows, in_front_first
from portal.monitor.published import Published
from portal.monitor.regions import RegionRow
from portal.monitor.suppression import TOTAL, Pair


@dataclass(frozen=True)
class FlowRow:
    """One flow: from which region to which, and how much."""

    giver: RegionRow
    taker: RegionRow
    #: None where it is withheld.
    sums: Sums | None
    before: Sums
    year_before: Sums
    #: Whether it is one's own part, counted to the day, rather than what is published.
    is_own: bool


@dataclass(frozen=True)
class Tile:
    """One region: what it gives to others, takes from others, and has within."""

    region: RegionRow
    given: Sums | None
    taken: Sums | None
    within: Sums | None
    members: int | None
    is_own: bool


def flow_rows(figures: Figures, others: Published | None, kind: str | None) -> list[FlowRow]:
    """Return the rows, the flow in front first; of others only where nothing is narrowed down."""
    now, before, year_before = (
        flows(cube, kind)
        for cube in (figures.basis.now, figures.before.now, figures.basis.year_before)
    )
    known = figures.regions.by_id
    # Of a time without records nothing is told, not even that nothing flowed.
    pairs = now.keys() | before.keys() | front_pairs(figures) if figures.basis.is_begun else set()
    found = [
        FlowRow(
            known[pair[0]],
            known[pair[1]],
            now.get(pair, Sums()),
            before.get(pair, Sums()),
            year_before.get(pair, Sums()),
            is_own=True,
        )
        for pair in in_front_first(list(pairs), figures.regions)
    ]
    if others is None:
        return found
    own = figures.part.region_ids
    foreign = [
        pair
        for pair in others.shown
        if TOTAL not in pair and not own & set(pair) and others.shown[pair] != Sums()
    ]
    found += [
        FlowRow(known[pair[0]], known[pair[1]], others.of(pair), Sums(), Sums(), is_own=False)
        for pair in in_front_first(foreign, figures.regions)
    ]
    return found


def front_pairs(figures: Figures) -> set[Pair]:
    """Return the flows in front that belong to the part: they stand there even with nothing."""
    known, part = figures.regions, figures.part
    if known.origin is None or not (part.region_ids or part.alliance_ids or part.is_everything):
        return set()
    pairs = {(known.origin.id, each.id) for each in known.together[1:]}
    mine = part.region_ids
    return {pair for pair in pairs if not mine or part.alliance_ids or mine & set(pair)}


def tiles(figures: Figures, others: Published | None) -> list[Tile]:
    """Return a tile for each province that one sees anything of."""
    found: list[Tile] = []
    if not figures.basis.is_begun:
        return found
    now = flows(figures.basis.now)
    part = figures.part
    for region in figures.regions.provinces:
        is_own = part.is_everything or region.id in part.region_ids or not part.is_liaisons
        if is_own or others is None:
            given, taken, within = Sums(), Sums(), Sums()
            for (giver, taker), sums in now.items():
                if giver == taker == region.id:
                    within.add(sums)
                elif giver == region.id:
                    given.add(sums)
                elif taker == region.id:
                    taken.add(sums)
            members = figures.members(lambda place, of=region.id: place.region_id == of)  # type: ignore[misc]
            found.append(Tile(region, given, taken, within, members, is_own=True))
        elif others.quarters:
            found.append(_published_tile(region, others))
    return found


def _published_tile(region: RegionRow, others: Published) -> Tile:
    """Return the tile of a region that is not one's own.

    Sums over a row hold what stays within; without that cell they are not told.
    """
    within = others.of((region.id, region.id))
    sides: list[Sums | None] = []
    for pair in ((region.id, TOTAL), (TOTAL, region.id)):
        whole = others.of(pair)
        sides.append(None if whole is None or within is None else _less(whole, within))
    return Tile(region, sides[0], sides[1], within, None, is_own=False)


def _less(whole: Sums, part: Sums) -> Sums:
    return Sums(
        whole.count - part.count,
        whole.valued - part.valued,
        whole.value_fen - part.value_fen,
        whole.technical - part.technical,
        whole.technology_fen - part.technology_fen,
    )
