"""What may be typed about dues: rates, another amount, a payment, an invoice. Amounts in yuan."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange

from portal import clock
from portal.alliances.forms import TIERS
from portal.alliances.models import Tier
from portal.dues.models import Due, DuesYear, PaymentMethod
from portal.dues.operations import Payment
from portal.forms import DayField, Form, NumberField, at_most, chosen, optional, required
from portal.language import FEN_PER_YUAN

METHODS = {
    PaymentMethod.TRANSFER: _l("Bank transfer"),
    PaymentMethod.CHEQUE: _l("Cheque"),
    PaymentMethod.CASH: _l("Cash"),
    PaymentMethod.OTHER: _l("Another way"),
}
#: The largest amount of one line, in yuan.
LARGEST = 10_000_000


def _whole_fen(_form: Form, field: DecimalField) -> None:
    is_huge = field.data is None or abs(field.data) > LARGEST
    if not is_huge and (field.data or 0) * FEN_PER_YUAN % 1:
        raise ValidationError(_l("At most two decimals."))


def _amount(label: Any, first: Any) -> NumberField:
    within = NumberRange(Decimal("0.01"), LARGEST, _l("An amount between 0.01 and 10,000,000."))
    return NumberField(label, places=None, validators=[first, within, _whole_fen])


def _given() -> InputRequired:
    return InputRequired(_l("Please fill this in."))


def in_fen(yuan: Any) -> int:
    """Return a typed amount in fen."""
    return int((yuan or 0) * FEN_PER_YUAN)


def _in_yuan(fen: int) -> Decimal:
    return Decimal(fen) / FEN_PER_YUAN


class RatesForm(Form):
    """What each tier pays for a year, and by when."""

    due_on = DayField(
        _l("To be paid by"), validators=required(_l("Choose a day as year, month and day."))
    )
    chair = _amount(TIERS[Tier.CHAIR], optional())
    vice_chair = _amount(TIERS[Tier.VICE_CHAIR], optional())
    council = _amount(TIERS[Tier.COUNCIL], optional())
    member = _amount(TIERS[Tier.MEMBER], optional())
    waives = BooleanField(_l("Waive what is asked of tiers that are left empty"))

    def __init__(self, year: int, known: DuesYear | None, like: DuesYear | None) -> None:
        super().__init__()
        if self.is_submitted():
            return
        self.version.data = str(known.version) if known else ""
        self.due_on.data = known.due_on if known else clock.today().replace(year, 12, 31)
        pattern = known or like
        for rate in pattern.rates if pattern else ():
            self.amounts[rate.tier].data = _in_yuan(rate.amount_fen)

    @property
    def amounts(self) -> dict[Tier, NumberField]:
        """The field of each tier, in protocol order."""
        return {tier: getattr(self, tier.value) for tier in Tier}

    def rates(self) -> dict[Tier, int]:
        """Return the rates that were typed, in fen; a tier left empty pays nothing."""
        return {
            tier: in_fen(field.data)
            for tier, field in self.amounts.items()
            if field.data is not None
        }


class AdjustForm(Form):
    """Another amount for one member."""

    amount = _amount(_l("Due (yuan)"), _given())
    reason = StringField(_l("Why it differs"), validators=[*required(), at_most(200)])

    def __init__(self, due: Due) -> None:
        super().__init__(thing=due)
        if not self.is_submitted():
            self.amount.data = _in_yuan(due.amount_fen)


class PaymentForm(Form):
    """Money that came in."""

    paid_on = DayField(_l("Day"), validators=required(_l("Choose a day as year, month and day.")))
    paid = _amount(_l("Amount (yuan)"), _given())
    method = SelectField(
        _l("Way of payment"),
        choices=[SelectChoice(method.value, label) for method, label in METHODS.items()],
        validators=chosen(),
    )

    def __init__(self, due: Due) -> None:
        super().__init__()
        self.version.data = self.version.data or str(due.version)
        if not self.is_submitted():
            self.paid_on.data, self.paid.data = clock.today(), _in_yuan(due.left_fen)

    def payment(self) -> Payment:
        """Return what was typed, as the operation takes it."""
        return Payment(
            paid_on=self.paid_on.data or clock.today(),
            amount_fen=in_fen(self.paid.data),
            method=PaymentMethod(self.method.data),
        )


class InvoiceForm(Form):
    """The invoice a member was given."""

    number = StringField(_l("Invoice number"), validators=[optional(), at_most(40)])

    def __init__(self, due: Due) -> None:
        super().__init__(thing=due)
        if not self.is_submitted():
            self.number.data = due.invoice


def years_offered(years: Sequence[DuesYear]) -> list[int]:
    """Return the years whose rates may be set, the newest first: those there are, and three."""
    now = clock.today().year
    return sorted({now - 1, now, now + 1} | {each.year for each in years}, reverse=True)
