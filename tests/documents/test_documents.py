"""Papers are numbered Word files; their code proves them, their seal is checked by another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as Word
from flask import Flask

from portal import files
from portal.alliances.models import Alliance
from portal.database import db
from portal.documents import operations, rendering
from portal.documents.models import Document, DocumentKind
from portal.documents.workflow import DocumentState
from portal.errors import Denied, Refused
from portal.meetings import agenda, minutes, papers, voting
from portal.meetings import operations as meeting_operations
from portal.meetings.counting import Choice
from portal.store import store
from tests.client import Client
from tests.files.make import bomb
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]


def word_of(document: Document) -> Word:
    found = files.files_of(document)[0]
    with store().open(found.digest) as file:
        written = file.read()
    assert hashlib.sha256(written).hexdigest() == document.digest
    return Word(BytesIO(written))


def said_in(document: Document) -> str:
    return "\n".join(each.text for each in word_of(document).paragraphs)


def headings(document: Document) -> list[str]:
    return [
        each.text for each in word_of(document).paragraphs if each.style.name.startswith("Heading")
    ]


def template(*lines: str) -> BytesIO:
    made, done = Word(), BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(done)
    done.seek(0)
    return done


def scan() -> files.Received:
    return files.receive(BytesIO(b"%PDF-1.4\n%sealed\n%%EOF\n"), "盖章件.pdf")


@pytest.mark.usefixtures("context")
class TestPapers:
    def test_minutes_become_a_word_file_with_the_right_headings(self, world: World) -> None:
        make.grow_council(world, 4)
        meeting, by = make.in_session(world, 3), world.actor("secretary")
        item = agenda.add_item(meeting, agenda.ItemContent("检测平台选址"), by=by)
        resolution = make.tabled(world, meeting)
        voting.open_vote(resolution, by=world.actor("chair"))
        votes = {seat.id: Choice.YES for seat in meeting.seats[:3]}
        voting.record_votes(resolution, votes, by=by)
        voting.close_vote(resolution, by=by)
        minutes.write_minutes(meeting, {item.id: "会议原则同意 <武清> & 园区方案。"}, by=by)
        with pytest.raises(Refused):
            papers.issue_paper(meeting, DocumentKind.MINUTES, by=by, receipt="early")
        meeting_operations.adjourn_meeting(meeting, by=by)
        made = papers.issue_paper(meeting, DocumentKind.MINUTES, by=by, receipt="one")
        found = headings(made)
        assert "一、议定事项" in found
        assert "二、出席情况" in found
        assert any(each.endswith("检测平台选址") for each in found)
        text = said_in(made)
        assert made.number in text
        assert "会议原则同意 <武清> & 园区方案。" in text
        assert "应到4家，实到3家" in text
        assert "同意3票，反对0票，弃权0票，表决通过。" in text
        assert "出席：天津丙研究院、北京甲氢能有限公司" in text
        assert "{" not in text
        again = papers.issue_paper(meeting, DocumentKind.MINUTES, by=by, receipt="one")
        assert again is made

    @pytest.mark.parametrize("kind", [DocumentKind.NOTICE, DocumentKind.PROXY, DocumentKind.BALLOT])
    def test_every_paper_of_a_meeting_is_filled_in(self, kind: DocumentKind, world: World) -> None:
        meeting, by = make.noticed(world), world.actor("secretary")
        if kind is DocumentKind.BALLOT:
            with pytest.raises(Refused):
                papers.issue_paper(meeting, kind, by=by, receipt="none")
            make.tabled(world, meeting)
        made = papers.issue_paper(meeting, kind, by=by, receipt=kind.value)
        text = said_in(made)
        assert operations.verify_address(made) in text
        assert "{" not in text
        assert len(word_of(made).inline_shapes) == 1

    def test_numbers_follow_one_another_and_carry_the_alliances_prefix(self, world: World) -> None:
        meeting, by = make.noticed(world), world.actor("secretary")
        operations.edit_letterhead(
            make.hydrogen(world), prefix="京津冀氢盟", seal_holder="天津丙研究院", by=by
        )
        one, two = (
            papers.issue_paper(meeting, DocumentKind.NOTICE, by=by, receipt=key) for key in "ab"
        )
        assert two.sequence == one.sequence + 1
        assert one.number == f"京津冀氢盟〔{one.year}〕{one.sequence}号"
        assert one.seal_holder == "天津丙研究院"
        assert one.code != two.code

    def test_only_the_secretariat_issues(self, world: World) -> None:
        meeting = make.noticed(world)
        for who in ("chair", "supplier", "other_secretary", "admin"):
            with pytest.raises(Denied):
                papers.issue_paper(meeting, DocumentKind.NOTICE, by=world.actor(who), receipt=who)

    def test_a_scan_is_checked_by_another_person(self, world: World) -> None:
        meeting, by = make.noticed(world), world.actor("secretary")
        made = papers.issue_paper(meeting, DocumentKind.NOTICE, by=by, receipt="x")
        with pytest.raises(Refused):
            operations.send_scan(made, by=by)
        operations.scan_document(made, scan(), by=by)
        assert made.state is DocumentState.SCANNED
        with pytest.raises(Denied):
            operations.check_document(made, by=by)
        operations.send_back_document(made, by=world.actor("chair"), note="印章不清。")
        operations.scan_document(made, scan(), by=by)
        operations.check_document(made, by=world.actor("chair"))
        assert made.state is DocumentState.CHECKED

    def test_the_alliances_own_template_is_used(self, world: World) -> None:
        meeting, by = make.noticed(world), world.actor("secretary")
        alliance: Alliance = meeting.alliance
        kept = files.receive(template("我们的通知 {{ number }}"), "通知.docx")
        operations.keep_template(alliance, DocumentKind.NOTICE, kept, by=by)
        made = papers.issue_paper(meeting, DocumentKind.NOTICE, by=by, receipt="own")
        assert said_in(made) == f"我们的通知 {made.number}"

    @pytest.mark.parametrize(
        "line",
        [
            "{{ ''.__class__.__mro__ }}{{ x.y.z }}",
            "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
            "{% for i in range(10000000) %}x{% endfor %}",
            "{% if %}",
            "{{ unknown.field }}",
            "{{ 1 / 0 }}",
            "{{ 'x' * 10 }}",
            "{{ 9 ** 9 }}",
            "{{ qr._image }}{{ qr._image.tpl.docx }}",
            "{{ (qr|attr('_image')).tpl }}",
            "{{ ([qr]|map(attribute='_image')|first).tpl }}",
            "{{ '{0._image.tpl}'.format(qr) }}",
            '{{ qr.tpl.replace_zipname("word/settings.xml", "/proc/self/environ") }}',
        ],
    )
    def test_a_template_gets_nothing_beyond_its_fields(self, line: str) -> None:
        with pytest.raises(Refused):
            rendering.filled(template(line), {}, address="https://example.org/")

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            # Each loop is within the bound of a sandbox; together they never end.
            (
                "{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}"
                "{% endfor %}{% endfor %}{% endfor %}",
                "耗时过长",
            ),
            (
                "{% for i in range(9999) %}{% for j in range(9999) %}"
                "{{ 'much to keep in memory' }}{% endfor %}{% endfor %}",
                "无法填充",
            ),
        ],
    )
    def test_a_template_burns_neither_time_nor_memory(
        self, line: str, said: str, app: Flask
    ) -> None:
        app.config["DOCUMENT_SECONDS"] = 2 if said == "耗时过长" else 60
        app.config["DOCUMENT_MEMORY"] = 300_000_000
        with pytest.raises(Refused) as refused:
            rendering.filled(template(line), {}, address="https://example.org/")
        assert said in str(refused.value.sentence)

    def test_a_template_writes_no_file(self, tmp_path: Path) -> None:
        there = tmp_path / "written"
        with pytest.raises(Refused):
            rendering.filled(
                template(f'{{{{ qr.tpl.save("{there}") }}}}'), {}, address="https://example.org/"
            )
        assert not there.exists()

    def test_a_template_is_handed_plain_values_alone(self, world: World) -> None:
        given = {"items": [{"title": "x", "number": 1, "result": None}], "passed": True}
        rendering.filled(template("{{ items }}"), given, address="https://example.org/")
        for value in (make.hydrogen(world), [object()], {"x": str.upper}):
            with pytest.raises(TypeError, match="no plain value"):
                rendering.filled(template("x"), {"it": value}, address="https://example.org/")

    def test_what_is_no_template_is_refused(self) -> None:
        with pytest.raises(Refused):
            rendering.filled(BytesIO(b"no"), {}, address="https://example.org/")


def test_anybody_who_scans_the_code_reads_what_it_is(
    app: Flask, world: World, visit: Visit
) -> None:
    stranger, keeper = visit(), visit("secretary")
    address = keeper.post(f"/meetings/{world.meeting['noticed']}/papers/notice").location
    with app.app_context():
        made = db.session.get_one(Document, int(address.rpartition("/")[2]))
        code, number, digest = made.code, made.number, made.digest
    page = stranger.get(f"/verify/{code}")
    assert page.status_code == 200
    for said in ("由本平台制发，尚未盖章", number, digest):
        assert said in page.text
    assert "真实有效" not in page.text
    keeper.post(f"{address}/scan", {"file": (BytesIO(b"%PDF-1.4\n%sealed\n%%EOF\n"), "章.pdf")})
    sent = stranger.get(f"/verify/{code}").text
    assert "印章尚未核对" in sent and "真实有效" not in sent
    visit("chair").post(f"{address}/moves/check")
    checked = stranger.get(f"/verify/{code}").text
    assert "该文书真实有效" in checked and "尚未" not in checked
    keeper.post(f"{address}/moves/revoke", {"note": "重新制发。"})
    assert "该文书已失效" in stranger.get(f"/verify/{code}").text
    unknown = stranger.get(f"/verify/{code[:-1]}")
    assert unknown.status_code == 404
    assert "查无此文书" in unknown.text


def test_papers_are_chinese_whoever_makes_them(app: Flask, world: World, visit: Visit) -> None:
    keeper = visit("secretary", language="en")
    address = keeper.post(f"/meetings/{world.meeting['noticed']}/papers/notice").location
    with app.app_context():
        made = db.session.get_one(Document, int(address.rpartition("/")[2]))
        assert made.number.endswith("号")
        assert made.title.startswith("关于召开")
        assert "年" in said_in(made)


def test_a_bomb_is_refused_before_it_is_tried_as_a_template(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    monkeypatch.setattr(rendering, "filled", lambda *_a, **_k: tried.append("tried") or b"")
    answer = visit("secretary").post(
        "/alliances/hydrogen/letterhead/templates",
        {"kind": "notice", "file": (BytesIO(bomb()), "大.docx")},
    )
    assert answer.status_code == 422
    assert "解压后过大" in answer.text
    assert not tried


def test_a_template_must_say_which_paper_it_is_and_the_portals_own_comes_back(
    world: World, visit: Visit
) -> None:
    keeper, place = visit("secretary"), "/alliances/hydrogen/letterhead"
    keeper.post(place, {"prefix": "京津冀氢盟", "seal_holder": "天津丙研究院"})

    def sent(kind: str, *lines: str) -> int:
        file = (template(*lines), "模板.docx")
        answer = keeper.post(f"{place}/templates", {"kind": kind, "file": file})
        if answer.status_code == 422:
            assert "{{ number }}" in answer.text
        return answer.status_code

    def text(address: str) -> str:
        made = Word(BytesIO(keeper.get(address).data))
        return "\n".join(each.text for each in made.paragraphs)

    assert sent("notice", "一份普通的公文") == 422
    assert sent("notice", "{{ title }}") == 422
    assert sent("certificate", "{{ number }} {{ title }}") == 422
    assert sent("certificate", "{{ number }} {{ organisation }}") == 302
    assert f"{place}/templates/notice/drop" not in keeper.get(place).text
    assert sent("notice", "本会通知 {{ number }} {{ title }}") == 302
    page = keeper.get(place).text
    assert f"{place}/templates/notice/drop" in page
    assert f"{place}/templates/notice?portal=1" in page
    assert "本会通知" in text(f"{place}/templates/notice")
    assert "本会通知" not in text(f"{place}/templates/notice?portal=1")
    keeper.post(f"{place}/templates/notice/drop")
    assert "本会通知" not in text(f"{place}/templates/notice")
    assert "organisation" in text(f"{place}/templates/certificate")


def test_another_number_is_taken_only_after_asking_and_never_of_what_is_past(
    app: Flask, world: World, visit: Visit
) -> None:
    keeper, meeting = visit("secretary"), world.meeting["noticed"]
    place = f"/meetings/{meeting}/papers"
    first = keeper.post(f"{place}/notice")
    assert first.status_code == 302
    asked = keeper.post(f"{place}/notice")
    assert asked.status_code == 409 and first.location in asked.text
    second = keeper.post(f"{place}/notice", {"another": "1"})
    assert second.status_code == 302 and second.location != first.location
    for made in (first, second):
        keeper.post(f"{made.location}/moves/revoke", {"note": "重新制发。"})
    assert keeper.post(f"{place}/notice").status_code == 302
    page = keeper.get(f"/meetings/{meeting}").text
    assert f"{place}/notice" in page and f"{place}/minutes" not in page
    keeper.post(f"/meetings/{meeting}/moves/cancel", {"note": "改期。"})
    assert f"{place}/" not in keeper.get(f"/meetings/{meeting}").text
    assert keeper.post(f"{place}/notice", {"another": "1"}).status_code == 422
    with app.app_context():
        held = make.in_session(world, 3)
        meeting_operations.adjourn_meeting(held, by=world.actor("secretary"))
        open_ones, over = papers.papers_open(held), f"/meetings/{held.id}/papers"
        db.session.remove()
    assert DocumentKind.MINUTES in open_ones
    assert not {DocumentKind.NOTICE, DocumentKind.PROXY} & set(open_ones)
    for kind in ("notice", "proxy"):
        refused = keeper.post(f"{over}/{kind}")
        assert refused.status_code == 422, "also where nobody offered it"
        assert "该文书已不能再生成" in refused.text
