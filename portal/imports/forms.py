"""What may be typed about an import: the workbook, how its sheets are read, where a node stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange

from portal.actors import Actor
from portal.forms import Form, cleaned, optional
from portal.imports.headers import Layout
from portal.imports.models import Fate
from portal.imports.places import Place
from portal.imports.words import Field, plain
from portal.language import localised
from portal.sheets.reading import ReadSheet, column_letter

FATES = {
    Fate.NEW: _l("Becomes a member"),
    Fate.CHANGED: _l("Is brought up to date"),
    Fate.SAME: _l("Stays as it is"),
    Fate.OTHER_ALLIANCE: _l("Names another alliance"),
    Fate.REFUSED: _l("Is not taken over"),
}
FIELDS = {
    Field.NAME: _l("Name of the organisation"),
    Field.USCC: _l("Unified social credit code"),
    Field.KIND: _l("Kind of organisation"),
    Field.REGION: _l("Province"),
    Field.CITY: _l("City or district"),
    Field.ADDRESS: _l("Address (for the province alone)"),
    Field.ALLIANCE: _l("Alliance"),
    Field.CHAIN_NODE: _l("Chain node"),
    Field.TIER: _l("Tier"),
    Field.SUMMARY: _l("What it does"),
    Field.WEBSITE: _l("Website"),
}
TASK_FIELDS = {
    Field.NAME: _l("Task"),
    Field.NUMBER: _l("Task number here"),
    Field.COLUMN: _l("Column"),
    Field.PERSON: _l("Person who does it"),
    Field.ORGANISATION: _l("Organisation that does it"),
    Field.DATE: _l("Due on"),
    Field.PACKAGE: _l("Work package"),
    Field.LABELS: _l("Labels"),
    Field.SPECIFICATION: _l("More about it"),
}
#: No sheet has more rows.
LAST_ROW = 1_048_576
NOWHERE = ""


class UploadForm(Form):
    """The workbook."""

    file = FileField(
        _l("Spreadsheet (xlsx, xls, et, ods)"), validators=[FileRequired(_l("Choose a file."))]
    )

    is_checked = BooleanField(
        _l("I have checked: nothing in it touches state or work secrets"),
        validators=[DataRequired(_l("What touches state or work secrets is not taken here."))],
    )

    @cached_property
    def content(self) -> bytes:
        """The bytes of the file."""
        found: bytes = self.file.data.read()
        self.file.data.close()  # a large one lies in a file of its own
        return found

    @property
    def file_name(self) -> str:
        """The name of the file, as its owner calls it."""
        return str(cleaned(self.file.data.filename or "").replace("\\", "/").rpartition("/")[2])

    def receipt(self, by: Actor) -> str:
        """Return the receipt of this request: another file in the same form is another act."""
        digest = hashlib.sha256(self.content).hexdigest()
        return f"{by.person_id}:{(self.key.data or '')[:24]}:{digest}"


class ColumnsForm(Form):
    """How one sheet is read; its fields carry the number of the sheet as a prefix.

    `WHAT` are the fields that a column may hold, `NO_NAME` what is said where none is the name.
    """

    WHAT: ClassVar[Mapping[Field, LazyString]] = {}
    NO_NAME: ClassVar[LazyString]

    is_read = BooleanField()
    first_header = IntegerField(
        _l("First row of the header"),
        validators=[InputRequired(_l("A row number.")), NumberRange(1, LAST_ROW)],
    )
    last_header = IntegerField(
        _l("Last row of the header"),
        validators=[InputRequired(_l("A row number.")), NumberRange(1, LAST_ROW)],
    )

    class Meta(Form.Meta):
        """Part of a larger form, which carries the token."""

        csrf = False

    def offer(self, sheet: ReadSheet, labels: Mapping[int, str]) -> None:
        """Fill the selects: the columns with their header or first value."""
        columns = [SelectChoice(NOWHERE, "—")]
        columns += [
            SelectChoice(str(column), f"{column_letter(column)} · {labels.get(column) or '…'}")
            for column in range(sheet.width)
        ]
        for each in self.WHAT:
            self[each.value].choices = columns

    def show(self, sheet: ReadSheet, layout: Layout | None) -> None:
        """Show how the sheet is read now."""
        first = next(iter(sheet.rows), 1)
        shown = layout or Layout(first, first, {}, is_read=False)
        self.is_read.data = shown.is_read
        self.first_header.data, self.last_header.data = shown.first_header, shown.last_header
        for each in self.WHAT:
            column = shown.columns.get(each)
            self[each.value].data = NOWHERE if column is None else str(column)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check also what no field can know alone: the name, and no column twice."""
        is_valid = super().validate(extra_validators)
        if not self.is_read.data:
            # Nothing of it is read, so nothing of it can be wrong; but rows must be rows.
            return is_valid
        first, last = self.first_header.data or 1, self.last_header.data or 1
        if not first <= last <= first + 5:
            sentence = _("The header ends where it begins, or up to five rows below.")
            self.last_header.errors = [*self.last_header.errors, sentence]
            is_valid = False
        taken: set[str] = set()
        for each in self.WHAT:
            field = self[each.value]
            if each is Field.NAME and not field.data:
                field.errors = [*field.errors, str(self.NO_NAME)]
                is_valid = False
            if field.data and field.data in taken:
                field.errors = [*field.errors, _("Another field is read from this column.")]
                is_valid = False
            taken.add(field.data or "")
        if not is_valid:
            self.status = 422
        return is_valid

    def layout(self) -> Layout:
        """Return what was chosen, as the operation takes it."""
        columns = {each: int(self[each.value].data) for each in self.WHAT if self[each.value].data}
        return Layout(
            self.first_header.data or 1,
            self.last_header.data or 1,
            columns,
            is_read=bool(self.is_read.data) and Field.NAME in columns,
        )


class SheetForm(ColumnsForm):
    """How one sheet of members is read."""

    WHAT = FIELDS
    NO_NAME = _l("Say which column holds the names.")

    is_read = BooleanField(_l("This sheet holds members"))
    default_region = SelectField(_l("Province of rows that name none"), validators=[optional()])

    def offer_places(self, places: Sequence[Place]) -> None:
        """Fill the provinces that rows may lie in."""
        self.default_region.choices = [
            SelectChoice(NOWHERE, "—"),
            *(SelectChoice(each.code, localised(each)) for each in places if each.is_province),
        ]

    def show(self, sheet: ReadSheet, layout: Layout | None) -> None:
        """Show how the sheet is read now, and in which province its rows lie."""
        super().show(sheet, layout)
        self.default_region.data = (layout.default_region if layout else None) or NOWHERE

    def layout(self) -> Layout:
        """Return what was chosen, with the province of rows that name none."""
        return replace(super().layout(), default_region=self.default_region.data or None)


class TaskSheetForm(ColumnsForm):
    """How one sheet of tasks is read."""

    WHAT = TASK_FIELDS
    NO_NAME = _l("Say which column holds the tasks.")

    is_read = BooleanField(_l("This sheet holds tasks"))


for _form in (SheetForm, TaskSheetForm):
    for _each, _label in _form.WHAT.items():
        setattr(_form, _each.value, SelectField(_label, validators=[optional()]))


def sample_of(sheet: ReadSheet, layout: Layout | None, rows: int = 4) -> list[list[str]]:
    """Return the first rows below the header, for the page that asks what they are."""
    below = [n for n in sheet.rows if layout is None or n > layout.last_header][:rows]
    width = sheet.width
    return [
        [str(n), *(plain(c) for c in (*sheet.rows[n], *[""] * (width - len(sheet.rows[n]))))]
        for n in below
    ]
