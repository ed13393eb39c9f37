"""What may be typed about a meeting, its agenda, its rules, a reply; and the words for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, ValidationError

from portal import clock
from portal.forms import FIRST_YEAR, LAST_YEAR, Form, at_most, chosen, optional, required
from portal.meetings.agenda import LONGEST_LINK, ItemContent, portal_path
from portal.meetings.counting import Base, Share
from portal.meetings.models import Answer, Meeting, MeetingKind, Seat
from portal.meetings.observers import Attending
from portal.meetings.operations import MeetingContent
from portal.meetings.replying import Reply
from portal.meetings.resolution_models import ResolutionKind
from portal.meetings.rules import Asked

MEETING_KINDS = {
    MeetingKind.COUNCIL: _l("Council"),
    MeetingKind.ASSEMBLY: _l("General assembly"),
    MeetingKind.WORKING_GROUP: _l("Working group"),
}

ANSWERS = {
    Answer.COMES: _l("We come"),
    Answer.CANNOT: _l("We cannot come"),
    Answer.PROXY: _l("Another member speaks for us"),
}

SHARES = {
    Share.ONE_THIRD: _l("at least one third"),
    Share.HALF: _l("at least half"),
    Share.MORE_THAN_HALF: _l("more than half"),
    Share.TWO_THIRDS: _l("at least two thirds"),
    Share.MORE_THAN_TWO_THIRDS: _l("more than two thirds"),
    Share.THREE_QUARTERS: _l("at least three quarters"),
    Share.ALL: _l("all of them"),
}

BASES = {
    Base.PRESENT: _l("of those present"),
    Base.SEATS: _l("of all seats"),
}

RESOLUTION_KINDS = {
    ResolutionKind.GENERAL: _l("General matter"),
    ResolutionKind.CHARTER: _l("Change of the charter"),
    ResolutionKind.ELECTION: _l("Election"),
    ResolutionKind.EXPULSION: _l("Expulsion"),
    ResolutionKind.FINANCE: _l("Dues and finances"),
}


class MomentField(DateTimeLocalField):
    """A moment as people type it, in Shanghai; kept as an aware instant."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed. Raises ValueError, which becomes an error of the field."""
        super().process_formdata(valuelist)
        if self.data is not None:
            if not FIRST_YEAR <= self.data.year <= LAST_YEAR:
                self.data = None
                raise ValueError(self.gettext("Not a valid datetime value."))
            self.data = self.data.replace(tzinfo=clock.LOCAL_ZONE)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(str(each) for each in self.raw_data)
        return (
            self.data.astimezone(clock.LOCAL_ZONE).strftime("%Y-%m-%dT%H:%M") if self.data else ""
        )


