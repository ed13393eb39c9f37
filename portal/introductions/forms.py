"""What is typed of an introduction: the counterpart and why, and what a side says to it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, TextAreaField

from portal.forms import Form, at_most, chosen, optional, required
from portal.introductions.queries import Counterpart


class ProposeForm(Form):
    """The listing it is introduced to, and a line why."""

    other_id = RadioField(
        _l("Introduce it to"), coerce=int, validators=chosen(_l("Choose a listing."))
    )
    line = TextAreaField(
        _l("Why they belong together"),
        validators=[*required(_l("Say in a line why: both sides read it.")), at_most(300)],
    )

    def offer(self, found: Sequence[Counterpart]) -> None:
        """Fill the choices."""
        self.other_id.choices = [
            SelectChoice(each.id, f"{each.title} · {each.organisation} · {each.region.short}")
            for each in found
        ]


class AnswerForm(Form):
    """A side's answer: yes, or no and why."""

    answer = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice("agree", _l("Yes, introduce us")),
            SelectChoice("decline", _l("No, thank you")),
        ],
        validators=chosen(),
    )
    reason = TextAreaField(_l("Why not"), validators=[optional(), at_most(500)])

    @property
    def agrees(self) -> bool:
        """Whether they want to be introduced."""
        return bool(self.answer.data == "agree")
