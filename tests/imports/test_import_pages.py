"""The walk of a workbook through the pages, and the workbooks that come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.models import Appointment, Organisation
from portal.accounts.operations import end_appointment
from portal.actors import SYSTEM
from portal.database import db
from portal.imports.models import Fate, MemberImport, MemberImportRow
from portal.imports.words import Field
from portal.jobs import Job
from portal.organisations.filling import Said, fill_in
from portal.worker import work
from tests.client import Client
from tests.imports.make import QUIET, named
from tests.sheets.make import xls, xlsx
from tests.world import World

SAMPLE = (Path(__file__).parent / "messy_members.xlsx").read_bytes()
UPLOAD = "/alliances/hydrogen/imports"
Visit = Callable[..., Client]


def upload(
    client: Client, content: bytes, name: str = "名单.xlsx", to: str = UPLOAD, **more: str
) -> TestResponse:
    """Send a file as a browser does; the test client would leave a large one open on the disk."""
    fields = {"csrf_token": client.token(), "is_checked": "y", **more}
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, b"\r\n--limit--\r\n"])
    form = "multipart/form-data; boundary=limit"
    return client.open(to, method="POST", data=body, content_type=form)


def brought(client: Client, content: bytes) -> int:
    """Upload a workbook that is taken, and return the number of its import."""
    answer = upload(client, content)
    found = re.fullmatch(r"/imports/(\d+)/columns", answer.location or "")
    assert answer.status_code == 302 and found, answer.text
    return int(found[1])


def choices(client: Client, number: int) -> dict[str, str]:
    """Return what the form of the columns would send as it stands."""
    page = client.soup(f"/imports/{number}/columns")
    form = page.select_one("form.import-columns")
    assert form is not None
    sent = {}
    for control in form.select("input, select"):
        name = str(control.get("name"))
        if control.name == "select":
            option = control.select_one("option[selected]")
            sent[name] = str(option["value"]) if option else ""
        elif control.get("type") == "checkbox":
            if control.has_attr("checked"):
                sent[name] = "y"
        else:
            sent[name] = str(control.get("value", ""))
    return sent


def run_jobs(app: Flask) -> int:
    with app.app_context():
        ran = work(once=True)
        db.session.remove()
    return ran


def start(client: Client, number: int) -> TestResponse:
    """Press the button that stands on the page, or would."""
    address = f"/imports/{number}/start"
    form = client.soup(f"/imports/{number}").select_one(f'form[action="{address}"]')
    hidden = form.select("input[type=hidden]") if form else ()
    return client.post(address, {str(each["name"]): str(each["value"]) for each in hidden})


def imported(app: Flask, client: Client, content: bytes) -> int:
    number = brought(client, content)
    assert start(client, number).status_code == 302
    assert run_jobs(app) == 1
    return number


def text_of(page: BeautifulSoup) -> str:
    main = page.select_one("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return found


def test_from_the_workbook_to_the_members(app: Flask, visit: Visit) -> None:
    client = visit("secretary")
    assert UPLOAD in client.get("/alliances/hydrogen/members").text
    number = brought(client, SAMPLE)
    before = count(app, Organisation)
    shown = choices(client, number)
    assert (shown["sheet0-first_header"], shown["sheet0-last_header"]) == ("4", "5")
    assert (shown["sheet0-name"], shown["sheet0-chain_node"]) == ("2", "5")
    assert "sheet0-is_read" in shown and "sheet1-is_read" not in shown

    preview = text_of(client.soup(f"/imports/{number}"))
    assert "北京亿华通科技股份有限公司" in preview and "导入16行" in preview
    other = text_of(client.soup(f"/imports/{number}?fate=other_alliance"))
    assert "长城汽车股份有限公司" in other and "北京亿华通" not in other
    assert count(app, Organisation) == before, "looking writes nothing"

    assert start(client, number).status_code == 302
    waiting = client.get(f"/imports/{number}")
    assert waiting.headers["Refresh"] and "<progress" in waiting.text
    assert run_jobs(app) == 1
    assert count(app, Organisation) == before + 16
    result = client.get(f"/imports/{number}")
    assert "Refresh" not in result.headers
    assert "新增16家" in result.text and "北京亿华通科技股份有限公司" in result.text
    members = client.get("/alliances/hydrogen/members").text
    assert "国创氢能产业创新联盟" in members


def test_starting_twice_is_one_job(app: Flask, visit: Visit) -> None:
    client = visit("secretary")
    number = brought(client, SAMPLE)
    before = count(app, Job)
    for _each in range(2):
        assert start(client, number).status_code == 302
    assert count(app, Job) == before + 1
    assert run_jobs(app) == 1
    assert start(client, number).status_code == 422, "it is over"


def test_the_same_upload_twice_is_one_and_another_file_is_another(app: Flask, visit: Visit) -> None:
    client = visit("secretary")
    key = str(client.soup(UPLOAD).select_one("input[name=key]")["value"])  # type: ignore[index]
    first = upload(client, SAMPLE, key=key)
    assert upload(client, SAMPLE, key=key).location == first.location
    other = xlsx({"a": [["单位名称", "类别"], ["甲公司", "企业"]]})
    assert upload(client, other, key=key).location != first.location


def test_a_wrong_guess_is_corrected_and_the_preview_follows(visit: Visit) -> None:
    rows = [["甲", "乙", "单位名称", "承办单位"], ["企业", "北京", "错公司", "北京对公司"]]
    client = visit("secretary")
    number = brought(client, xlsx({"表": rows}))
    assert "错公司" in text_of(client.soup(f"/imports/{number}"))
    sent = {
        **choices(client, number),
        "sheet0-name": "3",
        "sheet0-kind": "0",
        "sheet0-region": "1",
    }
    answer = client.post(f"/imports/{number}/columns", sent)
    assert (answer.status_code, answer.location) == (302, f"/imports/{number}")
    shown = text_of(client.soup(f"/imports/{number}"))
    assert "北京对公司" in shown and "错公司" not in shown
    stale = client.post(f"/imports/{number}/columns", sent)
    assert stale.status_code == 409, "an old form does not undo it"
    shown_now = BeautifulSoup(stale.text, "html.parser").select_one("input[name=version]")
    assert shown_now is not None
    again = {**sent, "version": str(shown_now["value"])}
    assert client.post(f"/imports/{number}/columns", again).status_code == 302, "seen, then saved"


def test_what_changed_since_it_was_seen_is_shown_again(
    app: Flask, world: World, visit: Visit
) -> None:
    client = visit("secretary")
    rows = [["单位名称", "省份", "简介"], [QUIET, "河北", "表里的简介"]]
    number = brought(client, xlsx({"表": rows}))
    page = client.soup(f"/imports/{number}")
    form = page.select_one(f'form[action="/imports/{number}/start"]')
    assert form is not None
    sent = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}
    with app.app_context():
        fill_in(named(QUIET), Said(summary="同事刚写的"), by=world.actor("secretary"))
        db.session.remove()
    answer = client.post(f"/imports/{number}/start", sent)
    assert answer.status_code == 409 and "变动" in answer.text
    assert start(client, number).status_code == 302, "it was seen again"


def test_the_province_of_all_rows_can_be_said_once(visit: Visit) -> None:
    client = visit("secretary")
    number = brought(client, xlsx({"表": [["单位名称", "类别"], ["甲新公司", "企业"]]}))
    assert "缺少省份" in text_of(client.soup(f"/imports/{number}"))
    sent = {**choices(client, number), "sheet0-default_region": "TJ"}
    client.post(f"/imports/{number}/columns", sent)
    shown = text_of(client.soup(f"/imports/{number}"))
    assert "缺少省份" not in shown and "天津市" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sheet0-name": ""}, "请指定单位名称列"),
        ({"sheet0-kind": "2"}, "这一列已用于其他字段"),
        ({"sheet0-last_header": "3"}, "表头末行应等于首行"),
        ({"sheet0-last_header": "40"}, "表头末行应等于首行"),
        ({"sheet0-first_header": "x"}, "整数"),
        ({"sheet0-name": "99"}, "有效"),
    ],
)
def test_what_cannot_be_read_so_is_said_at_its_field(
    visit: Visit, changed: dict[str, str], sentence: str
) -> None:
    client = visit("secretary")
    number = brought(client, SAMPLE)
    answer = client.post(f"/imports/{number}/columns", {**choices(client, number), **changed})
    assert answer.status_code == 422 and sentence in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"MZ\x90\x00" + bytes(4000), "不是电子表格", id="a renamed program"),
        pytest.param(b"<html><table>", "其实是文本", id="a web page"),
        pytest.param(
            xlsx({"a": [["日期", "天气"], ["一", "晴"]]}), "没有找到单位名称列", id="template"
        ),
        pytest.param(xlsx({"a": []}), "空的", id="nothing"),
    ],
)
def test_what_is_no_list_is_refused_in_words_and_leaves_nothing(
    app: Flask, visit: Visit, content: bytes, sentence: str
) -> None:
    before = count(app, MemberImport)
    answer = upload(visit("secretary"), content)
    assert answer.status_code == 422 and sentence in answer.text
    assert count(app, MemberImport) == before


def test_the_secrecy_check_stands_before_it(app: Flask, visit: Visit) -> None:
    before = count(app, MemberImport)
    answer = upload(visit("secretary"), SAMPLE, is_checked="")
    assert answer.status_code == 422 and "秘密" in answer.text
    assert count(app, MemberImport) == before


def test_a_file_of_a_hundred_megabytes_is_turned_away_unread(app: Flask, visit: Visit) -> None:
    client, before = visit("secretary"), count(app, MemberImport)
    answer = upload(client, bytes(100 * 1024 * 1024))
    assert answer.status_code == 413 and "文件" in answer.text
    assert count(app, MemberImport) == before


def test_a_larger_request_is_taken_by_this_page_alone(visit: Visit) -> None:
    client = visit("secretary")
    two_megabytes = bytes(2 * 1024 * 1024)
    assert upload(client, two_megabytes).status_code == 422, "read, and no spreadsheet"
    answer = upload(client, two_megabytes, to="/listings/new")
    assert answer.status_code == 413


def test_an_old_binary_workbook_is_taken_whatever_its_name(visit: Visit) -> None:
    content = xls({"会员": [["会员名称", "省份"], ["北京新公司", "北京"]]})
    client = visit("secretary")
    answer = upload(client, content, "..\\..\\会员.et")
    number = answer.location.split("/")[2]
    assert "会员.et" in client.get(f"/imports/{number}").text


def test_refused_rows_come_back_with_their_reason_and_can_be_brought_again(
    app: Flask, world: World, visit: Visit
) -> None:
    rows = [
        ["机构", None, "产业链", None, "地区"],
        ["名称", "类别", "产业", "环节", None],
        ["=1+1", "企业", "氢能", "制氢", "北京"],
        ["甲新公司", "企业", "氢能", "制氢", "山东"],
        ["乙新公司", "企业", "氢能", None, "北京"],
        ["丙新公司", "企业", "生物医药", None, "北京"],
    ]
    rows[2][0] = None  # openpyxl would make a formula of it
    client = visit("secretary")
    number = imported(app, client, xlsx({"表": rows}, {"表": ["A1:B1", "C1:D1"]}))
    answer = client.open(f"/imports/{number}/refused", method="GET")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert quote("名单 – 未导入.xlsx") in answer.headers["Content-Disposition"]
    page = load_workbook(BytesIO(answer.data))["表"]
    values = [[cell.value for cell in row] for row in page.iter_rows()]
    assert values[0][-1] == "未导入原因" and len(values) == 4
    assert values[2][:2] == ["甲新公司", "企业"] and "山东" in str(values[2][-1])
    assert "生物医药" in str(values[3][-1])
    assert "4行中导入1行" in client.soup(UPLOAD).get_text(), "what is taken over of what was read"
    # Corrected in place and brought again: the same columns are found.
    page.cell(3, 5, "河北")
    corrected = BytesIO()
    page.parent.save(corrected)
    again = imported(app, client, corrected.getvalue())
    with app.app_context():
        fates = {
            row.name: row.fate
            for row in db.session.scalars(
                select(MemberImportRow).where(MemberImportRow.member_import_id == again)
            )
        }
        db.session.remove()
    assert fates["甲新公司"] is Fate.NEW and fates["丙新公司"] is Fate.OTHER_ALLIANCE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_template_is_read_without_correction(
    app: Flask, visit: Visit, language: str
) -> None:
    client = visit("secretary", language=language)
    book = load_workbook(BytesIO(client.open(f"{UPLOAD}/template", method="GET").data))
    page = book.worksheets[0]
    labels = [cell.value for cell in page[1]]
    facts = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    kind_label, region_label = labels[2], labels[3]
    kind = str(facts[kind_label]).split("、" if language == "zh" else ", ")[2]
    region = str(facts[region_label]).split("、" if language == "zh" else ", ")[1]
    filled = {
        labels[0]: "天津样板研究院",
        labels[1]: "91110000600037341L",
        kind_label: kind,
        region_label: region,
        labels[4]: "滨海新区",
        labels[5]: "氢能",
        labels[6]: "电解槽",
        labels[7]: "理事单位",
        labels[8]: "做检测。",
        labels[9]: "www.example.cn",
    }
    page.append([filled[label] for label in labels])
    target = BytesIO()
    book.save(target)
    number = brought(client, target.getvalue())
    sent = choices(client, number)
    of_listings = {Field.ORGANISATION, Field.AMOUNT, Field.DATE, Field.SPECIFICATION}
    of_tasks = {Field.PERSON, Field.COLUMN, Field.PACKAGE, Field.LABELS, Field.NUMBER}
    left_out = {Field.ADDRESS, Field.CONTACT, *of_listings, *of_tasks}
    fields = [each.value for each in Field if each not in left_out]
    assert {sent[f"sheet0-{name}"] for name in fields} == {str(n) for n in range(10)}
    assert start(client, number).status_code == 302 and run_jobs(app) == 1
    with app.app_context():
        assert db.session.get_one(MemberImport, number).total == 1, "the instructions are no rows"
        made = db.session.execute(
            select(Organisation).where(Organisation.name == "天津样板研究院")
        ).scalar_one()
        assert (made.kind, made.region.code) == ("institute", "TJ")
        assert made.uscc == "91110000600037341L" and made.website == "https://www.example.cn"
        db.session.remove()


def test_a_template_without_a_row_has_nothing_to_take_over(visit: Visit) -> None:
    client = visit("secretary")
    empty = client.open(f"{UPLOAD}/template", method="GET").data
    number = brought(client, empty)
    shown = client.get(f"/imports/{number}").text
    assert "没有识别出数据行" in shown
    assert start(client, number).status_code == 422


def test_a_node_is_placed_on_the_result_page(app: Flask, visit: Visit) -> None:
    client = visit("secretary")
    rows = [["单位名称", "省份", "环节"], ["北京新公司", "北京", "氢能物流"]]
    number = imported(app, client, xlsx({"表": rows}))
    page = client.soup(f"/imports/{number}")
    option = page.find("option", string="运氢")
    assert option is not None
    sent = {"alliance": "hydrogen", "text": "氢能物流", "node": str(option["value"])}  # type: ignore[index]
    assert client.post(f"/imports/{number}/nodes", {**sent, "node": ""}).status_code == 422
    assert client.post(f"/imports/{number}/nodes", {**sent, "node": "9" * 12}).status_code == 422
    assert client.post(f"/imports/{number}/nodes", sent).status_code == 302
    after = client.soup(f"/imports/{number}")
    assert after.select_one(".import-place") is None
    assert client.post(f"/imports/{number}/nodes", sent).status_code == 422


def test_who_is_no_secretary_any_more_imports_nothing_and_another_goes_on(
    app: Flask, world: World, visit: Visit
) -> None:
    client = visit("secretary")
    number = brought(client, SAMPLE)
    start(client, number)
    before = count(app, Organisation)
    with app.app_context():
        end_appointment(db.session.get_one(Appointment, world.appointment["secretary"]), by=SYSTEM)
        db.session.remove()
    assert run_jobs(app) == 1
    assert count(app, Organisation) == before
    assert client.open(f"/imports/{number}", method="GET").status_code == 404
    with app.app_context():
        made = db.session.get_one(MemberImport, number)
        assert made.finished_at is None and made.done == 0
        job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None and job.error
        db.session.remove()


def test_contacts_are_offered_for_no_column_and_stand_on_no_page(app: Flask, visit: Visit) -> None:
    rows = [["单位名称", "省份", "联系人", "电话"], ["北京新公司", "北京", "王五", "13800001111"]]
    client = visit("secretary")
    number = imported(app, client, xlsx({"表": rows}))
    for address in (f"/imports/{number}", "/alliances/hydrogen/members"):
        assert "13800001111" not in client.get(address).text
