"""What happens around the alliances of the demo world: charters, news, applications.

Each step is an operation of the person who may take it, at its own past instant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.accounts.models import Organisation
from portal.actors import Actor, person
from portal.alliances import applying, news, operations
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.operations import AllianceContent
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, Story, read

#: How the applications to the hydrogen alliance went, and how many days ago they were made.
FATES = (
    ("draft", 2),
    ("submit", 1),
    ("submit", 4),
    ("review", 8),
    ("return", 12),
    ("reject", 60),
    ("retract", 30),
    ("approve", 90),
    ("suspend", 300),
    ("withdraw", 330),
    ("expel", 350),
)


def tell_alliances(story: Story) -> None:
    """Plan the charters and the news of every alliance, and who applied to the hydrogen one."""
    told = read("alliances")
    for alliance in all_alliances():
        _charter(story, alliance, told)
        for number, (title, body) in enumerate(told["news"][alliance.slug]):
            _tell(story, alliance, title, body, 150 - 60 * number)
        if alliance.slug == "hydrogen":
            _applications(story, alliance, told)


def _keeper(story: Story, alliance: Alliance) -> Actor:
    return person(story.secretaries[alliance.id].id)


def _charter(story: Story, alliance: Alliance, told: Any) -> None:
    def write() -> None:
        said = AllianceContent(
            summary=alliance.summary,
            summary_en=alliance.summary_en,
            charter=told["charters"][alliance.slug],
            contact=alliance.contact,
            council_admits=alliance.slug in told["council_admits"],
        )
        operations.edit_alliance(alliance, said, by=_keeper(story, alliance))

    story.at(story.now - 395 * DAY, write)


def _tell(story: Story, alliance: Alliance, title: str, body: str, days: int) -> None:
    when = story.now - (days - story.chance.uniform(1, 20)) * DAY
    by = _keeper(story, alliance)
    story.at(when, lambda: _ignore(news.write_news(alliance, title=title, body=body, by=by)))


def _ignore(_made: object) -> None:
    """Let a step of the story return nothing."""


def _applications(story: Story, alliance: Alliance, told: Any) -> None:
    """Let organisations of the other alliances apply, each with another end."""
    members = {each.id for each in story.members[alliance.id]}
    others = {each.id: each for row in story.members.values() for each in row}
    free = [
        each
        for each in others.values()
        # The visitor who signs in for a biomedicine member can still apply.
        if each.id not in members and each is not story.roles["outsider"]
    ]
    applicants = story.chance.sample(free, len(FATES))
    for number, ((fate, days), applicant) in enumerate(zip(FATES, applicants, strict=True), 1):
        _apply(story, alliance, applicant, fate, days, number, told)


def _apply(
    story: Story,
    alliance: Alliance,
    applicant: Organisation,
    fate: str,
    days: int,
    number: int,
    told: Any,
) -> None:
    """Plan one application up to what became of it."""
    by, keeper = story.acting(applicant), _keeper(story, alliance)
    begun = story.now - days * DAY
    statement = told["statements"][number % len(told["statements"])]
    asked = applying.Application(Tier.MEMBER, statement, by.person_id)
    made: list[Membership] = []

    def step(after: float, what: Callable[..., None], **arguments: Any) -> None:
        story.at(begun + after * DAY, lambda: what(made[0], **arguments))

    def apply() -> None:
        made.append(
            applying.apply_for_membership(
                alliance, asked, by=by, submit=fate != "draft", consents=True
            )
        )

    story.at(begun, apply)
    if fate in ("draft", "submit"):
        return
    if fate == "retract":
        step(5, applying.retract_application, by=by)
        return
    step(2, applying.review_application, by=keeper)
    if fate == "return":
        step(4, applying.return_application, by=keeper, note=told["return"])
    elif fate == "reject":
        step(9, applying.reject_application, by=keeper, note=told["reject"])
    elif fate != "review":
        basis = told["basis"] % number
        step(15, applying.approve_application, by=keeper, basis=basis)
        _end(fate, step, keeper, told, basis)


def _end(fate: str, step: Callable[..., None], keeper: Actor, told: Any, basis: str) -> None:
    """Plan what became of a member after it was admitted."""
    if fate == "suspend":
        step(250, operations.suspend_membership, by=keeper, note=told["suspend"])
    elif fate == "withdraw":
        note = told["withdraw"]
        step(200, operations.withdraw_membership, by=keeper, basis=basis, note=note)
    elif fate == "expel":
        note = told["expel"]
        step(240, operations.expel_membership, by=keeper, basis=basis, note=note)
