"""Working days (工作日): what "within one working day" means, in Shanghai.

The statutory holidays and the weekends that are worked instead are data, not code: the file that
`WORKING_DAYS_FILE` names, else the `working_days.json` beside this one. The State Council announces
them late in each year for the next; a year that is not in the file has its weekends alone.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from flask import current_app

from portal import clock

SATURDAY = 5
#: The secretariat's word for what is handed in: a decision within so many working days.
ANSWER_DAYS = 1


#: What comes with the code.
FILE = Path(__file__).with_name("working_days.json")


@cache
def _table(path: str) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days that are no working days though in the week, and the other way round.

    Read once by each process: whoever changes the file starts the portal again.
    """
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    free: set[date] = set()
    for first, last in data["holidays"]:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            free.add(day)
            day += timedelta(days=1)
    return frozenset(free), frozenset(map(date.fromisoformat, data["working_weekends"]))


def is_working(day: date) -> bool:
    """Tell whether people work on a day."""
    free, worked = _table(current_app.config["WORKING_DAYS_FILE"] or str(FILE))
    return day in worked or (day.weekday() < SATURDAY and day not in free)


def answer_due(at: datetime, days: int = ANSWER_DAYS) -> date:
    """Return the working day, in Shanghai, by whose end what came at an instant is answered.

    The day on which it came is not counted, whether it was a working day or not.
    """
    day = clock.day_of(at)
    while days > 0:
        day += timedelta(days=1)
        days -= is_working(day)
    return day


def lateness(at: datetime) -> str | None:
    """Return `late` where the day for what came at an instant has passed, `today` on it."""
    due = answer_due(at)
    if due > clock.today():
        return None
    return "today" if due == clock.today() else "late"
