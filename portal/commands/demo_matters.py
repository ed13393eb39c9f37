"""What becomes of the demo world's accepted answers: matters in every step, and outcomes.

Planned while the story is told: an accepted answer lets its matter's steps happen after it, each
an operation of the side that takes it, at its own past instant.
"""

from __future__ import annotations

import random
from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.actors import Actor, person
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.database import db
from portal.exchange.models import Interest
from portal.matters import operations
from portal.matters.meetings import Meeting, cancel_meeting, note_meeting
from portal.matters.models import Matter
from portal.matters.queries import matter_of
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.outcomes.models import Disclosure, Outcome, OutcomeKind
from portal.outcomes.operations import (
    Claim,
    confirm_outcome,
    correct_outcome,
    decline_outcome,
)

#: What becomes of the claims of signed matters, in turn.
FATES = ("confirm", "decline", "confirm", "correct", "confirm", "wait", "confirm", "wait")
KINDS = (OutcomeKind.CONTRACT,) * 7 + (
    OutcomeKind.LANDING,
    OutcomeKind.SHARED_USE,
    OutcomeKind.INVESTMENT,
)
FEN_PER_WAN = 1_000_000


def follow_matter(story: Story, interest: Interest, owner: Actor, partner: Actor) -> None:
    """Plan what becomes of an answer that was just accepted."""
    matter = matter_of(interest.id)
    if matter is None:
        return
    # Of its own, so that what else happens in the story stays as it was.
    chance = random.Random(interest.id)  # noqa: S311 - a story, not a secret
    # As many of its steps as this one will ever see; about a third comes to a signature.
    steps = list(matter.steps[: chance.choice((0, 1, 2, 3, 4, 5, 8, 8))])
    when = clock.now()
    for step in steps:
        if step is not Step.CONTACTED and step is not Step.SIGNED and chance.random() < 0.15:
            continue  # skipped
        when += chance.uniform(1, 16) * DAY
        side = owner if chance.random() < 0.5 else partner
        story.at(when, lambda step=step, side=side: _take(matter, step, side))  # type: ignore[misc]
        if step is Step.SIGNED:
            _plan_outcome(story, chance, matter, when, owner, partner)
    if Step.SIGNED not in steps and chance.random() < 0.3:
        later = when + chance.uniform(2, 20) * DAY
        is_hold = chance.random() < 0.5
        end = operations.hold_matter if is_hold else operations.end_matter
        reason = chance.choice(read("messages")["hold" if is_hold else "end"])
        story.at(later, lambda: end(matter, by=owner, note=reason))


def _take(matter: Matter, step: Step, side: Actor) -> None:
    if matter.is_open:
        operations.take_step(matter, step, by=side)


def _plan_outcome(
    story: Story,
    chance: random.Random,
    matter: Matter,
    signed: datetime,
    owner: Actor,
    partner: Actor,
) -> None:
    """Plan the claim for a signed matter, and what the other side says to it."""
    claimant, other = (owner, partner) if chance.random() < 0.5 else (partner, owner)
    fate = FATES[matter.id % len(FATES)]
    value = chance.choice((12, 38, 85, 160, 320, 760, 1800, 6200)) * FEN_PER_WAN
    share = chance.choice((0, 2, 5, 10))
    said = Claim(
        kind=chance.choice(KINDS),
        title=matter.title,
        signed_on=clock.day_of(signed),
        disclosure=chance.choice(list(Disclosure)),
        value_fen=value,
        technology_fen=value * share // 10,
        contract_number=f"HT-{clock.day_of(signed):%Y%m%d}-{matter.id:03d}",
        original_seen=True,
        may_publish=chance.random() < 0.8,
    )
    agrees, waits, reason = (
        chance.random() < 0.8,
        chance.uniform(1, 9) * DAY,
        chance.choice(read("messages")["dispute"]),
    )

    def answer(made: Outcome) -> None:
        if fate == "decline":
            decline_outcome(made, by=other, note=reason)
            return
        confirm_outcome(made, by=other, may_publish=agrees)
        if fate == "correct":
            story.at(clock.now() + waits, lambda: _correct(made, said, claimant, other))

    def claim() -> None:
        made = record_outcome(matter, said, by=claimant)
        if fate != "wait":
            story.at(clock.now() + waits, lambda: answer(made))

    story.at(signed + chance.uniform(0.2, 4) * DAY, claim)


def _correct(made: Outcome, said: Claim, claimant: Actor, other: Actor) -> None:
    """Let both sides find that the contract was worth a tenth more."""
    right = Claim(**{**vars(said), "value_fen": (said.value_fen or 0) * 11 // 10})
    confirm_outcome(correct_outcome(made, right, by=claimant), by=other, may_publish=True)


def tell_meetings(story: Story) -> None:
    """Let both sides of some open matters meet in the days to come."""
    visited = story.roles["manager_and_delegate"].id
    found = db.session.scalars(
        select(Matter)
        .where(Matter.is_open)
        .order_by(Matter.owner_id != visited, Matter.id.desc())
        .limit(6)
    ).all()
    for number, matter in enumerate(found):
        begins = clock.start_of(clock.today() + (3 + 2 * number) * DAY) + 10 * HOUR
        meeting = Meeting(matter.partner.name, begins, begins + 2 * HOUR)
        by = person(matter.owner_person_id, matter.owner_id)
        noted = note_meeting(matter, meeting, by=by)
        if number == 2:
            cancel_meeting(matter, noted, by=by)
