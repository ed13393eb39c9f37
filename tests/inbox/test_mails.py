"""What the inbox mails: what is urgent at once, the digest once a day or a week, reminders once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.accounts import person_operations
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment
from portal.actors import SYSTEM
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Denied
from portal.exchange import answering, operations
from portal.exchange.models import Interest, Listing, ListingVisibility
from portal.inbox.mails import Digest, send_digest, send_digests
from portal.inbox.models import InboxPreference, Message, Rhythm
from portal.inbox.operations import read_all, set_preference
from portal.journal import JournalLine
from portal.matters.models import Matter
from portal.matters.reminding import remind_silent_matters
from portal.outbox import OutboxMessage
from tests.conftest import both_engines, make_app
from tests.world import DAY, World, content


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    """The application with a mail server that nobody asks: the mails wait for the worker."""
    made = make_app(
        url, MAIL_ADAPTER="smtp", SMTP_HOST="mail.example", MAIL_FROM="portal@portal.example"
    )
    yield made
    with made.app_context():
        db.engine.dispose()


pytestmark = pytest.mark.usefixtures("context")


def mails(since: int = 0) -> list[tuple[str, str, str]]:
    """Return (who, subject, body) of the mails the portal wrote after a number."""
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id > since, OutboxMessage.next_attempt_at.is_not(None))
        .order_by(OutboxMessage.recipient, OutboxMessage.id)
    )
    return [(each.recipient.partition("@")[0], each.subject, each.body) for each in rows]


def newest() -> int:
    return db.session.scalar(select(func.max(OutboxMessage.id))) or 0


def choose(world: World, who: str, digest: Rhythm, *, urgent: bool = True) -> None:
    set_preference(digest=digest, mails_urgent=urgent, by=world.actor(who))


def post(world: World, title: str, **changed: object) -> Listing:
    """Publish a listing of maker."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    said = content(title=title, **changed)
    listing = operations.post_listing(hydrogen, said, by=world.actor("delegate"), submit=True)
    operations.publish_listing(listing, by=world.actor("secretary"))
    return listing


def at_noon(days: int = 0) -> datetime:
    """Return noon in Shanghai, so many days from today."""
    return clock.start_of(clock.today()) + timedelta(days=days, hours=12)


@both_engines
def test_what_is_urgent_is_mailed_at_once_to_those_who_want_that(world: World) -> None:
    choose(world, "manager", Rhythm.DAILY, urgent=False)
    listing = post(world, "求购阀门")
    before = newest()
    answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    ((who, subject, body),) = mails(before)
    assert (who, subject) == ("delegate", "河北乙材料有限公司回应了“求购阀门”")
    interest = db.session.scalars(select(Interest).order_by(Interest.id.desc())).first()
    assert interest is not None
    assert f"/interests/{interest.id}\n" in body and "/messages/preferences" in body
    assert "可供" not in body, "what was written stays in the portal"


def test_what_can_wait_waits_for_the_digest(world: World) -> None:
    before = newest()
    operations.pause_listing(world.get(Listing, "public"), by=world.actor("manager"))
    assert mails(before) == []


def test_a_silent_matter_is_mailed_once_to_those_who_want_that(world: World) -> None:
    choose(world, "chair", Rhythm.DAILY, urgent=False)
    before, matter = newest(), db.session.get_one(Matter, world.matter["accepted"])
    title = matter.title
    with clock.standing_still(matter.moved_at + 31 * DAY):
        remind_silent_matters(by=SYSTEM)
        remind_silent_matters(by=SYSTEM)
    asked = [(who, subject) for who, subject, _body in mails(before) if title in subject]
    assert asked == [("delegate", f"“{title}”进展如何？")]


def test_a_mail_speaks_the_language_of_its_reader(world: World) -> None:
    choose(world, "manager", Rhythm.NEVER, urgent=False)
    listing = post(world, "求购阀门")
    speak_english(world, "delegate")
    before = newest()
    answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    ((_who, subject, _body),) = mails(before)
    assert subject == "河北乙材料有限公司 answered “求购阀门”"


def speak_english(world: World, who: str) -> None:
    person_operations.set_preferences(
        db.session.get_one(Person, world.person[who]), language="en", by=world.actor(who)
    )


def test_without_a_mail_server_nothing_waits_to_be_copied(world: World, url: str) -> None:
    plain = make_app(url)
    with plain.app_context():
        before = newest()
        listing = post(world, "求购阀门")
        answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
        assert newest() == before
        db.session.remove()
        db.engine.dispose()


