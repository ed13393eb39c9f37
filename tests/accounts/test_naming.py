"""What follows from a name: compared, sorted, spelt."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from portal.accounts.models import Organisation
from portal.accounts.naming import spelling_of
from tests.conftest import both_engines
from tests.world import World

PORTAL = Path(__file__).resolve().parents[2] / "portal"


@pytest.mark.parametrize(
    ("name", "initials", "pinyin"),
    [
        ("重庆长安汽车", "cqcaqc", "chongqingchanganqiche"),
        ("长城汽车", "ccqc", "changchengqiche"),
        ("北京银行", "bjyh", "beijingyinhang"),
        ("中国（北京）A类1号", "zgbjal1h", "zhongguobeijingalei1hao"),
        ("ABB (中国)", "abbzg", "abbzhongguo"),
        ("绿能", "ln", "lvneng"),
        ("㐀", "q", "qiu"),
        ("!?", "", ""),
        ("", "", ""),
    ],
)
def test_names_are_spelt_as_they_are_read(name: str, initials: str, pinyin: str) -> None:
    spelt = spelling_of(name)
    assert (spelt.initials, spelt.pinyin) == (initials, pinyin)


def test_the_longest_name_fits_its_columns() -> None:
    spelt = spelling_of("装" * 500)
    columns = Organisation.__table__.columns
    for name in ("sort_key", "initials", "pinyin"):
        assert len(getattr(spelt, name)) <= columns[name].type.length, name


def test_equal_syllables_are_sorted_by_tone_then_character() -> None:
    names = ["妈", "麻", "马", "骂", "玛", "吗"]
    assert sorted(names, key=lambda n: spelling_of(n).sort_key)[:2] == ["妈", "麻"]
    assert spelling_of("玛").sort_key != spelling_of("马").sort_key


@both_engines
def test_a_record_made_in_any_way_has_all_of_it(world: World, context: None) -> None:
    made = Organisation(name="重庆长安")
    assert (made.normal_name, made.initials, made.pinyin) == (
        "重庆长安",
        "cqca",
        "chongqingchangan",
    )
    made.name = "长城"
    assert (made.normal_name, made.initials) == ("长城", "cc")


def test_nobody_else_writes_what_follows_from_a_name() -> None:
    """The model alone fills these columns, whenever it is given a name."""
    columns = {"normal_name", "sort_key", "initials", "pinyin"}
    for path in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Attribute) and part.attr in columns:
                        assert path.name == "models.py", f"{path}:{node.lineno}"
