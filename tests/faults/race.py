"""Processes that do the same thing at the same instant.

A server process imports the portal once; a starter builds the application of one database and
forks the racers, and each opens its own connection. A task is handed to every racer through its
pipe, and all of them start at one instant of the clock they share. The deliberate damage that a
control needs is named in `DAMAGE`; it is done in the racers, never in the test's own process.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, Self

from flask import Flask
from flask.testing import FlaskClient

from portal import clock, create_app, engines, journal
from portal import operations as portal_operations
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment
from portal.actors import Actor, person
from portal.alliances import applying
from portal.alliances.models import Alliance, Tier
from portal.database import db
from portal.engines import WRITING
from portal.exchange import answering, operations
from portal.exchange.content import ListingContent
from portal.exchange.models import Direction, Interest, Listing, ListingVisibility
from portal.imports.task_models import TaskImport
from portal.imports.task_operations import take_over_tasks
from portal.introductions.operations import propose_introduction
from portal.matters.models import Matter
from portal.matters.recording import record_outcome
from portal.outcomes import models as outcome_models
from portal.outcomes.operations import Claim, confirm_outcome
from portal.research import cards, placing, staffing
from portal.research.board_models import Card
from portal.research.models import Partner
from portal.research.staff_models import ProjectRole
from portal.rotation.cases import Span
from portal.rotation.deferring import defer_turn
from portal.rotation.models import Swap, Turn
from portal.rotation.operations import Planned, adopt_plan
from portal.rotation.swapping import approve_swap
from portal.sign_in import factor_resets, factors, inviting, scanning
from portal.sign_in.models import FactorReset, Invitation

Task = dict[str, Any]
Outcome = dict[str, Any]

#: The last racer must have its task before the instant at which all start.
HEAD_START_SECONDS = 0.004
#: Longer than any honest wait for the lock; a racer that takes longer hangs.
PATIENCE_SECONDS = 60.0

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload([__name__])


class Racers:
    """Several processes on one database, seen from the test."""

    def __init__(self, url: str, number: int, *, without: Sequence[str] = ()) -> None:
        pipes = [forks.Pipe() for _ in range(number)]
        self._ends = [mine for mine, _theirs in pipes]
        theirs = [end for _mine, end in pipes]
        self._starter = forks.Process(target=_start, args=(theirs, url, tuple(without)))
        self._starter.daemon = True
        self._starter.start()
        for end in theirs:
            end.close()  # so that a racer's death ends its pipe
        self._racers = [each["answer"] for each in self.finish()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def run(self, *tasks: Task) -> list[Outcome]:
        """Let each racer do its task at the same instant; return how each ended."""
        self.begin(*tasks)
        return self.finish()

    def begin(self, *tasks: Task) -> None:
        """Hand out the tasks and do not wait; `finish` does."""
        at = time.monotonic() + HEAD_START_SECONDS
        for end, task in zip(self._ends, tasks, strict=True):
            end.send({**task, "at": at})

    def finish(self) -> list[Outcome]:
        """Wait for the tasks that were handed out; return how each ended."""
        heard = []
        for end in self._ends:
            assert end.poll(PATIENCE_SECONDS), "a racer hangs"
            heard.append(end.recv())
        return heard

    def kill(self) -> None:
        """End all of them with SIGKILL, as a crash would."""
        for racer in self._racers:
            os.kill(racer, signal.SIGKILL)
        self._racers = []
        self._starter.join()  # it ends when none of them is left
        for end in self._ends:
            end.close()


def acting(actor: Actor, task: str, **arguments: Any) -> Task:
    """Return a task for one of the cast."""
    return {"task": task, "by": [actor.person_id, actor.organisation_id], **arguments}


def _by(task: Task) -> Actor:
    return person(*task["by"])


def post(_app: Flask, task: Task) -> int:
    """Post a plain public demand, with a receipt where one is given."""
    content = ListingContent(
        direction=Direction.DEMAND,
        title="求购碳纤维缠绕",
        specification="70MPa IV型储氢瓶。",
        valid_until=clock.today() + timedelta(days=30),
        visibility=ListingVisibility.PUBLIC,
    )
    alliance = db.session.get_one(Alliance, task["alliance"])
    return operations.post_listing(
        alliance, content, by=_by(task), submit=True, receipt=task.get("receipt")
    ).id


def publish(_app: Flask, task: Task) -> int:
    """Publish a listing at the version its publisher saw."""
    listing = db.session.get_one(Listing, task["listing"])
    operations.publish_listing(listing, by=_by(task), expected=task["expected"])
    return listing.id


def send(_app: Flask, task: Task) -> int:
    """Answer a listing."""
    listing = db.session.get_one(Listing, task["listing"])
    return answering.send_interest(
        listing, message="可供。", by=_by(task), receipt=task.get("receipt")
    ).id


def introduce(_app: Flask, task: Task) -> int:
    """Propose an introduction of two listings."""
    pair = [db.session.get_one(Listing, task[side]) for side in ("demand", "supply")]
    return propose_introduction(*pair, line="同在一环节。", by=_by(task)).id


def answer(_app: Flask, task: Task) -> int:
    """Accept or withdraw an interest."""
    verbs = {"accept": answering.accept_interest, "withdraw": answering.withdraw_interest}
    interest = db.session.get_one(Interest, task["interest"])
    verbs[task["move"]](interest, by=_by(task))
    return interest.id


@cache
def _at_the_form(app: Flask) -> tuple[FlaskClient, str]:
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    return client, found[1]


def guess(app: Flask, task: Task) -> int:
    """Try a password in the sign-in form; return the status of the answer."""
    client, token = _at_the_form(app)
    data = {"csrf_token": token, "account": task["account"], "password": task["password"]}
    return client.post("/sign-in", data=data).status_code


def accept(_app: Flask, task: Task) -> int:
    """Take up an invitation."""
    invitation = db.session.get_one(Invitation, task["invitation"])
    return inviting.accept_invitation(invitation, by=_by(task)).id


def go_in(_app: Flask, task: Task) -> int:
    """Fetch the session of a computer that was let in."""
    return scanning.go_in(task["key"])[0].id


def give_code(_app: Flask, task: Task) -> int:
    """Use up a code of a second factor, past the count of attempts."""
    who = db.session.get_one(Person, task["person"])
    factors.check_code(who, task["code"])
    return who.id


def confirm_reset(_app: Flask, task: Task) -> int:
    """Take a second factor away, as the second officer."""
    reset = db.session.get_one(FactorReset, task["reset"])
    factor_resets.confirm_reset(reset, by=_by(task))
    return reset.id


def apply(_app: Flask, task: Task) -> int:
    """Apply for membership, as a draft."""
    alliance = db.session.get_one(Alliance, task["alliance"])
    asked = applying.Application(Tier.MEMBER, "可供阀体加工。", None)
    return applying.apply_for_membership(alliance, asked, by=_by(task)).id


def leave(_app: Flask, task: Task) -> int:
    """End an appointment."""
    appointment = db.session.get_one(Appointment, task["appointment"])
    end_appointment(appointment, by=_by(task))
    return appointment.id


def claim(_app: Flask, task: Task) -> int:
    """Claim the outcome of a matter."""
    said = Claim(
        kind=outcome_models.OutcomeKind.CONTRACT,
        title="加工合同",
        signed_on=clock.today(),
        disclosure=outcome_models.Disclosure.BAND,
        original_seen=True,
    )
    matter = db.session.get_one(Matter, task["matter"])
    return record_outcome(matter, said, by=_by(task)).id


def confirm(_app: Flask, task: Task) -> int:
    """Confirm what the other side claimed."""
    outcome = db.session.get_one(outcome_models.Outcome, task["outcome"])
    confirm_outcome(outcome, by=_by(task))
    return outcome.id


def exchange(_app: Flask, task: Task) -> int:
    """Enter the council's approval of an exchange of turns."""
    swap = db.session.get_one(Swap, task["swap"])
    approve_swap(swap, by=_by(task), note="决议第20号")
    return swap.id


