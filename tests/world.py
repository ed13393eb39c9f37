"""The cast: who is who in the tests, and what they have.

Two alliances matter, hydrogen and biomedicine. Everyone has one line on who they are; whoever
needs somebody asks for them by name: `world.actor("supplier")`, `world.listing["public"]`.
The world is built through operations, so that nothing in it is illegal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from sqlalchemy import select

from portal import clock, files, links
from portal.access import require, standing_of
from portal.accounts.addresses import PASSWORD_LINK
from portal.accounts.models import Appointment, Organisation, OrganisationKind, Person
from portal.accounts.operations import (
    create_organisation,
    create_person,
    end_appointment,
    grant_appointment,
)
from portal.actors import ANONYMOUS, SYSTEM, Actor, person
from portal.alliances import applying, news
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.operations import admit_organisation, appoint_chair
from portal.alliances.queries import all_alliances
from portal.commands.load import load_starter
from portal.database import db
from portal.documents.models import DocumentKind
from portal.documents.operations import edit_letterhead, scan_document
from portal.dues import operations as dues
from portal.dues.models import Due, PaymentMethod
from portal.exchange import answering, attaching, filling_in, operations
from portal.exchange.content import ListingContent
from portal.exchange.models import Direction, Interest, Listing, ListingVisibility
from portal.guests.operations import give_guest_answer
from portal.imports.headers import Layout
from portal.imports.operations import begin, bring_workbook
from portal.imports.running import opened, planned
from portal.imports.taking_over import take_over
from portal.imports.words import Field
from portal.inbox.models import Message
from portal.introductions.operations import propose_introduction
from portal.jobs import enqueue
from portal.matters.meetings import Meeting as NotedMeeting
from portal.matters.meetings import note_meeting
from portal.matters.operations import attach_to_matter, take_step
from portal.matters.queries import matter_of
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.meetings import actions, agenda, minutes, rules, vote_links, voting
from portal.meetings import operations as meeting_operations
from portal.meetings.counting import Choice
from portal.meetings.models import Meeting, MeetingKind
from portal.meetings.papers import issue_paper
from portal.meetings.replying import group_token, seat_token
from portal.meetings.resolution_models import ResolutionKind
from portal.meetings.resolutions import (
    ResolutionContent,
    propose_resolution,
    table_resolution,
)
from portal.operations import operation
from portal.organisations.contacts import add_contact
from portal.organisations.models import ContactAudience, ContactKind
from portal.organisations.people import name_agent
from portal.organisations.qualifications import Certificate, add_qualification
from portal.outbox import OutboxMessage, send_mail
from portal.outcomes.models import Disclosure, OutcomeKind
from portal.outcomes.operations import Claim, confirm_outcome
from portal.regions.queries import region_by_code
from portal.registry import registry
from portal.roles import Role
from portal.rotation import asking, chartering, handing_over, swapping
from portal.rotation import operations as rotation
from portal.rotation.cases import Order
from portal.rotation.models import Turn
from portal.rotation.months import terms_from
from portal.sheets.reading import ReadSheet
from portal.sign_in import inviting, scanning
from portal.sign_in.factor_resets import request_reset
from portal.sign_in.models import Passkey
from tests.research.make import join_forces

#: Who they are, and for which organisation they act when they act.
CAST = {
    "anonymous": "somebody who is not signed in",
    "stranger": "signed in, but appointed to nothing",
    "manager": "manager of maker, a hydrogen member in Beijing",
    "delegate": "delegate of maker; posts everything below that has no other owner",
    "former": "was delegate of maker until an hour ago",
    "supplier": "delegate of supplier, a hydrogen member in Hebei",
    "chair": "named person of chairer, the hydrogen member in Tianjin that chairs now",
    "outsider": "delegate of medic, a member of biomedicine only",
    "secretary": "secretary of hydrogen",
    "other_secretary": "secretary of biomedicine",
    "liaison": "government liaison of Hebei",
    "expert": "expert of hydrogen",
    "admin": "portal administrator",
}

DAY = timedelta(days=1)


@dataclass
class World:
    """Ids by name, so that a copy of the database can be spoken of without a session."""

    person: dict[str, int] = field(default_factory=dict)
    organisation: dict[str, int] = field(default_factory=dict)
    alliance: dict[str, int] = field(default_factory=dict)
    membership: dict[str, int] = field(default_factory=dict)
    listing: dict[str, int] = field(default_factory=dict)
    interest: dict[str, int] = field(default_factory=dict)
    guest_answer: dict[str, int] = field(default_factory=dict)
    meeting: dict[str, int] = field(default_factory=dict)
    introduction: dict[str, int] = field(default_factory=dict)
    matter: dict[str, int] = field(default_factory=dict)
    outcome: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    project: dict[str, int] = field(default_factory=dict)
    project_partner: dict[str, int] = field(default_factory=dict)
    card: dict[str, int] = field(default_factory=dict)
    deliverable: dict[str, int] = field(default_factory=dict)
    progress_report: dict[str, int] = field(default_factory=dict)
    factor_reset: dict[str, int] = field(default_factory=dict)
    news: dict[str, int] = field(default_factory=dict)
    outbox_message: dict[str, int] = field(default_factory=dict)
    appointment: dict[str, int] = field(default_factory=dict)
    qualification: dict[str, int] = field(default_factory=dict)
    contact_point: dict[str, int] = field(default_factory=dict)
    agency: dict[str, int] = field(default_factory=dict)
    job: dict[str, int] = field(default_factory=dict)
    attachment: dict[str, int] = field(default_factory=dict)
    member_import: dict[str, int] = field(default_factory=dict)
    task_import: dict[str, int] = field(default_factory=dict)
    resolution: dict[str, int] = field(default_factory=dict)
    action: dict[str, int] = field(default_factory=dict)
    document: dict[str, int] = field(default_factory=dict)
    message: dict[str, int] = field(default_factory=dict)
    turn: dict[str, int] = field(default_factory=dict)
    swap: dict[str, int] = field(default_factory=dict)
    handover: dict[str, int] = field(default_factory=dict)
    blackout: dict[str, int] = field(default_factory=dict)
    acts_for: dict[str, str] = field(default_factory=dict)
    #: Action links, by what they are for.
    token: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        """Return one of the cast as the actor they are when they act."""
        if who == "anonymous":
            return ANONYMOUS
        acting = self.acts_for.get(who)
        return person(self.person[who], self.organisation[acting] if acting else None)

    def get(self, kind: type[Listing], name: str) -> Listing:
        """Return a listing by its name in this world."""
        return db.session.get_one(kind, self.listing[name])

    def get_interest(self, name: str) -> Interest:
        """Return an interest by its name in this world."""
        return db.session.get_one(Interest, self.interest[name])


def claim(**changed: object) -> Claim:
    """Return what is plainly claimed of an outcome, with some of it changed."""
    plain: dict[str, object] = {
        "kind": OutcomeKind.CONTRACT,
        "title": "碳纤维缠绕加工合同",
        "signed_on": clock.today() - 2 * DAY,
        "disclosure": Disclosure.BAND,
        "value_fen": 320_000_000,
        "technology_fen": 120_000_000,
        "original_seen": True,
    }
    return Claim(**{**plain, **changed})  # type: ignore[arg-type]


def content(**changed: object) -> ListingContent:
    """Return what a plain public demand says, with some of it changed."""
    plain: dict[str, object] = {
        "direction": Direction.DEMAND,
        "title": "求购碳纤维缠绕代工产能",
        "specification": "70MPa IV型储氢瓶，T700级碳纤维，首年1800只。",
        "valid_until": clock.today() + 60 * DAY,
        "visibility": ListingVisibility.PUBLIC,
    }
    return ListingContent(**{**plain, **changed})  # type: ignore[arg-type]


def build() -> World:
    """Build the world in a migrated, empty database."""
    world, now = World(), datetime.now(UTC)
    with clock.standing_still(now - 200 * DAY):
        load_starter("beijing-tianjin-hebei")
        _settle(world, now)
    _post(world, now)
    with clock.standing_still(now - 2 * DAY):
        _achieve(world)
    with clock.standing_still(now - 4 * DAY):
        join_forces(world)
    with clock.standing_still(now - 3 * DAY):
        _apply_and_tell(world)
    with clock.standing_still(now - 1 * DAY):
        _lose_a_phone(world)
        _keep_maker(world)
    made = inviting.invite(
        Role.DELEGATE, world.organisation["maker"], name="王新", by=world.actor("manager")
    )
    world.token["invitation"] = made.token
    hydrogen = world.alliance["hydrogen"]
    inviting.invite(Role.SECRETARY, hydrogen, name="陈新", by=world.actor("admin"))
    world.outbox_message["message"] = _write_message(world.actor("manager"))
    world.job["waiting"] = _ask_for_work(world)
    _bring_members(world)
    _meet(world, now)
    _rotate(world, now)
    _ask_dues(world)
    world.token["password"] = _link_for_password(world.person["loser"])
    told = select(Message.id).where(
        Message.person_id == world.person["delegate"], Message.notice == "interest.send"
    )
    world.message["answered"] = db.session.scalars(told.order_by(Message.id)).all()[0]
    with clock.standing_still(now + DAY):  # or it would be over before the tests begin
        rung = scanning.ring(key="kept by a computer", device="Firefox Windows", network=None)
    world.token["doorbell"] = rung.token
    return world


def _settle(world: World, now: datetime) -> None:
    alliances = {alliance.slug: alliance for alliance in all_alliances()}
    world.alliance = {slug: alliance.id for slug, alliance in alliances.items()}
    hydrogen, biomedicine = alliances["hydrogen"], alliances["biomedicine"]
    maker = _organisation(world, "maker", "北京甲氢能有限公司", "BJ", hydrogen, Tier.VICE_CHAIR)
    supplier = _organisation(world, "supplier", "河北乙材料有限公司", "HE", hydrogen, Tier.MEMBER)
    chairer = _organisation(world, "chairer", "天津丙研究院", "TJ", hydrogen, Tier.CHAIR)
    medic = _organisation(world, "medic", "北京丁生物有限公司", "BJ", biomedicine, Tier.CHAIR)
    _organisation(world, "quiet", "河北戊制造有限公司", "HE", hydrogen, Tier.COUNCIL)
    hebei = region_by_code("HE")
    assert hebei is not None
    for who, role, scope, acting in (
        ("manager", Role.MANAGER, maker.id, "maker"),
        ("delegate", Role.DELEGATE, maker.id, "maker"),
        ("former", Role.DELEGATE, maker.id, "maker"),
        ("supplier", Role.DELEGATE, supplier.id, "supplier"),
        ("chair", Role.MANAGER, chairer.id, "chairer"),
        ("outsider", Role.DELEGATE, medic.id, "medic"),
        ("secretary", Role.SECRETARY, hydrogen.id, None),
        ("other_secretary", Role.SECRETARY, biomedicine.id, None),
        ("liaison", Role.LIAISON, hebei.id, None),
        ("expert", Role.EXPERT, hydrogen.id, None),
        ("admin", Role.ADMINISTRATOR, 0, None),
        ("stranger", None, 0, None),
    ):
        someone = create_person(name=f"测试{who}", email=f"{who}@test.example", by=SYSTEM)
        world.person[who] = someone.id
        if acting:
            world.acts_for[who] = acting
        if role is not None:
            appointment = grant_appointment(someone, role, scope_id=scope, by=SYSTEM)
            world.appointment[who] = appointment.id
            if who == "former":
                with clock.standing_still(now - timedelta(hours=1)):
                    end_appointment(appointment, by=SYSTEM)
    _seat_by_plan(world, hydrogen, now)
    next_chair = db.session.get_one(Person, world.person["manager"])
    appoint_chair(hydrogen, maker, next_chair, from_at=now + 100 * DAY, by=SYSTEM)


def _organisation(
    world: World, name: str, full: str, region_code: str, alliance: Alliance, tier: Tier
) -> Organisation:
    region = region_by_code(region_code)
    assert region is not None
    made = create_organisation(
        name=full, kind=OrganisationKind.ENTERPRISE, region=region, by=SYSTEM
    )
    world.organisation[name] = made.id
    membership: Membership = admit_organisation(alliance, made, tier, by=SYSTEM)
    world.membership[name] = membership.id
    return made


def _apply_and_tell(world: World) -> None:
    """Let medic apply to hydrogen (under review) and to icv (a draft); let hydrogen tell news."""
    alliances = {alliance.slug: alliance for alliance in all_alliances()}
    outsider, keeper = world.actor("outsider"), world.actor("secretary")
    asked = applying.Application(Tier.COUNCIL, "可提供冷链与检测能力。", outsider.person_id)
    applied = applying.apply_for_membership(
        alliances["hydrogen"], asked, by=outsider, submit=True, consents=True
    )
    applying.review_application(applied, by=keeper)
    world.membership["applying"] = applied.id
    drafted = applying.apply_for_membership(alliances["icv"], asked, by=outsider)
    world.membership["drafting"] = drafted.id
    for name in ("told", "withdrawn"):
        told = news.write_news(
            alliances["hydrogen"], title=f"{name} 联盟动态", body="第一段。\n\n第二段。", by=keeper
        )
        world.news[name] = told.id
    news.withdraw_news(told, by=keeper)


def _lose_a_phone(world: World) -> None:
    """Let somebody of quiet, who is nobody of the cast, wait for a second officer."""
    loser = create_person(name="测试丢失", email="loser@test.example", by=SYSTEM)
    world.person["loser"] = loser.id
    quiet = world.organisation["quiet"]
    grant_appointment(loser, Role.DELEGATE, scope_id=quiet, by=SYSTEM)

    # By hand: no device answers here, and the ids of sessions belong to the cast.
    @operation
    def give_passkey() -> None:
        lost = Passkey(
            person_id=loser.id, credential="lost", public_key="lost", sign_count=0, name="手机"
        )
        lost.created_at = clock.now()
        db.session.add(lost)

    give_passkey()
    reset = request_reset("loser@test.example", reason="手机丢失", by=world.actor("admin"))
    world.factor_reset["waiting"] = reset.id


def _keep_maker(world: World) -> None:
    """Let maker say what it holds and how it is reached, and its manager name an agent."""
    manager = world.actor("manager")
    maker = db.session.get_one(Organisation, world.organisation["maker"])
    certificate = Certificate("高新技术企业", issuer="北京市科委", number="GR202611000001")
    made = add_qualification(maker, certificate, by=manager)
    world.qualification["certificate"] = made.id
    for audience, value in (
        (ContactAudience.NOBODY, "010-10000001"),
        (ContactAudience.MEMBERS, "010-10000002"),
        (ContactAudience.PUBLIC, "010-10000003"),
    ):
        contact = add_contact(
            maker, kind=ContactKind.PHONE, value=value, label=None, shown_to=audience, by=manager
        )
        world.contact_point[audience.value] = contact.id
    agency = name_agent(
        db.session.get_one(Appointment, world.appointment["manager"]),
        "expert@test.example",
        name="测试expert",
        from_on=clock.today(),
        until_on=clock.today() + 60 * DAY,
        basis="休假",
        by=manager,
    )
    world.agency["expert"] = agency.id


@operation
def _write_message(by: Actor) -> int:
    """Leave a message in the outbox that somebody has yet to hand over."""
    require(by, "session.start")
    return send_mail("zhang@test.example", "邀请", "请打开这个链接。", by=by).id


@operation
def _ask_for_work(world: World) -> int:
    """Leave a job that waits for a worker, of a kind that only the tests know."""
    by = world.actor("secretary")
    require(by, "portal.desk")
    registry().jobs["nothing"] = lambda job: None
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    try:
        return enqueue("nothing", about=hydrogen, by=by, total=40).id
    finally:
        del registry().jobs["nothing"]


def _attach(listing: Listing, *, by: Actor) -> int:
    """Hang a small drawing on a listing."""
    received = files.receive(BytesIO(b"%PDF-1.4\n%%EOF\n"), "图纸.pdf")
    return attaching.attach_to_listing(listing, received, by=by).id


def _bring_members(world: World) -> None:
    """Let hydrogen's secretary bring a workbook, and take another over that changes nothing."""
    keeper = world.actor("secretary")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    rows = {
        1: ("单位名称", "类别", "省份", "环节"),
        2: ("河北戊制造有限公司", "企业", "河北", "没有的环节"),
        3: ("某某", "宠物", "河北", ""),
    }
    columns = {Field.NAME: 0, Field.KIND: 1, Field.REGION: 2, Field.CHAIN_NODE: 3}
    for name in ("open", "done"):
        made = bring_workbook(
            hydrogen, f"{name}.xlsx", [ReadSheet("成员", rows)], [Layout(1, 1, columns)], by=keeper
        )
        world.member_import[name] = made.id
    source = opened(made)
    begin(made, planned(source, hydrogen, standing_of(keeper)), by=keeper)
    take_over(made, source.records, source.shared, by=keeper)


