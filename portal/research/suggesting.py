"""Which members fit a project, best first, each with the reasons: pure, knows no database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.accounts.models import OrganisationKind


class Reason(StrEnum):
    """Why a member fits."""

    NODE = "node"
    WANTED_REGION = "wanted_region"
    NEW_REGION = "new_region"
    KIND = "kind"
    PAST = "past"


#: What a reason weighs: the node of the chain decides, the rest orders those who have it.
WEIGHTS = {
    Reason.NODE: 8,
    Reason.WANTED_REGION: 4,
    Reason.NEW_REGION: 3,
    Reason.KIND: 2,
    Reason.PAST: 1,
}


@dataclass(frozen=True)
class Candidate:
    """A member that neither takes part nor was asked."""

    id: int
    name: str
    kind: OrganisationKind
    region_id: int
    node_ids: frozenset[int]
    #: Projects it took part in together with the lead.
    past: int


@dataclass(frozen=True)
class Wanted:
    """What a project has and what it looks for."""

    node_ids: frozenset[int]
    region_ids: frozenset[int]
    held_region_ids: frozenset[int]
    held_kinds: frozenset[OrganisationKind]


@dataclass(frozen=True)
class Suggestion:
    """A candidate with its reasons."""

    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """What its reasons weigh together."""
        return sum(WEIGHTS[reason] for reason in self.reasons)


def reasons_for(candidate: Candidate, wanted: Wanted) -> tuple[Reason, ...]:
    """Return why a member fits, the weightiest first."""
    holds = {
        Reason.NODE: bool(candidate.node_ids & wanted.node_ids),
        Reason.WANTED_REGION: candidate.region_id in wanted.region_ids,
        Reason.NEW_REGION: candidate.region_id not in wanted.held_region_ids,
        Reason.KIND: candidate.kind not in wanted.held_kinds,
        Reason.PAST: candidate.past > 0,
    }
    return tuple(reason for reason in WEIGHTS if holds[reason])


def suggestions(
    candidates: Collection[Candidate], wanted: Wanted, *, most: int = 8
) -> Sequence[Suggestion]:
    """Return the best candidates that have a reason at all, in a settled order."""
    found = [Suggestion(each, reasons_for(each, wanted)) for each in candidates]
    ranked = sorted(found, key=lambda s: (-s.weight, -s.candidate.past, s.candidate.id))
    return [each for each in ranked if each.reasons][:most]
