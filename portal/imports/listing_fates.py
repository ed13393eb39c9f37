"""What becomes of each row of a table of listings: as drafts of their owners, or refused.

Nothing is published by an import: whoever a listing is of finds it among the drafts, changes it
and hands it in, and the secretariat reviews it like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts.models import Organisation
from portal.accounts.queries import normal_name
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.errors import Refused
from portal.exchange.content import ListingContent
from portal.exchange.importing import draft_for_member
from portal.exchange.kinds import fields_of
from portal.exchange.models import (
    LARGEST_AMOUNT,
    RENEWED_DAYS,
    Direction,
    ListingKind,
    ListingVisibility,
)
from portal.exchange.operations import post_listing
from portal.exchange.pasting import without_contacts
from portal.imports import queries
from portal.imports.fates import Position, place_of
from portal.imports.listing_records import ListingRecord
from portal.imports.models import Fate
from portal.imports.words import label_of
from portal.written.dates import Precision

#: As many characters of a title and of a description as a listing holds.
TITLE, SPECIFICATION = 80, 5000


@dataclass(frozen=True)
class ListingVerdict:
    """What becomes of one record."""

    record: ListingRecord
    fate: Fate
    reasons: tuple[str | LazyString, ...] = ()
    organisation: Organisation | None = None
    chain_node_id: int | None = None

    def refused(self, reason: str | LazyString) -> ListingVerdict:
        """Return the verdict of the same row, refused for a reason."""
        return replace(self, fate=Fate.REFUSED, reasons=(reason,))


def normal_title(title: str) -> str:
    """Return a title as two are compared: like names, without blanks, marks or width."""
    return normal_name(title)


class ListingJudge:
    """Judges the rows of one table for an alliance, in their order.

    Two listings are the same whose titles, compared without blanks and marks, and organisations
    are the same, in the same alliance and direction. It asks some questions for all rows at once.
    `own` is whom a member brings a table for: its rows need not say so, and may say nobody else.
    """

    def __init__(
        self,
        records: Sequence[ListingRecord],
        alliance: Alliance,
        direction: Direction,
        own: Organisation | None = None,
    ) -> None:
        self.alliance, self.own = alliance, own
        self.nodes = queries.nodes_by_name(alliance.id)
        names = {normal_name(each.organisation or "") for each in records} - {""}
        self.known = queries.known_organisations(names, ())
        ids = self.known.ids | ({own.id} if own else set())
        self.memberships = queries.places_held(ids)
        self.before = {
            (owner, normal_title(title))
            for owner, title in queries.titles_of(alliance.id, direction, ids)
        }
        self._stood: dict[tuple[int, str], Position] = {}

    def verdicts(self, records: Sequence[ListingRecord]) -> Iterator[ListingVerdict]:
        """Give what becomes of each record."""
        for record in records:
            yield self._judged(record)

    def _judged(self, record: ListingRecord) -> ListingVerdict:
        found = self.nodes.find(self.alliance.chain_map_id, record.chain_node or "")
        node_id = found.id if found and record.chain_node else None

        def verdict(fate: Fate, *reasons: LazyString) -> ListingVerdict:
            return ListingVerdict(record, fate, reasons, organisation, node_id)

        named = normal_name(record.organisation or "")
        organisation = self.known.named(named) if named else self.own
        if record.problems:
            return verdict(Fate.REFUSED, *record.problems)
        if record.alliance is not None and record.alliance != self.alliance.slug:
            return verdict(Fate.OTHER_ALLIANCE, _l("The row names another alliance."))
        try:
            owner = self._owner(record, organisation)
        except Refused as refused:
            return ListingVerdict(record, Fate.REFUSED, (refused.sentence,), None, node_id)
        key = owner.id, normal_title(record.name)
        if key in self._stood:
            place = place_of(*self._stood[key])
            return verdict(
                Fate.REFUSED,
                _l("It stands in this workbook already, at %(place)s.", place=place),
            )
        self._stood[key] = record.sheet, record.row
        return verdict(Fate.SAME if key in self.before else Fate.NEW)

    def _owner(self, record: ListingRecord, organisation: Organisation | None) -> Organisation:
        """Return the member whose listing it is; raises `Refused` where there is none."""
        if organisation is None and not record.organisation:
            raise Refused(_l("The row does not say which organisation it is of."))
        if self.own is not None and organisation != self.own:
            raise Refused(_l("It is another organisation's: you bring those of your own."))
        place = (self.alliance.id, organisation.id if organisation else 0)
        membership = self.memberships.get(place)
        if organisation is None or membership is None or not membership.is_active:
            raise Refused(
                _l(
                    "%(name)s is no member of this alliance: admit it first.",
                    name=(record.organisation or "")[:80],
                )
            )
        return organisation


def write_draft(
    verdict: ListingVerdict, alliance: Alliance, direction: Direction, *, by: Actor
) -> None:
    """Make the draft that a new row says: the actor's own, or a member's for its secretariat.

    Raises `Refused` where a rule refuses it, `Denied` for a member's without the permission.
    """
    content = content_of(verdict, direction)
    if verdict.organisation is None or verdict.organisation.id == by.organisation_id:
        post_listing(alliance, content, by=by)
    else:
        draft_for_member(alliance, verdict.organisation, content, by=by)


def content_of(verdict: ListingVerdict, direction: Direction) -> ListingContent:
    """Return a row as a listing says it; what its fields cannot say stands in the description."""
    record = verdict.record
    fits = record.amount_wan is not None and record.amount_wan <= LARGEST_AMOUNT
    until = last_day(record)
    kind = ListingKind(record.kind) if record.kind else None
    particulars, others = particulars_of(kind, record.others)
    lines = [
        record.name if len(record.name) > TITLE else None,
        record.specification,
        *(f"{label}: {text}" for label, text in others),
        _("Amount: %(amount)s", amount=record.amount_said)
        if record.amount_said and (record.amount_note or not fits)
        else None,
        _("Date: %(date)s", date=record.date_said) if record.date_said and not until else None,
    ]
    # Whom to call stands in a column of its own, or in the middle of a text: in neither it is kept.
    said = [without_contacts(str(line))[0] for line in lines if line]
    return ListingContent(
        direction=direction,
        title=record.name[:TITLE],
        specification="\n".join(line for line in said if line)[:SPECIFICATION],
        valid_until=until or clock.today() + timedelta(days=RENEWED_DAYS),
        # Nobody but its owner decides that everyone may see it.
        visibility=ListingVisibility.MEMBERS,
        kind=kind,
        particulars=particulars,
        chain_node_id=verdict.chain_node_id,
        amount_fen=record.money.fen if record.money and fits else None,
    )


def particulars_of(
    kind: ListingKind | None, others: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return what of some columns are fields that a kind has of its own, and the rest as it is.

    A column is such a field by its label, as the form and the workbook write it; what is none of
    its choices, or no number, stays in words.
    """
    fields = {label_of(str(each.label)): each for each in fields_of(kind)}
    found: dict[str, str] = {}
    rest = []
    for label, text in others:
        each = fields.get(label_of(label))
        by_word = {str(said): value for value, said in each.choices.items()} if each else {}
        value = by_word.get(text, text)
        if each is None or each.wrong(value) is not None:
            rest.append((label, text))
        else:
            found[each.name] = value
    return found, rest


def last_day(record: ListingRecord) -> date | None:
    """Return the day until which a row says it is open: one to come, within the longest validity.

    A day without a year is none: which year is meant only its owner knows.
    """
    when, today = record.when, clock.today()
    if when is None or not when.names_year or when.precision is Precision.OPEN:
        return None
    day = when.last_day(today)
    longest = today + timedelta(days=current_app.config["LISTING_LONGEST_DAYS"])
    return day if day is not None and today <= day <= longest else None