def _meet(world: World, now: datetime) -> None:
    """Let hydrogen's council have met once, meet right now, be invited, and plan another meeting.

    Each meeting bears the name it is asked for by; the vote of the one in session is open.
    """
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    keeper, chair = world.actor("secretary"), world.actor("chair")

    def call(name: str, starts_at: datetime) -> Meeting:
        said = meeting_operations.MeetingContent(
            MeetingKind.COUNCIL,
            f"{name} 理事会会议",
            starts_at,
            starts_at + timedelta(hours=2),
            "天津",
        )
        made = meeting_operations.call_meeting(hydrogen, said, by=keeper)
        world.meeting[name] = made.id
        return made

    def decide(name: str, meeting: Meeting) -> None:
        said = ResolutionContent(ResolutionKind.GENERAL, f"{name} 决议", "同意。")
        made = propose_resolution(meeting, said, by=keeper)
        world.resolution[name] = made.id
        if name == "proposed":
            return
        table_resolution(made, by=chair)
        if name == "voting":
            vote_links.ask_chair_to_open(made, by=keeper)
            mail = db.session.scalar(select(OutboxMessage).order_by(OutboxMessage.id.desc()))
            assert mail is not None
            world.token["open"] = mail.body.rpartition("/")[2]
        voting.open_vote(made, by=chair)
        if name == "voting":
            handed = vote_links.hand_vote_link(made, meeting.seats[1].id, "钱副院长", by=keeper)
            world.token["vote"] = handed.rpartition("/")[2]
        if name == "passed":
            yes = dict.fromkeys((seat.id for seat in meeting.seats), Choice.YES)
            papers = files.receive(BytesIO(b"%PDF-1.4\n%ballots\n%%EOF\n"), "选票.pdf")
            voting.record_votes(made, yes, by=keeper, is_paper=True, received=papers)
            voting.close_vote(made, by=keeper)
            world.attachment["ballots"] = files.files_of(made)[0].id

    def open_it(meeting: Meeting) -> None:
        meeting_operations.open_meeting(meeting, by=chair)
        meeting_operations.arrive(meeting, {seat.id for seat in meeting.seats}, by=keeper)

    with clock.standing_still(now - 30 * DAY):
        held = call("held", now - 20 * DAY)
        meeting_operations.notice_meeting(held, by=keeper)
    with clock.standing_still(now - 20 * DAY):
        open_it(held)
        decide("passed", held)
        for name, who in (("open", None), ("reported", "supplier")):
            made = actions.assign_action(
                held,
                f"{name} 事项",
                owner_id=world.organisation["supplier"],
                due_on=clock.today() + 60 * DAY,
                by=keeper,
            )
            world.action[name] = made.id
            if who:
                actions.report_action(made, by=world.actor(who), note="已完成。")
        edit_letterhead(hydrogen, prefix="氢盟", seal_holder="天津丙研究院", by=keeper)
        # No proxy is made of a meeting that is over.
        paper = issue_paper(held, DocumentKind.PROXY, by=keeper, receipt="proxy")
        world.document["proxy"] = paper.id
        meeting_operations.adjourn_meeting(held, by=keeper)
        minutes.begin_minutes(held, by=keeper)
        minutes.review_minutes(held, by=keeper)
        made_of_it = issue_paper(held, DocumentKind.MINUTES, by=keeper, receipt="minutes")
        world.document["minutes"] = made_of_it.id
        sealed = files.receive(BytesIO(b"%PDF-1.4\n%sealed\n%%EOF\n"), "盖章.pdf")
        scan_document(paper, sealed, by=keeper)
        world.attachment["sealed"] = files.files_of(paper)[-1].id
        world.token["code"] = paper.code
    with clock.standing_still(now - 5 * DAY):
        asked = rules.asked_of(hydrogen.id, MeetingKind.COUNCIL)
        asked = rules.Asked(**{**vars(asked), "session_links": True})
        rules.edit_rule(hydrogen, MeetingKind.COUNCIL, asked, by=keeper)
        running = call("running", now - timedelta(hours=1))
        meeting_operations.notice_meeting(running, by=keeper)
        noticed = call("noticed", now + 20 * DAY)
        meeting_operations.notice_meeting(noticed, by=keeper)
        decide("proposed", noticed)
        call("draft", now + 40 * DAY)
        agenda.propose_item(
            hydrogen, agenda.ItemContent("检测平台选址"), by=world.actor("supplier")
        )
    with clock.standing_still(now - timedelta(hours=1)):
        open_it(running)
        decide("voting", running)
    world.token["group"] = group_token(noticed)
    world.token["seat"] = seat_token(noticed.seats[1], noticed.seats[1].contact_id)


