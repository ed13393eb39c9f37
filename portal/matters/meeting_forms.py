"""What may be typed about a meeting of a matter."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TimeField

from portal import clock
from portal.forms import DayField, Form, at_most, required
from portal.matters.meetings import Meeting
from portal.matters.models import MatterMeeting

#: What stands in the form of a new meeting.
USUAL_BEGIN, USUAL_END = time(10, 0), time(11, 30)


class MeetingForm(Form):
    """Where, on which day, from when until when: in Shanghai."""

    place = StringField(
        _l("Where"), validators=[*required(_l("Say where, or by which means.")), at_most(200)]
    )
    day = DayField(_l("On which day"), validators=required(_l("Choose the day.")))
    begins = TimeField(_l("Begins at"), validators=required(_l("Choose the time.")))
    ends = TimeField(_l("Until"), validators=required(_l("Choose the time.")))

    def __init__(self, noted: MatterMeeting | None = None) -> None:
        super().__init__(thing=noted)
        if self.is_submitted():
            return
        if noted is None:
            self.begins.data, self.ends.data = USUAL_BEGIN, USUAL_END
        else:
            begins = noted.begins_at.astimezone(clock.LOCAL_ZONE)
            self.day.data, self.begins.data = begins.date(), begins.time()
            self.ends.data = noted.ends_at.astimezone(clock.LOCAL_ZONE).time()

    @property
    def meeting(self) -> Meeting:
        """What was typed, in UTC."""
        day: Any = self.day.data  # all three are required
        begins, ends = (
            datetime.combine(day, each, clock.LOCAL_ZONE).astimezone(UTC)
            for each in (self.begins.data or time(), self.ends.data or time())
        )
        return Meeting(self.place.data or "", begins, ends)
