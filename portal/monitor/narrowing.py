"""One flow, one kind: the figures and the words of a page narrowed to some of its outcomes."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from portal.language import localised
from portal.monitor.asked import Asked
from portal.monitor.counting import Measure
from portal.monitor.cube import Cube, Side
from portal.monitor.figures import Figures
from portal.monitor.indicators import Indicator
from portal.monitor.part import Part
from portal.monitor.regions import RegionRow
from portal.outcomes.forms import OUTCOME_KINDS


def understood(asked: Asked, indicator: Indicator, figures: Figures) -> Asked:
    """Return the choices that say anything on the page of an indicator."""
    codes = {each.code for each in figures.regions.provinces} if indicator.rows else set()
    return replace(
        asked,
        kind=asked.kind if indicator.tells_kinds else None,
        giver=asked.giver if asked.giver in codes else "",
        taker=asked.taker if asked.taker in codes else "",
    )


def is_foreign(asked: Asked, figures: Figures) -> bool:
    """Tell whether a flow is chosen of which nothing can be of one's own part."""
    part, ends = figures.part, _ends(asked, figures)
    is_of_provinces_alone = part == Part(region_ids=part.region_ids) and part.region_ids
    if not is_of_provinces_alone or None in ends:
        return False
    return not any(each.id in part.region_ids for each in ends if each)


def narrowed(asked: Asked, figures: Figures) -> Figures:
    """Return the figures of the flow and the kind that are chosen: what the rows show."""
    giver, taker = _ends(asked, figures)
    kind = asked.kind.value if asked.kind else None
    if not (giver or taker or kind):
        return figures

    def is_chosen(side: Side) -> bool:
        return side.measure is not Measure.OUTCOME or (
            (giver is None or side.from_region_id == giver.id)
            and (taker is None or side.to_region_id == taker.id)
            and (kind is None or side.kind == kind)
        )

    def only(cube: Cube) -> Cube:
        return cube.only(is_chosen)

    basis, before = figures.basis, figures.before
    return replace(
        figures,
        basis=replace(basis, now=only(basis.now), year_before=only(basis.year_before)),
        before=replace(before, now=only(before.now)),
    )


def words(asked: Asked, figures: Figures) -> list[str]:
    """Return what outcomes a page is narrowed to."""
    giver, taker = _ends(asked, figures)
    found = []
    if giver and taker:
        found.append(f"{localised(giver)} → {localised(taker)}")
    elif giver:
        found.append(str(_("from %(region)s", region=localised(giver))))
    elif taker:
        found.append(str(_("to %(region)s", region=localised(taker))))
    return found + ([str(OUTCOME_KINDS[asked.kind])] if asked.kind else [])


def _ends(asked: Asked, figures: Figures) -> tuple[RegionRow | None, RegionRow | None]:
    known = {each.code: each for each in figures.regions.provinces}
    return known.get(asked.giver), known.get(asked.taker)
