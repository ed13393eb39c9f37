"""The words for tiers and states of membership, and what may be typed about an alliance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.alliances.applying import Application
from portal.alliances.decisions import LONGEST_BASIS
from portal.alliances.models import RETRACTED, Alliance, AllianceKind, Membership, News, Tier
from portal.alliances.operations import AllianceContent
from portal.alliances.workflow import MEMBERSHIP, MembershipState
from portal.forms import DayField, Form, at_most, chosen, optional, required
from portal.workflow import LONGEST_NOTE

TIERS = {
    Tier.CHAIR: _l("Chair organisation"),
    Tier.VICE_CHAIR: _l("Vice-chair organisation"),
    Tier.COUNCIL: _l("Council member"),
    Tier.MEMBER: _l("Member organisation"),
}

ALLIANCE_KINDS = {
    AllianceKind.ALLIANCE: _l("Industry alliance"),
    AllianceKind.WORKING_GROUP: _l("Government working group"),
}

#: States as people read them, by `Membership.state_now`.
MEMBERSHIP_STATES: dict[str, LazyString] = {
    **{state.value: label for state, label in MEMBERSHIP.labels.items()},
    RETRACTED: _l("Application taken back"),
}

#: What stands above the last reason on the page of a membership in such a state.
NOTICES = {
    MembershipState.RETURNED: _l("Sent back. What should be changed:"),
    MembershipState.REJECTED: _l("Not admitted, because:"),
    MembershipState.SUSPENDED: _l("Suspended, because:"),
    MembershipState.EXPELLED: _l("Expelled, because:"),
}


def _tiers(*, lowest_first: bool = False) -> list[tuple[str, LazyString]]:
    tiers = reversed(TIERS) if lowest_first else iter(TIERS)
    return [(tier.value, TIERS[tier]) for tier in tiers]


class ApplicationForm(Form):
    """What an organisation applies with; a draft may be unfinished."""

    tier = SelectField(_l("Tier"), validators=chosen())
    statement = TextAreaField(_l("What you bring and seek"))
    contact_id = SelectField(_l("Contact person"))
    consent = BooleanField(
        _l(
            "Our organisation agrees to stand in the public member list once it is admitted: with "
            "its name, kind, region, tier and chain nodes."
        )
    )

    def __init__(
        self,
        people: Sequence[Person],
        *args: Any,
        membership: Membership | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, thing=membership, **kwargs)
        self.tier.choices = _tiers(lowest_first=True)
        nobody = ("", _l("Please choose"))
        self.contact_id.choices = [nobody, *((str(each.id), each.name) for each in people)]
        if membership is not None and not self.is_submitted():
            self.tier.data = membership.tier.value
            self.contact_id.data = str(membership.contact_id or "")

    def ask_for(self, *, everything: bool) -> None:
        """Ask for all of it where it is submitted, for nothing but the form where it is kept."""
        asked = required if everything else lambda *_sentence: [optional()]
        self.statement.validators = [
            *asked(_l("Say in a few sentences what you bring and seek.")),
            at_most(3000),
        ]
        self.contact_id.validators = asked(_l("Choose one of your organisation's people."))
        if everything:
            self.consent.validators = required(
                _l("The member list is public: without this consent there is no membership.")
            )

    def content(self) -> Application:
        """Return what was typed, as the operations take it."""
        return Application(
            tier=Tier(self.tier.data),
            statement=self.statement.data or "",
            contact_id=int(self.contact_id.data) if self.contact_id.data else None,
        )


class DecisionForm(Form):
    """What an end of a membership rests on, and why."""

    basis = StringField(_l("Basis"), validators=[optional(), at_most(LONGEST_BASIS)])
    note = TextAreaField(_l("Why"), validators=[optional(), at_most(LONGEST_NOTE)])


class ApprovalForm(DecisionForm):
    """At which tier an applicant is admitted, and by which resolution."""

    tier = SelectField(_l("Tier"), validators=chosen())
    note = TextAreaField(
        _l("A word to the applicant"), validators=[optional(), at_most(LONGEST_NOTE)]
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tier.choices = _tiers()
        if not self.is_submitted():
            self.tier.data = membership.tier.value


class TierForm(Form):
    """Another tier of a member, and the resolution it rests on."""

    tier = SelectField(_l("Tier"), validators=chosen())
    basis = StringField(
        _l("Basis"),
        validators=[*required(_l("Name the resolution and its date.")), at_most(LONGEST_BASIS)],
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tier.choices = _tiers()
        if not self.is_submitted():
            self.tier.data = membership.tier.value
            self.version.data = str(membership.version)


class AdmissionForm(Form):
    """Which organisation is a member on paper: since when, at which tier, by which paper."""

    name = StringField(
        _l("Name or code of the organisation"), validators=[*required(), at_most(120)]
    )
    tier = SelectField(
        _l("Tier"),
        choices=[SelectChoice(value, label) for value, label in _tiers(lowest_first=True)],
        validators=chosen(),
    )
    since_on = DayField(
        _l("Member since"),
        default=clock.today,
        validators=required(_l("Choose a day as year, month and day.")),
    )
    basis = StringField(
        _l("Basis"),
        validators=[*required(_l("Name the resolution and its date.")), at_most(LONGEST_BASIS)],
    )


class ChairForm(Form):
    """Who takes the chair, from which day on."""

    holder = RadioField(_l("Who takes the chair"), validators=chosen())
    from_on = DayField(
        _l("First day"),
        default=clock.today,
        validators=required(_l("Choose a day as year, month and day.")),
    )
    is_acting = BooleanField(_l("Acting, until somebody is chosen"))

    def offer(self, people: Sequence[tuple[Organisation, Person]]) -> None:
        """Fill in the people of the members, each with the organisation they sit for."""
        self.holder.choices = [
            SelectChoice(f"{organisation.id}-{person.id}", f"{organisation.name} · {person.name}")
            for organisation, person in people
        ]

    @property
    def chosen_ids(self) -> tuple[int, int] | None:
        """The organisation and the person that were sent, where they are numbers at all."""
        parts = str((self.holder.raw_data or [""])[0]).split("-")
        are_numbers = all(each.isascii() and each.isdecimal() and len(each) < 10 for each in parts)
        return (int(parts[0]), int(parts[1])) if are_numbers and len(parts) == 2 else None


class AllianceForm(Form):
    """What the secretariat says of its alliance."""

    kind = RadioField(
        _l("What it is"),
        choices=[SelectChoice(kind.value, label) for kind, label in ALLIANCE_KINDS.items()],
        validators=chosen(),
    )
    summary = TextAreaField(_l("Summary in Chinese"), validators=[*required(), at_most(1000)])
    summary_en = TextAreaField(_l("Summary in English"), validators=[*required(), at_most(2000)])
    charter = TextAreaField(_l("Charter basics"), validators=[optional(), at_most(5000)])
    council_admits = BooleanField(_l("Only the council admits: an approval names its resolution"))
    contact = StringField(
        _l("Contact for secrecy questions"), validators=[*required(), at_most(200)]
    )

    def __init__(self, *args: Any, alliance: Alliance, **kwargs: Any) -> None:
        super().__init__(*args, thing=alliance, **kwargs)
        if not self.is_submitted():
            self.kind.data = alliance.kind.value

    def content(self) -> AllianceContent:
        """Return what was typed, as the operation takes it."""
        return AllianceContent(
            summary=self.summary.data or "",
            summary_en=self.summary_en.data or "",
            charter=self.charter.data or None,
            contact=self.contact.data or "",
            council_admits=bool(self.council_admits.data),
            kind=AllianceKind(self.kind.data),
        )


class NewsForm(Form):
    """A piece of news: plain text."""

    title = StringField(_l("Title"), validators=[*required(), at_most(120)])
    body = TextAreaField(_l("Text"), validators=[*required(), at_most(5000)])

    def __init__(self, *args: Any, news: News | None = None, **kwargs: Any) -> None:
        super().__init__(*args, thing=news, **kwargs)
