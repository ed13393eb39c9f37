"""Time as the portal knows it.

`now()` is the only source of the present in the whole product. Inside an operation it is
that operation's one instant, taken after the write lock, so that a rule is judged and
journaled at the same moment. Nothing else in the code may ask the machine for the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Deadlines are written in days, and a day is judged where the alliances work.
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

_instant: ContextVar[datetime | None] = ContextVar("instant", default=None)


def now() -> datetime:
    """Return the present instant (aware, UTC): the operation's own where one is running."""
    return _instant.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in Shanghai, where deadlines are judged."""
    return day_of(now())


def day_of(at: datetime) -> date:
    """Return the day, in Shanghai, on which an instant lies."""
    return at.astimezone(LOCAL_ZONE).date()


def last_day_before(at: datetime) -> date:
    """Return the last day, in Shanghai, of a time that ends at an instant (half-open)."""
    return day_of(at - timedelta(microseconds=1))


def start_of(day: date) -> datetime:
    """Return the UTC instant at which a day begins in Shanghai."""
    return datetime.combine(day, time.min, LOCAL_ZONE).astimezone(UTC)


@contextmanager
def standing_still(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware, UTC) until the block ends.

    Operations use it for their one instant; beyond them only the demo world and the tests
    may set the clock, which `tests/test_house.py` checks.
    """
    token = _instant.set(at)
    try:
        yield
    finally:
        _instant.reset(token)
