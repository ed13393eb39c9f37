"""The fields that each kind of listing has of its own: one table, everywhere the same."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.database import db
from portal.errors import Refused
from portal.exchange import operations
from portal.exchange.kinds import KIND_FIELDS, ValueType, every_field, fields_of, form_name
from portal.exchange.models import Listing, ListingKind
from tests.client import Client
from tests.conftest import both_engines
from tests.exchange.test_listing_pages import WHOLE, newest
from tests.world import World, content

Visit = Callable[..., Client]


def sample(kind: ListingKind) -> dict[str, str]:
    """Return a value for each field of a kind."""
    return {
        each.name: "12.5"
        if each.holds is ValueType.NUMBER
        else next(iter(each.choices), f"甲乙{each.name}")
        for each in fields_of(kind)
    }


def test_every_kind_has_fields_and_a_shared_name_means_the_same() -> None:
    assert set(KIND_FIELDS) == set(ListingKind)
    known = every_field()
    for kind, fields in KIND_FIELDS.items():
        assert 2 <= len(fields) <= 4, kind
        for each in fields:
            assert each is known[each.name], f"{each.name} means two things"
            assert bool(each.choices) == (each.holds is ValueType.CHOICE)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(ListingKind))
def test_the_fields_of_every_kind_are_asked_kept_shown_and_taken_along(
    app: Flask, world: World, visit: Visit, kind: ListingKind, language: str
) -> None:
    delegate = visit("delegate", language=language)
    page = delegate.soup("/listings/new?secrecy=none")
    values = sample(kind)
    for name in values:
        asked = page.select_one(f"[name={form_name(name)}]")
        assert asked is not None
        assert f"for-{kind}" in asked.find_parent(class_="own-field")["class"]
    own = {form_name(name): value for name, value in values.items()}
    sent = {**WHOLE, **own, "kind": kind.value, "submit": "1"}
    assert delegate.post("/listings/new", sent).status_code == 302
    made = newest(app)
    assert made.particulars == values
    shown = delegate.soup(f"/listings/{made.id}").select_one("main").get_text(" ", strip=True)
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        words = [each.shown(values[each.name]) for each in fields_of(kind)]
    assert all(word in shown for word in words), (words, shown)
    visit("secretary").post(f"/listings/{made.id}/moves/publish", {"version": str(made.version)})
    book = openpyxl.load_workbook(
        BytesIO(delegate.get(f"/listings.xlsx?kind={kind}&q=求购阀门").data)
    )
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell]
    for word in words:
        assert any(word in cell for cell in cells), (word, cells)


def test_the_form_shows_again_what_is_kept(app: Flask, world: World, visit: Visit) -> None:
    delegate = visit("delegate")
    own = {"own_area": "８００", "own_place": "保定", "own_model": "不相干"}
    delegate.post("/listings/new", {**WHOLE, **own, "kind": "site", "save": "1"})
    made = newest(app)
    assert made.particulars == {"area": "800", "place": "保定"}, "no field of another kind is kept"
    page = delegate.soup(f"/listings/{made.id}/edit")
    assert page.select_one("[name=own_area]")["value"] == "800"
    assert page.select_one("details[open] [name=own_place]")["value"] == "保定"


def test_what_the_table_does_not_allow_is_named_at_its_field(world: World, visit: Visit) -> None:
    delegate = visit("delegate", language="en")
    wrong = {"own_area": "large", "own_place": "x" * 81}
    answer = delegate.post("/listings/new", {**WHOLE, **wrong, "kind": "site", "submit": "1"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("#own_area-error") and page.select_one("#own_place-error")
    assert page.select_one("[name=own_area]")["value"] == "large"
    # What belongs to another kind is not judged.
    sent = {**WHOLE, **wrong, "kind": "product", "save": "1"}
    assert delegate.post("/listings/new", sent).status_code == 302


@both_engines
@pytest.mark.usefixtures("context")
def test_the_operation_judges_by_the_table_and_changing_kind_keeps_what_fits(
    app: Flask, world: World
) -> None:
    listing = world.get(Listing, "draft")
    by = world.actor("delegate")
    values = {"certificate": "CNAS", "duration_days": "10", "model": "甲"}
    service = content(kind=ListingKind.SERVICE, particulars=values)
    operations.edit_listing(listing, service, by=by)
    assert listing.particulars == {"certificate": "CNAS", "duration_days": "10"}
    kept = dict(listing.particulars)
    operations.edit_listing(listing, content(kind=ListingKind.PRODUCT, particulars=kept), by=by)
    assert listing.particulars == {"certificate": "CNAS"}
    for kind, bad in (
        (ListingKind.SERVICE, {"duration_days": "ten"}),
        (ListingKind.TECHNOLOGY, {"maturity": "perfect"}),
        (ListingKind.PRODUCT, {"model": "x" * 81}),
    ):
        with pytest.raises(Refused) as refused:
            operations.edit_listing(listing, content(kind=kind, particulars=bad), by=by)
        assert refused.value.field == form_name(next(iter(bad)))
    db.session.rollback()
    operations.edit_listing(listing, content(kind=None, particulars=kept), by=by)
    assert listing.particulars is None


@both_engines
def test_a_list_is_narrowed_by_what_its_kind_has_of_its_own(world: World, visit: Visit) -> None:
    """Each choice is a link; another kind takes it away; unknown values narrow nothing."""
    delegate = visit("delegate")
    for title, maturity in (("甲技术", "laboratory"), ("乙技术", "pilot"), ("丙技术", None)):
        own = {form_name("maturity"): maturity} if maturity else {}
        sent = {**WHOLE, **own, "title": title, "kind": "technology", "submit": "1"}
        assert delegate.post("/listings/new", sent).status_code == 302

    def titles(address: str) -> set[str]:
        page = delegate.soup(address)
        said = page.get_text()
        return {title for title in ("甲技术", "乙技术", "丙技术") if title in said}

    of_kind = "/listings?mine=1&state=submitted&kind=technology"
    assert titles(of_kind) == {"甲技术", "乙技术", "丙技术"}
    assert titles(f"{of_kind}&maturity=pilot") == {"乙技术"}
    assert titles(f"{of_kind}&maturity=production") == set()
    assert titles(f"{of_kind}&maturity=nonsense") == {"甲技术", "乙技术", "丙技术"}
    links = {a["href"] for a in delegate.soup(of_kind).select("a[href*=maturity]")}
    assert any("maturity=pilot" in link for link in links)
    narrowed = delegate.soup(f"{of_kind}&maturity=pilot")
    leading_to = {a["href"] for a in narrowed.select("a[href*='kind=product']")}
    assert leading_to, "another kind is offered"
    assert not any("maturity" in link for link in leading_to)
    # Without the kind the field means nothing.
    links = {a["href"] for a in delegate.soup("/listings").select("a[href]")}
    assert not any("maturity=" in link for link in links)
