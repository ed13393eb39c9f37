"""What may be typed about an outcome."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DecimalField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import NumberRange

from portal import clock
from portal.forms import (
    DayField,
    Form,
    NumberField,
    asked_of_a_file,
    at_most,
    chosen,
    optional,
    required,
)
from portal.language import FEN_PER_WAN
from portal.outcomes.bands import BANDS, Band, band_words
from portal.outcomes.models import Disclosure, Outcome, OutcomeKind
from portal.outcomes.operations import Claim

OUTCOME_KINDS = {
    OutcomeKind.CONTRACT: _l("Contract"),
    OutcomeKind.LANDING: _l("Landing"),
    OutcomeKind.SHARED_USE: _l("Shared use"),
    OutcomeKind.INVESTMENT: _l("Investment"),
}
DISCLOSURES = {
    Disclosure.EXACT: _l("The amounts as they are"),
    Disclosure.BAND: _l("Only the bands"),
    Disclosure.CONFIDENTIAL: _l("Nothing: between the two sides, counted in totals alone"),
}


def whole_fen(_form: Form, field: DecimalField) -> None:
    """Refuse an amount finer than a fen, instead of rounding what a contract says."""
    if field.data is not None and field.data * FEN_PER_WAN % 1:
        raise ValidationError(_l("At most six decimals."))


def _amount(label: Any) -> NumberField:
    within = NumberRange(0, 10_000_000, message=_l("An amount between 0 and 10,000,000."))
    return NumberField(label, places=None, validators=[optional(), within, whole_fen])


class ClaimForm(Form):
    """What came of it, what it was worth, who may see that, and the evidence."""

    kind = RadioField(_l("What came of it"), validators=chosen())
    title = StringField(_l("Title"), validators=[*required(_l("Give it a title.")), at_most(80)])
    signed_on = DayField(
        _l("Signed on"), validators=required(_l("Choose a day as year, month and day."))
    )
    value = _amount(_l("Contract value (10,000 yuan)"))
    value_band = SelectField(_l("Or its band"), validators=[optional()])
    technology = _amount(_l("Of it for technology (10,000 yuan)"))
    technology_band = SelectField(_l("Or the band of that"), validators=[optional()])
    disclosure = RadioField(_l("What others see of the values"), validators=chosen())
    contract_number = StringField(_l("Contract number"), validators=[optional(), at_most(60)])
    file = FileField(_l("Evidence"))
    original_seen = BooleanField(_l("The original was seen, no copy is kept"))
    is_harmless = BooleanField(
        _l("It holds no state secret and no work secret"), validators=[asked_of_a_file]
    )
    may_publish = BooleanField(_l("We agree that everyone may see it"))

    def __init__(self, *, title: str, corrects: Outcome | None = None) -> None:
        super().__init__()
        self.kind.choices = [SelectChoice(k.value, label) for k, label in OUTCOME_KINDS.items()]
        self.disclosure.choices = [SelectChoice(d.value, label) for d, label in DISCLOSURES.items()]
        bands = [SelectChoice("", "—"), *(SelectChoice(b.value, band_words(b)) for b in BANDS)]
        self.value_band.choices = self.technology_band.choices = bands
        if self.is_submitted():
            return
        self.kind.data = OutcomeKind.CONTRACT.value
        self.disclosure.data = Disclosure.BAND.value
        self.title.data = title
        self.signed_on.data = clock.today()
        if corrects is not None:
            self._fill_from(corrects)

    def _fill_from(self, old: Outcome) -> None:
        self.kind.data, self.disclosure.data = old.kind.value, old.disclosure.value
        self.title.data, self.signed_on.data = old.title, old.signed_on
        self.contract_number.data = old.contract_number
        self.value.data = _in_wan(old.value_fen)
        self.technology.data = _in_wan(old.technology_fen)
        self.value_band.data = old.value_band.value if old.value_band else ""
        self.technology_band.data = old.technology_band.value if old.technology_band else ""

    def claim(self) -> Claim:
        """Return what was typed, as the operations take it (money in fen)."""
        return Claim(
            kind=OutcomeKind(self.kind.data),
            title=self.title.data or "",
            signed_on=self.signed_on.data or clock.today(),
            disclosure=Disclosure(self.disclosure.data),
            value_fen=_in_fen(self.value.data),
            value_band=Band(self.value_band.data) if self.value_band.data else None,
            technology_fen=_in_fen(self.technology.data),
            technology_band=Band(self.technology_band.data) if self.technology_band.data else None,
            contract_number=self.contract_number.data or None,
            original_seen=bool(self.original_seen.data),
            may_publish=bool(self.may_publish.data),
        )


class AnswerForm(Form):
    """The other side's answer by the link it was sent."""

    answer = RadioField(
        _l("Is that so?"),
        choices=[
            SelectChoice("confirm", _l("Yes, we confirm it")),
            SelectChoice("decline", _l("No, it is not so")),
        ],
        validators=chosen(),
    )
    reason = StringField(_l("Why (the other side reads it)"), validators=[optional(), at_most(200)])
    may_publish = BooleanField(_l("We agree that everyone may see it"))

    def __init__(self) -> None:
        super().__init__()
        if not self.is_submitted():
            self.answer.data = "confirm"

    @property
    def confirms(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.answer.data == "confirm")


def _in_wan(fen: int | None) -> Any:
    return None if fen is None else Decimal(fen) / FEN_PER_WAN


def _in_fen(wan: Any) -> int | None:
    return None if wan is None else int(wan * FEN_PER_WAN)
