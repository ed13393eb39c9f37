"""The chain finds whatever was done to it, and the database refuses to do it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import journal
from portal.database import TRIGGERS, WRITING, db
from portal.exchange import operations
from portal.exchange.models import Listing
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
    operations.pause_listing(
        world.get(Listing, "public"), by=world.actor("delegate"), note="检修。"
    )
    (line, detail), *_rest = reversed(journal.lines_about("listing", world.listing["public"]))
    assert journal.verify().lines == before + 1
    assert (line.verb, line.from_state, line.to_state) == (
        "listing.pause",
        "published",
        "paused",
    )
    assert (line.person_id, line.organisation_id) == (
        world.person["delegate"],
        world.organisation["maker"],
    )
    assert detail == {"note": "检修。"}


def test_the_journal_is_written_by_operations_only(world: World) -> None:
    with pytest.raises(RuntimeError):
        journal.note("listing.praise", world.get(Listing, "public"), by=world.actor("delegate"))
