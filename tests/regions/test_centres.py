"""Centres of regions: loaded, corrected by an administrator, measured between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.actors import SYSTEM
from portal.commands.load import load_starter
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.regions.distance import kilometres
from portal.regions.models import Region, RegionLevel
from portal.regions.operations import place_region
from portal.regions.places import all_places
from portal.regions.queries import region_by_code
from portal.workflow import Stale
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

BEIJING, TIANJIN, BAODING = (39.904, 116.407), (39.125, 117.190), (38.874, 115.465)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (BEIJING, BEIJING, 0),
        (BEIJING, TIANJIN, 110),
        (BEIJING, BAODING, 141),
        ((0, 0), (0, 180), 20_015),
        ((90, 0), (-90, 0), 20_015),
        ((0, 179.5), (0, -179.5), 111),
    ],
)
def test_distances_are_those_of_the_earth(
    one: tuple[float, float], other: tuple[float, float], km: int
) -> None:
    assert kilometres(one, other) == pytest.approx(km, abs=1)
    assert kilometres(one, other) == kilometres(other, one)


def test_every_city_and_district_of_the_starter_has_a_centre(world: World, context: None) -> None:
    places = all_places()
    for place in places.by_id.values():
        if place.level is not RegionLevel.PROVINCE:
            assert place.centre is not None, place.name
            # All of them lie in the plain and its mountains, and near what they lie in.
            latitude, longitude = place.centre
            assert 36 < latitude < 42 and 113 < longitude < 120, place.name
            above = places.centre_of(places.by_id[place.parent_id or 0])
            if above:
                assert kilometres(place.centre, above) < 180, place.name
    assert places.named("HE").centre is None  # type: ignore[union-attr]


@both_engines
def test_an_administrator_corrects_a_centre_and_loading_anew_keeps_it(
    world: World, context: None
) -> None:
    baoding = region_by_code("HE-BAODING")
    assert baoding is not None
    place_region(baoding, 38.5, 115.5, by=world.actor("admin"))
    load_starter("beijing-tianjin-hebei")
    again = region_by_code("HE-BAODING")
    assert again is not None and (again.latitude, again.longitude) == (38.5, 115.5)
    place_region(again, None, None, by=world.actor("admin"))
    assert again.latitude is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [(91.0, 0.0, "latitude"), (0.0, -181.0, "longitude"), (None, 1.0, "latitude"),
     (1.0, None, "longitude"), (float("inf"), 0.0, "latitude"), (float("nan"), 0.0, "latitude")],
)  # fmt: skip
def test_no_centre_lies_beyond_the_earth(
    latitude: float | None, longitude: float | None, field: str, world: World, context: None
) -> None:
    region = db.session.get_one(Region, 4)
    with pytest.raises(Refused) as refused:
        place_region(region, latitude, longitude, by=world.actor("admin"))
    assert refused.value.field == field


@both_engines
@pytest.mark.parametrize("values", [{"latitude": 91}, {"longitude": 200}, {"longitude": None}])
def test_the_database_refuses_it_too(
    values: dict[str, float | None], world: World, context: None
) -> None:
    @operation
    def write() -> None:
        db.session.execute(update(Region).where(Region.code == "HE-BAODING").values(**values))

    with pytest.raises(IntegrityError):
        write()


def test_only_an_administrator_places_a_region(world: World, context: None) -> None:
    region = db.session.get_one(Region, 4)
    for who in ("secretary", "liaison", "manager"):
        with pytest.raises(Denied):
            place_region(region, 1.0, 1.0, by=world.actor(who))
    with pytest.raises(Denied):
        place_region(region, 1.0, 1.0, by=SYSTEM)


def test_a_stale_form_is_noticed(world: World, context: None) -> None:
    region = db.session.get_one(Region, 4)
    version = region.version
    place_region(region, 39.0, 116.0, by=world.actor("admin"), expected=version)
    with pytest.raises(Stale):
        place_region(region, 39.1, 116.0, by=world.actor("admin"), expected=version)


def test_a_corrected_centre_is_measured_from_at_once(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    client = visit("admin")
    near = "/organisations?near=HE-BAODING&within=100"
    assert not client.soup(near).select(".row-title")
    page = client.soup("/regions")
    link = page.find("a", string="保定市")
    assert link is not None
    address = str(link["href"])  # type: ignore[index]
    form = client.soup(address)
    assert form.select_one("input[name=latitude]")["value"].startswith("38.874")  # type: ignore[index]
    data = {"latitude": "39.904", "longitude": "116.407", "version": "2"}
    stale = client.post(address, {**data, "version": "1"})
    assert stale.status_code == 409 and "39.904" in stale.text
    version = str(form.select_one("input[name=version]")["value"])  # type: ignore[index]
    assert client.post(address, {**data, "latitude": "x"}).status_code == 422
    assert client.post(address, {**data, "version": version}).location == "/regions"
    assert client.soup(near).select(".row-title")
    assert "39.904" in client.soup("/regions").get_text()
