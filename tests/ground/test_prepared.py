"""A prepared select answers as the same select through the session, on both engines."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    Integer,
    bindparam,
    create_engine,
    literal,
    literal_column,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import SYSTEM, Actor
from portal.database import Instant, db
from portal.exchange.models import Listing
from portal.operations import operation
from portal.prepared import Prepared
from tests.client import statements
from tests.conftest import both_engines

pytestmark = [both_engines, pytest.mark.usefixtures("context")]

COLUMNS = (Listing.id, Listing.direction, Listing.valid_until, Listing.listed_at, Listing.state)


def test_rows_are_the_values_that_the_session_reads() -> None:
    statement = select(*COLUMNS).where(Listing.is_within_validity).order_by(Listing.id)
    asked = Prepared(statement)
    expected = [tuple(row) for row in db.session.execute(statement)]
    assert len(expected) > 3
    assert asked.rows() == expected
    assert [asked.read(row) for row in asked.raw()] == expected


def test_parameters_are_filled_anew_each_time() -> None:
    asked = Prepared(
        select(Organisation.name, Organisation.kind)
        .where(Organisation.id == bindparam("wanted", type_=Integer))
        .where(Organisation.kind == OrganisationKind.ENTERPRISE)
    )
    ids = db.session.scalars(
        select(Organisation.id).where(Organisation.kind == OrganisationKind.ENTERPRISE)
    ).all()
    names = [asked.rows({"wanted": each})[0][0] for each in ids]
    assert names == [db.session.get_one(Organisation, each).name for each in ids]
    assert len(set(names)) == len(ids) > 1
    with pytest.raises(KeyError):
        asked.rows()


def test_the_present_is_asked_when_it_runs() -> None:
    asked = Prepared(select(Listing.id).where(Listing.is_within_validity))
    now = asked.rows()
    with clock.standing_still(clock.now() + timedelta(days=4000)):
        assert asked.rows() == []
    assert asked.rows() == now != []


@operation
def _rename(listing: Listing, asked: Prepared, *, by: Actor) -> list[tuple[Any, ...]]:
    listing.title = "not yet written"
    return asked.rows()


def test_what_waits_to_be_written_in_an_operation_is_seen() -> None:
    listing = db.session.scalars(select(Listing)).first()
    assert listing is not None
    asked = Prepared(select(Listing.title).where(Listing.id == listing.id))
    assert _rename(listing, asked, by=SYSTEM) == [("not yet written",)]


def test_what_is_expanded_at_each_run_cannot_be_prepared() -> None:
    with pytest.raises(TypeError, match="expanded"):
        Prepared(select(Listing.id).where(Listing.id.in_([1, 2]))).rows()


def _titles(**asked: Any) -> Prepared:
    return Prepared(select(Listing.id, Listing.title).order_by(Listing.id), **asked)


@operation
def _retitle(number: int, title: str, *, by: Actor) -> None:
    db.session.get_one(Listing, number).title = title


def _outside(number: int, title: str) -> None:
    """Write past the portal, as another process would."""
    with create_engine(db.engine.url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(f"UPDATE listing SET title = '{title}' WHERE id = {number}")
        connection.commit()


def test_what_is_said_again_is_what_would_be_asked_whoever_wrote_in_between() -> None:
    kept, plain = _titles(keeps_rows=True), _titles()
    numbers = [row[0] for row in plain.rows()]
    chance = random.Random(7)
    for turn in range(80):
        db.session.rollback()
        act = chance.choice(("read", "read", "operation", "outside", "refused"))
        number, title = chance.choice(numbers), f"title {turn}"
        if act == "operation":
            _retitle(number, title, by=SYSTEM)
        elif act == "outside":
            _outside(number, title)
        elif act == "refused":
            with pytest.raises(ZeroDivisionError):
                _fail(number, by=SYSTEM)
        assert kept.rows() == plain.rows(), (turn, act)
    assert any(row[1].startswith("title") for row in kept.rows())


@operation
def _fail(number: int, *, by: Actor) -> None:
    db.session.get_one(Listing, number).title = "never"
    db.session.flush()
    raise ZeroDivisionError


def test_where_nothing_was_written_nothing_is_asked() -> None:
    asked = _titles(keeps_rows=True)
    with statements(db.engine) as ran:
        for _turn in range(3):
            db.session.rollback()
            assert asked.rows()
    # PostgreSQL's own housekeeping may take a number of its own in between.
    assert 1 <= len(ran) < 3


@operation
def _rename_kept(asked: Prepared, *, by: Actor) -> list[tuple[Any, ...]]:
    before = asked.rows()
    db.session.get_one(Listing, before[0][0]).title = "not yet written"
    return asked.rows()


def test_an_operation_is_told_what_it_wrote_itself() -> None:
    asked = _titles(keeps_rows=True)
    asked.rows()
    assert _rename_kept(asked, by=SYSTEM)[0][1] == "not yet written"


def test_to_the_minute_is_as_of_the_last_full_one() -> None:
    told = bindparam("told", callable_=clock.now, type_=Instant)
    asked = Prepared(select(literal(1)).where(told >= bindparam("at", type_=Instant)))
    noon = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    minute = Prepared(
        select(literal(1)).where(told >= literal(noon, Instant)),
        keeps_rows=True,
        to_the_minute=True,
    )
    for seconds, is_past in ((-1, False), (0, True), (59, True)):
        with clock.standing_still(noon + timedelta(seconds=seconds)):
            assert bool(minute.rows()) is is_past is bool(asked.rows({"at": noon}))
    with clock.standing_still(noon + timedelta(seconds=59)):
        late = noon + timedelta(seconds=30)
        assert asked.rows({"at": late})
        assert not Prepared(
            select(literal(1)).where(told >= literal(late, Instant)), to_the_minute=True
        ).rows()


def test_what_the_driver_refuses_is_told_as_sqlalchemy_tells_it() -> None:
    with pytest.raises(DBAPIError) as refused:
        Prepared(select(literal_column("nowhere.nothing"))).rows()
    assert isinstance(refused.value.orig, db.engine.dialect.loaded_dbapi.Error)
    assert "nowhere" in str(refused.value)
