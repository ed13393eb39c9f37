"""A year's records as the draft of a report: what the areas count, and nothing unconfirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from portal import clock
from portal.access import can, standing_of
from portal.alliances.models import Alliance, ChairTerm, Membership
from portal.alliances.operations import withdraw_membership
from portal.annual_reports import drafting, queries
from portal.database import db
from portal.documents.models import Document
from portal.dues import operations as dues
from portal.dues.models import Due
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.outcomes.models import Outcome
from portal.periods import Period, beginning
from tests.client import Client
from tests.documents.test_documents import headings, said_in
from tests.meetings import make
from tests.research.make import idea
from tests.world import World

Visit = Callable[..., Client]


def hydrogen(world: World) -> Alliance:
    return db.session.get_one(Alliance, world.alliance["hydrogen"])


@pytest.mark.usefixtures("context")
class TestReport:
    def test_only_what_both_sides_confirmed_counts(self, world: World) -> None:
        year = clock.today().year
        signed = {
            each.title.split()[0]: each.signed_on.year
            for each in db.session.query(Outcome).filter_by(alliance_id=world.alliance["hydrogen"])
        }
        assert {"claimed", "confirmed"} <= set(signed)
        fields = drafting.report_fields(hydrogen(world), year, by=world.actor("secretary"))
        assert fields["outcome_count"] == (signed["confirmed"] == year)
        assert sum(each["count"] for each in fields["outcomes"]) == fields["outcome_count"]

    def test_who_left_stands_among_those_who_left(self, world: World) -> None:
        year, by = clock.today().year, world.actor("secretary")
        before = drafting.report_fields(hydrogen(world), year, by=by)
        quiet = db.session.get_one(Membership, world.membership["quiet"])
        withdraw_membership(quiet, by=by, basis="来函第1号", note="转型。")
        fields = drafting.report_fields(hydrogen(world), year, by=by)
        assert [each["name"] for each in fields["left"]] == ["河北戊制造有限公司"]
        assert fields["members_at_end"] == before["members_at_end"] - 1
        for told in (before, fields):
            came = told["members_at_beginning"] + len(told["joined"])
            assert came - len(told["left"]) == told["members_at_end"]

    def test_what_others_decided_or_do_later_is_not_told(self, world: World) -> None:
        ahead = beginning(date(clock.today().year + 3, 1, 1), 12)
        alliance = hydrogen(world)
        assert not queries.meetings_in(alliance, ahead)
        assert not queries.resolutions_in(alliance, ahead)
        everything = Period(date(2000, 1, 1), ahead.until_on)
        found = queries.resolutions_in(alliance, everything)
        assert {each.id for each in found} <= set(world.resolution.values())
        assert all(each.alliance_id == alliance.id for each in found)

    def test_what_was_decided_in_writing_is_told_and_no_idea_is(self, world: World) -> None:
        year, by = clock.today().year, world.actor("secretary")
        voted = make.noticed(world, title="关于会费的书面表决", is_written=True, place="")
        begins = date(year, 1, 1)
        idea(world, title="尚未立项的设想", begins_on=begins, ends_on=date(year, 12, 31))
        approved = idea(world, title="已立项的课题", begins_on=begins, ends_on=date(year, 12, 31))

        @operation
        def later() -> None:
            voted.closed_at, approved.basis = clock.now(), "决议第1号"

        later()
        told = drafting.report_fields(hydrogen(world), year, by=by)
        on = {each["title"]: each["on"] for each in told["meetings"]}
        assert on[voted.title]
        titles = {each["title"] for each in told["projects"]}
        assert "已立项的课题" in titles
        assert "尚未立项的设想" not in titles

    def test_the_chair_is_told_without_gap_up_to_the_last_day(self, world: World) -> None:
        period = beginning(clock.today(), 12).until_today(clock.today())
        held = queries.chairs_in(hydrogen(world), period)
        assert held
        assert all(one.until_at == two.from_at for one, two in pairwise(held))
        assert held[-1].until_at == clock.start_of(period.until_on)

    def test_an_alliance_that_nobody_chairs_yet_has_a_report_too(self, world: World) -> None:
        chaired = select(ChairTerm.alliance_id)
        found = db.session.scalars(select(Alliance).where(Alliance.id.not_in(chaired))).first()
        assert found is not None
        fields = drafting.report_fields(found, clock.today().year, by=world.actor("secretary"))
        assert fields["terms"] == []

    def test_the_sums_of_the_dues_are_the_ledgers(self, world: World) -> None:
        by, year = world.actor("secretary"), clock.today().year
        due = db.session.get_one(Due, world.due["quiet"])
        dues.waive_due(due, by=by, note="困难。")
        told = drafting.report_fields(hydrogen(world), year, by=by)["dues"]
        assert told == {
            "count": 3,
            "due": "17,000.5元",
            "paid": "10,500元",
            "open": "1,500.5元",
            "waived": "5,000元",
        }
        assert drafting.report_fields(hydrogen(world), year - 1, by=by)["dues"] is None

    def test_the_draft_is_a_numbered_paper(self, world: World) -> None:
        year, by = clock.today().year, world.actor("secretary")
        made = drafting.issue_report(hydrogen(world), year, by=by, receipt="a")
        text = said_in(made)
        assert "七、会费收支" in headings(made) and made.number in text and "{" not in text
        assert drafting.issue_report(hydrogen(world), year, by=by, receipt="a") is made
        seen = [w for w in ("supplier", "manager", "liaison", "secretary") if _sees(world, w, made)]
        assert seen == ["secretary"]
        with pytest.raises(Refused):
            drafting.issue_report(hydrogen(world), year + 1, by=by)
        with pytest.raises(Denied):
            drafting.issue_report(hydrogen(world), year, by=world.actor("chair"))


def _sees(world: World, who: str, document: Document) -> bool:
    return can(standing_of(world.actor(who)), "document.view", document)


def test_the_page_makes_it_in_chinese_whoever_asks(visit: Visit) -> None:
    keeper = visit("secretary", language="en")
    address = "/alliances/hydrogen/annual-report"
    assert keeper.post(address, {"year": "1999"}).status_code == 422
    made = keeper.post(address, {"year": str((datetime.now(UTC) - timedelta(days=1)).year)})
    assert "年度报告" in keeper.get(str(made.location)).text


def test_a_second_report_of_a_year_takes_a_number_only_after_asking(visit: Visit) -> None:
    keeper, address = visit("secretary"), "/alliances/hydrogen/annual-report"
    year = (datetime.now(UTC) - timedelta(days=1)).year
    first = keeper.post(address, {"year": str(year)})
    assert first.status_code == 302
    assert keeper.post(address, {"year": str(year - 1)}).status_code == 302, "another year's"
    asked = keeper.post(address, {"year": str(year)})
    assert asked.status_code == 409 and first.location in asked.text
    assert f'name="year" value="{year}"' in asked.text, "the page sends the year once more"
    second = keeper.post(address, {"year": str(year), "another": "1"})
    assert second.status_code == 302 and second.location != first.location
