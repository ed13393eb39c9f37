"""`flask import listings`: what a row says, whose it is, doubles, secrets, and the drafts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.actors import person
from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import db
from portal.exchange.kinds import fields_of
from portal.exchange.models import Direction, Listing, ListingKind, ListingVisibility
from portal.exchange.operations import submit_listing
from portal.exchange.workflow import ListingState
from portal.journal import JournalLine
from tests.conftest import both_engines
from tests.sheets.make import xlsx
from tests.world import World

HERE = Path(__file__).parent
SAMPLE = HERE / "messy_members.xlsx"
PROJECTS = json.loads((HERE / "messy_members.expected.json").read_text(encoding="utf-8"))[
    "projects"
]
HEADER = [
    "序号",
    "需求名称",
    "需求单位",
    "主要内容",
    "预算（万元）",
    "截止时间",
    "环节",
    "联系电话",
]
PHONE = "13800138000"


def run(
    app: Flask,
    file: Path,
    *more: str,
    who: str = "secretary",
    slug: str = "hydrogen",
    direction: str = "demand",
) -> Result:
    arguments = ["import", "listings", str(file), "--alliance", slug, "--direction", direction]
    return app.test_cli_runner().invoke(args=[*arguments, "--as", f"{who}@test.example", *more])


def imported(app: Flask, file: Path, *more: str, **options: str) -> dict[str, Any]:
    done = run(app, file, "--json", *more, **options)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def written(tmp_path: Path, *rows: list[Any], header: list[str] | None = None) -> Path:
    path = tmp_path / "listings.xlsx"
    path.write_bytes(xlsx({"需求清单": [["需求征集汇总表"], header or HEADER, *rows]}))
    return path


def stored(app: Flask) -> list[Listing]:
    return list(db.session.scalars(select(Listing).order_by(Listing.id.desc())))


def lines(app: Flask) -> int:
    """Return how many lines the journal has."""
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(JournalLine)) or 0
        db.session.remove()
    return number


def names(app: Flask, world: World) -> tuple[str, str]:
    """Return the names of two members of hydrogen and leave the session clean."""
    with app.app_context():
        found = [
            db.session.get_one(Organisation, world.organisation[key]).name
            for key in ("maker", "supplier")
        ]
        db.session.remove()
    return found[0], found[1]


@both_engines
def test_the_sheet_of_projects_is_read_as_a_person_reads_it(app: Flask, world: World) -> None:
    found = imported(app, SAMPLE, "--dry-run")
    assert [each["title"] for each in found["records"]] == [each["item"] for each in PROJECTS]
    for record, expected in zip(found["records"], PROJECTS, strict=True):
        assert record["sheet"] == "项目情况"
        assert record["row"] == expected["row"]
        assert record["amount_wan"] == expected["amount_wan"]
        assert (record["date"], record["date_precision"]) == (
            expected["date"],
            expected["date_precision"],
        )
        if expected["qualifier"] is None:
            assert record["amount_note"] is None
    notes = [record["amount_note"] for record in found["records"]]
    assert notes[0] == "约38.4亿"
    assert notes[5] == "3000余万元"
    assert notes[6] == "面议"
    # The sheet does not say whose they are, and a secretary has none of their own.
    assert {record["fate"] for record in found["records"]} == {"refused"}


@both_engines
def test_rows_become_drafts_of_whom_they_are_of(app: Flask, world: World, tmp_path: Path) -> None:
    one, other = names(app, world)
    with app.app_context():
        until = clock.today() + timedelta(days=100)
        node = db.session.scalars(
            select(ChainNode).where(
                ChainNode.chain_map_id
                == db.session.get_one(Alliance, world.alliance["hydrogen"]).chain_map_id
            )
        ).first()
        assert node is not None
        node_id, node_name = node.id, node.name
        db.session.remove()
    file = written(
        tmp_path,
        [
            1,
            "70MPa 储氢瓶瓶口阀",
            one,
            "年用 8000 只",
            500,
            until.isoformat(),
            node_name,
            "13800138000",
        ],
        [2, "膜电极寿命测试服务", other, "5000 小时", "约1.2亿", "11月1日", "", "010-1"],
        [3, "不认识的单位的需求", "从没听说过的公司", "x", "面议", "", "", ""],
        ["合计", "", "", "", 500, "", "", ""],
    )
    before = lines(app)
    dry = imported(app, file, "--dry-run")
    assert lines(app) == before, "a dry run writes nothing"
    found = imported(app, file)
    assert found == dry, "a dry run says what the import does"
    assert (found["created"], len(found["refused"])) == (2, 1)
    assert "从没听说过的公司" in found["refused"][0]["reason"]
    first = found["records"][0]
    assert (first["amount_wan"], first["amount_note"]) == (500.0, None)
    assert (first["chain_node"], first["chain_node_id"]) == (node_name, node_id)
    assert (first["date"], first["date_precision"]) == (until.isoformat(), "day")
    with app.app_context():
        second, made = stored(app)[:2]
        assert made.title == "70MPa 储氢瓶瓶口阀"
        assert made.organisation_id == world.organisation["maker"]
        assert made.state is ListingState.DRAFT
        assert made.direction is Direction.DEMAND
        assert made.visibility is ListingVisibility.MEMBERS
        assert made.amount_fen == 500 * 1_000_000
        assert made.valid_until == until
        assert made.chain_node_id == node_id
        assert made.specification == "年用 8000 只"
        # What the fields cannot say stands in words; whom to call stands nowhere.
        assert second.specification.splitlines() == ["5000 小时", "金额：约1.2亿", "时间：11月1日"]
        assert second.amount_fen == 12_000 * 1_000_000
        assert PHONE not in "".join(each.specification for each in stored(app))
        db.session.remove()


def test_a_number_in_the_middle_of_a_text_is_not_kept(
    app: Flask, world: World, tmp_path: Path
) -> None:
    one, _other = names(app, world)
    text = f"寿命5000小时，联系人张工{PHONE}"
    title = f"瓶口阀寿命试验，电话{PHONE}"
    imported(app, written(tmp_path, [1, title, one, text, 1, "", "", ""]))
    with app.app_context():
        made = stored(app)[0]
        assert (made.title, made.specification) == ("瓶口阀寿命试验", "寿命5000小时")
        db.session.remove()


def test_a_second_import_and_a_double_in_the_table_make_nothing(
    app: Flask, world: World, tmp_path: Path
) -> None:
    one, other = names(app, world)
    file = written(
        tmp_path,
        [1, "储氢瓶 瓶口阀（70MPa）", one, "甲", 1, "", "", ""],
        [2, "储氢瓶瓶口阀(70mpa)", one, "乙", 2, "", "", ""],
        [3, "储氢瓶瓶口阀(70MPa)", other, "丙", 3, "", "", ""],
    )
    fates = [each["fate"] for each in imported(app, file)["records"]]
    assert fates == ["new", "refused", "new"]
    again = imported(app, file)
    assert [each["fate"] for each in again["records"]] == ["same", "refused", "same"]
    assert (again["created"], again["unchanged"]) == (0, 2)
    # The other direction is another listing.
    supplies = imported(app, file, direction="supply")
    assert supplies["created"] == 2


def test_a_member_brings_its_own_and_nobody_elses(app: Flask, world: World, tmp_path: Path) -> None:
    one, other = names(app, world)
    file = written(
        tmp_path,
        [1, "自己的需求", "", "甲", 1, "", "", ""],
        [2, "自己写了名字的需求", one, "乙", 2, "", "", ""],
        [3, "别人的需求", other, "丙", 3, "", "", ""],
    )
    found = imported(app, file, who="manager")
    assert [each["fate"] for each in found["records"]] == ["new", "new", "refused"]
    with app.app_context():
        assert {each.organisation_id for each in stored(app)[:2]} == {world.organisation["maker"]}
        db.session.remove()


@pytest.mark.parametrize("who", ["outsider", "expert", "admin", "other_secretary"])
def test_nobody_else_imports(app: Flask, world: World, tmp_path: Path, who: str) -> None:
    one, _other = names(app, world)
    file = written(tmp_path, [1, "需求", one, "甲", 1, "", "", ""])
    done = run(app, file, who=who)
    assert done.exit_code == 1
    assert "nothing was imported" in done.output or "Nobody signs in" in done.output
    with app.app_context():
        assert not [each for each in stored(app) if each.title == "需求"]
        db.session.remove()


def test_marks_of_secrecy_are_refused(app: Flask, world: World, tmp_path: Path) -> None:
    one, _other = names(app, world)
    file = written(
        tmp_path,
        [1, "机密项目配套需求", one, "甲", 1, "", "", ""],
        [2, "普通需求", one, "内部资料，不得公开", 1, "", "", ""],
        [3, "又一个普通需求", one, "乙", 1, "", "", ""],
    )
    found = imported(app, file)
    assert [each["fate"] for each in found["records"]] == ["refused", "refused", "new"]
    path = tmp_path / "marked.xlsx"
    path.write_bytes(
        xlsx({"清单": [["秘 密 ★ 一年"], HEADER, [1, "需求", one, "甲", 1, "", "", ""]]})
    )
    done = run(app, path)
    assert done.exit_code == 1
    assert "清单" in done.output


def test_the_unit_stands_in_the_head_or_above(app: Flask, world: World, tmp_path: Path) -> None:
    one, _other = names(app, world)
    header = ["成果名称", "持有单位", "转让价格"]
    path = tmp_path / "supply.xlsx"
    rows = [["单位：亿元"], header, ["一种双极板", one, 1.5]]
    path.write_bytes(xlsx({"成果": rows}))
    (record,) = imported(app, path, "--dry-run", direction="supply")["records"]
    assert record["amount_wan"] == 15_000.0


def test_a_draft_is_handed_in_by_its_owner_who_is_then_the_contact(
    app: Flask, world: World, tmp_path: Path
) -> None:
    one, _other = names(app, world)
    imported(app, written(tmp_path, [1, "瓶口阀", one, "甲", 1, "", "", ""]))
    with app.app_context():
        draft = stored(app)[0]
        secretary = db.session.scalars(
            select(Person).where(Person.email == "secretary@test.example")
        ).one()
        assert draft.contact_id == secretary.id
        by = person(world.person["manager"], world.organisation["maker"])
        submit_listing(draft, by=by)
        assert draft.contact_id == world.person["manager"]
        db.session.remove()


def test_a_kind_is_read_where_the_table_says_one(app: Flask, world: World, tmp_path: Path) -> None:
    one, _other = names(app, world)
    header = ["项目名称", "单位名称", "需求类型", "内容"]
    file = written(
        tmp_path, ["检测", one, "技术服务", "甲"], ["借款", one, "融资", "乙"], header=header
    )
    found = imported(app, file)
    assert [each["kind"] for each in found["records"]] == ["service", "finance"]
    with app.app_context():
        assert [each.kind for each in stored(app)[:2]] == [ListingKind.FINANCE, ListingKind.SERVICE]
        db.session.remove()


def test_a_workbook_without_listings_is_refused_in_words(
    app: Flask, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "none.xlsx"
    path.write_bytes(xlsx({"x": [["电话", "邮箱"], ["1", "2"]]}))
    done = run(app, path)
    assert done.exit_code == 1
    assert "标题" in done.output or "titles" in done.output


def test_fields_of_a_kind_are_read_by_their_labels(
    app: Flask, world: World, tmp_path: Path
) -> None:
    """What is no choice of theirs, or of another kind, stays in words."""
    one, _other = names(app, world)
    with app.test_request_context():
        known = {each.name: str(each.label) for each in fields_of(ListingKind.TECHNOLOGY)}
        words = {
            each.name: str(next(iter(each.choices.values()), "专利一件"))
            for each in fields_of(ListingKind.TECHNOLOGY)
        }
    header = ["成果名称", "单位名称", "类型", *known.values(), "备注栏目"]
    rows = [
        ["甲", one, "技术", *words.values(), "可现场查看"],
        ["乙", one, "技术", "说不清", "", "", ""],
        ["丙", one, "服务", *words.values(), ""],
    ]
    imported(app, written(tmp_path, *rows, header=header), direction="supply")
    with app.app_context():
        of_service, vague, whole = stored(app)[:3]
        assert set(whole.particulars or {}) == set(known)
        assert whole.specification == "备注栏目: 可现场查看"
        assert vague.particulars is None
        assert "说不清" in vague.specification
        assert of_service.particulars is None
        assert words["rights"] in of_service.specification
        db.session.remove()
