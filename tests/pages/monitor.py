"""Who gets which answer from the pages of monitor."""

from __future__ import annotations

from tests.pages.case import Case, view
from tests.pages.people import others

#: Whoever reads the figures: liaisons, secretariats, whoever chairs.
WATCHERS = "liaison secretary other_secretary chair"
OUTCOMES_REACHED = {"indicator": "outcomes"}

CASES: list[Case] = [
    # outcomes: seen by everyone where both sides agreed, else by them and the secretariat
    # the monitor
    view("monitor.show", WATCHERS, others(WATCHERS)),
    view("monitor.export_figures", WATCHERS, others(WATCHERS)),
    view("monitor.view_indicator", WATCHERS, others(WATCHERS), arguments=OUTCOMES_REACHED),
    view("monitor.view_indicator", "", others(WATCHERS), arguments={"indicator": "no-such"}),
    view("monitor.export_rows", WATCHERS, others(WATCHERS), arguments=OUTCOMES_REACHED),
]