def plan_term(_app: Flask, task: Task) -> int:
    """Enter a plan of one term, some days from now."""
    alliance = db.session.get_one(Alliance, task["alliance"])
    first = clock.today() + timedelta(days=task["ahead"])
    days = Span(first, first + timedelta(days=30))
    adopt_plan(alliance, [Planned(days, task["member"])], basis="决议第21号", by=_by(task))
    return task["ahead"]


def defer(_app: Flask, task: Task) -> int:
    """Give a term to whoever is next in line."""
    turn = db.session.get_one(Turn, task["turn"])
    defer_turn(turn, by=_by(task), note="搬迁。")
    return turn.id


def place(_app: Flask, task: Task) -> int:
    """Put a card before another one of a column, or at its end."""
    card = db.session.get_one(Card, task["card"])
    made = placing.place_card(
        card, column_id=task["column"], before_id=task.get("before"), by=_by(task)
    )
    return made.id


def block(_app: Flask, task: Task) -> int:
    """Let a card wait for another one."""
    card = db.session.get_one(Card, task["card"])
    cards.block_card(card, task["blocker"], by=_by(task))
    return card.id


def name_head(_app: Flask, task: Task) -> int:
    """Name the head of a project."""
    part = db.session.get_one(Partner, task["part"])
    return staffing.name_person(part, task["person"], ProjectRole.HEAD, by=_by(task)).id


