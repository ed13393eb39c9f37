"""The rules of the house that can be checked by looking at it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import text

from portal import NOUNS, WORKFLOWS, access, consequences, create_app
from portal.alliances import views as alliance_views
from portal.database import TRIGGERS, Base, db
from portal.exchange import interest_views
from portal.exchange import views as listing_views
from portal.permissions import PERMISSIONS, VISIBILITY
from portal.words import HeldAmong, HeldAt
from tests.conftest import both_engines

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "portal").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PO = ROOT / "translations/zh/LC_MESSAGES/messages.po"
CHINESE = re.compile(r"[\u3400-\u9fff]")
MOVES = {
    "listing": listing_views.MOVES,
    "interest": interest_views.MOVES,
    "membership": alliance_views.MOVES,
}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def decorators(function: ast.FunctionDef) -> list[str]:
    return [ast.unparse(decorator) for decorator in function.decorator_list]


def test_imports_flow_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = tree_of(path)
    inner = [
        f"line {node.lineno}"
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inner


def test_no_drawer_without_a_noun() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "views2"}
    assert not [path for path in SOURCES if path.stem in drawers or path.parent.name in drawers]


def test_files_and_views_stay_small() -> None:
    large = {str(p): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 350}
    assert not large
    long_views = [
        f"{path.name}:{function.name}"
        for path in SOURCES
        if "views" in path.stem
        for function in functions(tree_of(path))
        if any(d.startswith("bp.") for d in decorators(function))
        and (function.end_lineno or 0) - function.body[0].lineno > 30
    ]
    assert not long_views


def test_every_operation_requires_a_permission_first() -> None:
    """`require` stands in the body of every operation, before anything is written."""
    found = 0
    for path in SOURCES:
        for function in functions(tree_of(path)):
            if not any(d.startswith("operation") for d in decorators(function)):
                continue
            if function.name == "whole":
                continue  # joins the three loads in one transaction; each of them requires
            found += 1
            calls = [
                (node.lineno, node.func.id)
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            ]
            required = [line for line, name in calls if name == "require"]
            assert required, f"{path.name}:{function.name} never requires"
            moved = [line for line, name in calls if name in ("move", "keep_receipt")]
            assert not moved or min(required) < min(moved), f"{path.name}:{function.name}"
    assert found > 25


def test_only_the_workflow_assigns_a_state() -> None:
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    for part in ast.walk(target):
                        if isinstance(part, ast.Attribute) and part.attr == "state":
                            assert path.name == "workflow.py", f"{path}:{node.lineno}"


def test_only_operations_commit() -> None:
    for path in SOURCES:
        if path.name != "operations.py" or path.parent.name != "portal":
            assert ".commit(" not in path.read_text(), path


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    for path in SOURCES:
        source = path.read_text()
        if path.name not in ("clock.py", "demo.py"):
            assert "datetime.now" not in source and "date.today" not in source, path
        if path.name not in ("clock.py", "demo.py", "demo_story.py", "operations.py"):
            assert "standing_still" not in source, f"{path} sets the clock"


def test_operations_know_no_request() -> None:
    for path in SOURCES:
        if path.name in ("operations.py", "queries.py", "models.py", "answering.py", "workflow.py"):
            for name in ("current_user", "request", "session", "g", "render_template"):
                assert not re.search(rf"from flask(_login)? import .*\b{name}\b", path.read_text())


def test_views_name_no_role_and_no_state() -> None:
    for path in SOURCES:
        if "views" in path.stem:
            source = path.read_text()
            assert "State." not in source, path
            for role in ("secretary", "liaison", "delegate"):
                assert f'"{role}"' not in source, path


def test_no_chinese_stands_in_code_or_templates() -> None:
    """Words belong to the catalogue. Docstrings and comments may name a Chinese term."""
    for path in SOURCES:
        tree = tree_of(path)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert id(node) in docstrings or not CHINESE.search(node.value), (
                    f"{path}:{node.lineno} {node.value!r}"
                )
    for path in [*TEMPLATES, *(ROOT / "static" / "js").glob("*.js")]:
        assert not CHINESE.search(path.read_text(encoding="utf-8")), path


def test_no_template_styles_or_scripts_inline() -> None:
    for path in TEMPLATES:
        source = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", source), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", source), path


def test_every_endpoint_has_a_template_of_its_name_or_none(app: Flask) -> None:
    named = {f"{p.parent.name}/{p.name}" for p in TEMPLATES}
    for path in SOURCES:
        if "views" in path.stem:
            for template in re.findall(r'"([a-z_]+/[a-z_]+\.html)"', path.read_text()):
                assert template in named, f"{path.name} names {template}"


def test_urls_are_kebab_case_and_typed(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule
        for argument in rule.arguments:
            if argument.endswith("_id"):
                assert f"<int:{argument}>" in rule.rule, rule.rule


def test_every_view_has_a_door(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            door = getattr(view, "door", None)
            assert door == "public" or door in PERMISSIONS, endpoint


def test_an_unlocked_door_keeps_the_portal_from_starting(app: Flask) -> None:
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "open")
    with pytest.raises(RuntimeError, match="open"):
        access.check_doors(bare)


def test_a_misspelt_permission_fails_at_import() -> None:
    with pytest.raises(KeyError):
        access.requires("listing.puplish")


def test_every_noun_has_a_view_permission_where_a_url_names_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for argument in rule.arguments:
            noun = argument.rpartition("_")[0]
            if noun in {each.noun for each in NOUNS}:
                assert f"{noun}.view" in PERMISSIONS


def test_a_view_permission_can_stand_in_the_search_index() -> None:
    """At most one scoped word on a line, and no fact that changes with the clock."""
    for noun in ("listing", "organisation"):
        for line in PERMISSIONS[f"{noun}.view"]:
            assert sum(isinstance(word, HeldAt | HeldAmong) for word in line) <= 1
            names = {getattr(word, "name", "") for word in line}
            assert not names & {"is_answerable", "is_within_validity", "is_live"}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.noun)
class TestWorkflowTables:
    def test_every_state_is_reachable(self, workflow) -> None:  # type: ignore[no-untyped-def]
        reached, grown = {workflow.start}, True
        while grown:
            more = {m.target for m in workflow.moves if reached & set(m.sources)} - reached
            reached |= more
            grown = bool(more)
        assert reached == set(workflow.labels)

    def test_only_the_declared_finals_are_dead_ends(self, workflow) -> None:  # type: ignore[no-untyped-def]
        left = {state for move in workflow.moves for state in move.sources}
        assert set(workflow.labels) - left == set(workflow.finals)

    def test_permissions_are_known_and_buttons_differ(self, workflow) -> None:  # type: ignore[no-untyped-def]
        assert all(move.permission in PERMISSIONS for move in workflow.moves)
        assert len({str(move.button) for move in workflow.moves}) == len(workflow.moves)
        assert len({move.name for move in workflow.moves}) == len(workflow.moves)

    def test_every_move_has_its_operation_and_route(self, workflow, app: Flask) -> None:  # type: ignore[no-untyped-def]
        assert set(MOVES[workflow.noun]) == {move.name for move in workflow.moves}
        assert all(getattr(op, "is_operation", False) for op in MOVES[workflow.noun].values())
        endpoints = [rule.rule for rule in app.url_map.iter_rules()]
        assert any(f"<int:{workflow.noun}_id>/moves/<move>" in rule for rule in endpoints)

    def test_a_rule_beside_the_permission_says_its_sentence(self, workflow) -> None:  # type: ignore[no-untyped-def]
        assert all((move.when is None) == (move.refusal is None) for move in workflow.moves)


def test_consequences_follow_moves_that_exist() -> None:
    moves = {(w.noun, m.name) for w in WORKFLOWS for m in w.moves}
    assert set(consequences.CONSEQUENCES) <= moves


def test_visibility_rows_speak_of_known_nouns() -> None:
    assert {noun for noun, _field in VISIBILITY} <= {each.noun for each in NOUNS}


@both_engines
def test_the_migrations_make_exactly_the_models(app: Flask, context: None) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind in ("table", "index") and (name or "").startswith("search_index"))

    def described(_o: object, name: str | None, kind: str, reflected: bool, _t: object) -> bool:
        return not (kind == "column" and name == "words" and reflected)

    options = {"include_name": ours, "include_object": described, "compare_type": True}
    with db.engine.connect() as connection:
        migration = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(migration, Base.metadata) == []


@both_engines
def test_the_triggers_in_the_database_are_those_of_the_list(app: Flask, context: None) -> None:
    from_catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    dialect = db.engine.dialect.name
    found = set(db.session.scalars(text(from_catalogue[dialect])))
    assert found == {each.name for each in TRIGGERS if getattr(each, dialect)}


def test_migrations_form_one_line_in_the_order_of_their_files(app: Flask) -> None:
    script = ScriptDirectory(app.extensions["migrate"].directory)
    revisions = list(script.walk_revisions())[::-1]
    names = [Path(revision.path).name for revision in revisions]
    assert names == sorted(names)
    assert all(later.down_revision == one.revision for one, later in pairwise(revisions))


def test_lock_files_name_no_index_and_no_file() -> None:
    for path in [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]:
        source = path.read_text()
        assert not re.search(r"file:|--find-links|--index|--extra-index|\"resolved\"", source), path
        if path.suffix == ".txt":
            assert "http" not in source, path
            assert "--hash=sha256:" in source, path


def test_every_word_has_a_chinese_translation(tmp_path: Path) -> None:
    """The catalogue holds every msgid of code and templates, translated and not fuzzy."""
    babel = Path(sys.executable).parent / "pybabel"
    pot = tmp_path / "all.pot"
    subprocess.run(
        [
            babel,
            "--quiet",
            "extract",
            "-F",
            "babel.cfg",
            "-k",
            "_l",
            "-o",
            pot,
            "portal",
            "templates",
        ],
        cwd=ROOT,
        check=True,
    )
    wanted = {
        m.id if isinstance(m.id, str) else m.id[0]
        for m in read_po(BytesIO(pot.read_bytes()))
        if m.id
    }
    catalogue = read_po(BytesIO(PO.read_bytes()), locale="zh")
    known = {(m.id if isinstance(m.id, str) else m.id[0]): m for m in catalogue if m.id}
    untranslated = sorted(
        each
        for each in wanted
        if each not in known
        or known[each].fuzzy
        or not (
            known[each].string if isinstance(known[each].string, str) else all(known[each].string)
        )
    )
    assert not untranslated
    unused = sorted(set(known) - wanted)
    assert not unused, "words nobody says any more: run script/translate"


def test_nothing_is_skipped() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name != "test_house.py":
            assert not re.search(r"pytest\.(mark\.)?(skip|xfail)|importorskip", path.read_text())


def test_an_unknown_configuration_name_is_refused() -> None:
    with pytest.raises(KeyError):
        create_app("staging")
