"""The write path: what may write, and when."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.access import require
from portal.actors import SYSTEM
from portal.database import db
from portal.exchange.models import Listing
from portal.operations import operation, read_only
from tests.conftest import both_engines
from tests.world import World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]


@operation
def rename(listing: Listing, title: str) -> None:
    require(SYSTEM, "portal.load")
    listing.title = title


def test_what_is_written_outside_an_operation_is_refused_by_the_database(world: World) -> None:
    world.get(Listing, "draft").title = "past the door"
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        db.session.flush()
    db.session.rollback()


def test_an_operation_refuses_to_carry_a_stranger_s_changes(world: World) -> None:
    listing = world.get(Listing, "draft")
    listing.title = "past the door"
    with pytest.raises(RuntimeError, match="outside"):
        rename(listing, "by the door")
    db.session.rollback()


def test_a_safe_request_changes_nothing(world: World) -> None:
    end = read_only()
    try:
        with pytest.raises(RuntimeError, match="only reads"):
            rename(world.get(Listing, "draft"), "by a GET")
    finally:
        end()


def test_an_operation_reads_anew_what_it_was_given(world: World, app: Flask) -> None:
    listing = world.get(Listing, "draft")
    before = listing.title

    @operation
    def elsewhere() -> None:
        require(SYSTEM, "portal.load")
        db.session.connection().exec_driver_sql("UPDATE listing SET title = 'newer'")

    elsewhere()
    seen: list[str] = []

    @operation
    def look(thing: Listing) -> None:
        require(SYSTEM, "portal.load")
        seen.append(thing.title)

    look(listing)
    assert seen == ["newer"] != [before]


def test_the_clock_stands_still_within_an_operation() -> None:
    @operation
    def twice() -> bool:
        require(SYSTEM, "portal.load")
        return clock.now() == clock.now()

    assert twice()


def test_what_an_inner_operation_did_is_undone_with_the_outer_one(world: World) -> None:
    listing = world.get(Listing, "draft")
    title = listing.title

    @operation
    def outer() -> None:
        require(SYSTEM, "portal.load")
        rename(listing, "half done")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert world.get(Listing, "draft").title == title
