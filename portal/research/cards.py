"""Verbs on the cards of a board: written, changed, put away, talked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from portal import clock, files, journal
from portal.access import require
from portal.accounts.models import Appointment
from portal.accounts.queries import successor_of
from portal.actors import Actor
from portal.database import among, db
from portal.errors import Refused
from portal.files import Attachment, Received
from portal.operations import earlier_result, keep_receipt, operation
from portal.research.board_changing import changed, refuse_unworkable
from portal.research.board_models import BoardColumn, Card, CardBlock, CardComment, CheckItem
from portal.research.models import Project
from portal.research.placing import end_of, refuse_full
from portal.research.team import people_in
from portal.research.work_models import WorkPackage
from portal.workflow import check_version

MOST_LABELS, LONGEST_LABEL = 6, 20
MOST_ITEMS = 50


@dataclass(frozen=True)
class CardContent:
    """What a card says. `due_on` is a day in Shanghai."""

    title: str
    text: str | None = None
    owner_id: int | None = None
    organisation_id: int | None = None
    package_id: int | None = None
    due_on: date | None = None
    labels: tuple[str, ...] = ()


@operation
def add_card(
    project: Project,
    content: CardContent,
    *,
    by: Actor,
    column_id: int | None = None,
    receipt: str | None = None,
) -> Card:
    """Put a new card at the end of a column, by default the first.

    Raises `Refused` while the board cannot be worked on, for a full column, and for a person, an
    organisation or a package that is not of the project.
    """
    require(by, "project.work", project)
    earlier = earlier_result(Card, receipt)
    if earlier is not None:
        return earlier
    refuse_unworkable(project)
    column = _column(project, column_id)
    refuse_full(column)
    card = Card(
        project_id=project.id,
        column_id=column.id,
        place=end_of(column.id),
        created_at=clock.now(),
        done_at=clock.now() if column.is_done else None,
    )
    _write(card, project.id, content)
    db.session.add(card)
    db.session.flush()
    changed(project.id)
    journal.note("card.create", card, by=by)
    _tell_owner(card, None, by)
    keep_receipt(receipt, card)
    return card


def _column(project: Project, column_id: int | None) -> BoardColumn:
    columns = select(BoardColumn).where(BoardColumn.project_id == project.id)
    if column_id is not None:
        columns = columns.where(BoardColumn.id == column_id)
    found = db.session.scalars(columns.order_by(BoardColumn.position)).first()
    if found is None:
        raise Refused(_l("Please choose one."), field="column_id")
    return found


@operation
def edit_card(card: Card, content: CardContent, *, by: Actor, expected: int | None = None) -> None:
    """Change what a card says; where it stands is another matter."""
    require(by, "card.work", card)
    check_version(card, expected)
    refuse_unworkable(card.project)
    before = card.owner_id
    _write(card, card.project_id, content)
    db.session.flush()
    changed(card.project_id)
    journal.note("card.edit", card, by=by)
    _tell_owner(card, before, by)


def _tell_owner(card: Card, before: int | None, by: Actor) -> None:
    """Note that a card was given to somebody else than whoever had it, or gives it now."""
    if card.owner_id not in (None, before, by.person_id):
        journal.note("card.give", card, by=by)


def _write(card: Card, project_id: int, content: CardContent) -> None:
    owner_id, organisation_id = content.owner_id, content.organisation_id
    if (owner_id, organisation_id) not in {(card.owner_id, card.organisation_id), (None, None)}:
        known = people_in(project_id)
        if organisation_id not in known:
            raise Refused(_l("Choose somebody who takes part."), field="who")
        if owner_id is not None and owner_id not in {p.id for p in known[organisation_id].people}:
            raise Refused(_l("Choose somebody who takes part."), field="who")
    if content.package_id is not None:
        package = db.session.get(WorkPackage, content.package_id)
        if package is None or package.project_id != project_id:
            raise Refused(_l("Please choose one."), field="package_id")
    if len(content.labels) > MOST_LABELS or any(len(x) > LONGEST_LABEL for x in content.labels):
        raise Refused(
            _l(
                "At most %(number)d labels of %(length)d characters.",
                number=MOST_LABELS,
                length=LONGEST_LABEL,
            ),
            field="labels",
        )
    card.title, card.text = content.title, content.text
    card.owner_id, card.organisation_id = owner_id, organisation_id
    card.package_id, card.due_on = content.package_id, content.due_on
    card.labels = list(content.labels)


@operation
def put_away_card(card: Card, *, by: Actor) -> None:
    """Take a card off the board; its page and its history stay. Nothing waits for it any more."""
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    db.session.execute(delete(CardBlock).where(CardBlock.blocker_id == card.id))
    # Past the version, as every place is.
    db.session.execute(
        update(Card.__table__).where(Card.__table__.c.id == card.id).values(place=None)  # type: ignore[arg-type]
    )
    db.session.expire(card)
    changed(card.project_id)
    journal.note("card.put_away", card, by=by)


@operation
def add_item(card: Card, text: str, *, by: Actor) -> None:
    """Add a line to a card's checklist."""
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    if not text.strip():
        raise Refused(_l("Please fill this in."), field="item")
    if len(card.items) >= MOST_ITEMS:
        raise Refused(_l("At most %(number)d lines.", number=MOST_ITEMS), field="item")
    card.items.append(CheckItem(text=text.strip()))
    db.session.flush()
    changed(card.project_id)
    journal.note("card.item", card, by=by, detail={"note": text.strip()})