def take_over(_app: Flask, task: Task) -> int:
    """Take over what is left of a table of tasks, as often as it takes."""
    made = db.session.get_one(TaskImport, task["table"])
    while made.is_open:
        take_over_tasks(made, by=_by(task))
    return made.id


def hold(app: Flask, _task: Task) -> int:
    """Take the write lock and keep it until this process dies."""
    taken = threading.Event()

    def keep() -> None:
        with app.app_context():
            db.session.connection(execution_options={WRITING: True})
            taken.set()
            threading.Event().wait()

    threading.Thread(target=keep, daemon=True).start()
    assert taken.wait(PATIENCE_SECONDS), "the lock could not be had"
    return 0


TASKS: dict[str, Callable[[Flask, Task], int]] = {
    run.__name__: run
    for run in (
        post,
        publish,
        send,
        introduce,
        answer,
        guess,
        accept,
        apply,
        claim,
        confirm,
        go_in,
        hold,
        give_code,
        confirm_reset,
        leave,
        exchange,
        plan_term,
        defer,
        place,
        block,
        name_head,
        take_over,
    )
}


def _without_lock() -> None:
    engines.lock_postgresql = lambda connection: None


def _without_journal() -> None:
    # The journal numbers its lines without gaps, so it would refuse what the lock let through
    # and hide whether the rule under test holds by itself.
    journal.seal = lambda notes, *, at: list(notes)
    # Whoever would be told of the lines is not told: there are none.
    portal_operations._tell = lambda events: None


#: What a control takes away, to show that its test would see the difference.
DAMAGE: dict[str, Callable[[], None]] = {"lock": _without_lock, "journal": _without_journal}


def _attempt(app: Flask, task: Task) -> Outcome:
    until = time.monotonic() + PATIENCE_SECONDS / 2
    while True:
        try:
            with app.app_context():
                return {"outcome": "done", "answer": TASKS[task["task"]](app, task)}
        except engines.Busy as error:
            # On a slow machine twenty writers wait longer than one may: asked to try again,
            # a person does.
            if time.monotonic() > until:
                return {"outcome": type(error).__name__}
        except Exception as error:
            return {"outcome": type(error).__name__}


def _start(ends: Sequence[Connection], url: str, without: Sequence[str]) -> None:
    for part in without:
        DAMAGE[part]()
    app = create_app("testing", {"SQLALCHEMY_DATABASE_URI": url})
    for number, end in enumerate(ends):
        if os.fork() == 0:
            for other in ends[number + 1 :]:
                other.close()
            try:
                _race(app, end)
            finally:
                os._exit(0)
        end.close()
    for _ in ends:
        os.wait()


def _race(app: Flask, end: Connection) -> None:
    with app.app_context():
        db.session.connection()  # the first connection is slow, and would decide every race
        db.session.remove()
    end.send({"outcome": "ready", "answer": os.getpid()})
    while True:
        try:
            task = end.recv()
        except EOFError:  # the test's own process is gone
            return
        # The common start: the kernel's timer wakes all racers at this one instant.
        time.sleep(max(0.0, task["at"] - time.monotonic()))
        end.send(_attempt(app, task))
