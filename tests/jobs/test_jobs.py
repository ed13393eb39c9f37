"""Jobs: claimed once, done in chunks, resumed at the cursor, given up with a reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, jobs
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange.models import Listing
from portal.jobs import Job, JobState, advance, between_chunks, enqueue
from portal.journal import JournalLine
from portal.operations import Receipt, operation
from portal.registry import registry
from portal.worker import Worker, beat, is_worker_alive, take_leave, work
from tests.conftest import both_engines
from tests.world import World

pytestmark = both_engines

UNITS, CHUNK = 10, 3


@operation
def ask(about: Alliance, *, by: Actor, kind: str = "count") -> int:
    require(by, "portal.desk")
    return enqueue(kind, about=about, by=by, payload={"units": UNITS}).id


@operation
def count_some(job: Job, first: int, last: int, *, by: Actor) -> None:
    """Leave one row for each unit; the key is unique, so that a double would not pass."""
    require(by, "portal.desk")
    for unit in range(first, last):
        db.session.add(Receipt(key=f"unit {job.id} {unit}", noun="unit", at=clock.now()))
    advance(job, done=last, total=UNITS)


def count(job: Job) -> None:
    """Do ten units of work in four chunks."""
    while job.done < job.payload["units"]:
        between_chunks()
        count_some(job, job.done, min(job.done + CHUNK, UNITS), by=job.by)


class Crash(BaseException):
    """What a kill is to the code: nothing after it runs."""


@pytest.fixture
def job(app: Flask, world: World, context: None) -> int:
    """The id of a job that the secretary asked for, of a kind that counts."""
    registry().jobs["count"] = count
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    return ask(hydrogen, by=world.actor("secretary"))


def read(job_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def counted(job_id: int) -> int:
    found = db.session.scalar(
        select(func.count()).select_from(Receipt).where(Receipt.key.like(f"unit {job_id} %"))
    )
    return found or 0


def told(job_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(JournalLine.verb)
            .where(JournalLine.noun == "job", JournalLine.record_id == job_id)
            .order_by(JournalLine.number)
        )
    )


def claim() -> jobs.Lease | None:
    return jobs.claim("somebody", threading.Event(), by=SYSTEM)


class TestRunning:
    def test_a_job_is_done_chunk_by_chunk_and_told_twice(self, job: int, world: World) -> None:
        assert read(job).state is JobState.WAITING
        assert work(once=True) == 1
        done = read(job)
        assert (done.state, done.done, done.total, done.error) == (JobState.DONE, 10, 10, None)
        assert counted(job) == UNITS
        assert told(job) == ["job.enqueue", "job.finish"]
        assert done.by == world.actor("secretary")
        assert work(once=True) == 0, "what is done is done once"

    def test_one_holds_it_at_a_time(self, job: int) -> None:
        assert claim() is not None
        assert read(job).state is JobState.RUNNING
        assert claim() is None

    def test_an_enqueued_job_goes_with_its_transaction(self, job: int, world: World) -> None:
        @operation
        def fail() -> None:
            require(SYSTEM, "job.run")
            hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
            enqueue("count", about=hydrogen, by=SYSTEM)
            raise Refused("no")

        before = db.session.scalar(select(func.count()).select_from(Job))
        with pytest.raises(Refused):
            fail()
        assert db.session.scalar(select(func.count()).select_from(Job)) == before

    def test_a_kind_without_a_handler_is_refused(self, job: int, world: World) -> None:
        hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
        with pytest.raises(ValueError, match="nonsense"):
            ask(hydrogen, by=world.actor("secretary"), kind="nonsense")

    def test_the_newest_about_a_record_is_found(self, job: int, world: World) -> None:
        hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
        found = jobs.newest_job_about(hydrogen)
        assert found is not None and found.id == job
        assert jobs.record_of(found) is hydrogen
        assert jobs.newest_job_about(world.get(Listing, "public")) is None


class TestInterrupted:
    @pytest.mark.parametrize("chunk", [0, 1, 2, 3])
    @pytest.mark.parametrize("is_stored", [False, True], ids=["before", "after"])
    def test_a_killed_worker_loses_and_doubles_nothing(
        self, job: int, chunk: int, is_stored: bool
    ) -> None:
        """Killed in each chunk, before and after what it wrote was committed."""

        @operation
        def count_half(running: Job, first: int, *, by: Actor) -> None:
            require(by, "portal.desk")
            db.session.add(Receipt(key=f"unit {job} {first}", noun="unit", at=clock.now()))
            db.session.flush()
            raise Crash

        def count_until_killed(running: Job) -> None:
            while running.done < UNITS:
                first = running.done
                if first == chunk * CHUNK and not is_stored:
                    count_half(running, first, by=running.by)
                count_some(running, first, min(first + CHUNK, UNITS), by=running.by)
                if first == chunk * CHUNK:
                    raise Crash

        registry().jobs["count"] = count_until_killed
        with pytest.raises(Crash):
            work(once=True)
        assert counted(job) == min((chunk + is_stored) * CHUNK, UNITS) == read(job).done
        registry().jobs["count"] = count
        assert work(once=True) == 0, "its lease still runs"
        with clock.standing_still(clock.now() + timedelta(seconds=61)):
            assert work(once=True) == 1
        assert (counted(job), read(job).state) == (UNITS, JobState.DONE)

    def test_who_lost_the_lease_stores_nothing_more(self, job: int) -> None:
        slow = claim()
        assert slow is not None
        with clock.standing_still(clock.now() + timedelta(seconds=61)):
            quick = claim()
            assert quick is not None and quick.holder != slow.holder
            mine = read(job)
            with jobs._holding(slow), pytest.raises(jobs.LeaseLost):
                count_some(mine, 0, CHUNK, by=mine.by)
            assert counted(job) == 0
            with pytest.raises(jobs.LeaseLost):
                jobs.finish(slow, by=SYSTEM)
            with pytest.raises(jobs.LeaseLost):
                jobs.put_back(slow, by=SYSTEM, has_failed=False)
            jobs.run(quick)
        assert (counted(job), read(job).state) == (UNITS, JobState.DONE)

    def test_each_chunk_renews_the_lease(self, job: int) -> None:
        lease = claim()
        assert lease is not None
        later = clock.now() + timedelta(seconds=50)
        mine = read(job)
        with clock.standing_still(later), jobs._holding(lease):
            count_some(mine, 0, CHUNK, by=mine.by)
        with clock.standing_still(later + timedelta(seconds=50)):
            assert claim() is None
            assert read(job).state is JobState.RUNNING

    def test_a_worker_told_to_end_lets_the_next_go_on_at_once(self, job: int) -> None:
        stop = threading.Event()

        def count_and_be_told(running: Job) -> None:
            count_some(running, 0, CHUNK, by=running.by)
            stop.set()
            count(running)

        registry().jobs["count"] = count_and_be_told
        assert work(stop=stop) == 1
        left = read(job)
        assert (left.done, left.state, left.attempts) == (CHUNK, JobState.WAITING, 0)
        registry().jobs["count"] = count
        assert work(once=True) == 1
        assert counted(job) == UNITS

    def test_a_chunk_under_way_is_undone_when_told_to_end(self, job: int) -> None:
        lease = claim()
        assert lease is not None
        lease.stop.set()
        mine = read(job)
        with jobs._holding(lease), pytest.raises(jobs.Interrupted):
            count_some(mine, 0, CHUNK, by=mine.by)
        assert (counted(job), read(job).done) == (0, 0)

    def test_nobody_advances_a_job_they_do_not_run(self, job: int) -> None:
        mine = read(job)
        with pytest.raises(RuntimeError, match="only the handler"):
            count_some(mine, 0, CHUNK, by=mine.by)


class TestFailing:
    def test_a_rule_that_says_no_ends_it_with_its_sentence(self, job: int) -> None:
        def refuse(running: Job) -> None:
            count_some(running, 0, CHUNK, by=running.by)
            raise Refused("这张表没有可识别的表头。")

        registry().jobs["count"] = refuse
        work(once=True)
        failed = read(job)
        assert (failed.state, failed.done) == (JobState.FAILED, CHUNK)
        assert failed.error == "这张表没有可识别的表头。"
        assert told(job) == ["job.enqueue", "job.fail"]

    def test_a_right_that_ended_meanwhile_ends_it(self, job: int) -> None:
        def overstep(running: Job) -> None:
            raise Denied("portal.desk")

        registry().jobs["count"] = overstep
        work(once=True)
        assert read(job).error == "提交人已无权办理此事。"

    def test_a_fault_is_tried_again_after_a_pause_and_given_up_in_the_end(
        self, job: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        def break_down(running: Job) -> None:
            db.session.add(Receipt(key="never", noun="unit", at=clock.now()))
            raise ZeroDivisionError

        registry().jobs["count"] = break_down
        now = clock.now()
        for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
            with clock.standing_still(now):
                assert work(once=True) == 1
                assert (read(job).attempts, read(job).state) == (attempt, JobState.WAITING)
                assert work(once=True) == 0, "it pauses"
            now += timedelta(seconds=61)
        with clock.standing_still(now):
            assert work(once=True) == 0
        failed = read(job)
        assert (failed.state, failed.error) == (JobState.FAILED, "多次中断，已停止处理。")
        assert "ZeroDivisionError" in caplog.text

    def test_progress_makes_the_attempts_count_anew(self, job: int) -> None:
        """Killed in every chunk, far more often than a job without progress may be."""

        def one_chunk_then_killed(running: Job) -> None:
            count_some(running, running.done, running.done + 1, by=running.by)
            raise Crash

        registry().jobs["count"] = one_chunk_then_killed
        now = clock.now()
        for _ in range(UNITS):
            with clock.standing_still(now), pytest.raises(Crash):
                work(once=True)
            now += timedelta(seconds=61)
        registry().jobs["count"] = count
        with clock.standing_still(now):
            assert work(once=True) == 1
        assert (counted(job), read(job).state) == (UNITS, JobState.DONE)


class TestWorkers:
    def test_a_worker_says_that_it_lives_until_it_ends(self, context: None) -> None:
        assert not is_worker_alive()
        beat("one", by=SYSTEM)
        assert is_worker_alive()
        with clock.standing_still(clock.now() + timedelta(seconds=89)):
            assert is_worker_alive()
        with clock.standing_still(clock.now() + timedelta(seconds=91)):
            assert not is_worker_alive(), "it was killed"
            beat("two", by=SYSTEM)
            assert list(db.session.scalars(select(Worker.name))) == ["two"]
            beat("two", by=SYSTEM)
            take_leave("two", by=SYSTEM)
            assert not is_worker_alive()

    def test_a_worker_lives_as_long_as_it_holds_a_job(self, job: int) -> None:
        """It gives no sign of its own while a long job runs; each chunk renews the lease."""
        assert not is_worker_alive()
        assert claim() is not None
        assert is_worker_alive()
        with clock.standing_still(clock.now() + timedelta(seconds=61)):
            assert not is_worker_alive(), "the lease has run out"

    def test_readyz_tells_whether_one_lives_and_is_ready_without(
        self, app: Flask, visit: Callable[..., object], context: None
    ) -> None:
        answer = visit().get("/readyz")  # type: ignore[attr-defined]
        assert (answer.status_code, answer.json["worker"]) == (200, False)
        beat("one", by=SYSTEM)
        assert visit().get("/readyz").json["worker"] is True  # type: ignore[attr-defined]

    def test_only_the_portal_itself_runs_jobs(self, job: int, world: World) -> None:
        with pytest.raises(Denied):
            jobs.claim("somebody", threading.Event(), by=world.actor("admin"))


class TestPage:
    def test_shows_how_far_it_has_come_and_renews_itself(
        self, job: int, visit: Callable[..., object]
    ) -> None:
        lease = claim()
        assert lease is not None
        mine = read(job)
        with jobs._holding(lease):
            count_some(mine, 0, CHUNK, by=mine.by)
        page = visit("secretary").get(f"/jobs/{job}")  # type: ignore[attr-defined]
        assert '<progress class="job-progress" id="progress" max="10" value="3">' in page.text
        assert page.headers["Refresh"] == "3"
        with jobs._holding(lease):
            count_some(mine, CHUNK, UNITS, by=mine.by)
        jobs.finish(lease, by=SYSTEM)
        page = visit("secretary").get(f"/jobs/{job}")  # type: ignore[attr-defined]
        assert "已完成。" in page.text
        assert "Refresh" not in page.headers

    def test_says_why_it_failed_and_leads_to_its_record(
        self, app: Flask, job: int, visit: Callable[..., object]
    ) -> None:
        app.extensions["registry"].job_pages["count"] = jobs.JobPage(
            "数一数",  # type: ignore[arg-type]
            lambda about: "/alliances/hydrogen",
        )
        lease = claim()
        assert lease is not None
        jobs.finish(lease, by=SYSTEM, error="第三行无法识别。")
        page = visit("secretary").soup(f"/jobs/{job}")  # type: ignore[attr-defined]
        assert "第三行无法识别。" in page.select_one("[role=alert]").text
        assert page.select_one("h1").text == "数一数"
        assert page.select_one('main a[href="/alliances/hydrogen"]').text == "查看结果"
