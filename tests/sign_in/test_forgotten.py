"""A forgotten password: a link, once, by mail or from an officer's hand; nobody learns of whom."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, delivering, jobs, journal
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.operations import grant_appointment
from portal.accounts.person_operations import change_addresses, close_account
from portal.actors import SYSTEM, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import admit_organisation
from portal.database import db
from portal.errors import Denied, Refused
from portal.jobs import Job
from portal.journal import JournalDetail, JournalLine
from portal.links import ActionLink
from portal.mailing import courier
from portal.operations import operation
from portal.organisations.people import name_agent
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.sign_in import forgotten
from portal.sign_in.passwords import hash_password, set_password
from tests.client import Client, inside, statements
from tests.conftest import both_engines
from tests.sign_in.test_second_step import next_code, turn_on
from tests.world import World

Visit = Callable[..., Client]
OLD, NEW = "correct horse battery", "seven quiet rivers turn left"
OLD_HASH = hash_password(OLD)
ACCOUNT = "delegate@test.example"
FORM = {"password": NEW, "again": NEW}


@pytest.fixture
def mailing(app: Flask, world: World) -> None:
    """A portal that sends mail, on which `delegate` has a password."""
    app.config["MAIL_ADAPTER"] = "smtp"

    @operation
    def give() -> None:
        db.session.get_one(Person, world.person["delegate"]).password_hash = OLD_HASH

    inside(app, give)


def work(app: Flask) -> None:
    """Let the worker do what waits."""
    while inside(app, lambda: jobs.run_next("test", threading.Event())):
        pass


def mails(app: Flask, account: str = ACCOUNT) -> list[str]:
    def read() -> list[str]:
        found = select(OutboxMessage.body).where(
            OutboxMessage.recipient == account, OutboxMessage.subject.contains("密码")
        )
        return list(db.session.scalars(found.order_by(OutboxMessage.id)))

    return inside(app, read)


def asked(app: Flask, visit: Visit, account: str = ACCOUNT) -> str:
    """Ask for a link through the page; return the address in the mail."""
    answer = visit().post("/forgotten-password", {"account": account})
    assert (answer.status_code, answer.location) == (302, "/forgotten-password/asked")
    work(app)
    found = re.search(r"/new-password/\S+", mails(app)[-1])
    assert found
    return found.group()


def signs_in(visit: Visit, password: str) -> tuple[int, str | None]:
    answer = visit().post("/sign-in", {"account": ACCOUNT, "password": password})
    return answer.status_code, answer.location


@both_engines
def test_a_link_sets_a_new_password_once_and_ends_every_session(
    app: Flask, visit: Visit, world: World, mailing: None
) -> None:
    elsewhere, other_person = visit("delegate"), visit("manager")
    address = asked(app, visit)
    here = visit("manager")  # whoever opens it on somebody else's screen signs in anew as well
    assert "d***@test.example" in here.get(address).text
    answer = here.post(address, FORM)
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert elsewhere.get("/desk").status_code == here.get("/desk").status_code == 302
    assert other_person.get("/desk").status_code == 200
    assert signs_in(visit, OLD)[0] == 422
    assert signs_in(visit, NEW) == (302, "/desk")
    again = visit().post(address, FORM)
    assert again.status_code == 422
    assert "只能使用一次" in again.text
    assert "密码已于" in mails(app)[-1], "the person is told"


@pytest.mark.usefixtures("mailing")
class TestNobodyLearnsWhoHasAnAccount:
    def test_the_answer_and_what_is_written_are_the_same(self, app: Flask, visit: Visit) -> None:
        ran = {}
        visit().post("/forgotten-password", {"account": "first@test.example"})
        for account in (ACCOUNT, "nobody@test.example"):
            client = visit()
            client.get("/forgotten-password")
            client.token()
            with app.app_context():
                engine = db.engine
            with statements(engine) as written:
                answer = client.post("/forgotten-password", {"account": account})
            assert (answer.status_code, answer.location) == (302, "/forgotten-password/asked")
            ran[account] = [each.split()[0] for each in written]
        assert ran[ACCOUNT] == ran["nobody@test.example"]
        work(app)
        assert len(mails(app)) == 1
        assert not mails(app, "nobody@test.example")

    @pytest.mark.parametrize("account", [ACCOUNT, "nobody@test.example"])
    def test_the_throttle_counts_alike(self, visit: Visit, account: str) -> None:
        form = {"account": account}
        answers = [visit().post("/forgotten-password", form).status_code for _each in range(4)]
        assert answers == [302, 302, 302, 429]

    def test_an_empty_name_is_asked_for_again(self, visit: Visit) -> None:
        assert visit().post("/forgotten-password", {"account": " "}).status_code == 422


@pytest.mark.usefixtures("mailing")
class TestALinkEnds:
    def test_with_the_next_one(self, app: Flask, visit: Visit) -> None:
        first = asked(app, visit)
        second = asked(app, visit)
        refused = visit().post(first, FORM)
        assert refused.status_code == 422
        assert "重新申请链接" in refused.text
        assert visit().post(second, FORM).status_code == 302

    def test_not_where_somebody_else_asks_while_digits_are_read_out(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        """Anybody can ask for a mail to anybody: it ends mailed links alone."""
        handed = inside(
            app, lambda: forgotten.hand_out_link(ACCOUNT, by=world.actor("secretary"), reason="x")
        )
        mailed = asked(app, visit)
        client = visit()
        entered = client.post("/forgotten-password/code", {"code": handed.code})
        assert entered.location == "/new-password"
        assert client.post("/new-password", FORM).location == "/sign-in"
        assert visit().post(mailed, FORM).status_code == 422, "it ends with the password"

    def test_after_half_an_hour(self, app: Flask, visit: Visit) -> None:
        token = asked(app, visit).rpartition("/")[2]

        def use(minutes: int) -> None:
            link = forgotten.link_of(token)
            assert link is not None
            with clock.standing_still(clock.now() + timedelta(minutes=minutes)):
                forgotten.set_by_link(link, "x", attempts_key="x")

        with pytest.raises(Refused, match=r"expired|过期"):
            inside(app, lambda: use(30))
        inside(app, lambda: use(29))

    @pytest.mark.parametrize("by", ["password", "addresses", "closing"])
    def test_with_what_it_was_made_for(
        self, app: Flask, visit: Visit, world: World, by: str
    ) -> None:
        address = asked(app, visit)

        def change() -> None:
            who = db.session.get_one(Person, world.person["delegate"])
            me = person(who.id)
            if by == "password":
                set_password(who, "x", by=me)
            elif by == "addresses":
                change_addresses(who, email="other@test.example", mobile=None, by=me)
            else:
                close_account(who, by=me)

        inside(app, change)
        assert visit().post(address, FORM).status_code == 422


@pytest.mark.usefixtures("mailing")
def test_a_bad_password_is_refused_and_the_link_stays(app: Flask, visit: Visit) -> None:
    address = asked(app, visit)
    for form in ({"password": "short", "again": "short"}, {**FORM, "again": "other"}, {}):
        answer = visit().post(address, form)
        assert answer.status_code == 422
    assert visit().post(address, FORM).status_code == 302


@pytest.mark.usefixtures("mailing")
def test_the_second_factor_is_asked_for_as_ever(app: Flask, visit: Visit) -> None:
    secret, _codes = turn_on(visit("delegate"))
    resetting, client = visit(), visit()
    assert resetting.post(asked(app, visit), FORM).location == "/sign-in"
    assert resetting.get("/desk").status_code == 302
    answer = client.post("/sign-in", {"account": ACCOUNT, "password": NEW})
    assert answer.location == "/sign-in/second"
    assert client.get("/desk").status_code == 302
    assert client.post("/sign-in/second", {"code": next_code(secret)}).location == "/desk"


@pytest.mark.usefixtures("mailing")
def test_whoever_failed_too_often_gets_in_by_the_link(app: Flask, visit: Visit) -> None:
    for _guess in range(app.config["SIGN_INS_PER_ACCOUNT"]):
        assert signs_in(visit, "wrong")[0] == 422
    assert signs_in(visit, OLD)[0] == 429
    assert visit().post(asked(app, visit), FORM).status_code == 302
    assert signs_in(visit, NEW) == (302, "/desk")


@both_engines
def test_of_two_at_once_one_wins(app: Flask, visit: Visit, mailing: None) -> None:
    token = asked(app, visit).rpartition("/")[2]
    barrier, outcomes = threading.Barrier(2), []

    def use(password: str) -> None:
        with app.app_context():
            link = forgotten.link_of(token)
            assert link is not None
            barrier.wait()
            try:
                forgotten.set_by_link(link, hash_password(password), attempts_key="test")
                outcomes.append("set")
            except Refused:
                outcomes.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=use, args=(each,)) for each in (NEW, NEW + " again")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "set"]


@pytest.mark.usefixtures("mailing")
def test_neither_journal_nor_log_nor_links_hold_what_opens(
    app: Flask, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = asked(app, visit).rpartition("/")[2]
    app.config["MAIL_ADAPTER"] = "outbox"  # what waited for a server waits for a hand now
    for who in ("admin", "delegate"):
        assert token not in visit(who).get("/outbox").text
    visit().post(f"/new-password/{token}", FORM)

    def stored() -> str:
        tables = (JournalLine, JournalDetail, ActionLink, Job, OutboxMessage)
        return str([db.session.execute(select(*t.__table__.columns)).all() for t in tables])

    kept = inside(app, stored)
    assert token not in kept, "the mail that waited is emptied with its link"
    assert NEW not in kept
    assert token not in caplog.text


@pytest.mark.usefixtures("mailing")
def test_a_mail_that_is_refused_for_good_says_nothing_any_more(app: Flask, visit: Visit) -> None:
    """Whoever sits at an unlocked screen must not find the key to the account in its outbox."""
    token = asked(app, visit).rpartition("/")[2]

    def refuse() -> str:
        found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.body.contains(token)))
        message = found.one()
        delivering.give_up(courier(), message.id, error="550", by=SYSTEM)
        assert message.undeliverable_at and message.withdrawn_at
        return message.body

    assert inside(app, refuse) == ""
    for who in ("admin", "delegate"):
        page = visit(who).get("/outbox").text
        assert token not in page and "d***@test.example" not in page


def test_where_no_mail_is_set_up_the_page_says_whom_to_ask(app: Flask, visit: Visit) -> None:
    page = visit().get("/forgotten-password")
    assert "秘书处" in page.text
    assert visit().post("/forgotten-password", {"account": ACCOUNT}).status_code == 422
    assert (
        inside(
            app,
            lambda: db.session.scalar(select(func.count(Job.id)).where(Job.kind == forgotten.JOB)),
        )
        == 0
    )


class TestHandingOut:
    def test_eight_digits_on_the_telephone_lead_to_a_new_password(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        form = {"account": ACCOUNT, "reason": "called back at the office"}
        shown = visit("secretary").post("/password-links", form)
        assert shown.status_code == 200
        code = re.search(r'handed-code">(\d{4}) (\d{4})<', shown.text)
        assert code
        client = visit()
        assert client.post("/forgotten-password/code", {"code": "00000000"}).status_code == 422
        entered = client.post("/forgotten-password/code", {"code": "".join(code.groups())})
        assert (entered.status_code, entered.location) == (302, "/new-password")
        assert client.post("/new-password", FORM).location == "/sign-in"
        assert signs_in(visit, NEW) == (302, "/desk")
        assert len(mails(app)) == 2, "told when it was made and when it was used"
        lines = inside(app, lambda: journal.lines_about("person", world.person["delegate"]))
        assert ("person.hand_out_link", world.person["secretary"]) in [
            (line.verb, line.person_id) for line, _detail in lines
        ]

    @pytest.mark.parametrize(
        ("by", "whose", "is_allowed"),
        [
            ("secretary", "delegate", True),
            ("secretary", "expert", True),
            ("secretary", "outsider", False),
            ("secretary", "chair", False),
            ("secretary", "admin", False),
            ("secretary", "liaison", False),
            ("secretary", "other_secretary", False),
            ("secretary", "stranger", False),
            ("other_secretary", "delegate", False),
            ("admin", "chair", True),
            ("admin", "liaison", True),
            ("admin", "secretary", False),
            ("admin", "admin", False),
        ],
    )
    def test_who_may_hand_it_to_whom(
        self, world: World, context: None, by: str, whose: str, is_allowed: bool
    ) -> None:
        account = db.session.get_one(Person, world.person[whose]).email or ""
        if is_allowed:
            assert forgotten.hand_out_link(account, by=world.actor(by), reason="x").token
        else:
            with pytest.raises(Refused):
                forgotten.hand_out_link(account, by=world.actor(by), reason="x")

    @pytest.mark.parametrize("who", ["delegate", "manager", "chair", "liaison", "anonymous"])
    def test_nobody_else_hands_out(self, world: World, context: None, who: str) -> None:
        with pytest.raises(Denied):
            forgotten.hand_out_link(ACCOUNT, by=world.actor(who), reason="x")

    @pytest.mark.parametrize(
        "more",
        [
            "office to come",
            "office of that number",
            "another alliance",
            "organisation in another alliance",
            "agent of an officer",
        ],
    )
    def test_a_secretary_gains_nothing_beyond_their_alliance(
        self, world: World, context: None, more: str
    ) -> None:
        who = db.session.get_one(Person, world.person["delegate"])
        if more == "office to come":
            begins = clock.now() + timedelta(days=9)
            grant_appointment(who, Role.ADMINISTRATOR, scope_id=0, from_at=begins, by=SYSTEM)
        elif more == "office of that number":
            number = world.organisation["maker"]  # a region's as well
            grant_appointment(who, Role.LIAISON, scope_id=number, by=SYSTEM)
        elif more == "another alliance":
            grant_appointment(who, Role.DELEGATE, scope_id=world.organisation["medic"], by=SYSTEM)
        elif more == "organisation in another alliance":
            maker = db.session.get_one(Organisation, world.organisation["maker"])
            biomedicine = db.session.get_one(Alliance, world.alliance["biomedicine"])
            admit_organisation(biomedicine, maker, Tier.MEMBER, by=world.actor("other_secretary"))
        else:
            theirs = db.session.scalars(
                select(Appointment).where(
                    Appointment.person_id == world.person["other_secretary"],
                    Appointment.role == Role.SECRETARY,
                )
            ).one()
            name_agent(
                theirs,
                ACCOUNT,
                name=who.name,
                from_on=clock.today(),
                until_on=clock.today(),
                basis="x",
                by=world.actor("other_secretary"),
            )
        with pytest.raises(Refused, match="仅由您负责"):
            forgotten.hand_out_link(ACCOUNT, by=world.actor("secretary"), reason="x")

    def test_no_administrator_becomes_the_second_of_two_officers(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        """They request that a factor is taken away: whoever confirms it must be somebody else."""

        def name() -> None:
            who = db.session.get_one(Person, world.person["stranger"])
            begins = clock.now() + timedelta(days=9)
            grant_appointment(who, Role.ADMINISTRATOR, scope_id=0, from_at=begins, by=SYSTEM)

        inside(app, name)
        admin = visit("admin")
        for account in ("other_secretary@test.example", "stranger@test.example"):
            answer = admin.post("/password-links", {"account": account, "reason": "x"})
            assert answer.status_code == 422
            assert "flask admin password-link" in answer.text

    @pytest.mark.parametrize("by", ["secretary", "admin"])
    def test_a_link_does_not_outlast_what_its_maker_may(
        self, world: World, context: None, by: str
    ) -> None:
        made = forgotten.hand_out_link(ACCOUNT, by=world.actor(by), reason="x")
        who = db.session.get_one(Person, world.person["delegate"])
        grant_appointment(who, Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)
        with pytest.raises(Refused, match="已无权"):
            forgotten.set_by_link(made.link, "x", attempts_key="x")
        assert made.link.is_live


def test_the_command_line_helps_whom_nobody_can(app: Flask, world: World, context: None) -> None:
    run = app.test_cli_runner().invoke
    answer = run(args=["admin", "password-link", "admin@test.example"])
    assert answer.exit_code == 0, answer.output
    code = re.search(r"\b(\d{8})\b", answer.output)
    assert code
    found = forgotten.link_by_code(code[1])
    assert found is not None and found.person_id == world.person["admin"]
    forgotten.set_by_link(found, "x", attempts_key="x")
    nobody = run(args=["admin", "password-link", "nobody@test.example"])
    assert nobody.exit_code == 1 and "Nobody has" in nobody.output
