"""`flask import members`: the expected file, what is new and what is the same, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from portal import journal
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM
from portal.alliances.models import Membership
from portal.chain.models import ChainMap, ChainNode
from portal.database import db
from portal.imports.models import MemberImport, MemberImportRow
from portal.journal import JournalLine
from portal.roles import Role
from tests.conftest import both_engines
from tests.imports.test_recognising import EXPECTED, REGIONS, SLUGS
from tests.sheets.make import xlsx
from tests.world import World

HERE = Path(__file__).parent
SAMPLE = HERE / "messy_members.xlsx"
#: The words of the expected file in those of the portal.
KINDS = {"协会": "行业协会", "金融": "金融机构"}


def run(
    app: Flask, file: Path, *more: str, who: str = "secretary", slug: str = "hydrogen"
) -> Result:
    arguments = ["import", "members", str(file), "--alliance", slug, "--as", f"{who}@test.example"]
    return app.test_cli_runner().invoke(args=[*arguments, *more])


def imported(app: Flask, file: Path, *more: str, **options: str) -> dict[str, Any]:
    """Run the command for its JSON."""
    done = run(app, file, "--json", *more, **options)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def written(tmp_path: Path, rows: list[list[Any]], name: str = "members.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(xlsx({"成员": rows}))
    return path


def rows_in(app: Flask, *models: type) -> list[int]:
    with app.app_context():
        found = [db.session.scalar(select(func.count()).select_from(each)) or 0 for each in models]
        db.session.remove()
    return found


def everything(app: Flask) -> list[int]:
    return rows_in(app, Organisation, Membership, MemberImport, MemberImportRow, JournalLine)


@both_engines
def test_the_sample_gives_exactly_what_is_expected(app: Flask, world: World) -> None:
    found = imported(app, SAMPLE)
    with app.app_context():
        nodes = {
            (chain, name): number
            for chain, name, number in db.session.execute(
                select(ChainMap.name, ChainNode.name, ChainNode.id).join(
                    ChainMap, ChainMap.id == ChainNode.chain_map_id
                )
            )
        }
        db.session.remove()
    assert found["records"] == [
        {
            "sheet": "成员单位",
            "row": each["row"],
            "name": each["name"],
            "kind": KINDS.get(each["type"], each["type"]),
            "region": REGIONS[each["region"]],
            "city": each["city"],
            "alliance": SLUGS[each["alliance"]],
            "chain_node": each["chain_node"],
            "chain_node_id": nodes.get((each["alliance"], each["chain_node"])),
            "fate": "new" if each["alliance"] == "氢能" else "other_alliance",
        }
        for each in EXPECTED["records"]
    ]
    of_hydrogen = [each for each in EXPECTED["records"] if each["alliance"] == "氢能"]
    assert (found["created"], found["changed"], found["unchanged"]) == (len(of_hydrogen), 0, 0)
    assert found["refused"] == []
    assert any(each["chain_node_id"] for each in found["records"])
    with app.app_context():
        members = set(
            db.session.scalars(
                select(Organisation.name)
                .join(Membership, Membership.organisation_id == Organisation.id)
                .where(Membership.alliance_id == world.alliance["hydrogen"], Membership.is_active)
            )
        )
        assert {each["name"] for each in of_hydrogen} <= members
        assert not journal.verify().faults
        db.session.remove()


def test_the_same_file_again_changes_nothing(app: Flask) -> None:
    first = imported(app, SAMPLE)
    before = rows_in(app, Organisation, Membership)
    again = imported(app, SAMPLE)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, first["created"])
    assert {each["fate"] for each in again["records"]} == {"same", "other_alliance"}
    assert rows_in(app, Organisation, Membership) == before


def test_a_dry_run_says_the_same_and_writes_nothing(app: Flask) -> None:
    before = everything(app)
    would = imported(app, SAMPLE, "--dry-run")
    assert everything(app) == before
    assert imported(app, SAMPLE) == would


def test_a_secretary_of_both_takes_over_the_rows_of_both(
    app: Flask, world: World, tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        [
            ["单位名称", "类别", "属地", "所属联盟"],
            ["北京新氢公司", "企业", "京", "氢能"],
            ["天津新药公司", "企业", "津", "生物医药"],
        ],
    )
    one = imported(app, file)
    assert [each["fate"] for each in one["records"]] == ["new", "other_alliance"]
    assert one["created"] == 1
    with app.app_context():
        from_both = world.person["secretary"]
        appoint(from_both, world.alliance["biomedicine"])
    both = imported(app, file)
    assert [each["fate"] for each in both["records"]] == ["same", "other_alliance"]
    assert (both["created"], both["unchanged"]) == (1, 1)


def appoint(person_id: int, alliance_id: int) -> None:
    someone = db.session.get_one(Person, person_id)
    grant_appointment(someone, Role.SECRETARY, scope_id=alliance_id, by=SYSTEM)
    db.session.remove()


@pytest.mark.parametrize(
    "who", ["other_secretary", "manager", "chair", "admin", "liaison", "nobody"]
)
def test_who_keeps_no_such_alliance_imports_nothing(app: Flask, who: str) -> None:
    before = everything(app)
    done = run(app, SAMPLE, "--json", who=who)
    assert done.exit_code != 0 and "Error:" in done.output
    assert everything(app) == before


def test_an_alliance_that_is_not_there_is_named(app: Flask) -> None:
    done = run(app, SAMPLE, slug="no-such")
    assert done.exit_code != 0 and "no-such" in done.output


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"MZ\x90\x00" + bytes(4000), id="a renamed program"),
        pytest.param(xlsx({"a": [["日期", "天气"], ["一", "晴"]]}), id="a wrong template"),
        pytest.param(xlsx({"a": [["单位名称", "类别"]]}), id="a header alone"),
        pytest.param(xlsx({"a": []}), id="nothing"),
    ],
)
def test_what_is_no_list_of_members_is_refused_with_a_sentence(
    app: Flask, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "members.xlsx"
    path.write_bytes(content)
    before = everything(app)
    done = run(app, path, "--json")
    assert done.exit_code == 1 and done.output.startswith("Error: ") and len(done.output) > 12
    assert everything(app) == before


def test_a_person_reads_the_counts_and_each_refused_row(app: Flask, tmp_path: Path) -> None:
    rows = [["单位名称", "类别", "属地"], ["甲公司", "企业", "山东"], ["新乙公司", "企业", "津"]]
    done = run(app, written(tmp_path, rows))
    assert done.exit_code == 0
    assert "1 created, 0 changed, 0 unchanged, 1 refused." in done.output
    assert "成员!2: " in done.output and "山东" in done.output