def _post(world: World, now: datetime) -> None:
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    biomedicine = db.session.get_one(Alliance, world.alliance["biomedicine"])
    delegate, keeper = world.actor("delegate"), world.actor("secretary")

    def post(name: str, *, submit: bool = True, publish: bool = True, **changed: object) -> Listing:
        made = operations.post_listing(
            hydrogen, content(title=f"{name} 碳纤维缠绕", **changed), by=delegate, submit=submit
        )
        if publish:
            operations.publish_listing(made, by=keeper)
        world.listing[name] = made.id
        return made

    with clock.standing_still(now - 30 * DAY):
        post("expired", valid_until=(now - 2 * DAY).date())
        lapsed = answering.send_interest(
            world.get(Listing, "expired"), message="可供。", by=world.actor("supplier")
        )
        world.interest["lapsed"] = lapsed.id
    with clock.standing_still(now - 5 * DAY):
        draft = post("draft", submit=False, publish=False)
        world.attachment["drawing"] = _attach(draft, by=delegate)
        post("submitted", publish=False)
        proposed = filling_in.fill_in_listing(
            hydrogen,
            content(title="proposed 碳纤维缠绕"),
            db.session.get_one(Organisation, world.organisation["maker"]),
            db.session.get_one(Person, world.person["delegate"]),
            by=keeper,
        )
        world.listing["proposed"] = proposed.id
        returned = post("returned", publish=False)
        operations.return_listing(returned, by=keeper, note="请补充数量。")
        public = post("public")
        members = post("members", visibility=ListingVisibility.MEMBERS)
        post(
            "confidential",
            visibility=ListingVisibility.CONFIDENTIAL,
            named_ids=[world.organisation["supplier"]],
        )
        operations.pause_listing(post("paused"), by=delegate)
        closed = post("closed")
        operations.close_listing(closed, by=delegate)
        foreign = operations.post_listing(
            biomedicine,
            content(title="foreign 冻干粉针", direction=Direction.SUPPLY),
            by=world.actor("outsider"),
            submit=True,
        )
        operations.publish_listing(foreign, by=world.actor("other_secretary"))
        world.listing["foreign"] = foreign.id
    with clock.standing_still(now - 3 * DAY):
        introduction = propose_introduction(
            public, foreign, line="工艺相近，可先试样。", by=world.actor("other_secretary")
        )
        world.introduction["asked"] = introduction.id
        world.token["introduction"] = _token_sent("introductions/answer")
        world.token["listing"] = filling_in.make_confirmation_link(proposed, by=keeper).token
    with clock.standing_still(now - 2 * DAY):
        for name, listing, who in (
            ("sent", public, "supplier"),
            ("accepted", members, "chair"),
            ("declined", members, "supplier"),
            ("withdrawn", public, "outsider"),
        ):
            made = answering.send_interest(
                listing, message="可供，月产150只。", by=world.actor(who)
            )
            world.interest[name] = made.id
        guest = give_guest_answer(
            foreign, name="天津己冻干有限公司", mobile="13900009999", by=ANONYMOUS
        )
        world.guest_answer["held"] = guest.id
    with clock.standing_still(now - 1 * DAY):
        answering.accept_interest(world.get_interest("accepted"), by=delegate)
        matter = matter_of(world.interest["accepted"])
        assert matter is not None
        world.matter["accepted"] = matter.id
        received = files.receive(BytesIO(b"%PDF-1.4\n%offer\n%%EOF\n"), "报价.pdf")
        world.attachment["offer"] = attach_to_matter(matter, received, by=delegate).id
        answering.decline_interest(world.get_interest("declined"), by=delegate, note="产能已满。")
        answering.withdraw_interest(world.get_interest("withdrawn"), by=world.actor("outsider"))


