"""The chain finds whatever was done to it, and the database refuses to do it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from portal import journal
from portal.database import TRIGGERS, db
from portal.engines import WRITING
from portal.exchange import operations
from portal.exchange.models import Listing
from portal.exchange.workflow import LISTING as WORKFLOW
from portal.workflow import NoteRule
from tests.conftest import both_engines
from tests.world import World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]


def directly(*statements: str, without_triggers: bool = True) -> None:
    """Do to the database what an intruder with its password could do."""
    connection = db.engine.connect().execution_options(**{WRITING: True})
    with connection, connection.begin():
        if without_triggers:
            for trigger in TRIGGERS:
                if trigger.table.startswith("journal"):
                    on = "" if connection.dialect.name == "sqlite" else f" ON {trigger.table}"
                    connection.execute(text(f"DROP TRIGGER {trigger.name}{on}"))
        for statement in statements:
            connection.execute(text(statement))
    db.session.rollback()  # what was read before is an old snapshot


def test_a_whole_chain_is_whole(world: World) -> None:
    verdict = journal.verify()
    assert verdict.faults == ()
    assert verdict.lines > 40


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_line SET verb = 'listing.praise' WHERE number = 30",
        "UPDATE journal_line SET person_id = 1 WHERE number = 30",
        "DELETE FROM journal_line WHERE number = 30",
        "DELETE FROM journal_line WHERE number = (SELECT max(number) FROM journal_line)",
        'UPDATE journal_detail SET content = \'{"note": "nothing"}\' '
        "WHERE number = (SELECT max(number) FROM journal_detail)",
        "UPDATE journal_head SET length = length - 1",
    ],
)
def test_whatever_is_altered_or_deleted_is_found(world: World, statement: str) -> None:
    details = statement.replace("DELETE FROM journal_line", "DELETE FROM journal_detail")
    directly(*([details] if details != statement else []), statement)
    assert journal.verify().faults


def test_two_swapped_lines_are_found(world: World) -> None:
    directly(
        "UPDATE journal_line SET number = -1 WHERE number = 11",
        "UPDATE journal_line SET number = 11 WHERE number = 12",
        "UPDATE journal_line SET number = 12 WHERE number = -1",
    )
    assert journal.verify().faults


def test_an_erased_detail_leaves_the_chain_whole(world: World) -> None:
    before = journal.verify()
    directly("DELETE FROM journal_detail", without_triggers=False)
    after = journal.verify()
    assert after.faults == ()
    assert after.erased > before.erased


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_line SET verb = 'listing.praise'",
        "DELETE FROM journal_line",
        "UPDATE journal_detail SET content = '{}'",
    ],
)
def test_the_database_refuses_to_change_the_journal(world: World, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        directly(statement, without_triggers=False)


def test_the_chain_grows_by_what_an_operation_did(world: World) -> None:
    before = journal.verify().lines
    operations.return_listing(
        world.get(Listing, "submitted"), by=world.actor("secretary"), note="请补充数量。"
    )
    (line, detail), *_rest = reversed(journal.lines_about("listing", world.listing["submitted"]))
    assert journal.verify().lines == before + 1
    assert (line.verb, line.from_state, line.to_state) == (
        "listing.return",
        "submitted",
        "returned",
    )
    assert (line.person_id, line.organisation_id) == (world.person["secretary"], None)
    assert detail == {"note": "请补充数量。"}


def test_a_note_nobody_was_asked_for_does_not_reach_the_journal(world: World) -> None:
    pause = WORKFLOW.named("pause")
    assert pause.note is NoteRule.NONE
    by = world.actor("delegate")
    operations.pause_listing(world.get(Listing, "public"), by=by, note="检修。")
    (_line, detail), *_rest = reversed(journal.lines_about("listing", world.listing["public"]))
    assert detail is None


def test_the_journal_is_written_by_operations_only(world: World) -> None:
    with pytest.raises(RuntimeError):
        journal.note("listing.praise", world.get(Listing, "public"), by=world.actor("delegate"))


def test_a_chain_that_grows_while_it_is_read_is_whole(app: Flask, world: World) -> None:
    """Somebody commits before each statement of the verification: nothing looks broken."""
    listing_id, actor = world.listing["public"], world.actor("delegate")
    acts = iter((operations.pause_listing, operations.resume_listing) * 3)
    ran = []

    def write() -> None:
        with app.app_context():
            next(acts)(db.session.get_one(Listing, listing_id), by=actor)
            db.session.remove()

    def interfere(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM journal_" in statement and threading.current_thread() is threading.main_thread():
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
            ran.append(statement)

    before = journal.verify().lines
    event.listen(db.engine, "before_cursor_execute", interfere)
    try:
        verdict = journal.verify()
    finally:
        event.remove(db.engine, "before_cursor_execute", interfere)
    assert len(ran) >= 2
    assert verdict.faults == ()
    assert journal.verify().lines >= before + len(ran)


def test_a_forged_line_behind_the_end_is_found(world: World) -> None:
    directly(
        "INSERT INTO journal_line (number, at, verb, noun, record_id, actor_kind, previous, hash) "
        "SELECT number + 1, at, verb, noun, record_id, actor_kind, hash, 'forged' "
        "FROM journal_line ORDER BY number DESC LIMIT 1"
    )
    assert journal.verify().faults
