"""What an organisation says of itself: its profile and its chain nodes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal import journal, search
from portal.access import standing_of
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.actors import SYSTEM
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.organisations import operations
from portal.organisations.operations import Profile
from portal.organisations.queries import nodes_of
from portal.organisations.rules import website_of
from portal.regions.queries import region_by_code
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


class TestTheProfile:
    def profile(self, world: World, **changed: Any) -> Profile:
        region = organisation(world, "maker").region_id
        values = {"kind": OrganisationKind.INSTITUTE, "region_id": region, **changed}
        return Profile(**values)

    @both_engines
    def test_is_changed_by_the_manager(self, context: None, world: World) -> None:
        maker, by = organisation(world, "maker"), world.actor("manager")
        district = region_by_code("BJ-HAIDIAN")
        assert district is not None
        profile = self.profile(
            world,
            district_id=district.id,
            website="www.example.cn/a",
            summary=" 储氢瓶。 ",
            headquarters="天津丙研究院",
        )
        operations.edit_organisation(maker, profile, by=by, expected=maker.version)
        assert (maker.website, maker.summary) == ("https://www.example.cn/a", "储氢瓶。")
        assert maker.district is district
        assert maker.headquarters is organisation(world, "chairer")
        assert found(world, "储氢瓶") == {maker.id}
        lines = len(journal.lines_about("organisation", maker.id))
        operations.edit_organisation(maker, profile, by=by)
        assert len(journal.lines_about("organisation", maker.id)) == lines

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"district_id": "HE-TANGSHAN"}, "district_id"),
            ({"website": "ftp://example.cn"}, "website"),
            ({"headquarters": "没有这家单位"}, "headquarters"),
            ({"headquarters": "北京甲氢能有限公司"}, "headquarters"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, changed: dict[str, Any], field: str, context: None, world: World
    ) -> None:
        district = region_by_code(changed.get("district_id", "BJ"))
        if "district_id" in changed and district is not None:
            changed = {"district_id": district.id}
        with pytest.raises(Refused) as refused:
            operations.edit_organisation(
                organisation(world, "maker"),
                self.profile(world, **changed),
                by=world.actor("manager"),
            )
        assert refused.value.field == field

    def test_has_no_branch_of_its_own_branch(self, context: None, world: World) -> None:
        maker, chairer = organisation(world, "maker"), organisation(world, "chairer")
        operations.edit_organisation(
            maker, self.profile(world, headquarters=chairer.name), by=world.actor("manager")
        )
        with pytest.raises(Refused) as refused:
            operations.edit_organisation(
                chairer, self.profile(world, headquarters=maker.name), by=world.actor("chair")
            )
        assert refused.value.field == "headquarters"

    def test_names_those_that_come_close(self, context: None, world: World) -> None:
        with pytest.raises(Refused, match="天津丙研究院"):
            operations.edit_organisation(
                organisation(world, "maker"),
                self.profile(world, headquarters="丙研究"),
                by=world.actor("manager"),
            )

    def test_is_not_overwritten_by_a_stale_form(self, context: None, world: World) -> None:
        maker, by = organisation(world, "maker"), world.actor("manager")
        seen = maker.version
        nodes = db.session.scalars(select(ChainNode.id).limit(2)).all()
        operations.choose_nodes(maker, nodes, by=by, expected=seen)
        with pytest.raises(Stale):
            operations.edit_organisation(maker, self.profile(world), by=by, expected=seen)
        with pytest.raises(Stale):
            operations.choose_nodes(maker, [], by=by, expected=seen)

    @pytest.mark.parametrize(
        "written",
        [
            "javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b.cn",
            "https://user@example.cn", "https://", "example", "https://example.cn/\"onclick=",
            "https://example.cn:99999", "https://" + "a" * 200 + ".cn", "file:///etc/passwd",
        ],
    )  # fmt: skip
    def test_has_no_other_website_than_a_plain_address(self, written: str, context: None) -> None:
        with pytest.raises(Refused):
            website_of(written)

    def test_may_have_no_website(self) -> None:
        assert website_of(" ") is None
        assert website_of("http://例子.中国/路") == "http://例子.中国/路"


@both_engines
def test_nodes_are_exactly_the_ticked_ones(context: None, world: World) -> None:
    maker, by = organisation(world, "maker"), world.actor("manager")
    ids = list(db.session.scalars(select(ChainNode.id).order_by(ChainNode.id).limit(4)))
    operations.choose_nodes(maker, ids[:3], by=by)
    operations.choose_nodes(maker, [*ids[1:], 99_999], by=by)
    assert {node.id for node in nodes_of(maker.id)} == set(ids[1:])
    _line, detail = journal.lines_about("organisation", maker.id)[-1]
    assert detail == {"added": [ids[3]], "removed": [ids[0]]}
    for who in ("delegate", "secretary", "chair"):
        with pytest.raises(Denied):
            operations.choose_nodes(maker, [], by=world.actor(who))
