"""Terms of whole months. Pure.

Counted from the first day of the first term, never from the end of the one before: from 31
January on, terms of a month begin on 28 February and again on 31 March.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from portal.rotation.cases import Span


def after_months(first: date, months: int) -> date:
    """Return the day so many months later; the month's last day where it has no such day."""
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, monthrange(years, month + 1)[1])
    return date(years, month + 1, day)


def terms_from(first: date, months: int, count: int) -> tuple[Span, ...]:
    """Return so many terms of some months each, one after the other, half-open."""
    days = [after_months(first, months * number) for number in range(count + 1)]
    return tuple(Span(days[number], days[number + 1]) for number in range(count))
