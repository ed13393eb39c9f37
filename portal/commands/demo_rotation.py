"""How the chairs of the demo world rotate: rules, a plan, confirmations, a deferral, an exchange.

Each alliance has a term behind it (entered by hand), one that goes on and some to come.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from portal import clock
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, Story, read
from portal.regions.queries import provinces
from portal.rotation import asking, chartering, deferring, handing_over, papers, swapping
from portal.rotation import operations as rotation
from portal.rotation.cases import Order
from portal.rotation.chartering import CharterContent
from portal.rotation.drafting import drafting_for
from portal.rotation.history import charter_of, turns_of
from portal.rotation.models import Point, Turn

#: Days since the present terms began: the next ones begin in some three weeks.
SINCE = 160
TERMS = 6


def tell_rotation(story: Story) -> None:
    """Plan what happens around the chair of every alliance."""
    told = read("rotation")
    for alliance in all_alliances():
        _plan(story, alliance, told)
        _chair(story, alliance, told)
        if alliance.slug == "hydrogen":
            _exchange(story, alliance, told)
        else:
            story.at(story.now - 2 * DAY, partial(_confirm, story, alliance, 1))
        if alliance.slug == "icv":
            story.at(story.now - 20 * DAY, partial(_defer, story, alliance, told))
    story.at(story.now - 5 * DAY, _ask)


def _ask() -> None:
    asking.ask_for_confirmations(by=SYSTEM)


def _keeper(story: Story, alliance: Alliance) -> Actor:
    return person(story.secretaries[alliance.id].id)


def _plan(story: Story, alliance: Alliance, told: Any) -> None:
    keeper = _keeper(story, alliance)
    rules = CharterContent(
        6,
        Order.REGION_CYCLE,
        tiers=(Tier.CHAIR, Tier.VICE_CHAIR, Tier.COUNCIL),
        max_region_run=2,
        cooling_off_terms=2,
    )
    (chairing,) = story.tiers[(alliance.id, Tier.CHAIR)]

    def enact() -> None:
        chartering.enact_charter(alliance, rules, basis=told["basis"]["rules"], by=keeper)

    def adopt() -> None:
        charter = charter_of(alliance.id)
        if charter is None:
            raise LookupError(alliance.slug)
        chosen: list[int | None] = [chairing.id, *([None] * (TERMS - 1))]
        if alliance.slug == "hydrogen":
            chosen = _by_charter(story, alliance, chairing)
        drafting = drafting_for(charter)
        first = clock.day_of(story.now - SINCE * DAY)
        draft = drafting.filled(drafting.draft(first, TERMS, chosen), keep=True)
        if draft.conflict:
            raise LookupError(f"{alliance.slug}: {' '.join(draft.conflict)}")
        rotation.adopt_plan(alliance, draft.planned(), basis=told["basis"]["plan"], by=keeper)

    story.at(story.now - 390 * DAY, enact)
    story.at(story.now - 190 * DAY, adopt)
    story.at(story.now - 175 * DAY, partial(_confirm, story, alliance, 0))


def _by_charter(story: Story, alliance: Alliance, chairing: Organisation) -> list[int | None]:
    """Return who takes the chair in the order that the charter of this alliance names.

    The regions in turn, as they stand in the table of regions; next is whom a visitor plays.
    """
    council = story.tiers[(alliance.id, Tier.COUNCIL)]
    chosen, codes = [chairing, _other(story)], [each.code for each in provinces()]
    while len(chosen) < TERMS:
        following = codes[(codes.index(chosen[-1].region.code) + 1) % len(codes)]
        chosen.append(
            next(each for each in council if each.region.code == following and each not in chosen)
        )
    return [each.id for each in chosen]


def _other(story: Story) -> Organisation:
    """Return the organisation of the visitor who is asked to confirm its term."""
    return story.roles["other"]


def _turn(alliance: Alliance, number: int) -> Turn:
    return turns_of(alliance.id)[number]


def _acting(story: Story, turn: Turn) -> Actor:
    """Return who acts for the member of a turn: the chair that signs in, or its delegate."""
    if turn.organisation is story.roles["hydrogen_chair"]:
        return person(story.people["chair"].id, turn.organisation_id)
    return person(story.delegates[turn.organisation_id].id, turn.organisation_id)


def _confirm(story: Story, alliance: Alliance, number: int) -> None:
    turn = _turn(alliance, number)
    rotation.confirm_turn(turn, by=_acting(story, turn))


def _chair(story: Story, alliance: Alliance, told: Any) -> None:
    """Let the present chair have a programme, and the hydrogen alliance begin its hand-over."""

    def draft() -> None:
        turn = _turn(alliance, 0)
        asking.draft_programme(turn, told["programme"], by=_acting(story, turn))

    def approve() -> None:
        turn = _turn(alliance, 0)
        asking.approve_programme(turn, by=_acting(story, turn))

    def begin() -> None:
        turn = _turn(alliance, 0)
        by = _acting(story, turn)
        said = handing_over.HandoverContent(
            (Point.DOCUMENTS, Point.RESOLUTIONS, Point.PARTNERS), **told["handover"]
        )
        handing_over.write_handover(handing_over.begin_handover(turn, by=by), said, by=by)

    story.at(story.now - 150 * DAY, draft)
    story.at(story.now - 148 * DAY, approve)
    if alliance.slug == "hydrogen":
        story.at(story.now - 1 * DAY, begin)


def _defer(story: Story, alliance: Alliance, told: Any) -> None:
    turn = _turn(alliance, 2)
    deferring.defer_turn(turn, by=_acting(story, turn), note=told["defer"])


def _exchange(story: Story, alliance: Alliance, told: Any) -> None:
    """Let two members agree to exchange; the council has not decided yet."""

    def ask() -> None:
        turn, other = _turn(alliance, 2), _turn(alliance, 3)
        swap = swapping.ask_swap(turn, other, reason=told["swap"], by=_acting(story, turn))
        swapping.agree_to_swap(swap, by=_acting(story, other))
        keeper = _keeper(story, alliance)
        papers.issue_swap_paper(swap, by=keeper, receipt="demo-swap")

    def stay_away() -> None:
        turn = _turn(alliance, 4)
        days = (clock.today() + 900 * DAY, clock.today() + 960 * DAY)
        chartering.add_blackout(
            alliance,
            turn.organisation,
            days=days,
            note=told["blackout"],
            by=_keeper(story, alliance),
        )

    story.at(story.now - 4 * DAY, ask)
    story.at(story.now - 30 * DAY, stay_away)
