"""What a check of `flask doctor` finds: about what, how bad, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad a finding is; also the exit code."""

    OK = 0
    WARNING = 1
    FAULT = 2


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's."""

    level: Level
    about: str
    sentence: str


def fine(about: str, sentence: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(Level.OK, about, sentence)


def warning(about: str, sentence: str) -> Finding:
    """Return a finding that should be seen to."""
    return Finding(Level.WARNING, about, sentence)


def fault(about: str, sentence: str) -> Finding:
    """Return a finding with which the portal does not work, or loses what it is given."""
    return Finding(Level.FAULT, about, sentence)
