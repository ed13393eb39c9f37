"""The dues of the demo world's hydrogen alliance: last year's settled, this year's half in."""

from __future__ import annotations

from portal import clock
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, Story, read
from portal.database import db
from portal.dues.models import Due, DuesYear, PaymentMethod
from portal.dues.operations import (
    Payment,
    adjust_due,
    invoice_due,
    pay_due,
    set_dues,
    waive_due,
)
from portal.dues.queries import ledger_of
from portal.dues.reminding import remind_of_dues

RATES = {
    Tier.CHAIR: 3_000_000,
    Tier.VICE_CHAIR: 2_000_000,
    Tier.COUNCIL: 1_000_000,
    Tier.MEMBER: 300_000,
}


def tell_dues(story: Story) -> None:
    """Plan both years: rates in spring, payments over the months."""
    (hydrogen,) = (each for each in all_alliances() if each.slug == "hydrogen")
    keeper = person(story.secretaries[hydrogen.id].id)
    this_year = clock.day_of(story.now).year
    story.at(story.now - 380 * DAY, lambda: _year(story, hydrogen, keeper, this_year - 1, 1))
    story.at(story.now - 120 * DAY, lambda: _year(story, hydrogen, keeper, this_year, 0))
    story.at(story.now - 20 * DAY, _remind)


def _remind() -> None:
    remind_of_dues(by=SYSTEM)


def _year(story: Story, alliance: Alliance, keeper: Actor, year: int, settled: int) -> None:
    """Set the rates of a year, and plan what comes in: all of it where it is settled."""
    due_on = clock.day_of(clock.now() + 90 * DAY)
    made: DuesYear = set_dues(alliance, year, due_on=due_on, rates=RATES, by=keeper)
    words = read("meetings")["dues"]
    rows = ledger_of(made.alliance_id, str(year)).rows
    for number, row in enumerate(rows):
        when = clock.now() + (5 + 3 * number) * DAY
        due = db.session.get_one(Due, row.id)
        if number == len(rows) - 1:
            adjust_due(due, due.amount_fen // 2, reason=words["reason"], by=keeper)
        if number == len(rows) - 2 and settled:
            story.at(when, lambda due=due: waive_due(due, by=keeper, note=words["waived"]))  # type: ignore[misc]
        elif settled or number % 3 != 2:
            story.at(when, lambda due=due, n=number: _pay(due, n, keeper, settled))  # type: ignore[misc]


def _pay(due: Due, number: int, keeper: Actor, settled: int) -> None:
    """Note a payment and, mostly, its invoice; some have paid a part so far."""
    part = due.left_fen // 2 if number % 5 == 4 and not settled else due.left_fen
    pay_due(due, Payment(clock.today(), part, PaymentMethod.TRANSFER), by=keeper)
    if number % 4:
        invoice_due(due, f"{clock.today().year % 100:02d}112000{number:014d}", by=keeper)
