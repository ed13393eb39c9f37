"""Kills between the steps of an upload: what was not finished is never seen, and swept."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from portal import clock, create_app
from portal.actors import SYSTEM
from portal.actors import person as actor
from portal.database import db
from portal.exchange import attaching
from portal.exchange.models import Listing
from portal.files import files_of, receive, sweep
from portal.store import FolderStore
from tests.conftest import both_engines
from tests.faults.race import forks
from tests.files.make import PDF
from tests.world import World

pytestmark = pytest.mark.faults


class Fatal(BytesIO):
    """A file in the middle of which the process that copies it is killed."""

    def read(self, size: int | None = -1, /) -> bytes:
        # The first look at its content is the sniffer's; the copy asks for more at once.
        if size is not None and size > 100_000:
            if self.tell():
                os.kill(os.getpid(), signal.SIGKILL)
            return super().read(1000)
        return super().read(size)


def upload(url: str, folder: str, listing_id: int, by: tuple[int, int], where: str) -> None:
    """Do what the page does with a file, in a process that is killed on the way."""
    app = create_app("testing", {"SQLALCHEMY_DATABASE_URI": url, "FILES_FOLDER": folder})
    with app.app_context():
        kind = Fatal if where == "copy" else BytesIO
        received = receive(kind(PDF + bytes(5000)), "合同.pdf")
        if where == "row":
            db.session.commit = lambda: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
            listing = db.session.get_one(Listing, listing_id)
            person, organisation = by
            attaching.attach_to_listing(listing, received, by=actor(person, organisation))
        os.kill(os.getpid(), signal.SIGKILL)


@both_engines
@pytest.mark.parametrize("where", ["copy", "between", "row"])
def test_a_kill_within_an_upload_leaves_nothing_to_see(
    app: Flask, url: str, world: World, context: None, tmp_path: Path, where: str
) -> None:
    folder = tmp_path / "files"
    app.extensions["store"] = FolderStore(folder)
    by = (world.person["delegate"], world.organisation["maker"])
    process = forks.Process(
        target=upload, args=(url, str(folder), world.listing["returned"], by, where)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    listing = world.get(Listing, "returned")
    assert files_of(listing) == []
    left = [path for path in folder.rglob("*") if path.is_file()]
    (only,) = left
    assert only.name.startswith("new-") == (where == "copy")
    # The same file sent again is whole.
    received = receive(BytesIO(PDF + bytes(5000)), "合同.pdf")
    attaching.attach_to_listing(listing, received, by=world.actor("delegate"))
    assert [each.size for each in files_of(listing)] == [len(PDF) + 5000]
    with clock.standing_still(clock.now() + timedelta(hours=25)):
        assert sweep(by=SYSTEM) == (1 if where == "copy" else 0)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [received.digest]
