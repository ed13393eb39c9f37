"""What the secretariat types for a member, and what the member says to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField, ValidationError

from portal.exchange.forms import ListingForm
from portal.forms import Form, at_most, chosen, optional


class FillInForm(ListingForm):
    """A listing, and the member's person who is asked to confirm it."""

    member = SelectField(_l("For which member, confirmed by whom"), validators=chosen())

    def offer_members(self, people: Sequence[tuple[str, str]] | None) -> None:
        """Fill the choice of who confirms; None where that is settled already."""
        if people is None:
            del self.member
        else:
            nobody = SelectChoice("", "—")
            self.member.choices = [nobody, *(SelectChoice(key, words) for key, words in people)]

    def validate_member(self, field: Any) -> None:
        """Refuse the row that stands for nobody."""
        if not field.data:
            raise ValidationError(_l("Choose the member."))

    @property
    def chosen_member(self) -> tuple[int, int]:
        """The organisation and the person that were chosen; zeros where nobody was."""
        written = self.member.data if self.member else ""
        place, _dash, who = (written or "").partition("-")
        is_both = all(each.isdecimal() and len(each) < 10 for each in (place, who))
        return (int(place), int(who)) if is_both else (0, 0)


class ConfirmForm(Form):
    """The member's answer: publish it, or not and why."""

    answer = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice("confirm", _l("Yes, publish it in our name")),
            SelectChoice("decline", _l("No, send it back")),
        ],
        validators=chosen(),
    )
    reason = TextAreaField(_l("Why not"), validators=[optional(), at_most(500)])

    @property
    def confirms(self) -> bool:
        """Whether it is to be published."""
        return bool(self.answer.data == "confirm")
