"""What the lists of joint projects show, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.language import localised
from portal.research.plan_forms import DELIVERABLE_KINDS
from portal.research.workflow import PROJECT
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

PROJECTS = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("State"), lambda row: PROJECT.labels[row.state], width=12),
    Field(_l("Lead organisation"), lambda row: row.lead, width=32),
    Field(_l("Organisations"), lambda row: row.partners, Kind.NUMBER, width=10),
    Field(_l("Regions"), lambda row: "\n".join(localised(each) for each in row.regions), width=14),
)
#: A row of it is (task, the name of its column).
TASKS = (
    Field(_l("Task"), lambda row: row[0].title, width=44),
    Field(_l("Column"), lambda row: row[1], width=12),
    Field(_l("Who does it"), lambda row: row[0].owner or row[0].organisation, width=24),
    Field(_l("Due on"), lambda row: row[0].due_on, Kind.DAY),
    Field(_l("Work package"), lambda row: row[0].package, width=24),
)
#: All that tasks say, by words that are read again when it is brought back (`imports/tasks.json`).
#: A row of it is (task, the name of its column).
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
)
DELIVERABLES = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("Kind"), lambda row: DELIVERABLE_KINDS[row.kind], width=10),
    Field(_l("Whose it is"), lambda row: row.owner.name, width=32),
    Field(_l("Version accepted"), lambda row: row.accepted_number, Kind.NUMBER, width=12),
)