@operation
def tick_item(card: Card, item_id: int, *, is_done: bool, by: Actor) -> None:
    """Say that a line of a checklist is done, or not. Raises `Refused` where there is none."""
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    item = next((each for each in card.items if each.id == item_id), None)
    if item is None:
        raise Refused(_l("It was taken off already."))
    item.is_done = is_done
    db.session.flush()
    changed(card.project_id)
    journal.note("card.tick" if is_done else "card.untick", card, by=by, detail={"note": item.text})


@operation
def comment_card(card: Card, text: str, *, by: Actor) -> CardComment:
    """Write a comment on a card, for whoever takes part."""
    require(by, "card.work", card)
    if not text.strip():
        raise Refused(_l("Please fill this in."), field="comment")
    comment = CardComment(
        card_id=card.id,
        person_id=by.person_id,
        organisation_id=by.organisation_id,
        text=text.strip(),
        at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    changed(card.project_id)
    journal.note("card.comment", card, by=by)
    return comment


@operation
def block_card(card: Card, blocker_id: int, *, by: Actor) -> None:
    """Say that a card waits for another one. Raises `Refused` for a circle of waiting cards."""
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    blocker = db.session.get(Card, blocker_id)
    if blocker is None or blocker.project_id != card.project_id or blocker.place is None:
        raise Refused(_l("Please choose one."), field="blocker_id")
    if blocker.id == card.id or card.id in _waited_for(blocker.id):
        raise Refused(_l("Then the two would wait for each other."), field="blocker_id")
    if db.session.get(CardBlock, (card.id, blocker.id)) is not None:
        return
    db.session.add(CardBlock(card_id=card.id, blocker_id=blocker.id))
    db.session.flush()
    changed(card.project_id)
    journal.note("card.block", card, by=by, detail={"note": blocker.title})


def _waited_for(card_id: int) -> set[int]:
    """Return every card that a card waits for, directly or through others."""
    found: set[int] = set()
    ahead = {card_id}
    while ahead:
        asked = select(CardBlock.blocker_id).where(among(CardBlock.card_id, sorted(ahead)))
        ahead = set(db.session.scalars(asked)) - found
        found |= ahead
    return found


@operation
def unblock_card(card: Card, blocker_id: int, *, by: Actor) -> None:
    """Say that a card waits for another one no longer."""
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    block = db.session.get(CardBlock, (card.id, blocker_id))
    if block is not None:
        db.session.delete(block)
        db.session.flush()
        changed(card.project_id)
        journal.note("card.unblock", card, by=by)


@operation
def attach_to_card(card: Card, received: Received, *, by: Actor) -> Attachment:
    """Hang a file on a card, for whoever takes part."""
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    return files.attach(card, received, organisation_id=by.organisation_id or 0, by=by)


@operation
def hand_over_cards(appointment: Appointment, *, by: Actor) -> None:
    """Let a colleague do the open cards of somebody who left (a consequence)."""
    require(by, "appointment.end", appointment)
    successor_id = successor_of(appointment)
    if successor_id is None:
        return
    mine = select(Card).where(
        Card.owner_id == appointment.person_id,
        Card.organisation_id == appointment.scope_id,
        Card.done_at.is_(None),
    )
    touched = db.session.scalars(mine).all()
    for card in touched:
        card.owner_id = successor_id
        journal.note("card.hand_over", card, by=by)
    db.session.flush()
    for project_id in {card.project_id for card in touched}:
        changed(project_id)
    leads = update(Project).where(
        Project.lead_id == appointment.scope_id, Project.lead_person_id == appointment.person_id
    )
    db.session.execute(leads.values(lead_person_id=successor_id))
