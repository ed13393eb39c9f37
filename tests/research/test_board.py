"""The board: where cards stand, what waits for what, who may, and what is taken back."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.operations import create_person, end_appointment, grant_appointment
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.journal import JournalLine
from portal.research import (
    board_queries,
    card_queries,
    cards,
    columns,
    operations,
    partnering,
    placing,
)
from portal.research.board_models import Card, CardComment
from portal.research.board_queries import CardFilter
from portal.research.cards import CardContent
from portal.research.models import Project
from portal.research.ordering import ROOM, between, spread
from portal.roles import Role
from tests.conftest import both_engines
from tests.research.make import active, board, on_board, order, part_of
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


@both_engines
def test_a_card_goes_where_its_neighbours_say(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    todo, doing, *_rest = board(project)
    a, b, c = (on_board(world, project, name) for name in "abc")
    placing.place_card(c, column_id=todo.id, before_id=a.id, by=by)
    assert order(todo.id) == ["c", "a", "b"]
    placing.place_card(c, column_id=todo.id, after_id=a.id, by=by)
    assert order(todo.id) == ["a", "c", "b"]
    placing.place_card(a, column_id=doing.id, by=by)
    placing.place_card(b, column_id=doing.id, before_id=a.id, by=by)
    assert (order(todo.id), order(doing.id)) == (["c"], ["b", "a"])
    # A neighbour that has gone elsewhere means the end.
    placing.place_card(c, column_id=doing.id, before_id=0, by=by)
    assert order(doing.id) == ["b", "a", "c"]


@both_engines
def test_an_order_outlives_any_number_of_moves_to_one_spot(world: World) -> None:
    """Each goes to the same spot, so that the room there is used up and spread several times."""
    project, by = active(world), world.actor("delegate")
    todo = board(project)[0]
    made = [on_board(world, project, str(number)) for number in range(6)]
    expected = [str(number) for number in range(6)]
    chance = random.Random(7)
    for _round in range(120):
        card = chance.choice(made[1:])
        expected.remove(card.title)
        expected.insert(expected.index("0") + 1, card.title)
        placing.place_card(card, column_id=todo.id, after_id=made[0].id, by=by)
        assert order(todo.id) == expected
    places = db.session.scalars(select(Card.place).where(Card.project_id == project.id)).all()
    assert max(place or 0 for place in places) < 20 * ROOM


def test_a_move_writes_one_card_however_many_there_are(world: World) -> None:
    project, by = active(world), world.actor("delegate")
    todo = board(project)[0]
    made = [on_board(world, project, str(number)) for number in range(40)]
    written: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE card "):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    placing.place_card(made[39], column_id=todo.id, before_id=made[1].id, by=by)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(written) == 1


def test_places_between_places_are_between() -> None:
    assert between(None, None) == ROOM
    assert between(5, None) == 5 + ROOM
    assert between(None, 5) == 5 - ROOM
    assert between(4, 5) is None
    assert between(4, 6) == 5
    assert spread(3) == [ROOM, 2 * ROOM, 3 * ROOM]


@both_engines
def test_columns_are_called_anew_and_shifted_and_what_is_done_stays_last(world: World) -> None:
    project, lead = active(world), world.actor("delegate")
    card = on_board(world, project, "a")
    todo, doing, review, done = board(project)

    def change(column_id: int, name: str = "", by: Actor = lead) -> None:
        columns.change_column(project, column_id, name=name, card_limit=3, by=by)

    def shift(column_id: int, places: int, by: Actor = lead) -> None:
        columns.shift_column(project, column_id, places=places, by=by)

    own = columns.add_column(project, name="待试验", by=lead)
    change(doing.id, "正在试制")
    change(own.id, "等样件")
    shift(own.id, -1)
    shift(todo.id, 1)
    found = board(project)
    assert [each.id for each in found] == [doing.id, todo.id, own.id, review.id, done.id]
    assert [each.name for each in found] == ["正在试制", None, "等样件", None, None]
    assert found[0].card_limit == 3
    assert db.session.get_one(Card, card.id).column_id == todo.id, "cards go with their column"
    change(doing.id)
    assert board(project)[0].name is None
    for column_id, places in ((review.id, 1), (done.id, -1), (doing.id, -1)):
        with pytest.raises(Refused):
            shift(column_id, places)
    with pytest.raises(Refused):
        change(own.id)
    with pytest.raises(Denied):
        change(todo.id, by=world.actor("supplier"))
    with pytest.raises(Denied):
        shift(todo.id, 1, by=world.actor("supplier"))
    for taken in ("等样件", "待办"):
        with pytest.raises(Refused, match="另一列"):
            change(doing.id, taken)
        with pytest.raises(Refused, match="另一列"):
            columns.add_column(project, name=taken, by=lead)
    change(doing.id)
    assert [each.id for each in board(project)] == [doing.id, todo.id, own.id, review.id, done.id]


def test_a_full_column_takes_no_more_but_lets_its_own_move(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    todo, doing, *_rest = board(project)
    columns.limit_column(project, doing.id, card_limit=1, by=world.actor("delegate"))
    a, b = on_board(world, project, "a"), on_board(world, project, "b")
    placing.place_card(a, column_id=doing.id, by=by)
    with pytest.raises(Refused):
        placing.place_card(b, column_id=doing.id, by=by)
    placing.place_card(a, column_id=doing.id, by=by)
    assert order(todo.id) == ["b"]


def test_what_waits_is_not_done_and_no_circle_closes(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    done = board(project)[-1]
    a, b, c = (on_board(world, project, name) for name in "abc")
    cards.block_card(a, b.id, by=by)
    cards.block_card(b, c.id, by=by)
    for blocked, blocker in ((c, a), (b, a), (a, a)):
        with pytest.raises(Refused):
            cards.block_card(blocked, blocker.id, by=by)
    with pytest.raises(Refused, match="b"):
        placing.place_card(a, column_id=done.id, by=by)
    placing.place_card(c, column_id=done.id, by=by)
    placing.place_card(b, column_id=done.id, by=by)
    placing.place_card(a, column_id=done.id, by=by)
    assert a.done_at is not None
    placing.place_card(a, column_id=board(project)[0].id, by=by)
    assert a.done_at is None


def test_a_wrong_move_is_taken_back_to_its_place(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    todo, doing, *_rest = board(project)
    a, b, c = (on_board(world, project, name) for name in "abc")
    placing.place_card(b, column_id=doing.id, by=by)
    assert board_queries.last_move(project.id, by.person_id or 0) is not None
    placing.undo_move(project, by=by)
    assert order(todo.id) == ["a", "b", "c"]
    with pytest.raises(Refused):
        placing.undo_move(project, by=by)
    placing.place_card(a, column_id=doing.id, by=by)
    placing.place_card(a, column_id=todo.id, before_id=c.id, by=world.actor("delegate"))
    assert board_queries.last_move(project.id, by.person_id or 0) is None
    with pytest.raises(Refused):
        placing.undo_move(project, by=by)


def test_a_move_is_not_taken_back_into_a_full_column_or_past_what_it_waits_for(
    world: World,
) -> None:
    project, by = active(world), world.actor("supplier")
    todo, doing, *_rest, done = board(project)
    a, b = on_board(world, project, "a"), on_board(world, project, "b")
    placing.place_card(a, column_id=doing.id, by=by)
    placing.place_card(a, column_id=todo.id, by=by)
    placing.place_card(b, column_id=doing.id, by=world.actor("delegate"))
    columns.limit_column(project, doing.id, card_limit=1, by=world.actor("delegate"))
    with pytest.raises(Refused):
        placing.undo_move(project, by=by)
    placing.place_card(a, column_id=done.id, by=by)
    placing.place_card(a, column_id=todo.id, by=by)
    cards.block_card(a, b.id, by=by)
    with pytest.raises(Refused, match="b"):
        placing.undo_move(project, by=by)
    assert (order(todo.id), a.done_at) == (["a"], None)


def test_a_move_leaves_an_open_form_valid_and_an_edit_does_not(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    card = on_board(world, project, "a")
    seen = card.version
    placing.place_card(card, column_id=board(project)[1].id, by=world.actor("delegate"))
    cards.edit_card(card, CardContent("a2"), by=by, expected=seen)
    with pytest.raises(Stale):
        cards.edit_card(card, CardContent("a3"), by=by, expected=seen)


def test_only_whoever_takes_part_is_named_on_a_card(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    supplier, medic = world.organisation["supplier"], world.organisation["medic"]
    mine = cards.add_card(
        project,
        CardContent("a", owner_id=world.person["supplier"], organisation_id=supplier),
        by=by,
    )
    assert mine.owner is not None
    for owner, organisation in (
        (world.person["outsider"], medic),
        (world.person["delegate"], supplier),
        (None, medic),
    ):
        with pytest.raises(Refused):
            cards.add_card(
                project, CardContent("b", owner_id=owner, organisation_id=organisation), by=by
            )


def test_on_hold_the_board_is_read_alone(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    card = on_board(world, project, "a")
    operations.hold_project(project, by=world.actor("delegate"), note="等待设备。")
    for attempt in (
        lambda: cards.add_card(project, CardContent("b"), by=by),
        lambda: placing.place_card(card, column_id=card.column_id, by=by),
        lambda: cards.edit_card(card, CardContent("c"), by=by),
    ):
        with pytest.raises(Refused):
            attempt()


@pytest.mark.parametrize("who", ["secretary", "chair", "outsider", "liaison", "admin", "former"])
def test_a_board_is_private(world: World, who: str) -> None:
    project, by = active(world), world.actor(who)
    card = on_board(world, project, "a")
    for attempt in (
        lambda: cards.add_card(project, CardContent("b"), by=by),
        lambda: placing.place_card(card, column_id=card.column_id, by=by),
        lambda: cards.comment_card(card, "好", by=by),
        lambda: placing.undo_move(project, by=by),
    ):
        with pytest.raises(Denied):
            attempt()


def test_the_tasks_of_who_leaves_go_to_the_lead_and_history_stays(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    supplier = world.organisation["supplier"]
    said = CardContent("a", owner_id=world.person["supplier"], organisation_id=supplier)
    waiting = cards.add_card(project, said, by=by)
    finished = cards.add_card(project, said, by=by, column_id=board(project)[-1].id)
    cards.comment_card(waiting, "已送样。", by=by)
    part = part_of(project, supplier)
    partnering.leave_project(part, by=by, note="业务调整。")
    db.session.expire_all()
    assert (waiting.organisation_id, waiting.owner_id) == (
        world.organisation["maker"],
        world.person["delegate"],
    )
    assert finished.organisation_id == supplier
    assert db.session.scalar(select(CardComment.person_id)) == world.person["supplier"]
    with pytest.raises(Denied):
        cards.comment_card(waiting, "还在吗", by=by)


def test_the_cards_of_a_person_who_leaves_go_to_a_colleague(world: World) -> None:
    project = active(world)
    supplier = world.organisation["supplier"]
    colleague = create_person(name="同事", email="colleague@test.example", by=SYSTEM)
    grant_appointment(colleague, Role.MANAGER, scope_id=supplier, by=SYSTEM)
    leaver = create_person(name="离任", email="leaver@test.example", by=SYSTEM)
    appointment = grant_appointment(leaver, Role.DELEGATE, scope_id=supplier, by=SYSTEM)
    card = cards.add_card(
        project,
        CardContent("a", owner_id=leaver.id, organisation_id=supplier),
        by=world.actor("supplier"),
    )
    end_appointment(appointment, by=SYSTEM)
    db.session.expire_all()
    assert card.owner_id == colleague.id
    assert db.session.get_one(Person, leaver.id)


@both_engines
def test_the_board_shows_a_window_of_each_column_in_two_statements(world: World) -> None:
    project = active(world)
    todo, doing, *_rest = board(project)
    for number in range(7):
        on_board(world, project, str(number))
    moved = on_board(world, project, "x")
    placing.place_card(moved, column_id=doing.id, by=world.actor("delegate"))
    change, shown = board_queries.shown_of(board_queries.ask(project.id, CardFilter(), shown=5))
    assert change == board_queries.change_of(project.id)
    assert [card.title for card in shown[0].cards] == ["0", "1", "2", "3", "4"]
    assert (shown[0].count, [card.title for card in shown[1].cards]) == (7, ["x"])
    assert todo.id == shown[0].id


@both_engines
def test_cards_are_narrowed_by_person_organisation_and_day(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    supplier, day = world.organisation["supplier"], clock.today()
    on_board(world, project, "nobody's")
    for number in range(3):
        said = CardContent(
            f"{number}",
            owner_id=world.person["supplier"],
            organisation_id=supplier,
            due_on=day + timedelta(days=3 - number),
        )
        cards.add_card(project, said, by=by)
    narrowed = CardFilter(owner=world.person["supplier"], organisation=supplier)
    assert len(board_queries.shown_of(board_queries.ask(project.id, narrowed))[1][0].cards) == 3
    others = board_queries.ask(project.id, CardFilter(owner=1))
    assert not board_queries.shown_of(others)[1][0].cards
    rows, key = board_queries.task_page(project.id, CardFilter(), size=2)
    assert [row.title for row in rows] == ["2", "1"]
    rest, end = board_queries.task_page(project.id, CardFilter(), after=key, size=2)
    assert ([row.title for row in rest], end) == (["0", "nobody's"], None)
    found = board_queries.tasks_between(project.id, day, day + timedelta(days=3))
    assert sum(len(each) for each in found.values()) == 2


def test_every_change_counts_so_that_browsers_agree(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    seen = [board_queries.change_of(project.id)]
    card = on_board(world, project, "a")
    for act in (
        lambda: placing.place_card(card, column_id=board(project)[1].id, by=by),
        lambda: cards.comment_card(card, "好", by=by),
        lambda: cards.add_item(card, "送检", by=by),
        lambda: cards.edit_card(card, CardContent("b"), by=by),
        lambda: placing.undo_move(project, by=by),
        lambda: cards.put_away_card(card, by=by),
    ):
        act()
        seen.append(board_queries.change_of(project.id))
    assert seen == sorted(set(seen))
    assert db.session.get_one(Project, project.id).version == project.version


def test_a_card_that_was_put_away_comes_back_at_the_end_of_the_first_column(world: World) -> None:
    project, by = active(world), world.actor("supplier")
    todo, done = board(project)[0], board(project)[-1]
    card, _other = on_board(world, project, "a"), on_board(world, project, "b")
    placing.place_card(card, column_id=done.id, by=by)
    cards.put_away_card(card, by=by)
    assert [row.title for row in card_queries.put_away_of(project.id)] == ["a"]
    columns.limit_column(project, todo.id, card_limit=1, by=world.actor("delegate"))
    with pytest.raises(Refused):
        placing.bring_back_card(card, by=by)
    with pytest.raises(Denied):
        placing.bring_back_card(card, by=world.actor("chair"))
    columns.limit_column(project, todo.id, card_limit=2, by=world.actor("delegate"))
    change = board_queries.change_of(project.id)
    for _again in range(2):
        placing.bring_back_card(card, by=by)
        assert order(todo.id) == ["b", "a"]
    assert board_queries.change_of(project.id) == change + 1
    assert (card.done_at, card_queries.put_away_of(project.id)) == (None, [])
    line = db.session.scalars(select(JournalLine).order_by(JournalLine.number.desc())).first()
    assert line is not None
    assert (line.verb, line.record_id) == ("card.bring_back", card.id)
    assert line.person_id == by.person_id
