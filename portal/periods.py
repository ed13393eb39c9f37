"""Periods: half-open spans of days in Shanghai, and what each is compared with.

Pure: knows no database and no clock; today is always given.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
MONTHS_OF_YEAR = 12
#: Earlier and later years are slips of the keyboard.
FIRST_YEAR, LAST_YEAR = 1990, 2200


@dataclass(frozen=True)
class Period:
    """The days from `from_on` up to, but not including, `until_on`.

    `months` says that it is (the beginning of) a month, a quarter or a year; 0 for any days.
    """

    from_on: date
    until_on: date
    months: int = 0

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.until_on - DAY

    @property
    def quarter(self) -> int:
        """The number of the quarter of the year in which it begins."""
        return (self.from_on.month + 2) // 3

    @property
    def key(self) -> str:
        """How an address names it: `2026`, `2026-q3`, `2026-09`, or its two days."""
        if self.months == MONTHS_OF_YEAR:
            return f"{self.from_on.year}"
        if self.months == 3:
            return f"{self.from_on.year}-q{self.quarter}"
        if self.months == 1:
            return f"{self.from_on:%Y-%m}"
        return f"{self.from_on.isoformat()}--{self.last_on.isoformat()}"

    def until_today(self, today: date) -> Period:
        """Return what of it has passed, today included; all of it where it lies ahead."""
        if self.from_on > today:
            return self
        return Period(self.from_on, min(self.until_on, today + DAY), self.months)

    def before(self) -> Period:
        """Return the same stretch of the period before: months for months, days for days."""
        if self.months:
            return self._shifted(-self.months)
        length = self.until_on - self.from_on
        return Period(self.from_on - length, self.from_on)

    def after(self) -> Period:
        """Return the month, quarter or year that follows it."""
        return self._shifted(self.months)

    def year_before(self) -> Period:
        """Return the same stretch of the year before."""
        return self._shifted(-MONTHS_OF_YEAR)

    def _shifted(self, months: int) -> Period:
        from_on = moved(self.from_on, months)
        if self.until_on.day == 1:
            return Period(from_on, moved(self.until_on, months), self.months)
        # By the last day, so that 29 February is compared up to 28 February.
        return Period(from_on, moved(self.last_on, months) + DAY, self.months)

    def quarters(self) -> list[Period]:
        """Return the whole quarters that lie within it."""
        found, each = [], beginning(self.from_on, 3)
        while each.until_on <= self.until_on:
            if each.from_on >= self.from_on:
                found.append(each)
            each = each.after()
        return found


def moved(day: date, months: int) -> date:
    """Return the same day so many months later; the last one where that month is shorter."""
    count = day.year * MONTHS_OF_YEAR + day.month - 1 + months
    year, month = count // MONTHS_OF_YEAR, count % MONTHS_OF_YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def beginning(day: date, months: int) -> Period:
    """Return the month (1), quarter (3) or year (12) in which a day lies."""
    month = (day.month - 1) // months * months + 1
    first = date(day.year, month, 1)
    return Period(first, moved(first, months), months)


def quarter_of(year: int, quarter: int) -> Period:
    """Return a quarter (1 to 4) of a year."""
    return beginning(date(year, quarter * 3, 1), 3)


def read(written: str) -> Period | None:
    """Return the period that an address names, or None where it names none."""
    if found := re.fullmatch(r"(\d{4})(?:-q([1-4])|-(0[1-9]|1[0-2]))?", written, re.ASCII):
        year, quarter, month = found[1], found[2], found[3]
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            return None
        if quarter:
            return quarter_of(int(year), int(quarter))
        return beginning(date(int(year), int(month or 1), 1), 1 if month else MONTHS_OF_YEAR)
    if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)--(\d{4}-\d\d-\d\d)", written, re.ASCII):
        return between(found[1], found[2])
    return None


def between(first: str, last: str) -> Period | None:
    """Return the days from one written day to another, both included, or None."""
    try:
        from_on, last_on = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    within = from_on.year >= FIRST_YEAR and last_on.year <= LAST_YEAR
    return Period(from_on, last_on + DAY) if within and from_on <= last_on else None


def offered(today: date) -> list[Period]:
    """Return the periods a picker offers: this and the last year, quarter and month."""
    found = []
    for months in (MONTHS_OF_YEAR, 3, 1):
        this = beginning(today, months)
        found += [this, beginning(this.from_on - DAY, months)]
    return found


def weeks_of(first: date) -> list[list[date]]:
    """Return the weeks (from Monday) that a month of days touches."""
    start = first - timedelta(days=first.weekday())
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    weeks = []
    while start < following:
        weeks.append([start + timedelta(days=number) for number in range(7)])
        start += timedelta(days=7)
    return weeks
