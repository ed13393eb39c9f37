"""One record for each organisation: its code, its names, its place in protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal import journal, search
from portal.access import standing_of
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.accounts.queries import former_names_of, organisation_named
from portal.accounts.social_credit import code_of
from portal.actors import SYSTEM
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange.queries import ListingFilter, list_page
from portal.organisations import operations
from portal.organisations.queries import organisation_typed
from portal.regions.queries import region_by_code
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

#: Codes whose last character fits the others; whose they are does not matter here.
RIGHT = "91110000600037341L"
ANOTHER = "91310000MA1K35UG5T"


def organisation(world: World, name: str) -> Organisation:
    return db.session.get_one(Organisation, world.organisation[name])


def found(world: World, query: str) -> set[int]:
    rows = search.documents("organisation", query, standing_of(world.actor("anonymous")))
    return {row.record_id for row in db.session.execute(rows)} if rows is not None else set()


def create(name: str, **more: Any) -> Organisation:
    region = region_by_code("BJ")
    assert region is not None
    values: dict[str, Any] = {"kind": OrganisationKind.ENTERPRISE, "region": region, "by": SYSTEM}
    return create_organisation(name=name, **{**values, **more})


class TestTheCode:
    @pytest.mark.parametrize(
        "written",
        [RIGHT, RIGHT.lower(), " 9111 0000-6000 37341L ", "９１１１００００６０００３７３４１Ｌ"],
    )
    def test_is_read_however_it_is_typed(self, written: str) -> None:
        assert code_of(written) == RIGHT

    def test_may_be_missing(self) -> None:
        assert code_of("") is None
        assert code_of(None) is None
        assert code_of("  ") is None

    @pytest.mark.parametrize("place", range(18))
    def test_with_any_one_character_changed_is_refused(self, place: int, context: None) -> None:
        other = "2" if RIGHT[place] != "2" else "3"
        with pytest.raises(Refused):
            code_of(RIGHT[:place] + other + RIGHT[place + 1 :])

    @pytest.mark.parametrize(
        ("written", "says"),
        [("9111", "18"), (RIGHT[:-1] + "M", "last"), (RIGHT[:9] + "I" + RIGHT[10:], "without I")],
    )
    def test_says_what_is_wrong(self, written: str, says: str, context: None) -> None:
        with pytest.raises(Refused) as refused:
            code_of(written)
        assert refused.value.field == "uscc"
        assert says in refused.value.sentence._args[0]  # the English sentence

    @both_engines
    def test_belongs_to_one_organisation(self, context: None, world: World) -> None:
        first = create("北京己能源有限公司", uscc=RIGHT.lower())
        assert first.uscc == RIGHT
        assert not first.is_to_complete
        with pytest.raises(Refused, match="北京己能源有限公司") as refused:
            create("北京庚能源有限公司", uscc=f" {RIGHT} ")
        assert refused.value.field == "uscc"
        maker = organisation(world, "maker")
        assert maker.is_to_complete
        with pytest.raises(Refused, match="北京己能源有限公司"):
            operations.complete_code(maker, RIGHT, by=world.actor("manager"))

    def test_is_completed_by_the_manager_or_the_secretariat(
        self, context: None, world: World
    ) -> None:
        maker, quiet = organisation(world, "maker"), organisation(world, "quiet")
        operations.complete_code(maker, RIGHT, by=world.actor("manager"))
        operations.complete_code(quiet, ANOTHER, by=world.actor("secretary"))
        assert (maker.uscc, quiet.uscc) == (RIGHT, ANOTHER)
        for who in ("delegate", "supplier", "other_secretary", "admin"):
            with pytest.raises(Denied):
                operations.complete_code(quiet, RIGHT, by=world.actor(who))
        with pytest.raises(Refused):
            operations.complete_code(quiet, " ", by=world.actor("secretary"))
        assert organisation_typed(RIGHT.lower()) is maker
        assert found(world, RIGHT) == {maker.id}


class TestTheName:
    @pytest.mark.parametrize(
        "written", ["北京甲氢能有限公司", "北京甲氢能（有限公司）", "北京 甲氢能有限公司"]
    )
    @both_engines
    def test_tells_organisations_without_a_code_apart(
        self, written: str, context: None, world: World
    ) -> None:
        with pytest.raises(Refused, match="北京甲氢能有限公司") as refused:
            create(written)
        assert refused.value.field == "name"

    def test_of_punctuation_alone_is_none(self, context: None) -> None:
        with pytest.raises(Refused):
            create("（）")

    @both_engines
    def test_changes_and_the_old_one_still_finds(self, context: None, world: World) -> None:
        maker, manager = organisation(world, "maker"), world.actor("manager")
        operations.rename_organisation(
            maker, "北京甲氢能股份有限公司", reason="股份制改造", by=manager
        )
        assert [each.name for each in former_names_of(maker.id)] == ["北京甲氢能有限公司"]
        assert organisation_named("北京甲氢能（有限公司）") is maker
        assert found(world, "甲氢能有限公司") == {maker.id}
        assert found(world, "甲氢能股份") == {maker.id}
        with pytest.raises(Refused, match="北京甲氢能股份有限公司"):
            create("北京甲氢能有限公司")
        supplier = organisation(world, "supplier")
        with pytest.raises(Refused, match="北京甲氢能股份有限公司"):
            operations.rename_organisation(
                supplier, "北京甲氢能有限公司", reason="误", by=world.actor("secretary")
            )
        line, detail = journal.lines_about("organisation", maker.id)[-1]
        assert line.verb == "organisation.rename"
        assert detail == {
            "name": ["北京甲氢能有限公司", "北京甲氢能股份有限公司"],
            "note": "股份制改造",
        }

    @both_engines
    def test_goes_back_to_what_it_was(self, context: None, world: World) -> None:
        maker, manager = organisation(world, "maker"), world.actor("manager")
        operations.rename_organisation(maker, "甲氢", reason="试", by=manager)
        operations.rename_organisation(maker, "北京甲氢能有限公司", reason="回", by=manager)
        names = [each.name for each in former_names_of(maker.id)]
        assert names == ["甲氢", "北京甲氢能有限公司"]

    def test_changes_what_listings_are_found_by(self, context: None, world: World) -> None:
        maker = organisation(world, "maker")
        anybody = standing_of(world.actor("anonymous"))
        assert not list_page(anybody, ListingFilter(query="易名氢能")).rows
        operations.rename_organisation(
            maker, "北京易名氢能有限公司", reason="更名", by=world.actor("secretary")
        )
        rows = list_page(anybody, ListingFilter(query="易名氢能")).rows
        assert {row.id for row in rows} == {world.listing["public"]}

    def test_needs_a_reason_a_change_and_the_right(self, context: None, world: World) -> None:
        maker = organisation(world, "maker")
        for name, reason in (("甲", " "), (maker.name, "理由")):
            with pytest.raises(Refused):
                operations.rename_organisation(
                    maker, name, reason=reason, by=world.actor("manager")
                )
        for who in ("delegate", "supplier", "other_secretary", "admin", "former"):
            with pytest.raises(Denied):
                operations.rename_organisation(maker, "甲", reason="理由", by=world.actor(who))


def test_the_place_in_protocol_is_the_secretariats(context: None, world: World) -> None:
    maker = organisation(world, "maker")
    operations.place_organisation(maker, 7, by=world.actor("secretary"))
    assert maker.position == 7
    for number in (-1, 10_000):
        with pytest.raises(Refused):
            operations.place_organisation(maker, number, by=world.actor("secretary"))
    for who in ("manager", "other_secretary", "admin"):
        with pytest.raises(Denied):
            operations.place_organisation(maker, 1, by=world.actor(who))


class TestPages:
    def test_a_secretary_enters_an_organisation_and_invites_its_manager(
        self, visit: Callable[..., Client], world: World
    ) -> None:
        client = visit("secretary")
        data = {
            "name": "北京新来有限公司",
            "uscc": RIGHT.lower(),
            "kind": "park",
            "region_id": "1",
            "key": "one",
        }
        answer = client.post("/organisations/new", data)
        assert answer.status_code == 302
        assert answer.location.endswith("/people/invite")
        assert client.post("/organisations/new", data).location == answer.location
        page = client.soup(answer.location)
        assert [each["value"] for each in page.select("input[name=role]")] == ["manager"]
        made = client.post(answer.location, {"name": "李明", "role": "manager"})
        assert made.status_code == 200
        assert "data:image/svg" in made.text
        assert "/invitations/" in made.text
        waiting = client.soup(answer.location)
        assert "李明" in waiting.get_text()
        taken_back = waiting.select_one("input[name=invitation_id]")
        assert taken_back is not None
        number = answer.location.split("/")[2]
        client.post(
            f"/organisations/{number}/people/revoke-invitation",
            {"invitation_id": str(taken_back["value"])},
        )
        assert "李明" not in client.soup(answer.location).get_text()

    def test_a_double_is_refused_and_nothing_typed_is_lost(
        self, visit: Callable[..., Client], world: World
    ) -> None:
        data = {
            "name": "北京甲氢能（有限公司）",
            "kind": "park",
            "region_id": "1",
            "summary": "园区",
        }
        answer = visit("secretary").post("/organisations/new", data)
        assert answer.status_code == 422
        assert "北京甲氢能有限公司" in answer.text
        assert ">园区</textarea>" in answer.text.replace("\r\n", "").replace("\n", "")

    def test_a_stale_form_shows_what_is_stored_and_can_be_sent_again(
        self, visit: Callable[..., Client], world: World
    ) -> None:
        client, address = visit("manager"), f"/organisations/{world.organisation['maker']}/edit"
        data = {"kind": "enterprise", "region_id": "1", "version": "1", "summary": "第二"}
        assert client.post(address, {**data, "summary": "第一"}).status_code == 302
        stale = client.post(address, data)
        assert stale.status_code == 409
        assert "第一" in stale.text
        assert "第二" in stale.text
        assert client.post(address, {**data, "version": "2"}).status_code == 302
        assert "第二" in client.get(f"/organisations/{world.organisation['maker']}").text

    @pytest.mark.parametrize("page", ["edit", "chain-nodes", "code", "name", "people/invite"])
    def test_bad_input_is_answered(
        self, page: str, visit: Callable[..., Client], world: World
    ) -> None:
        bad = {
            "kind": "nonsense", "region_id": "x", "district_id": "99999999999999999999",
            "node_ids": "99999999999999999999", "uscc": "x" * 50, "name": "", "role": "chair",
            "version": "x",
        }  # fmt: skip
        answer = visit("manager").post(f"/organisations/{world.organisation['maker']}/{page}", bad)
        assert answer.status_code == 422