@both_engines
def test_the_digest_holds_what_is_unread_and_what_is_new_and_comes_once_a_day(
    world: World,
) -> None:
    for who in world.person:
        choose(world, who, Rhythm.NEVER, urgent=False)
    choose(world, "delegate", Rhythm.DAILY, urgent=False)
    choose(world, "supplier", Rhythm.DAILY, urgent=False)
    choose(world, "outsider", Rhythm.DAILY, urgent=False)
    with clock.standing_still(at_noon(1)):
        answering.send_interest(post(world, "求购铝"), message="可供。", by=world.actor("supplier"))
        assert send_digests(by=SYSTEM) >= 2
    before = newest()
    with clock.standing_still(at_noon(1) + timedelta(hours=1)):
        for who in ("delegate", "supplier", "outsider"):
            read_all(by=world.actor(who))
        listing = post(world, "求购阀门", visibility=ListingVisibility.MEMBERS)
        answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
        assert send_digests(by=SYSTEM) == 0, "one a day"
    with clock.standing_still(at_noon(2)):
        assert send_digests(by=SYSTEM) == 2
        first, second = mails(before)
        assert send_digests(by=SYSTEM) == 0, "twice a day changes nothing"
        assert len(mails(before)) == 2
    assert (first[0], first[1]) == ("delegate", "动态摘要：2条未读消息，0条新供需")
    assert "河北乙材料有限公司回应了“求购阀门”" in first[2] and "“求购阀门”已发布" in first[2]
    assert (second[0], second[1]) == ("supplier", "动态摘要：0条未读消息，1条新供需")
    assert f"/listings/{listing.id}\n" in second[2]
    with clock.standing_still(at_noon(3)):
        assert send_digests(by=SYSTEM) == 0, "nothing happened since"


def test_weekly_is_once_in_seven_days_and_never_is_never(world: World) -> None:
    for who in world.person:
        choose(world, who, Rhythm.NEVER, urgent=False)
    choose(world, "supplier", Rhythm.WEEKLY, urgent=False)
    sent = []
    for day in range(16):
        with clock.standing_still(at_noon(day)):
            post(world, f"求购阀门{day}")
        with clock.standing_still(at_noon(day) + timedelta(hours=1)):
            sent.append(send_digests(by=SYSTEM))
    assert sent == [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_a_digest_tells_nothing_that_is_out_of_sight(world: World) -> None:
    for who in world.person:
        choose(world, who, Rhythm.NEVER, urgent=False)
    choose(world, "delegate", Rhythm.DAILY, urgent=False)
    listing = post(world, "秘密的阀门", visibility=ListingVisibility.MEMBERS)
    answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    end_appointment(db.session.get_one(Appointment, world.appointment["delegate"]), by=SYSTEM)
    before = newest()
    with clock.standing_still(at_noon(1)):
        send_digests(by=SYSTEM)
    assert "秘密的阀门" not in str(mails(before))


def test_a_digest_says_of_an_anonymous_listing_that_it_is_one(world: World) -> None:
    for who in world.person:
        choose(world, who, Rhythm.NEVER, urgent=False)
    choose(world, "supplier", Rhythm.DAILY, urgent=False)
    post(world, "匿名的阀门", is_anonymous=True)
    before = newest()
    send_digests(by=SYSTEM)
    ((_who, _subject, body),) = mails(before)
    assert "匿名的阀门 · 匿名单位\n" in body and "None" not in body


def test_two_runs_at_once_send_one_digest(world: World) -> None:
    who = db.session.get_one(Person, world.person["supplier"])
    before, digest = newest(), Digest("动态摘要", "…")
    sent = [send_digest(who, digest, by=SYSTEM) for _run in range(2)]
    assert sent == [True, False] and len(mails(before)) == 1
    kept = db.session.get_one(InboxPreference, world.person["supplier"])
    assert (kept.digest, kept.mails_urgent) == (Rhythm.WEEKLY, True)


def test_only_the_system_sends_digests(world: World) -> None:
    who = db.session.get_one(Person, world.person["supplier"])
    with pytest.raises(Denied):
        send_digest(who, Digest("…", "…"), by=world.actor("admin"))


def state_of_the_portal() -> tuple[int, ...]:
    """Return how many rows there are of what `flask daily` writes."""
    models = (Message, OutboxMessage, InboxPreference, JournalLine)
    return tuple(db.session.scalar(select(func.count()).select_from(m)) or 0 for m in models)


@both_engines
@pytest.mark.usefixtures("own_files")
def test_daily_reminds_once_of_what_lapses_and_ends_and_twice_changes_nothing(
    app: Flask, world: World
) -> None:
    listing = post(world, "求购阀门", valid_until=clock.today() + 6 * DAY)
    interest = answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    listing_id, interest_id, lapses = listing.id, interest.id, interest.expires_at

    def reminded() -> list[tuple[str, str, int]]:
        names = {number: name for name, number in world.person.items()}
        rows = db.session.execute(
            select(Message.person_id, Message.notice, Message.about_id)
            .where(Message.notice.in_(["listing.expiring", "interest.lapsing"]))
            .where(Message.about_id.in_([listing_id, interest_id]))
            .order_by(Message.notice, Message.person_id)
        )
        return [(names[person_id], notice, about_id) for person_id, notice, about_id in rows]

    runner = app.test_cli_runner()

    def run() -> None:
        db.session.remove()
        result = runner.invoke(args=["daily"])
        assert result.exit_code == 0, result.output

    run()
    ending = [(who, "listing.expiring", listing_id) for who in ("manager", "delegate")]
    assert reminded() == ending
    after = state_of_the_portal()
    run()
    assert state_of_the_portal() == after
    operations.renew_listing(db.session.get_one(Listing, listing_id), by=world.actor("delegate"))
    with clock.standing_still(lapses - 2 * DAY):
        run()
        lapsing = [(who, "interest.lapsing", interest_id) for who in ("manager", "delegate")]
        assert reminded() == [*lapsing, *ending], "a renewed one is not spoken of"
        after = state_of_the_portal()
        run()
        assert state_of_the_portal() == after
