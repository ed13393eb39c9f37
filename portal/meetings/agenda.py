"""The agenda: what members propose, what is placed on it, in which order; what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.database import among, db
from portal.errors import Refused
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.resolution_workflow import UNFINISHED, ResolutionState
from portal.operations import earlier_result, keep_receipt, operation

#: No agenda is longer.
MOST_ITEMS = 100
#: Characters of the path of the page that an item is about.
LONGEST_LINK = 200
#: What an action that comes back is given, in minutes.
FOLLOW_UP_MINUTES = 5


@dataclass(frozen=True)
class ItemContent:
    """What is said of an agenda item."""

    title: str
    text: str | None = None
    presenter: str | None = None
    minutes: int = 10
    link: str | None = None


def portal_path(written: str | None) -> str | None:
    """Return the path of a page of the portal that an address names, or None where it is none.

    Only the path is kept: what stands on an agenda leads nowhere outside.
    """
    try:
        parts = urlsplit((written or "").strip())
    except ValueError:  # as of http://[, which is no address at all
        return None
    path = parts.path if parts.scheme in ("", "http", "https") else ""
    return path if path.startswith("/") and not path.startswith("//") else None


@operation
def propose_item(
    alliance: Alliance, content: ItemContent, *, by: Actor, receipt: str | None = None
) -> AgendaItem:
    """Propose something for the next agenda of an alliance."""
    require(by, "meeting.propose", alliance)
    earlier = earlier_result(AgendaItem, receipt)
    if earlier is not None:
        return earlier
    item = _item(alliance.id, content, by=by)
    journal.note("agenda_item.propose", item, by=by)
    keep_receipt(receipt, item)
    return item


def _item(alliance_id: int, content: ItemContent, *, by: Actor) -> AgendaItem:
    item = AgendaItem(
        alliance_id=alliance_id,
        organisation_id=by.organisation_id,
        proposed_by_id=by.person_id,
        proposed_at=clock.now(),
        **vars(content),
    )
    db.session.add(item)
    db.session.flush()
    return item


@operation
def add_item(meeting: Meeting, content: ItemContent, *, by: Actor) -> AgendaItem:
    """Put something on the agenda, at its end."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    item = _item(meeting.alliance_id, content, by=by)
    _place(item, meeting)
    journal.note("agenda_item.place", item, by=by)
    return item


@operation
def place_item(meeting: Meeting, item: AgendaItem, *, by: Actor) -> None:
    """Put a proposal on the agenda, at its end. Raises `Refused` where it stands somewhere."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    if item.alliance_id != meeting.alliance_id or item.meeting_id or item.declined_at:
        raise Refused(_l("This proposal was dealt with already."))
    _place(item, meeting)
    journal.note("agenda_item.place", item, by=by)


@operation
def decline_item(meeting: Meeting, item: AgendaItem, reason: str, *, by: Actor) -> None:
    """Say that a proposal comes on no agenda, and why."""
    require(by, "meeting.edit", meeting)
    if item.alliance_id != meeting.alliance_id or item.meeting_id or item.declined_at:
        raise Refused(_l("This proposal was dealt with already."))
    if not reason.strip():
        raise Refused(_l("Please say why in a sentence."), field="reason")
    item.declined_at, item.reason = clock.now(), reason.strip()[:200]
    journal.note("agenda_item.decline", item, by=by, detail={"note": item.reason})


@operation
def take_off(meeting: Meeting, item: AgendaItem, *, by: Actor) -> None:
    """Take something off the agenda: it waits among the proposals again."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    if item.meeting_id != meeting.id:
        raise Refused(_l("It does not stand on this agenda any more."))
    if item.resolution_id is not None:
        raise Refused(_l("A resolution is attached to it: declare that void first."))
    item.meeting_id = item.position = None
    journal.note("agenda_item.take_off", item, by=by)
    db.session.flush()
    _number(meeting, items_of(meeting))


@operation
def order_items(meeting: Meeting, item_ids: Sequence[int], *, by: Actor) -> None:
    """Put the agenda in this order; items that are not named follow in the order they had."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    items = {item.id: item for item in items_of(meeting)}
    wanted = [items[each] for each in dict.fromkeys(item_ids) if each in items]
    _number(meeting, [*wanted, *(each for each in items.values() if each not in wanted)])
    journal.note("meeting.order", meeting, by=by)


@operation
def shift_item(meeting: Meeting, item: AgendaItem, steps: int, *, by: Actor) -> None:
    """Move an item up (negative) or down the agenda."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    items = list(items_of(meeting))
    if item not in items:
        raise Refused(_l("It does not stand on this agenda any more."))
    here = items.index(item)
    items.insert(max(0, here + steps), items.pop(here))
    _number(meeting, items)
    journal.note("meeting.order", meeting, by=by)


def _number(meeting: Meeting, items: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(items, 1):
        item.position = position


def _refuse_closed(meeting: Meeting) -> None:
    if not meeting.is_prepared:
        raise Refused(_l("The agenda of this meeting does not change any more."))


def _place(item: AgendaItem, meeting: Meeting) -> None:
    last = db.session.scalar(
        select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)
    )
    if (last or 0) >= MOST_ITEMS:
        raise Refused(_l("No agenda is longer than this."))
    item.meeting_id, item.position = meeting.id, (last or 0) + 1
    db.session.flush()


def items_of(meeting: Meeting) -> Sequence[AgendaItem]:
    """Return the agenda of a meeting, in its order."""
    return db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()


def bring_back_actions(meeting: Meeting, *, by: Actor) -> None:
    """Put every action of the alliance that is not closed out on this agenda, once."""
    present = select(AgendaItem.action_id).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.action_id.is_not(None)
    )
    for action in db.session.scalars(
        select(Action)
        .where(
            Action.alliance_id == meeting.alliance_id,
            among(Action.state, UNFINISHED),
            Action.id.not_in(present),
        )
        .order_by(Action.due_on, Action.id)
    ).all():
        content = ItemContent(action.title, presenter=None, minutes=FOLLOW_UP_MINUTES)
        item = _item(meeting.alliance_id, content, by=by)
        item.action_id, item.organisation_id = action.id, action.owner_id
        _place(item, meeting)
        journal.note("action.return_to_agenda", action, by=by, detail={"meeting": meeting.id})


def release_items(meeting: Meeting) -> None:
    """Let what members proposed wait again, where the meeting is cancelled."""
    for item in items_of(meeting):
        if item.action_id is None and item.resolution_id is None:
            item.meeting_id = item.position = None


def refuse_open_votes(meeting: Meeting) -> None:
    """Refuse to end a meeting while a vote is open: it would never be counted."""
    voting = select(Resolution.id).where(
        Resolution.meeting_id == meeting.id, Resolution.state == ResolutionState.VOTING
    )
    if db.session.scalar(voting.limit(1)) is not None:
        raise Refused(_l("A vote is open: close it first."))
