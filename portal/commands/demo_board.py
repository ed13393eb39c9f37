"""The board of the demo world's project under way: forty tasks that move as people work."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from portal import clock
from portal.actors import Actor, person
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.research import board_queries, cards, placing, team
from portal.research.board_models import Card
from portal.research.models import Project


def tell_board(story: Story, project: Project, when: datetime) -> None:
    """Plan what happens on a board from an instant on."""
    # Of its own, so that what else happens in the story stays as it was.
    chance = random.Random(project.id)  # noqa: S311 - a story, not a secret
    for number, row in enumerate(read("tasks")):
        at = when + (4 + number * 2) * HOUR
        story.at(at, lambda row=row, number=number: _write(story, project, row, number, chance))  # type: ignore[misc]


def _actors(project: Project) -> list[Actor]:
    """Return one person of each organisation that takes part."""
    sides = team.people_in(project.id).values()
    return [person(side.people[-1].id, side.id) for side in sides if side.people]


def _write(story: Story, project: Project, row: Any, number: int, chance: random.Random) -> None:
    actors = _actors(project)
    by = actors[number % len(actors)]
    due = clock.day_of(story.now) + (row["due"] * DAY)
    said = cards.CardContent(
        row["title"],
        owner_id=by.person_id,
        organisation_id=by.organisation_id,
        due_on=due,
        labels=tuple(row.get("labels", ())),
    )
    card = cards.add_card(project, said, by=actors[0])
    for text in row.get("items", ()):
        cards.add_item(card, text, by=by)
    when = clock.now()
    for step in range(row["column"]):
        when += chance.uniform(3, 14) * DAY
        story.at(when, lambda step=step: _move(project, card, step + 1, by))  # type: ignore[misc]
    if row.get("comment"):
        story.at(when + 5 * HOUR, lambda: _comment(card, row["comment"], by))


def _move(project: Project, card: Card, column: int, by: Actor) -> None:
    columns = board_queries.columns_of(project.id)
    for item in card.items[:column]:
        cards.tick_item(card, item.id, is_done=True, by=by)
    placing.place_card(card, column_id=columns[min(column, len(columns) - 1)].id, by=by)


def _comment(card: Card, text: str, by: Actor) -> None:
    cards.comment_card(card, text, by=by)
