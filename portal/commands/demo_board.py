"""The board of the demo world's project under way: forty tasks that move as people work."""

from __future__ import annotations

import random
from datetime import datetime
from io import BytesIO
from typing import Any

from portal import clock, files
from portal.actors import Actor, person
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.files import Received
from portal.imports.task_operations import bring_tasks
from portal.periods import beginning
from portal.research import (
    board_queries,
    cards,
    delivering,
    placing,
    planning,
    reporting,
    team,
    word_file,
)
from portal.research.board_models import Card
from portal.research.models import Project
from portal.research.work_models import DeliverableKind, FundSource
from portal.sheets.reading import ReadSheet


def tell_board(story: Story, project: Project, when: datetime) -> None:
    """Plan what happens on a board from an instant on."""
    # Of its own, so that what else happens in the story stays as it was.
    chance = random.Random(project.id)  # noqa: S311 - a story, not a secret
    for number, row in enumerate(read("tasks")):
        at = when + (4 + number * 2) * HOUR
        story.at(at, lambda row=row, number=number: _write(story, project, row, number, chance))  # type: ignore[misc]


def tell_plan(story: Story, project: Project, when: datetime) -> None:
    """Plan what the project under way plans, gets, delivers and reports."""
    story.at(when + 2 * HOUR, lambda: _plan(project, when))
    story.at(when + 60 * DAY, lambda: _deliver(project))
    story.at(story.now - 3 * DAY, lambda: _report(project))
    story.at(story.now - 2 * DAY, lambda: _bring(project))


def _plan(project: Project, when: datetime) -> None:
    told = read("project_plan")
    actors = _actors(project)
    lead = actors[0]
    for number, name in enumerate(told["packages"]):
        side = actors[number % len(actors)].organisation_id or 0
        planning.add_package(project, name=name, organisation_id=side, by=lead)
    for name, days in told["milestones"]:
        due = clock.day_of(when + days * DAY)
        made = planning.add_milestone(project, name=name, due_on=due, by=lead)
        if days < 1:
            planning.meet_milestone(project, made.id, is_met=True, by=lead)
    for name, unit, target, actual in told["kpis"]:
        kpi = planning.add_kpi(project, name=name, unit=unit, target_milli=target, by=lead)
        if actual is not None:
            planning.reach_kpi(project, kpi.id, actual_milli=actual, by=lead)
    for number, (source, planned, received, spent) in enumerate(told["funds"]):
        by = actors[number % len(actors)]
        fund = planning.FundContent(
            by.organisation_id or 0, FundSource(source), planned, received, spent
        )
        planning.set_fund(project, fund, by=by)


def _bring(project: Project) -> None:
    """Let a partner bring a table of tasks; what would become of its rows waits to be looked at."""
    table = read("project_plan")["table"]
    rows = {number: tuple(cells) for number, cells in enumerate(table["rows"], 1)}
    sheet = ReadSheet(table["sheet"], rows)
    bring_tasks(project, table["file"], [sheet], by=_actors(project)[-1])


def _deliver(project: Project) -> None:
    actors = _actors(project)
    for number, (kind, title, note) in enumerate(read("project_plan")["deliverables"]):
        by = actors[number % len(actors)]
        made = delivering.add_deliverable(
            project,
            kind=DeliverableKind(kind),
            title=title,
            owner_id=by.organisation_id or 0,
            note=note,
            received=_file_of(title, note) if number == 0 else None,
            by=by,
        )
        if number == 0:
            delivering.accept_deliverable(made, by=actors[0])


def _file_of(title: str, note: str) -> Received:
    """Store a short Word file that says what a version is."""
    written = word_file.written([(title, word_file.TITLE), (note, word_file.TEXT)])
    return files.receive(BytesIO(written), f"{title}.docx")


def _report(project: Project) -> None:
    actors = _actors(project)
    last = beginning(clock.today(), 3).before()
    report = reporting.draw_report(
        project, year=last.from_on.year, quarter=last.quarter, by=actors[0]
    )
    reporting.write_report(report, read("project_plan")["report"], by=actors[0])
    reporting.seal_report(report, by=actors[0])
    reporting.countersign_report(report, by=actors[1])


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
