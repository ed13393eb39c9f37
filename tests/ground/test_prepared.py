"""A prepared select answers as the same select through the session, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Integer, bindparam, select

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.exchange.models import Listing
from portal.operations import operation
from portal.prepared import Prepared
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
