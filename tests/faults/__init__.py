"""Faults: races, kills, held locks, stale forms and guessed passwords, with real processes.

The short forms run with every test run. `script/soak` raises the numbers through the
environment and runs the same tests for as long as it takes.
"""

from __future__ import annotations

import os
from pathlib import Path


def repeated(setting: str, short: int) -> int:
    """Return how often to repeat a fault: as the environment says, else the short form."""
    return int(os.environ.get(setting, short))


def report(sentence: str) -> None:
    """Add a line to the summary of `script/soak`; the short forms have none."""
    if path := os.environ.get("SOAK_REPORT"):
        with Path(path).open("a") as summary:
            summary.write(f"{sentence}\n")
