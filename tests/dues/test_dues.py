"""Dues: every member gets its line, money in whole fen, seen by keeper and own manager alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import and_, func, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.access import standing_of
from portal.accounts.models import Appointment, Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.actors import SYSTEM
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.operations import admit_organisation, change_tier
from portal.alliances.workflow import MembershipState
from portal.database import db
from portal.dues import operations, queries
from portal.dues.models import Due, DuesYear, PaymentMethod
from portal.dues.operations import Payment
from portal.dues.reminding import remind_of_dues
from portal.dues.workflow import DueState
from portal.errors import Denied, Refused, Stale
from portal.inbox.models import Message
from portal.inbox.queries import what_is_said
from portal.journal import JournalLine
from portal.operations import operation
from portal.roles import Role
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
RATES = {Tier.VICE_CHAIR: 2_000_000, Tier.COUNCIL: 1_000_000, Tier.MEMBER: 300_001}


def paid(fen: int, days_ago: int = 0) -> Payment:
    return Payment(clock.today() - timedelta(days=days_ago), fen, PaymentMethod.TRANSFER)


def hydrogen(world: World) -> Alliance:
    return db.session.get_one(Alliance, world.alliance["hydrogen"])


def ask(world: World, *, ahead: int = 1, waives: bool = False, **rates: int) -> DuesYear:
    """Let hydrogen ask dues of a year ahead; of the present one the world asks already."""
    by, year = world.actor("secretary"), clock.today().year + ahead
    said = {Tier(name): fen for name, fen in rates.items()} or RATES
    return operations.set_dues(
        hydrogen(world), year, due_on=clock.today(), rates=said, by=by, waives=waives
    )


def line(world: World, year: DuesYear, name: str) -> Due:
    return db.session.scalars(
        select(Due).where(
            Due.dues_year_id == year.id, Due.organisation_id == world.organisation[name]
        )
    ).one()


@pytest.mark.usefixtures("context")
class TestLedger:
    def test_every_active_member_gets_the_line_of_its_tier(self, world: World) -> None:
        year = ask(world)
        members = db.session.scalars(
            select(Membership).where(
                Membership.alliance_id == year.alliance_id, Membership.is_active
            )
        ).all()
        lines = {each.organisation_id: each for each in db.session.scalars(
            select(Due).where(Due.dues_year_id == year.id)
        )}  # fmt: skip
        assert set(lines) == {m.organisation_id for m in members if m.tier in RATES}
        assert all(
            lines[m.organisation_id].amount_fen == RATES[m.tier] for m in members if m.tier in RATES
        )

    def test_said_anew_only_what_nobody_touched_follows(self, world: World) -> None:
        by, year = world.actor("secretary"), ask(world)
        part, adjusted, plain = (line(world, year, n) for n in ("maker", "supplier", "quiet"))
        operations.pay_due(part, paid(100), by=by)
        operations.adjust_due(adjusted, 5, reason="新入会减半。", by=by)
        before = part.amount_fen
        hebei = db.session.get_one(Organisation, world.organisation["quiet"]).region
        newcomer = create_organisation(
            name="河北庚氢能有限公司", kind=OrganisationKind.ENTERPRISE, region=hebei, by=SYSTEM
        )
        world.organisation["newcomer"] = newcomer.id
        admit_organisation(hydrogen(world), newcomer, Tier.MEMBER, by=by)
        ask(world, member=777, council=888, vice_chair=999)
        assert (part.amount_fen, adjusted.amount_fen) == (before, 5)
        assert plain.amount_fen in (777, 888, 999)
        assert line(world, year, "newcomer").amount_fen == 777
        membership = db.session.scalars(
            select(Membership).where(
                Membership.alliance_id == year.alliance_id,
                Membership.organisation_id == plain.organisation_id,
            )
        ).one()
        change_tier(membership, Tier.CHAIR, by=by, basis="决议第5号")
        with pytest.raises(Refused) as refused:
            ask(world, member=777)
        assert refused.value.field == "waives"
        assert plain.organisation.name in str(refused.value.sentence)
        db.session.refresh(plain)
        assert (plain.state, plain.amount_fen != 777) == (DueState.OPEN, True)
        ask(world, member=777, waives=True)
        assert plain.state is DueState.WAIVED

    def test_who_joined_after_a_year_owes_nothing_for_it(self, world: World) -> None:
        """They all joined this year, the newcomer in the next one."""
        with clock.standing_still(clock.start_of(date(clock.today().year + 1, 1, 1))):
            hebei = db.session.get_one(Organisation, world.organisation["quiet"]).region
            newcomer = create_organisation(
                name="河北庚氢能有限公司", kind=OrganisationKind.ENTERPRISE, region=hebei, by=SYSTEM
            )
            admit_organisation(hydrogen(world), newcomer, Tier.MEMBER, by=world.actor("secretary"))
            old, new = ask(world, ahead=-1), ask(world, ahead=0)
        asked = {
            year.id: set(
                db.session.scalars(select(Due.organisation_id).where(Due.dues_year_id == year.id))
            )
            for year in (old, new)
        }
        assert newcomer.id in asked[new.id] - asked[old.id]
        assert asked[old.id] == asked[new.id] - {newcomer.id} != set()

    def test_in_parts_until_nothing_is_left(self, world: World) -> None:
        by, due = world.actor("secretary"), line(world, ask(world), "quiet")
        whole = due.amount_fen
        operations.pay_due(due, paid(1, 3), by=by)
        assert (due.state, due.left_fen) == (DueState.OPEN, whole - 1)
        for wrong in (0, -5, whole):
            with pytest.raises(Refused):
                operations.pay_due(due, paid(wrong), by=by)
        with pytest.raises(Refused):
            operations.pay_due(due, paid(1, -1), by=by)
        operations.pay_due(due, paid(whole - 1), by=by)
        assert (due.state, due.left_fen) == (DueState.PAID, 0)
        for late in (
            lambda: operations.pay_due(due, paid(1), by=by),
            lambda: operations.adjust_due(due, whole + 1, reason="x", by=by),
            lambda: operations.waive_due(due, by=by, note="x"),
        ):
            with pytest.raises(Refused):
                late()
        operations.reopen_due(due, by=by, note="错登。")
        assert (due.state, due.paid_fen, due.paid_on) == (DueState.OPEN, 0, None)

    def test_what_is_due_came_in_is_open_or_was_waived(self, world: World) -> None:
        by, year = world.actor("secretary"), ask(world)
        asked = str(year.year)
        for number, row in enumerate(queries.ledger_of(year.alliance_id, asked).rows):
            due = db.session.get_one(Due, row.id)
            if number:
                operations.pay_due(due, paid(number * 7), by=by)
            if number == 2:
                operations.waive_due(due, by=by, note="困难。")
        sums = queries.totals(queries.ledger_of(year.alliance_id, asked).rows)
        assert sums.waived_fen > 0 and sums.paid_fen > 0 and sums.open_fen > 0
        assert sums.due_fen == sums.paid_fen + sums.open_fen + sums.waived_fen

    def test_two_hands_at_one_line(self, world: World) -> None:
        by, due = world.actor("secretary"), line(world, ask(world), "quiet")
        seen = due.version
        operations.pay_due(due, paid(5), by=by, expected=seen)
        with pytest.raises(Stale):
            operations.pay_due(due, paid(5), by=by, expected=seen)
        assert due.paid_fen == 5

    def test_only_the_secretariat_keeps_and_only_the_own_manager_sees(self, world: World) -> None:
        year = ask(world)
        own, other = line(world, year, "maker"), line(world, year, "supplier")
        for who in ("manager", "delegate", "chair", "other_secretary", "liaison", "admin"):
            with pytest.raises(Denied):
                operations.pay_due(own, paid(1), by=world.actor(who))
        seen = {
            who: {
                each.id
                for due in (own, other)
                for each in queries.dues_of(standing_of(world.actor(who)), due.organisation_id)
                if each.dues_year_id == year.id
            }
            for who in ("secretary", "manager", "delegate", "supplier", "chair", "liaison")
        }
        assert seen["secretary"] == {own.id, other.id}
        assert seen.pop("manager") == {own.id}
        assert not any(seen[who] for who in seen if who != "secretary")

    def test_the_database_takes_no_more_than_is_due(self, world: World) -> None:
        due = line(world, ask(world), "quiet")

        @operation
        def overpay() -> None:
            due.paid_fen, due.paid_on = due.amount_fen + 1, clock.today()
            due.method = PaymentMethod.CASH

        with pytest.raises(IntegrityError):
            overpay()

    def test_the_lines_of_a_double_are_the_survivors(self, world: World) -> None:
        year = ask(world)
        quiet = db.session.get_one(Organisation, world.organisation["quiet"])
        other = db.session.get_one(Organisation, world.organisation["medic"])

        @operation
        def merged() -> None:
            quiet.merged_into_id = other.id

        merged()
        old = {each.id for each in db.session.scalars(select(Due)) if each.organisation is quiet}
        operations.move_dues(quiet, by=world.actor("admin"))
        now = {each.id for each in db.session.scalars(select(Due)) if each.organisation is other}
        assert line(world, year, "medic").id in now
        assert now == old

    def test_who_paid_as_a_double_is_asked_no_second_time(self, world: World) -> None:
        by, year = world.actor("secretary"), ask(world)
        double = db.session.get_one(Organisation, world.organisation["quiet"])
        own, paid_there = line(world, year, "supplier"), line(world, year, "quiet")
        operations.pay_due(paid_there, paid(paid_there.amount_fen), by=by)

        @operation
        def merged() -> None:
            double.merged_into_id = own.organisation_id

        merged()
        operations.move_dues(double, by=world.actor("admin"))
        assert (own.state, paid_there.state) == (DueState.WAIVED, DueState.PAID)

    @pytest.mark.parametrize("is_all", [False, True])
    def test_a_part_that_came_in_for_a_double_is_credited(self, world: World, is_all: bool) -> None:
        by, year = world.actor("secretary"), ask(world)
        double = db.session.get_one(Organisation, world.organisation["quiet"])
        own, there = line(world, year, "supplier"), line(world, year, "quiet")
        operations.pay_due(there, paid(100, 3), by=by)
        operations.pay_due(own, paid(own.amount_fen - (100 if is_all else 500), 5), by=by)
        came_in = own.paid_fen + there.paid_fen

        @operation
        def merged() -> None:
            double.merged_into_id = own.organisation_id

        merged()
        operations.move_dues(double, by=world.actor("admin"))
        assert (there.state, there.paid_fen, there.paid_on) == (DueState.WAIVED, 0, None)
        assert own.paid_fen == came_in, "the money came in once"
        assert own.paid_on == clock.today() - timedelta(days=3), "the last payment"
        assert own.state is (DueState.PAID if is_all else DueState.OPEN)

    def test_a_manager_hears_of_dues_set_and_once_that_they_are_overdue(self, world: World) -> None:
        def heard(verb: str, who: str) -> int:
            asked = (Message.notice == verb, Message.person_id == world.person[who])
            return db.session.scalar(select(func.count()).where(*asked)) or 0

        due, before = line(world, ask(world), "maker"), heard("due.demand", "manager")
        assert before == 2, "of this year and the next one"
        said = what_is_said(
            standing_of(world.actor("manager")),
            db.session.scalars(select(Message).where(Message.about_id == due.id)),
        )
        assert any("京津冀氢能产业联盟 " in each for each in said.values())
        assert heard("due.demand", "delegate") == heard("due.demand", "secretary") == 0
        assert remind_of_dues(by=SYSTEM) == 0, "its day is today"
        with clock.standing_still(clock.now() + timedelta(days=1)):
            assert remind_of_dues(by=SYSTEM) == 0, "they heard of it yesterday"
        with clock.standing_still(clock.now() + timedelta(days=8)):
            assert remind_of_dues(by=SYSTEM) > 0
            assert remind_of_dues(by=SYSTEM) == 0
        assert heard("due.overdue", "manager") == 1, "this year's was paid"
        with pytest.raises(Denied):
            remind_of_dues(by=world.actor("secretary"))

    def test_only_a_member_with_a_manager_is_told_and_of_no_day_long_past(
        self, world: World
    ) -> None:
        due, day = line(world, ask(world), "maker"), timedelta(days=1)
        told = select(func.count()).where(
            JournalLine.verb == "due.overdue", JournalLine.record_id == due.id
        )
        managing = and_(
            Appointment.scope_id == due.organisation_id, Appointment.role == Role.MANAGER
        )
        joined = and_(
            Membership.alliance_id == due.alliance_id,
            Membership.organisation_id == due.organisation_id,
        )

        @operation
        def change(row: type[Appointment | Membership], which: Any, **values: Any) -> None:
            db.session.execute(update(row).where(which).values(**values))

        def is_told(days: int) -> bool:
            with clock.standing_still(clock.now() + days * day):
                remind_of_dues(by=SYSTEM)
            return bool(db.session.scalar(told))

        change(Appointment, managing, until_at=clock.now())
        assert not is_told(8), "nobody would hear it"
        change(Appointment, managing, until_at=None)
        change(Membership, joined, state=MembershipState.WITHDRAWN)
        assert not is_told(9), "who left is told no more"
        change(Membership, joined, state=MembershipState.ACTIVE)
        assert not is_told(61), "a day long past"
        assert is_told(60), "a manager who came later hears of it"


def test_the_reminder_names_who_has_not_paid_and_no_amount(world: World, visit: Visit) -> None:
    page = visit("secretary").soup("/alliances/hydrogen/dues")
    text = page.select_one("#chase-text").get_text()  # type: ignore[union-attr]
    assert "河北乙材料有限公司" in text and "北京甲氢能有限公司" not in text
    assert "元" not in text.split("：", 1)[1]


def test_what_is_overdue_says_so_and_a_manager_finds_it_from_the_alliance(
    app: Flask, world: World, visit: Visit
) -> None:
    ledger, due = "/alliances/hydrogen/dues", f"/dues/{world.due['quiet']}"
    keeper = visit("secretary")

    def chips() -> list[str]:
        return [each.text for each in keeper.soup(ledger).select(f'li:has(a[href="{due}"]) .state')]

    for days_ago, said in ((0, "未缴"), (1, "已逾期")):
        with app.app_context():
            year = db.session.get_one(Due, world.due["quiet"]).dues_year
            operations.set_dues(
                hydrogen(world),
                year.year,
                due_on=clock.today() - timedelta(days=days_ago),
                rates={rate.tier: rate.amount_fen for rate in year.rates},
                by=world.actor("secretary"),
            )
            db.session.remove()
        assert chips() == [said]
    assert keeper.soup(due).select(".state-overdue")
    page = keeper.get(ledger).text
    assert page.index('id="chase-text"') < page.index(f'href="{due}"'), "before the first row"
    own = f"/organisations/{world.organisation['maker']}/dues"
    assert visit("manager").soup("/alliances/hydrogen").select_one(f'aside a[href="{own}"]')
    assert (
        visit("delegate").soup("/alliances/hydrogen").select_one(f'aside a[href="{own}"]') is None
    )


def test_the_ledger_is_narrowed_by_what_is_known(world: World, visit: Visit) -> None:
    keeper = visit("secretary")
    count = lambda query: len(  # noqa: E731
        keeper.soup(f"/alliances/hydrogen/dues{query}").select("ul.rows > li")
    )
    everything = count("")
    assert count("?state=paid") == 1
    assert count("?state=waived") == 0
    assert count("?state=nonsense&region=XX&year=9999") == everything
    assert "尚未设定会费" in visit("other_secretary").get("/alliances/biomedicine/dues").text


@pytest.mark.parametrize("amount", ["", "abc", "-5", "0", "1.234", "NaN", "1e30"])
def test_a_bad_amount_is_told_beside_its_field(amount: str, world: World, visit: Visit) -> None:
    sent = {"paid": amount, "paid_on": clock.today().isoformat(), "method": "cash"}
    answer = visit("secretary").post(f"/dues/{world.due['quiet']}/payments", sent)
    assert answer.status_code == 422
    assert 'id="paid-error"' in answer.text


def test_a_payment_is_noted_and_the_manager_reads_it(world: World, visit: Visit) -> None:
    keeper, address = visit("secretary"), f"/dues/{world.due['maker']}"
    assert keeper.post(f"{address}/moves/reopen", {"note": "错登。"}).status_code == 302
    sent = {"paid": "12.34", "paid_on": clock.today().isoformat(), "method": "cheque"}
    assert keeper.post(f"{address}/payments", sent).status_code == 302
    page = visit("manager").get(address).text
    assert "12.34元" in page and "支票" in page and "错登。" in page
    assert keeper.post(f"{address}/moves/pay").status_code == 422


def test_rates_are_set_on_the_page(world: World, visit: Visit) -> None:
    keeper, next_year = visit("other_secretary"), clock.today().year + 1
    address = f"/alliances/biomedicine/dues/rates?year={next_year}"
    refused = keeper.post(address, {"due_on": f"{next_year}-03-31"})
    assert refused.status_code == 422
    sent = {"due_on": f"{next_year}-03-31", "chair": "3000", "council": "5000.50"}
    assert keeper.post(address, sent).location.endswith(f"?year={next_year}")
    assert "5000.5" in keeper.get(address).text
    version = keeper.soup(address).select_one("input[name=version]")["value"]  # type: ignore[index]
    sent = {"due_on": f"{next_year}-03-31", "vice_chair": "1", "version": version}
    left_out = keeper.post(address, sent)
    assert left_out.status_code == 422 and 'id="waives-error"' in left_out.text
    assert keeper.post(address, {**sent, "waives": "y"}).status_code == 302


def test_who_is_told_of_rates_is_who_owes_another_amount(world: World, visit: Visit) -> None:
    page = visit("secretary").get("/alliances/hydrogen/dues/rates").text
    assert "应缴金额新设或变动的各成员单位管理员" in page, "a line that is waived tells nobody"


def test_rates_that_a_colleague_set_meanwhile_are_not_overwritten(
    world: World, visit: Visit
) -> None:
    one, other = visit("other_secretary"), visit("other_secretary")
    year = clock.today().year + 1
    address = f"/alliances/biomedicine/dues/rates?year={year}"
    sent = {"due_on": f"{year}-03-31", "member": "3000", "version": ""}
    assert one.post(address, sent).status_code == 302
    late = other.post(address, {**sent, "member": "30"})
    assert late.status_code == 409
    seen = one.soup(address).select_one("input[name=version]")
    assert seen is not None
    sent["version"] = str(seen["value"])
    assert one.post(address, {**sent, "member": "4000"}).status_code == 302
    assert other.post(address, {**sent, "member": "40"}).status_code == 409
    assert "4000" in one.get(address).text
