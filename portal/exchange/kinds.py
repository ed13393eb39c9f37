"""TABLE: the few fields each kind of listing has beside those all have.

One row drives the form, its check, the facts, the facet, the search index and the workbook. The
values are kept as text in one column (`Listing.particulars`), so that a new field needs no
migration. Kinds may share a field by its name: changing the kind then keeps what fits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.exchange.models import ListingKind

LONGEST = 80
#: A number as it is kept: digits, and at most two decimals.
NUMBER = re.compile(r"\d{1,9}(\.\d{1,2})?")


class ValueType(StrEnum):
    """What a field of a kind holds."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True)
class KindField:
    """One field: its name as it is stored, its label, what it holds, the unit of a number."""

    name: str
    label: LazyString
    holds: ValueType = ValueType.TEXT
    unit: LazyString | None = None
    choices: Mapping[str, LazyString] = field(default_factory=dict)

    def wrong(self, value: str) -> LazyString | None:
        """Return the sentence that says why a value is none of this field, or None."""
        if self.holds is ValueType.NUMBER and not NUMBER.fullmatch(value):
            return _l("A number, with at most two decimals.")
        if self.holds is ValueType.CHOICE and value not in self.choices:
            return _l("Please choose one.")
        return _l("At most %(max)d characters.", max=LONGEST) if len(value) > LONGEST else None

    def shown(self, value: str) -> str:
        """Return a value as people read it."""
        if self.holds is ValueType.CHOICE:
            return str(self.choices.get(value, value))
        if self.unit is None:
            return value
        return str(_("%(number)s %(unit)s", number=value, unit=self.unit))


_NUMBER, _CHOICE = ValueType.NUMBER, ValueType.CHOICE
_MATURITY = KindField(
    "maturity",
    _l("Maturity"),
    _CHOICE,
    choices={
        "laboratory": _l("Laboratory"),
        "pilot": _l("Pilot scale"),
        "production": _l("In production"),
    },
)
_MODEL = KindField("model", _l("Model or standard"))
_QUANTITY = KindField("quantity", _l("Quantity, with its unit"))
_CERTIFICATE = KindField("certificate", _l("Certificates or accreditations"))
_DURATION = KindField("duration_days", _l("How long it takes"), _NUMBER, unit=_l("days"))
_TERM = KindField("term_months", _l("Term"), _NUMBER, unit=_l("months"))
_PLACE = KindField("place", _l("Location"))

#: The fields of each kind, in the order in which they are asked and shown.
KIND_FIELDS: Mapping[ListingKind, tuple[KindField, ...]] = {
    ListingKind.TECHNOLOGY: (
        _MATURITY,
        KindField(
            "transfer",
            _l("Way of transfer"),
            _CHOICE,
            choices={
                "licence": _l("Licence"),
                "assignment": _l("Assignment"),
                "joint": _l("Joint development"),
                "shares": _l("Contribution for shares"),
            },
        ),
        KindField("rights", _l("Patents or other rights")),
    ),
    ListingKind.PRODUCT: (_MODEL, _QUANTITY, _CERTIFICATE),
    ListingKind.CAPACITY: (
        KindField("process", _l("Process or equipment")),
        _QUANTITY,
        KindField("free_capacity", _l("Free capacity per month")),
    ),
    ListingKind.SERVICE: (_CERTIFICATE, _DURATION),
    ListingKind.TALENT: (
        KindField("headcount", _l("Number of people"), _NUMBER, unit=_l("people")),
        KindField("degree", _l("Degree or title")),
        KindField(
            "engagement",
            _l("Engagement"),
            _CHOICE,
            choices={
                "full_time": _l("Full time"),
                "part_time": _l("Part time or advisory"),
                "secondment": _l("Secondment"),
            },
        ),
        _PLACE,
    ),
    ListingKind.FINANCE: (
        KindField(
            "instrument",
            _l("Instrument"),
            _CHOICE,
            choices={
                "equity": _l("Equity"),
                "loan": _l("Loan"),
                "leasing": _l("Leasing"),
                "guarantee": _l("Guarantee"),
            },
        ),
        _TERM,
    ),
    ListingKind.DATA: (
        KindField("volume", _l("Volume")),
        KindField("refreshed", _l("How often it is refreshed")),
        KindField(
            "access",
            _l("Access"),
            _CHOICE,
            choices={
                "interface": _l("Interface"),
                "copy": _l("A copy"),
                "on_site": _l("On site only"),
            },
        ),
    ),
    ListingKind.SITE: (
        KindField("area", _l("Area"), _NUMBER, unit=_l("m²")),
        _PLACE,
        _TERM,
    ),
}


def every_field() -> dict[str, KindField]:
    """Return each field once, by its name."""
    return {each.name: each for fields in KIND_FIELDS.values() for each in fields}


def every_choice() -> list[str]:
    """Return the names of the fields that a list can be narrowed by."""
    return [name for name, each in every_field().items() if each.holds is ValueType.CHOICE]


def choices_of(kind: ListingKind | None) -> list[KindField]:
    """Return the fields of a kind that a list can be narrowed by."""
    return [each for each in fields_of(kind) if each.holds is ValueType.CHOICE]


def kinds_with(name: str) -> list[ListingKind]:
    """Return the kinds that have a field of this name."""
    return [kind for kind, fields in KIND_FIELDS.items() if name in {each.name for each in fields}]


def fields_of(kind: ListingKind | None) -> tuple[KindField, ...]:
    """Return the fields of a kind; none where no kind is chosen."""
    return KIND_FIELDS[kind] if kind else ()


def fitting(kind: ListingKind | None, values: Mapping[str, str]) -> dict[str, str]:
    """Return what of some values belongs to a kind and is not empty."""
    names = (each.name for each in fields_of(kind))
    return {name: values[name] for name in names if values.get(name)}


def wrong_particulars(kind: ListingKind | None, values: Mapping[str, str]) -> dict[str, LazyString]:
    """Return what is wrong with the values of a kind, by the name of the form's field."""
    kept = fitting(kind, values)
    found = {
        each.name: each.wrong(kept[each.name]) for each in fields_of(kind) if each.name in kept
    }
    return {form_name(name): sentence for name, sentence in found.items() if sentence is not None}


def form_name(name: str) -> str:
    """Return how a form calls a field of a kind."""
    return f"own_{name}"


def particulars_in_words(kind: ListingKind | None, kept: str | None) -> str | None:
    """Return the particulars of a row, as its column holds them, in one line for a workbook."""
    values = json.loads(kept) if kept else None
    if not values:
        return None
    said = ((each.label, each.shown(values[each.name])) for each in fields_of(kind)
            if each.name in values)  # fmt: skip
    lines = (_("%(label)s: %(value)s", label=label, value=value) for label, value in said)
    return str(_("; ")).join(lines)
