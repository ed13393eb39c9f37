"""What may be typed about a listing and into an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DecimalField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import NumberRange, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.alliances.models import Alliance
from portal.exchange.choices import Choices
from portal.exchange.content import ListingContent
from portal.exchange.kinds import (
    KindField,
    ValueType,
    every_field,
    fitting,
    form_name,
    kinds_with,
)
from portal.exchange.models import (
    LARGEST_AMOUNT,
    Direction,
    Listing,
    ListingKind,
    ListingVisibility,
)
from portal.exchange.pasting import Guess, without_contacts
from portal.exchange.rules import Wrong
from portal.forms import DayField, Form, NumberField, at_most, chosen, optional, required
from portal.language import localised
from portal.written.numerals import folded

#: How long a listing is open unless its owner chooses otherwise.
USUAL_VALIDITY = timedelta(days=90)

#: A mobile number of the mainland, with or without gaps.
MOBILE = re.compile(r"(?<![\dA-Za-z.-])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\dA-Za-z.-])")

DIRECTIONS = {Direction.DEMAND: _l("Demand"), Direction.SUPPLY: _l("Supply")}
KINDS = {
    ListingKind.TECHNOLOGY: _l("Technology"),
    ListingKind.PRODUCT: _l("Product"),
    ListingKind.CAPACITY: _l("Capacity"),
    ListingKind.SERVICE: _l("Service"),
    ListingKind.TALENT: _l("Talent"),
    ListingKind.FINANCE: _l("Finance"),
    ListingKind.DATA: _l("Data"),
    ListingKind.SITE: _l("Site"),
}
VISIBILITIES = {
    ListingVisibility.PUBLIC: _l("Public"),
    ListingVisibility.MEMBERS: _l("Members of the alliance"),
    ListingVisibility.CONFIDENTIAL: _l("Trade secret: named organisations only"),
}


#: An amount is typed in 10,000 yuan and kept in fen.
FEN_PER_TEN_THOUSAND_YUAN = 1_000_000
LONGEST_TEXT = 5000


def one_mistake(_form: Form, field: DecimalField) -> None:
    """Judge no further what is wrong already: one mistake is told once."""
    if field.errors:
        raise StopValidation


def two_decimals(_form: Form, field: DecimalField) -> None:
    """Refuse an amount finer than a hundred yuan, instead of rounding what somebody meant."""
    exponent = field.data.normalize().as_tuple().exponent if field.data is not None else 0
    if isinstance(exponent, int) and exponent < -2:
        raise ValidationError(_l("At most two decimals."))


def no_mobile_number(_form: Form, field: StringField) -> None:
    """Refuse a mobile number in what everybody may read: contacts follow an accepted answer."""
    if MOBILE.search(folded(field.data or "")):
        raise ValidationError(
            _l("Leave the mobile number out: contacts are exchanged when an answer is accepted.")
        )


def _one_or_none(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None


class ListingForm(Form):
    """Five fields, and everything else optional; a draft may leave the text and the day open."""

    #: The answer of the secrecy check, carried along so that a save proves it was asked.
    secrecy = HiddenField()
    alliance_id = SelectField(_l("Alliance"), coerce=int, validators=chosen())
    direction = RadioField(
        _l("What is it?"),
        choices=[
            SelectChoice(Direction.DEMAND.value, _l("Demand: we are looking for something")),
            SelectChoice(Direction.SUPPLY.value, _l("Supply: we have something to offer")),
        ],
        validators=chosen(_l("Say whether you seek or offer.")),
    )
    title = StringField(
        _l("Title"), validators=[*required(_l("Give it a title.")), at_most(80), no_mobile_number]
    )
    specification = TextAreaField(
        _l("What exactly"),
        validators=[
            *required(_l("Say what exactly you seek or offer.")),
            at_most(LONGEST_TEXT),
            no_mobile_number,
        ],
    )
    valid_until = DayField(
        _l("Until when"), validators=required(_l("Choose the last day as year, month and day."))
    )
    visibility = RadioField(
        _l("Who may see it"),
        choices=[SelectChoice(each.value, label) for each, label in VISIBILITIES.items()],
        validators=chosen(_l("Choose who may see it.")),
    )
    named_ids = SelectMultipleField(
        _l("Named organisations"),
        coerce=int,
        validators=[optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    kind = SelectField(_l("Kind"), validators=[optional()])
    chain_node_id = SelectField(_l("Chain node"), validators=[optional()])
    wanted_region_id = SelectField(_l("Region wanted"), validators=[optional()])
    amount = NumberField(
        _l("Amount (10,000 yuan)"),
        places=None,  # shown again exactly as it is kept
        validators=[
            optional(),
            one_mistake,
            NumberRange(0, LARGEST_AMOUNT, message=_l("An amount between 0 and 10,000,000.")),
            one_mistake,
            two_decimals,
        ],
    )
    cooperation = StringField(_l("Form of cooperation"), validators=[optional(), at_most(40)])
    is_anonymous = BooleanField(_l("Post it anonymously"))
    #: Asked for only where the same text was posted already.
    again = BooleanField(_l("Post it all the same, as another one"))

    def __init__(self, *args: Any, listing: Listing | None = None, **kwargs: Any) -> None:
        super().__init__(*args, thing=listing, **kwargs)
        if listing is None:
            if not self.is_submitted():
                self.valid_until.data = clock.today() + USUAL_VALIDITY
        elif not self.is_submitted():
            self.direction.data = listing.direction.value
            self.visibility.data = listing.visibility.value
            self.kind.data = listing.kind.value if listing.kind else ""
            self.chain_node_id.data = str(listing.chain_node_id or "")
            self.wanted_region_id.data = str(listing.wanted_region_id or "")
            for name, value in (listing.particulars or {}).items():
                self[form_name(name)].data = value
            self.named_ids.data = [naming.organisation_id for naming in listing.namings]
            if listing.amount_fen is not None:
                self.amount.data = Decimal(listing.amount_fen) / FEN_PER_TEN_THOUSAND_YUAN

    @property
    def own_fields(self) -> list[tuple[Any, str]]:
        """The fields that only some kinds have, each with the classes that show it for them."""
        return [
            (self[form_name(name)], " ".join(f"for-{kind}" for kind in kinds_with(name)))
            for name in every_field()
        ]

    def particulars(self) -> dict[str, str]:
        """Return what was typed into the fields of the chosen kind."""
        # Chinese input methods write full-width digits.
        values = {name: folded(self[form_name(name)].data or "") for name in every_field()}
        return fitting(ListingKind(self.kind.data) if self.kind.data else None, values)

    def fill(self, text: str, guesses: Mapping[str, Guess]) -> str:
        """Put a pasted text and what was guessed from it into the form; the rest stays empty.

        The last day is the usual one where the text names none. Returns how to reach people as
        the text said it: that is left out.
        """
        self.specification.data, left_out = without_contacts(text)
        self.valid_until.data = clock.today() + USUAL_VALIDITY
        for name, guess in guesses.items():
            is_choice = name in ("chain_node_id", "wanted_region_id")
            getattr(self, name).data = str(guess.value) if is_choice else guess.value
        return left_out

    def allow_unfinished(self) -> None:
        """Let a draft leave open what only the review needs."""
        self.specification.validators = [optional(), at_most(LONGEST_TEXT), no_mobile_number]
        self.valid_until.validators = [optional()]

    def reject(self, wrong: Wrong) -> None:
        """Show what the rules say beside what the form itself found, everything at once."""
        for name, sentence in wrong.items():
            field = getattr(self, name)
            if not field.errors:
                field.errors = [str(sentence)]
            self.status = 422

    def under_rules(self, organisation_id: int) -> dict[str, Any]:
        """Return what the rules of content judge, as far as it can be read, for who posts."""
        is_confidential = self.visibility.data == ListingVisibility.CONFIDENTIAL
        return {
            "valid_until": self.valid_until.data,
            "visibility": ListingVisibility.CONFIDENTIAL if is_confidential else None,
            "named_ids": set(self.named_ids.data or ()) - {organisation_id},
        }

    def offer(
        self,
        alliances: Sequence[Alliance],
        choices: Choices,
        chain_map_id: int | None,
        members: Sequence[tuple[int, str]],
    ) -> None:
        """Fill the selects: the alliances one may post in, regions, nodes of a chain, members.

        Who belongs to one alliance never chooses it, so the field goes away.
        """
        if len(alliances) == 1:
            del self.alliance_id
        else:
            self.alliance_id.choices = [SelectChoice(a.id, localised(a)) for a in alliances]
        nothing = SelectChoice("", "—")
        self.kind.choices = [nothing, *(SelectChoice(k.value, label) for k, label in KINDS.items())]
        for field, offered in (
            (self.wanted_region_id, choices.of("region")),
            (self.chain_node_id, choices.nodes_of(chain_map_id)),
        ):
            field.choices = [nothing, *(SelectChoice(str(c.id), localised(c)) for c in offered)]
        self.named_ids.choices = [SelectChoice(member_id, name) for member_id, name in members]

    @property
    def has_more(self) -> bool:
        """Whether an optional field holds something or is wrong, so that the part stands open."""
        more = (self.kind, self.chain_node_id, self.wanted_region_id, self.amount)
        rest = (self.cooperation, self.is_anonymous)
        own = [field for field, _kinds in self.own_fields]
        return any(
            field.errors or field.data not in (None, "", False) for field in (*more, *rest, *own)
        )

    def content(self) -> ListingContent:
        """Return what was typed, as the operations take it (money in fen)."""
        return ListingContent(
            direction=Direction(self.direction.data),
            title=self.title.data or "",
            specification=self.specification.data or "",
            valid_until=self.valid_until.data or clock.today() + USUAL_VALIDITY,
            visibility=ListingVisibility(self.visibility.data),
            kind=ListingKind(self.kind.data) if self.kind.data else None,
            chain_node_id=_one_or_none(self.chain_node_id.data),
            wanted_region_id=_one_or_none(self.wanted_region_id.data),
            amount_fen=None
            if self.amount.data is None
            else int(self.amount.data * FEN_PER_TEN_THOUSAND_YUAN),
            cooperation=self.cooperation.data or None,
            is_anonymous=bool(self.is_anonymous.data),
            particulars=self.particulars(),
            named_ids=self.named_ids.data or (),
        )


def _own_field(own: KindField) -> Any:
    """Return the form's field for a field of a kind; what it may hold the table says."""

    def fits(form: ListingForm, field: Any) -> None:
        if own.name in form.particulars():
            sentence = own.wrong(form.particulars()[own.name])
            if sentence is not None:
                raise ValidationError(sentence)

    if own.holds is ValueType.CHOICE:
        offered = [SelectChoice("", "—"), *(SelectChoice(k, v) for k, v in own.choices.items())]
        return SelectField(own.label, choices=offered, validators=[optional()])
    label = _l("%(label)s (%(unit)s)", label=own.label, unit=own.unit) if own.unit else own.label
    return StringField(label, validators=[optional(), fits])


for _name, _own in every_field().items():
    setattr(ListingForm, form_name(_name), _own_field(_own))


class PasteForm(Form):
    """One text, as somebody wrote it elsewhere."""

    secrecy = HiddenField()
    text = TextAreaField(
        _l("Your text"),
        validators=[*required(_l("Paste or write what you seek or offer.")), at_most(LONGEST_TEXT)],
    )


class FileForm(Form):
    """One file; what kind and how large it may be, its content decides (`portal/files.py`)."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])


class InterestForm(Form):
    """One field: what one can supply, or why one needs it."""

    #: Proof that this person was shown the listing, see `seen.py`.
    seen = HiddenField()
    message = TextAreaField(
        _l("Your message"),
        validators=[*required(_l("Write a sentence or two.")), at_most(500)],
    )
