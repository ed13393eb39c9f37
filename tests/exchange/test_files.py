"""Files on a listing's pages: asked about secrets, sent, fetched by who may see, removed."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal.accounts.queries import timeline_of
from portal.database import db
from portal.exchange import attaching, operations
from portal.exchange.models import Listing
from portal.files import Attachment, receive
from portal.store import FolderStore
from tests.client import Client
from tests.conftest import both_engines
from tests.files.make import BAD, EXE, PDF
from tests.world import CAST, World


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """A folder of this test alone."""
    app.extensions["store"] = FolderStore(tmp_path / "files")
    return tmp_path / "files"


def number_of_files(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Attachment)) or 0


def sent(client: Client, address: str, content: bytes, name: str, **more: Any) -> Any:
    """Send a form with a file; encoded here, for the test client leaves large ones open."""
    file = FileStorage(BytesIO(content), name, "file")
    data = {"csrf_token": client.token(), "secrecy": "none", **more, "file": file}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.open(address, method="POST", data=body, content_type=kind)


def alert(text: str) -> str:
    found = BeautifulSoup(text, "html.parser").select_one("[role=alert]")
    assert found is not None
    return found.text


@pytest.fixture
def address(world: World, folder: Path) -> str:
    return f"/listings/{world.listing['returned']}/files/new"


@both_engines
def test_a_file_is_added_fetched_and_removed(
    app: Flask, world: World, address: str, visit: Callable[..., Client], folder: Path
) -> None:
    owner = visit("delegate")
    record = address.removesuffix("/files/new")
    empty = owner.soup(record).select_one("#files .empty")
    assert empty is not None and "还没有附件" in empty.text
    answer = sent(owner, address, PDF, "2026 技术协议（终稿）.pdf")
    assert (answer.status_code, answer.location) == (302, record)
    page = owner.soup(record)
    link = page.select_one("#files .file a")
    assert link is not None and link.text == "2026 技术协议（终稿）.pdf"
    fetched = owner.open(str(link["href"]), method="GET")
    assert fetched.data == PDF
    headers = fetched.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(PDF))
    assert headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert headers.getlist("Content-Security-Policy") == ["default-src 'none'; sandbox"]
    assert headers["Cache-Control"] == "no-store"
    disposition = headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''2026%20%E6%8A%80")
    assert disposition.isascii()
    # Seen in the record of steps, with its name.
    with app.app_context():
        (entry, *_rest) = timeline_of(db.session.get_one(Listing, world.listing["returned"]))
        assert (entry.what, entry.note) == ("添加了文件", "2026 技术协议（终稿）.pdf")
    removed = owner.post(f"{link['href']}/remove")
    assert (removed.status_code, removed.location) == (302, record)
    assert owner.open(str(link["href"]), method="GET").status_code == 404
    assert owner.soup(record).select_one("#files .file") is None
    # The second press of a double click.
    assert owner.post(f"{link['href']}/remove").status_code == 302


class TestSecrecy:
    def test_the_question_comes_before_the_form(
        self, address: str, visit: Callable[..., Client]
    ) -> None:
        page = visit("delegate").soup(address)
        assert page.select_one("input[type=file]") is None
        choices = [str(each["href"]) for each in page.select(".gate-choice")]
        assert choices == [f"{address}?secrecy={w}" for w in ("none", "secret", "work", "unsure")]
        assert visit("delegate").soup(choices[0]).select_one("input[type=file]") is not None
        assert visit("delegate").soup(choices[1]).select_one("input[type=file]") is None

    @pytest.mark.parametrize("answer", ["secret", "work", "unsure", ""])
    def test_nothing_is_read_where_it_may_be_secret(
        self, app: Flask, address: str, visit: Callable[..., Client], folder: Path, answer: str
    ) -> None:
        before = number_of_files(app)
        answered = sent(visit("delegate"), address, PDF, "密.pdf", secrecy=answer)
        assert answered.status_code == 422
        assert "密.pdf" not in answered.text
        assert number_of_files(app) == before
        assert not list(folder.rglob("*"))


def test_the_very_same_file_is_told_to_be_there_already(
    address: str, visit: Callable[..., Client]
) -> None:
    owner, record = visit("delegate"), address.removesuffix("/files/new")
    for name, said in (
        ("图.pdf", "文件已添加"),
        ("图.pdf", "已有这个文件"),
        ("另.pdf", "文件已添加"),
    ):
        sent(owner, address, PDF, name)
        page = owner.soup(record)
        assert said in page.get_text()
    assert len(page.select("#files .file")) == 2


def test_a_small_file_has_its_size_in_words(address: str, visit: Callable[..., Client]) -> None:
    sent(visit("delegate"), address, PDF, "小.pdf")
    for language, said in (("zh", f"{len(PDF)} 字节"), ("en", f"{len(PDF)} bytes")):
        page = visit("delegate", language=language).soup(address.removesuffix("/files/new"))
        assert [each.get_text() for each in page.select(".file-size")] == [said]


class TestRefused:
    @pytest.mark.parametrize("what", ["a renamed program", "a bomb", "a wrong ending", "nothing"])
    def test_in_words_at_the_field_and_nothing_stays(
        self, app: Flask, what: str, address: str, visit: Callable[..., Client], folder: Path
    ) -> None:
        name, content, said = BAD[what]
        before = number_of_files(app)
        answer = sent(visit("delegate"), address, content, name)
        assert answer.status_code == 422
        assert said in alert(answer.text)
        assert number_of_files(app) == before
        assert not list(folder.rglob("*"))

    def test_no_file_at_all(self, address: str, visit: Callable[..., Client]) -> None:
        answer = visit("delegate").post(address, {"secrecy": "none"})
        assert answer.status_code == 422
        assert "请选择文件" in alert(answer.text)

    def test_in_english_too(self, address: str, visit: Callable[..., Client]) -> None:
        answer = sent(visit("delegate", language="en"), address, EXE, "invoice.pdf")
        assert "This kind of file is not taken." in alert(answer.text)

    def test_one_that_is_too_large_is_told_how_large_it_may_be(
        self, app: Flask, address: str, visit: Callable[..., Client], folder: Path
    ) -> None:
        app.config["FILE_LARGEST_BYTES"] = 2_000_000
        answer = sent(visit("delegate"), address, PDF + bytes(2_000_000), "大.pdf")
        assert answer.status_code == 422
        assert "文件超过 2 MB" in alert(answer.text)
        far = sent(visit("delegate"), address, PDF + bytes(4_000_000), "大.pdf")
        assert far.status_code == 413
        assert "太大" in far.text or "过大" in far.text
        assert "不超过 2 MB" in far.text
        assert not list(folder.rglob("*"))

    def test_whoever_may_not_send_files_sends_no_large_ones(
        self, app: Flask, world: World, address: str, visit: Callable[..., Client]
    ) -> None:
        """An anonymous visitor fills no disk, and other forms stay as small as they were."""
        large = PDF + bytes(1_100_000)
        assert sent(visit("anonymous"), address, large, "大.pdf").status_code == 413
        elsewhere = "/listings/new"
        assert sent(visit("delegate"), elsewhere, large, "大.pdf").status_code == 413

    def test_fields_beside_the_file_stay_small(
        self, address: str, visit: Callable[..., Client]
    ) -> None:
        answer = sent(visit("delegate"), address, PDF, "小.pdf", note="长" * 300_000)
        assert answer.status_code == 413

    def test_what_is_published_takes_no_file(
        self, app: Flask, world: World, folder: Path, visit: Callable[..., Client]
    ) -> None:
        published = f"/listings/{world.listing['public']}"
        before = number_of_files(app)
        answer = sent(visit("delegate"), f"{published}/files/new", PDF, "合同.pdf")
        assert answer.status_code == 422
        assert number_of_files(app) == before
        page = visit("delegate").soup(published)
        assert page.select_one("#files") is None, "neither files nor a way to add any"


class TestWhoMayFetch:
    @pytest.fixture
    def with_file(self, app: Flask, world: World, folder: Path) -> Callable[[str], int]:
        """Hang a file on a published listing, as its owner does: take it back, add, submit."""

        def hang(name: str) -> int:
            with app.app_context():
                listing, by = world.get(Listing, name), world.actor("delegate")
                operations.recall_listing(listing, by=by)
                made = attaching.attach_to_listing(
                    listing, receive(BytesIO(PDF), "图纸.pdf"), by=by
                )
                operations.submit_listing(listing, by=by)
                operations.publish_listing(listing, by=world.actor("secretary"))
                file_id = made.id
                db.session.remove()
                return file_id

        return hang

    @pytest.mark.parametrize("name", ["public", "members", "confidential"])
    def test_exactly_those_who_may_see_the_listing(
        self,
        name: str,
        world: World,
        with_file: Callable[[str], int],
        visit: Callable[..., Client],
    ) -> None:
        file_id, record = with_file(name), f"/listings/{world.listing[name]}"
        fetched = set()
        for who in CAST:
            seen = visit(who).get(record).status_code
            got = visit(who).open(f"{record}/files/{file_id}", method="GET").status_code
            assert got == seen, who
            if got == 200:
                fetched.add(who)
                assert "图纸.pdf" in visit(who).get(record).text
        assert {"delegate", "secretary"} <= fetched
        assert ("anonymous" in fetched) == (name == "public")
        assert ("supplier" in fetched) and ("outsider" in fetched) == (name == "public")

    def test_a_number_of_another_record_opens_nothing(
        self, world: World, with_file: Callable[[str], int], visit: Callable[..., Client]
    ) -> None:
        file_id = with_file("confidential")
        public = f"/listings/{world.listing['public']}/files/{file_id}"
        assert visit("outsider").open(public, method="GET").status_code == 404

    def test_a_right_that_ended_ends_here_too(
        self, world: World, with_file: Callable[[str], int], visit: Callable[..., Client]
    ) -> None:
        file_id, record = with_file("public"), f"/listings/{world.listing['public']}"
        assert visit("supplier").open(f"{record}/files/{file_id}", method="GET").status_code == 200
        assert visit("delegate").post(f"{record}/moves/pause").status_code == 302
        stranger = visit("stranger")
        assert stranger.open(f"{record}/files/{file_id}", method="GET").status_code == 404


def test_a_lost_file_is_missing_and_noticed(
    app: Flask,
    world: World,
    folder: Path,
    visit: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The draft of the world has its row; its bytes lie in another folder."""
    address = f"/listings/{world.listing['draft']}/files/{world.attachment['drawing']}"
    assert visit("delegate").open(address, method="GET").status_code == 404
    assert "is not in the store" in caplog.text


@both_engines
def test_what_a_quota_refuses_takes_no_room_either(
    app: Flask, world: World, address: str, visit: Callable[..., Client], folder: Path
) -> None:
    owner = visit("delegate")
    assert sent(owner, address, PDF, "第一份.pdf").status_code == 302
    kept = [path for path in folder.rglob("*") if path.is_file()]
    app.config["FILES_PER_RECORD"] = 1
    assert sent(owner, address, PDF + b"%more", "第二份.pdf").status_code == 422
    assert sent(owner, address, PDF, "第一份，再来.pdf").status_code == 422
    assert [path for path in folder.rglob("*") if path.is_file()] == kept
