"""`flask rotation --data FILE --json`: anybody's own case, and what is said to a bad one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from portal.rotation.cases import Case
from portal.rotation.written_cases import read_case
from tests.rotation.cases import is_kept

PLAIN: dict[str, Any] = {
    "members": [
        {"id": "甲", "region": "BJ", "blackouts": [["2027-01-01", "2027-02-01"]]},
        {"id": "乙", "region": "TJ", "blackouts": [], "last_chaired_on": "2024-02-29"},
        {"id": 3, "region": "HE", "last_chaired_on": None},
    ],
    "terms": [
        ["2027-01-01", "2027-07-01"],
        ["2027-07-01", "2028-01-01"],
        ["2028-01-01", "2028-07-01"],
    ],
    "rules": {
        "order": "least_recent",
        "max_region_run": 1,
        "cooling_off_terms": 1,
        "everyone_before_anyone_twice": True,
    },
}


@pytest.fixture
def ask(app: Flask, tmp_path: Path) -> Any:
    def run(written: Any, *options: str) -> Result:
        path = tmp_path / "case.json"
        text = written if isinstance(written, str) else json.dumps(written)
        path.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(args=["rotation", "--data", str(path), *options])

    return run


def changed(**parts: Any) -> dict[str, Any]:
    return {**PLAIN, **parts}


def test_a_plan_says_who_when_and_why_in_chinese(ask: Any) -> None:
    done = ask(PLAIN, "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert set(answer) == {"plan", "fairness", "optimal"}
    assert [each["term"] for each in answer["plan"]] == PLAIN["terms"]
    assert [each["member"] for each in answer["plan"]] == ["3", "甲", "乙"]
    assert answer["optimal"] is True
    assert answer["fairness"]["turns_by_region"] == {"BJ": 1, "TJ": 1, "HE": 1}
    assert "按顺位轮到" in answer["plan"][0]["why"]


def test_what_cannot_be_reconciled_is_said_in_words(ask: Any) -> None:
    everybody_of_one_region = [{**each, "region": "BJ"} for each in PLAIN["members"]]
    done = ask(changed(members=everybody_of_one_region), "--json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert "plan" not in answer
    assert "同一地区" in answer["conflict"][0]


def test_without_json_it_is_written_to_be_read(ask: Any) -> None:
    assert "没有更优的方案" in ask(PLAIN).stdout
    assert "排不出方案" in ask(changed(members=[])).stdout


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("{", "file"),
        ("[]", "file"),
        ("[" * 100_000, "file"),
        ({"members": []}, "terms"),
        (changed(member=[]), "file.member"),
        (changed(members={}), "members"),
        (changed(members=[{"id": "a"}]), "members[0].region"),
        (changed(members=[{"region": "BJ"}]), "members[0].id"),
        (changed(members=[PLAIN["members"][0]] * 2), "members[1].id"),
        (changed(members=[{"id": "a", "region": "BJ", "blackout": []}]), "members[0].blackout"),
        (
            changed(members=[{"id": "a", "region": "BJ", "blackouts": [["2027-02-29", "x"]]}]),
            "members[0].blackouts[0][0]",
        ),
        (
            changed(
                members=[{"id": "a", "region": "B", "blackouts": [["2027-02-02", "2027-02-02"]]}]
            ),
            "members[0].blackouts[0]",
        ),
        (changed(members=[{"id": "a", "region": "B", "last_chaired_on": 5}]), "last_chaired_on"),
        (changed(terms=[["2027-01-01"]]), "terms[0]"),
        (changed(terms=[["2027-01-01", "2026-01-01"]]), "terms[0]"),
        (
            changed(terms=[["2027-01-01", "2027-07-01"], ["2027-06-30", "2028-01-01"]]),
            "terms[1]",
        ),
        (changed(rules={"order": "random"}), "rules.order"),
        (changed(rules={"order": []}), "rules.order"),
        (changed(rules={"max_region_run": 0}), "rules.max_region_run"),
        (changed(rules={"cooling_off_terms": True}), "rules.cooling_off_terms"),
        (changed(rules={"everyone_before_anyone_twice": "yes"}), "everyone_before_anyone_twice"),
        (changed(rules={"max_run": 1}), "rules.max_run"),
        (changed(before=[["a"]]), "before[0]"),
        (changed(current=["甲"]), "current"),
    ],
)
def test_a_file_that_is_no_case_ends_with_two_and_names_the_field(
    ask: Any, written: Any, field: str
) -> None:
    done = ask(written, "--json")
    assert done.exit_code == 2
    assert field in done.stderr
    assert "Traceback" not in done.output


def test_a_file_in_another_encoding_is_named_too(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes('{"members": "甲"}'.encode("gb18030"))
    done = app.test_cli_runner().invoke(args=["rotation", "--data", str(path)])
    assert done.exit_code == 2
    assert "UTF-8" in done.stderr


def test_leap_days_and_month_ends_are_days_like_others() -> None:
    written = changed(terms=[["2028-01-31", "2028-02-29"], ["2028-02-29", "2028-03-31"]])
    case: Case = read_case(written)
    assert case.terms[0].until == date(2028, 2, 29)
    assert is_kept(case, (1, 0))
