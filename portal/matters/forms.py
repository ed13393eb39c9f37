"""What may be typed about a matter: a step with its day and line, a file, a colleague."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectChoice, SelectField, StringField

from portal import clock
from portal.accounts.models import Person
from portal.forms import DayField, Form, asked_of_a_file, at_most, chosen, optional, required
from portal.matters.models import Matter
from portal.matters.steps import STEP_NAMES, Step


class StepForm(Form):
    """One step: which, on which day, and a line where one likes."""

    step = SelectField(_l("Step"), validators=chosen())
    taken_on = DayField(_l("On which day"), validators=[optional()])
    line = StringField(_l("A line for the other side"), validators=[optional(), at_most(200)])
    file = FileField(_l("File"))
    is_harmless = BooleanField(
        _l("It holds no state secret and no work secret"), validators=[asked_of_a_file]
    )

    def __init__(self, matter: Matter) -> None:
        super().__init__(thing=matter)
        self.step.choices = [SelectChoice(s.value, STEP_NAMES[s]) for s in matter.steps_left]
        if not self.is_submitted():
            ahead = matter.next_step
            self.step.data = ahead.value if ahead else None
            self.taken_on.data = clock.today()

    @property
    def chosen_step(self) -> Step:
        """The step that was chosen."""
        return Step(self.step.data)


class FileForm(Form):
    """One file for the two sides, and the answer to the secrecy question."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
    is_harmless = BooleanField(
        _l("It holds no state secret and no work secret"),
        validators=required(_l("What may be secret must not be sent here.")),
    )


class HandOverForm(Form):
    """The colleague who handles it from now on."""

    person_id = SelectField(_l("Who handles it"), coerce=int, validators=chosen())

    def __init__(self, matter: Matter, colleagues: Sequence[Person]) -> None:
        super().__init__(thing=matter)
        self.person_id.choices = [SelectChoice(each.id, each.name) for each in colleagues]
