"""What may be typed about cards and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
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
from portal.research.board_models import Card, ColumnKind
from portal.research.card_queries import Place
from portal.research.cards import CardContent
from portal.research.forms import ROLES
from portal.research.team import Named, Side

LONGEST_TEXT = 4000
COLUMN_NAMES = {
    ColumnKind.TODO: _l("To do"),
    ColumnKind.DOING: _l("Doing"),
    ColumnKind.REVIEW: _l("In review"),
    ColumnKind.DONE: _l("Finished"),
}
NOTHING = SelectChoice("", "—")


def column_name(column: Any) -> str:
    """Return what a column is called: by a name it was given, or by its kind."""
    return str(column.name or COLUMN_NAMES[column.kind])


def _who(value: str) -> tuple[int | None, int | None]:
    """Return (person, organisation) of a choice such as `12-3` or `0-3`."""
    person, _dash, organisation = value.partition("-")
    if not organisation:
        return None, None
    return int(person) or None, int(organisation)


def _named(person: Named) -> str:
    """Return a name with the role in the project, where one is held."""
    return f"{person.name} ({ROLES[person.role]})" if person.role else person.name


class CardForm(Form):
    """A task: what, who, until when."""

    title = StringField(_l("Task"), validators=[*required(_l("Give it a title.")), at_most(120)])
    text = TextAreaField(_l("More about it"), validators=[optional(), at_most(LONGEST_TEXT)])
    who = SelectField(_l("Who does the task"), validators=[optional()])
    due_on = DayField(_l("Due on"), validators=[optional()])
    package_id = SelectField(_l("Work package"), validators=[optional()])
    labels = StringField(_l("Labels"), validators=[optional(), at_most(150)])

    def __init__(
        self,
        sides: Mapping[int, Side],
        packages: Sequence[tuple[int, str]],
        card: Card | None = None,
    ) -> None:
        super().__init__(thing=card)
        self.who.choices = [NOTHING]
        for side in sides.values():
            self.who.choices.append(SelectChoice(f"0-{side.id}", side.name, optgroup=side.name))
            self.who.choices += [
                SelectChoice(f"{each.id}-{side.id}", _named(each), optgroup=side.name)
                for each in side.people
            ]
        self.package_id.choices = [NOTHING, *(SelectChoice(str(i), n) for i, n in packages)]
        if self.is_submitted():
            return
        self.who.data = self.package_id.data = self.labels.data = ""
        if card is not None:
            self.labels.data = " ".join(card.labels)
            self.package_id.data = str(card.package_id or "")
            if card.organisation_id:
                self.who.data = f"{card.owner_id or 0}-{card.organisation_id}"

    def content(self) -> CardContent:
        """Return what was typed, as the operations take it."""
        owner_id, organisation_id = _who(self.who.data or "")
        words = (self.labels.data or "").replace("，", " ").replace(",", " ").split()
        return CardContent(
            title=self.title.data or "",
            text=self.text.data or None,
            owner_id=owner_id,
            organisation_id=organisation_id,
            package_id=int(self.package_id.data) if self.package_id.data else None,
            due_on=self.due_on.data,
            labels=tuple(dict.fromkeys(words)),
        )


class PlaceForm(Form):
    """Where a card goes: a column, and a place in it counted from 1."""

    column_id = SelectField(_l("Column"), coerce=int, validators=chosen())
    number = IntegerField(
        _l("Place from the top (empty for the end)"),
        validators=[optional(), NumberRange(1, 100_000, message=_l("A place from 1 on."))],
    )

    def __init__(self, card: Card, columns: Sequence[Place]) -> None:
        super().__init__()
        self.column_id.choices = [SelectChoice(each.id, column_name(each)) for each in columns]
        if not self.is_submitted():
            self.column_id.data = card.column_id


class ColumnForm(Form):
    """How many cards a column takes, and the name of one of one's own."""

    name = StringField(_l("Name of the column"), validators=[optional(), at_most(40)])
    card_limit = IntegerField(
        _l("Cards at most"),
        validators=[optional(), NumberRange(1, 1000, message=_l("A number from 1 to 1,000."))],
    )


class ItemForm(Form):
    """A line of a checklist."""

    item = StringField(_l("A further line"), validators=[*required(), at_most(120)])


class CommentForm(Form):
    """A comment."""

    comment = TextAreaField(_l("Comment on the task"), validators=[*required(), at_most(2000)])


class BlockForm(Form):
    """The card that a card waits for."""

    blocker_id = SelectField(_l("Waits for"), coerce=int, validators=chosen())

    def __init__(self, others: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.blocker_id.choices = [SelectChoice(number, title) for number, title in others]


class FileForm(Form):
    """One file for whoever takes part, and the answer to the secrecy question."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
    is_harmless = BooleanField(
        _l("It holds no state secret and no work secret"),
        validators=required(_l("What may be secret must not be sent here.")),
    )
