"""Files: what is taken, under which name, where it lies, and what is swept."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from portal import clock
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import attaching
from portal.exchange.models import Listing
from portal.files import (
    Attachment,
    Received,
    attach,
    files_of,
    receive,
    safe_name,
    space_used,
    sweep,
)
from portal.operations import operation
from portal.store import FolderStore, store
from tests.conftest import both_engines
from tests.files.make import BAD, GOOD, PDF, TYPES, zipped
from tests.world import World


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """A folder of this test alone."""
    app.extensions["store"] = FolderStore(tmp_path / "files")
    return tmp_path / "files"


def lying_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class TestTaken:
    @pytest.mark.parametrize("name", GOOD)
    def test_each_kind_is_known_by_its_content(
        self, name: str, folder: Path, context: None
    ) -> None:
        received = receive(BytesIO(GOOD[name]), name)
        assert (received.name, received.size) == (name, len(GOOD[name]))
        with store().open(received.digest) as kept:
            assert kept.read() == GOOD[name]
        assert lying_in(folder) == [received.digest]

    @pytest.mark.parametrize("what", BAD)
    def test_what_is_no_good_is_refused_in_words_and_leaves_nothing(
        self, what: str, folder: Path, context: None
    ) -> None:
        name, content, said = BAD[what]
        with pytest.raises(Refused) as refused:
            receive(BytesIO(content), name)
        assert said in str(refused.value.sentence)
        assert refused.value.field == "file"
        assert lying_in(folder) == []

    def test_two_members_of_one_name_are_refused(self, folder: Path, context: None) -> None:
        file = BytesIO(zipped({"[Content_Types].xml": TYPES, "word/document.xml": "one"}))
        with zipfile.ZipFile(file, "a") as container, pytest.warns(UserWarning, match="Duplicate"):
            container.writestr("word/document.xml", "another")
        with pytest.raises(Refused, match=r"damaged|已损坏"):
            receive(file, "x.docx")

    def test_the_largest_is_taken_and_one_byte_more_is_not(
        self, app: Flask, folder: Path, context: None
    ) -> None:
        app.config["FILE_LARGEST_BYTES"] = 2_000_000
        receive(BytesIO(PDF + bytes(2_000_000 - len(PDF))), "大.pdf")
        before = lying_in(folder)
        with pytest.raises(Refused, match="2 MB"):
            receive(BytesIO(PDF + bytes(2_000_001 - len(PDF))), "大.pdf")
        assert lying_in(folder) == before


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("2026年度 技术协议（终稿）.pdf", "2026年度 技术协议（终稿）.pdf"),
        ("C:\\Users\\李\\合同.pdf", "合同.pdf"),
        ("../../etc/合同.pdf", "合同.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ('a"b<c>|d?*.pdf', "a_b_c__d__.pdf"),
        ("...隐藏.pdf", "隐藏.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("　全角　空格.pdf", "全角 空格.pdf"),
        ("没有扩展名", ""),
        (".pdf", ""),
        ("", ""),
    ],
)
def test_a_name_can_be_saved_anywhere(written: str, safe: str) -> None:
    assert safe_name(written) == safe


def test_a_long_name_keeps_its_ending_and_whole_characters() -> None:
    short = safe_name("长" * 300 + ".pdf")
    assert short.endswith("长.pdf")
    assert 170 < len(short.encode()) <= 180
    assert safe_name("a." + "x" * 400) == ""


def test_a_name_of_half_a_megabyte_is_cut_at_once() -> None:
    begun = time.process_time()
    assert safe_name("长" * 160_000 + ".pdf").endswith("长.pdf")
    assert time.process_time() - begun < 2.0  # character by character it takes a quarter minute


class TestStored:
    def test_what_breaks_off_leaves_nothing(self, folder: Path, context: None) -> None:
        class Breaking(BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if self.tell():
                    raise OSError("the line is cut")
                return super().read(10)

        with pytest.raises(OSError, match="cut"):
            store().put(Breaking(PDF))
        assert lying_in(folder) == []

    def test_a_digest_is_no_path(self, folder: Path, context: None) -> None:
        with pytest.raises(ValueError, match="digest"):
            store().open("../../etc/passwd")

    def test_only_the_portal_sweeps(self, world: World, folder: Path, context: None) -> None:
        with pytest.raises(Denied):
            sweep(by=world.actor("admin"))


@operation
def hang(listing: Listing, received: Received, *, by: Actor) -> Attachment:
    """Hang a file on a listing in any state, past the rules of its area."""
    return attach(listing, received, organisation_id=listing.organisation_id, by=by)


@both_engines
class TestAttached:
    @pytest.fixture
    def listing(self, world: World, folder: Path, context: None) -> Listing:
        """A returned listing of maker, which holds no file yet."""
        return world.get(Listing, "returned")

    @pytest.fixture
    def received(self, listing: Listing) -> Received:
        return receive(BytesIO(PDF), "合同.pdf")

    def test_its_owner_adds_and_removes_it(
        self, world: World, listing: Listing, received: Received
    ) -> None:
        by, version = world.actor("delegate"), listing.version
        made = attaching.attach_to_listing(listing, received, by=by)
        assert [each.name for each in files_of(listing)] == ["合同.pdf"]
        assert made.organisation_id == world.organisation["maker"]
        assert listing.version == version + 1, "whoever has it open must notice"
        attaching.detach_from_listing(listing, made, by=by)
        assert files_of(listing) == []
        assert listing.version == version + 2

    def test_nobody_else_does(self, world: World, listing: Listing, received: Received) -> None:
        for who in ("secretary", "supplier", "outsider", "admin", "anonymous"):
            with pytest.raises(Denied):
                attaching.attach_to_listing(listing, received, by=world.actor(who))
        made = attaching.attach_to_listing(listing, received, by=world.actor("manager"))
        with pytest.raises(Denied):
            attaching.detach_from_listing(listing, made, by=world.actor("secretary"))

    @pytest.mark.parametrize("name", ["submitted", "public", "paused", "closed"])
    def test_what_is_in_review_or_published_keeps_its_files(
        self, world: World, received: Received, name: str
    ) -> None:
        listing, by = world.get(Listing, name), world.actor("delegate")
        with pytest.raises(Refused):
            attaching.attach_to_listing(listing, received, by=by)
        made = hang(listing, received, by=by)
        with pytest.raises(Refused):
            attaching.detach_from_listing(listing, made, by=by)
        assert files_of(listing) == [made]

    def test_the_same_file_hangs_there_once(
        self, world: World, listing: Listing, received: Received
    ) -> None:
        by = world.actor("delegate")
        first = attaching.attach_to_listing(listing, received, by=by)
        assert attaching.attach_to_listing(listing, received, by=by).id == first.id
        other = receive(BytesIO(PDF), "另一个名字.pdf")
        attaching.attach_to_listing(listing, other, by=by)
        assert len(files_of(listing)) == 2

    def test_a_quota_counts_all_files_of_an_organisation(
        self, app: Flask, world: World, listing: Listing, received: Received
    ) -> None:
        """Files of its other records are counted: this one is the last that fits."""
        present = space_used(listing.organisation_id)
        assert present >= sum(each.size for each in files_of(world.get(Listing, "draft"))) > 0
        app.config["FILES_QUOTA_BYTES"] = present + received.size
        by = world.actor("delegate")
        attaching.attach_to_listing(listing, received, by=by)
        with pytest.raises(Refused, match="0 MB"):
            attaching.attach_to_listing(listing, receive(BytesIO(PDF), "再来.pdf"), by=by)
        # Another organisation has its own.
        foreign = world.get(Listing, "foreign")
        assert hang(foreign, received, by=world.actor("outsider"))

    def test_a_record_holds_so_many(
        self, app: Flask, world: World, listing: Listing, received: Received
    ) -> None:
        app.config["FILES_PER_RECORD"] = 1
        by = world.actor("delegate")
        attaching.attach_to_listing(listing, received, by=by)
        with pytest.raises(Refused, match=r"1 files|最多 1 个"):
            attaching.attach_to_listing(listing, receive(BytesIO(PDF), "再来.pdf"), by=by)

    def test_what_was_swept_in_between_is_asked_for_again(
        self, world: World, listing: Listing, received: Received
    ) -> None:
        store().remove(received.digest)
        with pytest.raises(Refused, match=r"lost|未能保存"):
            attaching.attach_to_listing(listing, received, by=world.actor("delegate"))
        assert files_of(listing) == []

    def test_sweeping_takes_what_no_row_names_and_only_when_it_is_old(
        self, world: World, listing: Listing, received: Received, folder: Path
    ) -> None:
        by = world.actor("delegate")
        made = attaching.attach_to_listing(listing, received, by=by)
        orphan = receive(BytesIO(PDF + b"%orphan"), "无主.pdf")
        (folder / "new-half").write_bytes(b"half a file")
        # As one looks that was finished while it was looked at: listed, and not there.
        (folder / "new-finished").symlink_to(folder / "nowhere")
        assert sweep(by=SYSTEM) == 0, "its row may be just about to be written"
        with clock.standing_still(clock.now() + timedelta(hours=25)):
            assert sweep(by=SYSTEM) == 2
        assert lying_in(folder) == [received.digest]
        assert not store().has(orphan.digest)
        attaching.detach_from_listing(listing, made, by=by)
        with clock.standing_still(clock.now() + timedelta(hours=25)):
            assert sweep(by=SYSTEM) == 1
        assert lying_in(folder) == []

    def test_what_is_taken_off_lies_for_another_day(
        self, world: World, listing: Listing, received: Received, folder: Path
    ) -> None:
        """A backup may have copied its row a moment before."""
        by = world.actor("delegate")
        made = attaching.attach_to_listing(listing, received, by=by)
        long_ago = (clock.now() - timedelta(days=40)).timestamp()
        os.utime(folder / received.digest[:2] / received.digest, (long_ago, long_ago))
        attaching.detach_from_listing(listing, made, by=by)
        assert sweep(by=SYSTEM) == 0
        with clock.standing_still(clock.now() + timedelta(hours=25)):
            assert sweep(by=SYSTEM) == 1

    def test_two_rows_share_their_bytes(
        self, world: World, listing: Listing, received: Received, folder: Path
    ) -> None:
        by = world.actor("delegate")
        first = attaching.attach_to_listing(listing, received, by=by)
        hang(world.get(Listing, "foreign"), received, by=world.actor("outsider"))
        attaching.detach_from_listing(listing, first, by=by)
        with clock.standing_still(clock.now() + timedelta(hours=25)):
            assert sweep(by=SYSTEM) == 0, "another record still needs them"
        assert lying_in(folder) == [received.digest]


@pytest.fixture(autouse=True)
def clean_session(app: Flask) -> Iterator[None]:
    yield
    with app.app_context():
        db.session.remove()