class MeetingForm(Form):
    """What is said of a meeting."""

    kind = SelectField(
        _l("Which body meets"),
        choices=[SelectChoice(kind.value, label) for kind, label in MEETING_KINDS.items()],
        validators=chosen(),
    )
    title = StringField(_l("Title"), validators=[*required(), at_most(120)])
    starts_at = MomentField(
        _l("Begins"), format="%Y-%m-%dT%H:%M", validators=required(_l("Please give the time."))
    )
    ends_at = MomentField(
        _l("Ends"), format="%Y-%m-%dT%H:%M", validators=required(_l("Please give the time."))
    )
    place = StringField(_l("Place, or address of the video meeting"), validators=[at_most(200)])
    text = TextAreaField(_l("Further words of the invitation"), validators=[at_most(2000)])
    asks_meal = BooleanField(_l("Ask whether they eat with us"))
    asks_hotel = BooleanField(_l("Ask whether they need a hotel"))
    asks_plate = BooleanField(_l("Ask for the car plate"))
    is_written = BooleanField(
        _l("Written ballot: nobody meets, votes are taken until the end given above")
    )

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, thing=meeting, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a place where people meet."""
        is_valid = super().validate(extra_validators)
        if not self.is_written.data and not (self.place.data or "").strip():
            self.place.errors = [*self.place.errors, _l("Please fill this in.")]
            self.status, is_valid = 422, False
        return is_valid

    def content(self) -> MeetingContent:
        """Return what was typed; to be asked of a valid form only."""
        starts, ends = self.starts_at.data, self.ends_at.data
        if not isinstance(starts, datetime) or not isinstance(ends, datetime):
            raise TypeError("asked of a form that is not valid")
        return MeetingContent(
            kind=MeetingKind(self.kind.data),
            title=self.title.data or "",
            starts_at=starts,
            ends_at=ends,
            place=self.place.data or "",
            text=self.text.data or None,
            asks_meal=bool(self.asks_meal.data),
            asks_hotel=bool(self.asks_hotel.data),
            asks_plate=bool(self.asks_plate.data),
            is_written=bool(self.is_written.data),
        )


class ItemForm(Form):
    """Something to deal with."""

    title = StringField(_l("What is to be dealt with"), validators=[*required(), at_most(120)])
    presenter = StringField(_l("Who presents it"), validators=[at_most(60)])
    minutes = IntegerField(
        _l("Minutes it may take"),
        default=10,
        validators=[optional(), NumberRange(0, 480, _l("From 0 to 480 minutes."))],
    )
    text = TextAreaField(_l("In a few sentences"), validators=[at_most(2000)])
    link = StringField(
        _l("Address of a page of this portal it is about"), validators=[at_most(300)]
    )

    def validate_link(self, field: StringField) -> None:
        """Refuse what names no page, rather than drop it unseen."""
        path = portal_path(field.data)
        if field.data and (path is None or len(path) > LONGEST_LINK):
            raise ValidationError(
                _l("This is no address of a page here: it begins with / or with https://.")
            )

    def content(self) -> ItemContent:
        """Return what was typed."""
        return ItemContent(
            title=self.title.data or "",
            text=self.text.data or None,
            presenter=self.presenter.data or None,
            minutes=self.minutes.data if self.minutes.data is not None else 10,
            link=portal_path(self.link.data),
        )


class ObserverForm(Form):
    """Somebody who attends without a seat."""

    name = StringField(_l("Name"), validators=[*required(), at_most(40)])
    organisation = StringField(_l("From where"), validators=[at_most(120)])
    post = StringField(_l("Post"), validators=[at_most(60)])

    def attending(self) -> Attending:
        """Return who was typed."""
        return Attending(
            self.name.data or "", self.organisation.data or None, self.post.data or None
        )


class ReplyForm(Form):
    """The answer to a notice: two taps where the link is the seat's own."""

    seat_id = RadioField(_l("Your organisation"), coerce=int, validate_choice=False)
    answer = RadioField(
        _l("Your answer"),
        choices=[SelectChoice(answer.value, label) for answer, label in ANSWERS.items()],
        validators=chosen(),
    )
    attendee = StringField(_l("Who comes"), validators=[at_most(40)])
    post = StringField(_l("Post"), validators=[at_most(60)])
    wants_meal = BooleanField(_l("Eats with us"))
    wants_hotel = BooleanField(_l("Needs a hotel"))
    plate = StringField(_l("Car plate"), validators=[at_most(20)])
    proxy_to_id = SelectField(
        _l("Who speaks for you"), coerce=int, validate_choice=False, default=0
    )

    def __init__(self, seats: Sequence[Seat], seat: Seat | None = None) -> None:
        super().__init__()
        offered = [(each, SelectChoice(each.id, each.name)) for each in seats]
        self.seat_id.choices = [choice for each, choice in offered if each.answer is None]
        others = [choice for each, choice in offered if seat is None or each.id != seat.id]
        self.proxy_to_id.choices = [SelectChoice(0, _l("Please choose")), *others]
        if seat is not None and not self.is_submitted():
            self.attendee.data = seat.attendee or (seat.contact.name if seat.contact else None)
            self.post.data, self.plate.data = seat.post, seat.plate
            self.answer.data = seat.answer.value if seat.answer else None
            self.wants_meal.data = bool(seat.wants_meal)
            self.wants_hotel.data = bool(seat.wants_hotel)
            self.proxy_to_id.data = seat.proxy_to_id or 0

    def reply(self) -> Reply:
        """Return what was answered; to be asked of a valid form only."""
        return Reply(
            answer=Answer(self.answer.data),
            attendee=self.attendee.data or None,
            post=self.post.data or None,
            wants_meal=bool(self.wants_meal.data),
            wants_hotel=bool(self.wants_hotel.data),
            plate=self.plate.data or None,
            proxy_to_id=self.proxy_to_id.data or None,
        )


def _share(label: Any) -> SelectField:
    choices = [SelectChoice(share.value, words) for share, words in SHARES.items()]
    return SelectField(label, choices=choices, validators=chosen())


class RuleForm(Form):
    """What the charter asks of one body's meetings."""

    notice_days = IntegerField(
        _l("Days of notice"),
        validators=[*chosen(), NumberRange(0, 90, _l("From 0 to 90 days."))],
    )
    quorum = _share(_l("Quorum: how many seats must be there"))
    general = _share(RESOLUTION_KINDS[ResolutionKind.GENERAL])
    charter = _share(RESOLUTION_KINDS[ResolutionKind.CHARTER])
    election = _share(RESOLUTION_KINDS[ResolutionKind.ELECTION])
    expulsion = _share(RESOLUTION_KINDS[ResolutionKind.EXPULSION])
    finance = _share(RESOLUTION_KINDS[ResolutionKind.FINANCE])
    base = RadioField(
        _l("These shares are taken"),
        choices=[SelectChoice(base.value, label) for base, label in BASES.items()],
        validators=chosen(),
    )
    recusal_lowers = BooleanField(_l("Whoever steps aside does not count in that number"))
    session_links = BooleanField(_l("In session, votes are taken by link too"))
    article = StringField(_l("Where the charter says so"), validators=[at_most(200)])

    def __init__(self, asked: Asked, *args: Any, thing: Any = None) -> None:
        super().__init__(*args, thing=None)
        if thing is not None and not self.version.raw_data:
            self.version.data = str(thing.version)
        if not self.is_submitted():
            self.notice_days.data, self.article.data = asked.notice_days, asked.article
            self.quorum.data, self.base.data = asked.quorum.value, asked.base.value
            self.recusal_lowers.data = asked.recusal_lowers
            self.session_links.data = asked.session_links
            for kind, share in asked.passing.items():
                self[kind.value].data = share.value

    def asked(self) -> Asked:
        """Return what was typed; to be asked of a valid form only."""
        return Asked(
            notice_days=self.notice_days.data or 0,
            quorum=Share(self.quorum.data),
            passing={kind: Share(self[kind.value].data) for kind in ResolutionKind},
            base=Base(self.base.data),
            recusal_lowers=bool(self.recusal_lowers.data),
            article=self.article.data or "",
            session_links=bool(self.session_links.data),
        )
