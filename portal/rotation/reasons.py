"""What a plan has to say for itself, before it becomes words: kinds of reasons with their values.

Pure. `wording.py` has a sentence for each; members stand in them by their ids, terms by their
numbers from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Why(StrEnum):
    """Why a member takes a term, why another does not, or what no plan can reconcile."""

    # why it takes this term
    PINNED = "pinned"
    KEPT = "kept"
    NEXT = "next"
    MOVED_UP = "moved_up"
    MOVED_BACK = "moved_back"
    # why somebody further ahead does not
    AWAY = "away"
    REGION_FULL = "region_full"
    RESTING = "resting"
    HAD_TURN = "had_turn"
    TAKES_ANOTHER = "takes_another"
    # what cannot be reconciled
    NO_MEMBERS = "no_members"
    NOBODY_FREE = "nobody_free"
    RUNS = "runs"
    COOLING_OFF = "cooling_off"
    ROUNDS = "rounds"
    ABSENCES = "absences"
    PINS = "pins"
    TOGETHER = "together"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Reason:
    """One reason with its values; `others` hold reasons within it."""

    why: Why
    values: dict[str, Any] = field(default_factory=dict)
    others: tuple[Reason, ...] = ()