def _achieve(world: World) -> None:
    """Let maker and supplier sign twice: one outcome is claimed by maker, one is confirmed."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    delegate, supplier = world.actor("delegate"), world.actor("supplier")
    for name in ("claimed", "confirmed"):
        listing = operations.post_listing(
            hydrogen, content(title=f"{name} 碳纤维缠绕"), by=delegate, submit=True
        )
        operations.publish_listing(listing, by=world.actor("secretary"))
        interest = answering.send_interest(listing, message="可供。", by=supplier)
        answering.accept_interest(interest, by=delegate)
        operations.match_listing(listing, by=delegate)
        matter = matter_of(interest.id)
        assert matter is not None
        for step in (Step.CONTACTED, Step.SIGNED):
            take_step(matter, step, by=supplier)
        said = claim(title=f"{name} 合同", contract_number=f"HT-{name}", may_publish=True)
        received = files.receive(BytesIO(f"%PDF-1.4\n%{name}\n%%EOF\n".encode()), "合同.pdf")
        made = record_outcome(matter, said, received=received, by=delegate)
        if name == "claimed":
            world.token["outcome"] = _token_sent()
            later = clock.now() + 10 * DAY
            meeting = NotedMeeting("河北乙材料有限公司", later, later + timedelta(hours=2))
            world.meeting["noted"] = note_meeting(matter, meeting, by=delegate).id
        world.listing[f"{name}_outcome"] = listing.id
        world.interest[f"{name}_outcome"] = interest.id
        world.matter[name] = matter.id
        world.outcome[name] = made.id
    world.attachment["contract"] = files.files_of(made)[0].id
    confirm_outcome(made, by=supplier, may_publish=True)


def _ask_dues(world: World) -> None:
    """Let hydrogen ask dues for this year: maker paid in full, supplier a part."""
    hydrogen, keeper = db.session.get_one(Alliance, world.alliance["hydrogen"]), "secretary"
    rates = {Tier.COUNCIL: 500_000, Tier.MEMBER: 200_050, Tier.VICE_CHAIR: 1_000_000}
    today, by = clock.today(), world.actor(keeper)
    year = dues.set_dues(hydrogen, today.year, due_on=today, rates=rates, by=by)
    for due in db.session.scalars(select(Due).where(Due.dues_year_id == year.id)):
        for name in ("maker", "supplier", "quiet"):
            if due.organisation_id == world.organisation[name]:
                world.due[name] = due.id
    maker = db.session.get_one(Due, world.due["maker"])
    whole = dues.Payment(today, maker.amount_fen, PaymentMethod.TRANSFER)
    dues.pay_due(maker, whole, by=by)
    dues.invoice_due(maker, "26112000000012345678", by=by)
    part = dues.Payment(today, 50_000, PaymentMethod.CASH)
    dues.pay_due(db.session.get_one(Due, world.due["supplier"]), part, by=by)


RULES = chartering.CharterContent(2, Order.LEAST_RECENT, max_region_run=2)


def _seat_by_plan(world: World, hydrogen: Alliance, now: datetime) -> None:
    """Let chairer take the chair a hundred days ago, planned and confirmed before."""
    keeper, chair = world.actor("secretary"), world.actor("chair")
    rules = chartering.CharterContent(4, Order.LEAST_RECENT)
    chartering.enact_charter(hydrogen, rules, basis="决议第1号", by=keeper)
    (days,) = terms_from(clock.day_of(now - 100 * DAY), 4, 1)
    row = rotation.Planned(days, world.organisation["chairer"])
    (turn,) = rotation.adopt_plan(hydrogen, [row], basis="决议第2号", by=keeper)
    world.turn["running"] = turn.id
    with clock.standing_still(now - 105 * DAY):
        rotation.confirm_turn(turn, by=chair)


def _rotate(world: World, now: datetime) -> None:
    """Let hydrogen plan three terms that follow, and begin to hand over."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    chair, supplier, keeper = (world.actor(who) for who in ("chair", "supplier", "secretary"))
    chartering.enact_charter(hydrogen, RULES, basis="决议第3号", by=keeper)
    who = ("supplier", "quiet", "maker")
    # Soon enough to be confirmed now: the present term has most of its days behind it.
    days = terms_from(clock.today() + 25 * DAY, 2, len(who))
    running = db.session.get_one(Turn, world.turn["running"])
    rows = [
        rotation.Planned(span, world.organisation[name])
        for span, name in zip(days, who, strict=True)
    ]
    turns = rotation.adopt_plan(hydrogen, rows, basis="决议第4号", by=keeper)
    world.turn |= dict(zip(("near", "later", "last"), (each.id for each in turns), strict=True))
    asking.draft_programme(running, "第一，走访会员。", by=chair)
    world.token["programme"] = _link_to_approve(running)
    world.handover["begun"] = handing_over.begin_handover(running, by=chair).id
    asked = swapping.ask_swap(turns[0], turns[2], reason="时间冲突。", by=supplier)
    world.swap["asked"] = asked.id
    quiet = db.session.get_one(Organisation, world.organisation["quiet"])
    away = (clock.today() + 300 * DAY, clock.today() + 330 * DAY)
    made = chartering.add_blackout(hydrogen, quiet, days=away, by=keeper)
    world.blackout["away"] = made.id
    asking.ask_for_confirmations(by=SYSTEM)
    world.token["turn"] = _token_sent("turns/answer")


@operation
def _link_to_approve(turn: Turn) -> str:
    """Make the link that the chair gets when somebody else drafted its programme."""
    require(SYSTEM, "turn.remind")
    made = links.make(
        asking.PROGRAMME, turn, by=SYSTEM, lifetime=asking.LIFETIME, person_id=turn.person_id
    )
    return made.token


@operation
def _link_for_password(person_id: int) -> str:
    """Make the link that whoever forgot their password gets."""
    require(SYSTEM, "password_link.make")
    who = db.session.get_one(Person, person_id)
    made = links.make(PASSWORD_LINK, who, by=SYSTEM, lifetime=DAY, person_id=person_id)
    return made.token


def _token_sent(page: str = "outcomes/answer") -> str:
    """Return the token of the link in the newest message: only there it is known."""
    newest = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert newest is not None
    found = re.search(rf"/{page}/([\w-]+)", newest.body)
    assert found is not None
    return found[1]
