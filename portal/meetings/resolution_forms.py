"""What may be typed about a resolution, its votes and the actions that follow."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange

from portal.forms import DayField, Form, at_most, chosen, optional, required
from portal.meetings.counting import Choice, Verdict
from portal.meetings.forms import RESOLUTION_KINDS
from portal.meetings.models import Seat
from portal.meetings.resolution_models import ResolutionKind
from portal.meetings.resolutions import ResolutionContent

CHOICES = {
    Choice.YES: _l("For"),
    Choice.NO: _l("Against"),
    Choice.ABSTAIN: _l("Abstains"),
    Choice.RECUSED: _l("Steps aside"),
    Choice.SILENT: _l("Said nothing"),
}

VERDICTS = {
    Verdict.PASSED: _l("Passed"),
    Verdict.FAILED: _l("Not passed"),
    Verdict.NO_QUORUM: _l("No quorum: nothing was decided"),
}


class ResolutionForm(Form):
    """What a body is asked to decide."""

    kind = SelectField(
        _l("Kind"),
        choices=[SelectChoice(kind.value, label) for kind, label in RESOLUTION_KINDS.items()],
        validators=chosen(),
    )
    title = StringField(_l("Title"), validators=[*required(), at_most(120)])
    text = TextAreaField(_l("Wording to be voted on"), validators=[*required(), at_most(4000)])
    is_secret = BooleanField(_l("Secret ballot, held on paper"))

    def content(self) -> ResolutionContent:
        """Return what was typed; to be asked of a valid form only."""
        return ResolutionContent(
            kind=ResolutionKind(self.kind.data),
            title=self.title.data or "",
            text=self.text.data or "",
            is_secret=bool(self.is_secret.data),
        )


class RecordForm(Form):
    """Votes that the secretary writes down: a choice for each seat, or counted figures."""

    is_paper = BooleanField(_l("Voted on paper"))
    file = FileField(_l("Scan of the ballot papers"))
    yes = IntegerField(_l("For"), validators=[optional(), NumberRange(0, 999)])
    no = IntegerField(_l("Against"), validators=[optional(), NumberRange(0, 999)])
    abstain = IntegerField(_l("Abstain"), validators=[optional(), NumberRange(0, 999)])

    def votes(self, seats: Sequence[Seat]) -> dict[int, Choice]:
        """Return what was chosen for each seat; seats without a choice are left out."""
        written = {seat.id: request.form.get(f"seat-{seat.id}", "") for seat in seats}
        return {seat_id: Choice(said) for seat_id, said in written.items() if said in list(Choice)}

    def chosen(self, seat: Seat) -> str:
        """Return what was chosen for a seat when it was sent, for the page that says why not."""
        said = request.form.get(f"seat-{seat.id}", "")
        return said if said in list(Choice) else Choice.SILENT.value

    def is_ticked(self, seat: Seat) -> bool:
        """Tell whether a seat took part in a secret ballot: as it was sent, or all at first."""
        return "yes" not in request.form or str(seat.id) in request.form.getlist("seat")

    def took_part(self, seats: Sequence[Seat]) -> list[int]:
        """Return the seats that took part in a secret ballot."""
        written = set(request.form.getlist("seat"))
        return [seat.id for seat in seats if str(seat.id) in written]


class HandLinkForm(Form):
    """For whom the link of a seat is made."""

    seat_id = SelectField(_l("Seat"), coerce=int, validate_choice=False)
    handed_to = StringField(_l("For whom"), validators=[*required(), at_most(40)])

    def offer(self, seats: Sequence[Seat]) -> None:
        """Offer the seats that have not voted."""
        self.seat_id.choices = [SelectChoice(seat.id, seat.name) for seat in seats]


class ActionForm(Form):
    """Something a member is asked to do."""

    title = StringField(_l("What is to be done"), validators=[*required(), at_most(120)])
    owner_id = SelectField(_l("Who does it"), coerce=int, validators=chosen())
    due_on = DayField(_l("Due on"), validators=required(_l("Please give the day.")))

    def __init__(self, members: Sequence[tuple[int, str, int]]) -> None:
        """Offer the members: their number, their name, how many of their people would be told."""
        super().__init__()
        self.owner_id.choices = [
            SelectChoice(
                each,
                ngettext(
                    "%(name)s (%(num)d person)", "%(name)s (%(num)d people)", people, name=name
                ),
            )
            for each, name, people in members
        ]
