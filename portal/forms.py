"""The base of every form, the shared validators, and how a refusal finds its field.

Forms check form (present, long enough, a date at all); operations check rules. Each form
carries a receipt key, so that a double click is one act, and the version of what it edits, so
that a stale one is noticed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from portal.actors import Actor
from portal.errors import Refused

#: The years a day in a form may lie in.
FIRST_YEAR, LAST_YEAR = 1900, 2199


def cleaned(value: Any) -> Any:
    """Return typed text without surrounding blanks and without control characters."""
    if not isinstance(value, str):
        return value
    kept = "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc")
    return kept.strip()


def version_in(written: str) -> int | None:
    """Return the version that a form or button sent, or None where it sent none.

    What is no version of ours counts as an old one (0): it must not pass for "expects nothing".
    """
    if not written:
        return None
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    return int(written) if is_number else 0


class DayField(DateField):
    """A day, in years that papers of the present can name: others are slips, and overflow."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed. Raises ValueError, which becomes an error of the field."""
        super().process_formdata(valuelist)
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(
                _("A day from %(first)d to %(last)d.", first=FIRST_YEAR, last=LAST_YEAR)
            )


class NumberField(DecimalField):
    """A decimal number; infinity and the values that are no numbers at all are refused."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed. Raises ValueError, which becomes an error of the field."""
        super().process_formdata(valuelist)
        if isinstance(self.data, Decimal) and not self.data.is_finite():
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))


class Form(FlaskForm):
    """A form with a receipt key and a version."""

    key = HiddenField()
    version = HiddenField()

    class Meta(FlaskForm.Meta):
        """Clean what was typed before anything looks at it."""

        def bind_field(self, form: Any, unbound: Any, options: Any) -> Field:
            if unbound.field_class in (StringField, TextAreaField):
                filters = [*unbound.kwargs.get("filters", ()), cleaned]
                unbound = type(unbound)(
                    unbound.field_class, *unbound.args, **{**unbound.kwargs, "filters": filters}
                )
                unbound.creation_counter = 0
            field: Field = unbound.bind(form=form, **options)
            return field

    def __init__(self, *args: Any, thing: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=thing, **kwargs)
        self.refusal: str | None = None
        #: The status to answer with when the form is shown again.
        self.status = 200
        # Also where another form of the page was sent and this one is shown beside it; and what
        # came without a key is never taken for something sent before.
        if not self.key.data:
            self.key.data = secrets.token_urlsafe(12)
        if not self.version.raw_data:
            self.version.data = str(thing.version) if hasattr(thing, "version") else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a form that does not pass is answered with 422."""
        is_valid: bool = super().validate(extra_validators)
        if not is_valid:
            self.status = 422
        return is_valid

    @property
    def expected(self) -> int | None:
        """The version the person saw when the form was opened, or None for a new record."""
        # What was sent, never what the record holds: a form without a version expects nothing.
        return version_in(str((self.version.raw_data or [""])[0]))

    def receipt(self, by: Actor) -> str:
        """Return the receipt of this request: person, form key and digest of what was asked.

        That is the address, for whom they act, and everything sent, the button included: saving
        a draft and submitting the same text are two acts.
        """
        sent = sorted(
            (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
        )
        asked = [request.path, by.organisation_id, by.on_behalf_of_id, sent]
        digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        return f"{by.person_id}:{(self.key.data or '')[:24]}:{digest}"


@contextmanager
def refusals(form: Form) -> Iterator[None]:
    """Turn a rule's refusal into an error of the form; the caller then shows the form again.

    The status to answer with is left in `form.status`.
    """
    try:
        yield
    except Refused as refused:
        form.status = refused.status
        field = getattr(form, refused.field, None) if refused.field else None
        if isinstance(field, Field):
            field.errors = [*field.errors, str(refused.sentence)]
        else:
            form.refusal = str(refused.sentence)


def required(sentence: Any = None) -> list[Any]:
    """Return the validators of a field that must be filled in; the sentence says with what."""
    return [DataRequired(sentence or _l("Please fill this in."))]


def chosen(sentence: Any = None) -> list[Any]:
    """Return the validators of a choice that must be made."""
    return [InputRequired(sentence or _l("Please choose one."))]


def asked_of_a_file(form: Any, field: Any) -> None:
    """Refuse a file whose sender did not say that it holds no secret; without one, ask nothing."""
    if form.file.data and not field.data:
        raise ValidationError(_l("What may be secret must not be sent here."))


def at_most(characters: int) -> Length:
    """Return the validator of a longest length, in characters."""
    return Length(max=characters, message=_l("At most %(max)d characters."))


def optional() -> Optional:
    """Return the validator that lets an empty field be."""
    return Optional()
