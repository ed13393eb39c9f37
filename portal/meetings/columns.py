"""What the lists of meetings, resolutions and actions show, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.meetings.forms import MEETING_KINDS, RESOLUTION_KINDS
from portal.meetings.resolution_queries import number_of
from portal.meetings.resolution_workflow import ACTION, RESOLUTION
from portal.meetings.workflow import MEETING
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

MEETINGS = (
    Field(_l("Meeting"), lambda meeting: meeting.title, width=44),
    Field(_l("Which body meets"), lambda meeting: MEETING_KINDS[meeting.kind], width=14),
    Field(_l("Begins"), lambda meeting: meeting.starts_at, Kind.MOMENT),
    Field(_l("Venue"), lambda meeting: meeting.place, width=36),
    Field(_l("State"), lambda meeting: MEETING.labels[meeting.state]),
)

RESOLUTIONS = (
    Field(_l("Number"), number_of, width=20),
    Field(_l("Resolution"), lambda resolution: resolution.title, width=44),
    Field(_l("Kind"), lambda resolution: RESOLUTION_KINDS[resolution.kind], width=14),
    Field(_l("State"), lambda resolution: RESOLUTION.labels[resolution.state]),
    Field(_l("In force from"), lambda resolution: resolution.effective_on, Kind.DAY),
)

ACTIONS = (
    Field(_l("Action"), lambda action: action.title, width=44),
    Field(_l("Who does it"), lambda action: action.owner.name, width=36),
    Field(_l("Due on"), lambda action: action.due_on, Kind.DAY),
    Field(_l("State"), lambda action: ACTION.labels[action.state]),
)
