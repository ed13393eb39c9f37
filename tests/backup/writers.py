"""Processes that post listings as fast as they can while a backup is made; one attaches files."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from portal import clock, create_app
from portal.actors import Actor, person
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import operations
from portal.exchange.attaching import attach_to_listing
from portal.exchange.content import ListingContent
from portal.exchange.models import Direction, ListingVisibility
from portal.files import Received, receive
from portal.operations import operation
from tests.faults.race import PATIENCE_SECONDS, forks
from tests.world import World

PREFIX = "备份"


class Writers:
    """Several writers, and what they know to be committed."""

    def __init__(self, url: str, files: Path, world: World, *who: str) -> None:
        self.acknowledged: dict[int, str] = {}
        self._ends: list[Connection] = []
        self._processes = []
        for number, name in enumerate(who):
            mine, theirs = forks.Pipe()
            actor = world.actor(name)
            acts = (actor.person_id, actor.organisation_id, world.alliance["hydrogen"])
            process = forks.Process(
                target=_write, args=(theirs, url, str(files), number, acts), daemon=True
            )
            process.start()
            theirs.close()
            self._ends.append(mine)
            self._processes.append(process)

    def __enter__(self) -> Self:
        self.wait_for_more()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def listen(self) -> int:
        """Take in what was committed since; return how much it was."""
        before = len(self.acknowledged)
        for end in self._ends:
            while end.poll():
                self._hear(end)
        return len(self.acknowledged) - before

    def wait_for_more(self) -> None:
        """Wait until every writer has committed one more."""
        for end in self._ends:
            assert end.poll(PATIENCE_SECONDS), "a writer hangs"
            self._hear(end)

    def _hear(self, end: Connection) -> None:
        number, title = end.recv()
        self.acknowledged[number] = title

    def stop(self) -> None:
        """Let them finish what they are at, and take in the rest."""
        for end, process in zip(self._ends, self._processes, strict=True):
            if end.closed:
                continue
            end.send("stop")
            try:
                while end.poll(PATIENCE_SECONDS):
                    self._hear(end)
            except EOFError:
                pass
            process.join(PATIENCE_SECONDS)
            assert process.exitcode == 0, "a writer failed"
            end.close()


@operation
def _post(content: ListingContent, alliance: Alliance, received: Received | None, by: Actor) -> int:
    """Post a listing with its file, and hand it in: one transaction, and never touched again."""
    posted = operations.post_listing(
        alliance, content, by=by, submit=received is None, receipt=content.title
    )
    if received is not None:
        attach_to_listing(posted, received, by=by)
        operations.submit_listing(posted, by=by)
    return posted.id


def _write(end: Connection, url: str, files: str, number: int, acts: tuple[int, int, int]) -> None:
    app = create_app("testing", {"SQLALCHEMY_DATABASE_URI": url, "FILES_FOLDER": files})
    person_id, organisation_id, alliance_id = acts
    with app.app_context():
        for each in count():
            title = f"{PREFIX}-{number}-{each}"
            content = ListingContent(
                direction=Direction.DEMAND,
                title=title,
                specification="70MPa IV型储氢瓶。\n含\t制表符与\\反斜杠。",
                valid_until=clock.today() + timedelta(days=30),
                visibility=ListingVisibility.PUBLIC,
            )
            received = None
            if number == 0:
                pdf = b"%PDF-1.4\n" + title.encode() + b"\n%%EOF\n"
                received = receive(BytesIO(pdf), f"{title}.pdf")
            alliance = db.session.get_one(Alliance, alliance_id)
            by = person(person_id, organisation_id)
            end.send((_post(content, alliance, received, by), title))
            if end.poll(0.002):
                end.recv()
                break
        db.session.remove()
        db.engine.dispose()
    end.close()
