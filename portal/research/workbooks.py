"""What the lists of joint projects show, as columns of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.language import localised
from portal.research.plan_forms import DELIVERABLE_KINDS
from portal.research.workflow import PROJECT
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind


def ticked(items: Sequence[tuple[str, bool]]) -> str:
    """Return a checklist as the lines of a cell, each with a box that is ticked or not."""
    return "\n".join(f"[{'x' if is_done else ' '}] {text}" for text, is_done in items)


PROJECTS = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("State"), lambda row: PROJECT.labels[row.state], width=12),
    Field(_l("Lead organisation"), lambda row: row.lead, width=32),
    Field(_l("Organisations"), lambda row: row.partners, Kind.NUMBER, width=10),
    Field(_l("Regions"), lambda row: "\n".join(localised(each) for each in row.regions), width=14),
)
#: A row of it is (task, the name of its column).
TASKS = (
    Field(_l("Task number here"), lambda row: row[0].id, Kind.NUMBER, width=12),
    Field(_l("Task"), lambda row: row[0].title, width=44),
    Field(_l("Column"), lambda row: row[1], width=12),
    Field(_l("Who does the task"), lambda row: row[0].owner or row[0].organisation, width=24),
    Field(_l("Due on"), lambda row: row[0].due_on, Kind.DAY),
    Field(_l("Work package"), lambda row: row[0].package, width=24),
)
#: All that tasks say, by words that are read again when it is brought back (`imports/tasks.json`).
#: Checklist and comments are read by people alone: what is brought leaves them as they are.
#: A row of it is (task, the name of its column, its checklist, how many comments it has).
TASK_TABLE = (
    Field(_l("Task number here"), lambda row: row[0].id, Kind.NUMBER, width=12),
    Field(_l("Task"), lambda row: row[0].content.title, width=44),
    Field(_l("Column"), lambda row: row[1], width=12),
    Field(_l("Person who does it"), lambda row: row[0].owner),
    Field(_l("Organisation that does it"), lambda row: row[0].organisation, width=32),
    Field(_l("Due on"), lambda row: row[0].content.due_on, Kind.DAY),
    Field(_l("Work package"), lambda row: row[0].package, width=24),
    Field(_l("Labels"), lambda row: " ".join(row[0].content.labels), width=24),
    Field(_l("More about it"), lambda row: row[0].content.text, width=60),
    Field(_l("Checklist of the task"), lambda row: ticked(row[2]), width=36),
    Field(_l("Number of comments"), lambda row: row[3], Kind.NUMBER, width=12),
)
DELIVERABLES = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("Kind"), lambda row: DELIVERABLE_KINDS[row.kind], width=10),
    Field(_l("Whose it is"), lambda row: row.owner.name, width=32),
    Field(_l("Version accepted"), lambda row: row.accepted_number, Kind.NUMBER, width=12),
    Field(
        _l("Accepted by"), lambda row: row.accepted_by.name if row.accepted_by else None, width=16
    ),
)
