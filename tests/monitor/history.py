"""Random histories: what three organisations may do to listings, answers, matters and outcomes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from portal import clock
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import answering, operations
from portal.exchange.models import Direction, Interest, Listing
from portal.matters import operations as matters
from portal.matters.models import Matter
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.outcomes import operations as outcomes
from portal.outcomes.bands import Band
from portal.outcomes.models import Outcome, OutcomeKind
from tests.world import DAY, World, claim, content

Kind = TypeVar("Kind")

#: Who acts: in Beijing, Hebei and Tianjin.
ACTORS = ("delegate", "supplier", "chair")


class History:
    """A world in which something happens, act by act, each a little later."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.now = clock.now() - 120 * DAY
        self.done = 0

    def act(self) -> None:
        """Let one thing happen, if the rules allow it."""
        self.now += timedelta(hours=self.chance.uniform(1, 20))
        verb: Callable[[], None] = self.chance.choice(
            (
                self.post,
                self.post,
                self.answer,
                self.answer,
                self.accept,
                self.accept,
                self.turn_down,
                self.close,
                self.step,
                self.step,
                self.step,
                self.take_back,
                self.claim,
                self.claim,
                self.conclude,
                self.conclude,
                self.correct,
            )
        )
        with clock.standing_still(self.now):
            try:
                verb()
                self.done += 1
            except (Refused, Denied):
                db.session.rollback()

    def somebody(self) -> Actor:
        """Return one of those who act."""
        return self.world.actor(self.chance.choice(ACTORS))

    def of(self, organisation_id: int) -> Actor:
        """Return who acts for an organisation; mostly, for others try as well."""
        ids = {self.world.organisation[self.world.acts_for[who]]: who for who in ACTORS}
        if organisation_id not in ids or self.chance.random() < 0.1:
            return self.somebody()
        return self.world.actor(ids[organisation_id])

    def one(self, model: type[Kind]) -> Kind:
        """Return any record of a kind; refuse where there is none."""
        found = db.session.scalars(select(model)).all()
        if not found:
            raise Refused("nothing")
        return self.chance.choice(found)

    def post(self) -> None:
        """Post a listing, and mostly publish it."""
        hydrogen = db.session.get_one(Alliance, self.world.alliance["hydrogen"])
        said = content(
            direction=self.chance.choice(list(Direction)), valid_until=clock.today() + 200 * DAY
        )
        made = operations.post_listing(hydrogen, said, by=self.somebody(), submit=True)
        if self.chance.random() < 0.8:
            operations.publish_listing(made, by=self.world.actor("secretary"))

    def answer(self) -> None:
        """Answer a listing."""
        answering.send_interest(self.one(Listing), message="可供。", by=self.somebody())

    def accept(self) -> None:
        """Accept an answer."""
        interest = self.one(Interest)
        answering.accept_interest(interest, by=self.of(interest.owner_id))

    def turn_down(self) -> None:
        """Decline or withdraw an answer."""
        interest = self.one(Interest)
        if self.chance.random() < 0.5:
            answering.decline_interest(interest, by=self.of(interest.owner_id), note="产能已满。")
        else:
            answering.withdraw_interest(interest, by=self.of(interest.organisation_id))

    def close(self) -> None:
        """Recall, close or pause a listing."""
        verb = self.chance.choice(
            (operations.recall_listing, operations.close_listing, operations.pause_listing)
        )
        verb(self.one(Listing), by=self.somebody())

    def step(self) -> None:
        """Record a step, of today or of some days ago."""
        on = clock.today() - self.chance.choice((0, 0, 3, 9)) * DAY
        matter, step = self.one(Matter), self.chance.choice([*Step, Step.SIGNED, Step.CONTACTED])
        matters.take_step(matter, step, by=self.of(matter.owner_id), taken_on=on)

    def take_back(self) -> None:
        """Take a step back, or end a matter."""
        matter = self.one(Matter)
        if self.chance.random() < 0.8:
            matters.take_back_step(matter, by=self.of(matter.owner_id))
        else:
            matters.end_matter(matter, by=self.somebody(), note="不再继续。")

    def claim(self) -> None:
        """Claim an outcome, exact or in a band, signed today or long ago."""
        on = clock.today() - self.chance.choice((0, 0, 2, 40, 400)) * DAY
        amounts: dict[str, object] = {"value_fen": self.chance.randrange(1, 9) * 10_000_000}
        amounts["technology_fen"] = self.chance.choice((None, 0, 5_000_000))
        if self.chance.random() < 0.2:
            amounts = {"value_fen": None, "value_band": Band.UNDER_500, "technology_fen": None}
        said = claim(kind=self.chance.choice(list(OutcomeKind)), signed_on=on, **amounts)
        matter = self.one(Matter)
        record_outcome(matter, said, by=self.of(matter.partner_id))

    def conclude(self) -> None:
        """Confirm, decline or take back a claim."""
        outcome = self.one(Outcome)
        chosen = self.chance.random()
        if chosen < 0.7:
            outcomes.confirm_outcome(outcome, by=self.of(outcome.other_id))
        elif chosen < 0.85:
            outcomes.decline_outcome(outcome, by=self.somebody(), note="不属实。")
        else:
            outcomes.retract_outcome(outcome, by=self.somebody())

    def correct(self) -> None:
        """Claim a correction, of the value, the day or the kind."""
        on = clock.today() - self.chance.choice((0, 2, 33)) * DAY
        said = claim(
            kind=self.chance.choice(list(OutcomeKind)),
            signed_on=on,
            value_fen=self.chance.randrange(1, 9) * 10_000_000,
            technology_fen=0,
        )
        outcome = self.one(Outcome)
        outcomes.correct_outcome(outcome, said, by=self.of(outcome.from_id))
