"""How active an alliance is: a score of three parts, weighed as `activity.json` says.

Each criterion gives its weight times how far its target was reached, at most the whole weight;
where there was nothing to reach it by, it gives nothing. Targets of a year shrink with the
period. Pure: knows no database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from math import floor
from pathlib import Path

from flask_babel import lazy_gettext as _l

from portal.monitor.counting import Measure
from portal.monitor.cube import Cube, Side
from portal.monitor.formulas import crosses
from portal.periods import Period

DAYS_OF_YEAR = 365


class Band(StrEnum):
    """How active a score says an alliance is."""

    HIGH = "high"
    RATHER_HIGH = "rather_high"
    FAIR = "fair"
    LOW = "low"


BANDS = {
    Band.HIGH: _l("high"),
    Band.RATHER_HIGH: _l("rather high"),
    Band.FAIR: _l("fair"),
    Band.LOW: _l("rather low"),
}
PARTS = {
    "organisation": _l("How it is organised and run"),
    "joint_work": _l("Joint work"),
    "effect": _l("Effect"),
}


CRITERIA = {
    "chair_seated": _l("The chair is taken on the last day (1 or 0)"),
    "news_told": _l("News told, in a year"),
    "posted_per_member": _l("Listings posted for each member, in a year"),
    "answered_share": _l("Share of listings answered"),
    "contacted_share": _l("Share of listings that came to a contact"),
    "outcomes_per_member": _l("Outcomes for each member, in a year"),
    "across_share": _l("Share of outcomes across regions"),
}


@dataclass(frozen=True)
class Criterion:
    """One row of the data: what is measured, for which part, and how it weighs."""

    id: str
    part: str
    weight: float
    target: float
    grows_with_time: bool


@dataclass(frozen=True)
class Rules:
    """The weights and bands of one version of the definition."""

    definition_version: str
    bands: tuple[tuple[int, Band], ...]
    criteria: tuple[Criterion, ...]

    def band_of(self, score: float) -> Band:
        """Return the band of a score, which is judged as a whole number."""
        return next(band for low, band in self.bands if floor(score + 0.5) >= low)


def read(written: str) -> Rules:
    """Return the rules that a JSON text holds; ValueError where the weights are not a hundred."""
    data = json.loads(written)
    criteria = tuple(Criterion(**each) for each in data["criteria"])
    if sum(each.weight for each in criteria) != 100:
        raise ValueError("the weights of the criteria must add up to 100")
    bands = sorted(((b["from"], Band(b["band"])) for b in data["bands"]), reverse=True)
    return Rules(data["definition_version"], tuple(bands), criteria)


RULES = read((Path(__file__).parent / "activity.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Activity:
    """What one alliance did in a period."""

    members: int
    is_chaired: bool
    news: int
    posted: int
    answered: int
    contacted: int
    outcomes: int
    across: int

    def measured(self) -> dict[str, float]:
        """Return what is measured of each criterion."""
        return {
            "chair_seated": float(self.is_chaired),
            "news_told": float(self.news),
            "posted_per_member": _ratio(self.posted, self.members),
            "answered_share": _ratio(self.answered, self.posted),
            "contacted_share": _ratio(self.contacted, self.posted),
            "outcomes_per_member": _ratio(self.outcomes, self.members),
            "across_share": _ratio(self.across, self.outcomes),
        }


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


@dataclass(frozen=True)
class Score:
    """The score of one alliance: in all, by part, and its band."""

    total: float
    #: By part; nothing where it is published to others.
    parts: dict[str, float | None]
    band: Band


def score(activity: Activity, period: Period, rules: Rules = RULES) -> Score:
    """Return how active an alliance was in a period."""
    measured = activity.measured()
    years = (period.until_on - period.from_on).days / DAYS_OF_YEAR
    parts = dict.fromkeys(PARTS, 0.0)
    for each in rules.criteria:
        target = each.target * (years if each.grows_with_time else 1)
        parts[each.part] += each.weight * min(1.0, measured[each.id] / target)
    total = round(sum(parts.values()), 1)
    rounded: dict[str, float | None] = {name: round(points, 1) for name, points in parts.items()}
    return Score(total, rounded, rules.band_of(total))


def as_published(found: Score) -> Score:
    """Return what others are told of a score: whole points and the band.

    From the exact points of the parts they could work out how many outcomes an alliance has.
    """
    return Score(float(floor(found.total + 0.5)), dict.fromkeys(PARTS), found.band)


def activity_of(
    cube: Cube, alliance_id: int, *, members: int, is_chaired: bool, news: int
) -> Activity:
    """Return what one alliance did, from the sums of the whole portal."""

    def mine(side: Side) -> bool:
        return side.alliance_id == alliance_id

    def across(side: Side) -> bool:
        return mine(side) and crosses(side)

    return Activity(
        members=members,
        is_chaired=is_chaired,
        news=news,
        posted=cube.total(Measure.POSTED, mine).count,
        answered=cube.total(Measure.ANSWERED, mine).count,
        contacted=cube.total(Measure.CONTACTED, mine).count,
        outcomes=cube.total(Measure.OUTCOME, mine).count,
        across=cube.total(Measure.OUTCOME, across).count,
    )
