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
from sqlalchemy import Engine, create_engine, inspect, text

from portal import access, consequences, create_app
from portal.alliances import membership_views
from portal.areas import NOUNS, WORKFLOWS
from portal.database import TRIGGERS, Base, apply_triggers, db
from portal.documents import views as document_views
from portal.dues import views as due_views
from portal.exchange import interest_views
from portal.exchange import views as listing_views
from portal.guests import views as guest_views
from portal.introductions import views as introduction_views
from portal.matters import views as matter_views
from portal.meetings import resolution_views
from portal.meetings import views as meeting_views
from portal.outcomes import views as outcome_views
from portal.permissions import (
    ALLIANCES,
    EXCHANGE,
    MEETINGS,
    PEOPLE,
    PERMISSIONS,
    RESEARCH,
    VISIBILITY,
    WINDOWS,
)
from portal.research import partner_views
from portal.research import views as project_views
from portal.roles import Role
from portal.rotation import handover_views, swap_views, turn_views
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
    "membership": membership_views.MOVES,
    "guest_answer": guest_views.MOVES,
    "introduction": introduction_views.MOVES,
    "matter": matter_views.MOVES,
    "outcome": outcome_views.MOVES,
    "document": document_views.MOVES,
    "due": due_views.MOVES,
    "meeting": meeting_views.MOVES,
    "resolution": resolution_views.MOVES,
    "action": resolution_views.ACTION_MOVES,
    "turn": turn_views.MOVES,
    "swap": swap_views.MOVES,
    "handover": handover_views.MOVES,
    "project": project_views.MOVES,
    "project_partner": partner_views.MOVES,
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


#: Calls that read or compute, and may stand before the permission is asked for.
HARMLESS_FIRST = ("next", "isinstance", "get_one", "scalar", "select", "where", "get", "one")


def requires_first(function: ast.FunctionDef) -> str | None:
    """Return what stands before the first unconditional `require…(…)`, or None if nothing does.

    A docstring may, a statement that looks a record up, and the refusal where there is none.
    Whatever adds, assigns to a record, journals or answers with an earlier result may not.
    """
    for statement in function.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Expr) and isinstance(value, ast.Constant):
            continue
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and re.match(r"require(_|$)", value.func.id)
        ):
            return None
        if isinstance(statement, ast.If) and all(isinstance(x, ast.Raise) for x in statement.body):
            continue  # there is nothing to ask about
        if not isinstance(statement, ast.Assign) or not all(
            isinstance(target, ast.Name) for target in statement.targets
        ):
            return ast.unparse(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name not in HARMLESS_FIRST:
                    return ast.unparse(statement)
    return "nothing requires a permission"


def test_every_operation_requires_a_permission_first() -> None:
    """Before anything is written, and before an earlier result is handed out."""
    found = 0
    for path in SOURCES:
        for function in functions(tree_of(path)):
            if not any(d.startswith("operation") for d in decorators(function)):
                continue
            if function.name == "whole":
                continue  # joins the three loads in one transaction; each of them requires
            found += 1
            before = requires_first(function)
            assert before is None, f"{path.name}:{function.name}: {before}"
    assert found > 25


@pytest.mark.parametrize(
    "body",
    [
        "db.session.add(x)\n require(by, 'a')",
        "thing.state = 1\n require(by, 'a')",
        "earlier = earlier_result(X, receipt)\n require(by, 'a')",
        "if earlier:\n  require(by, 'a')",
        "journal.note('a', x, by=by)\n require(by, 'a')",
        "pass",
    ],
)
def test_an_operation_that_requires_too_late_is_noticed(body: str) -> None:
    (function,) = functions(ast.parse(f"def verb(x, by):\n {body}\n thing.name = 1"))
    assert requires_first(function)


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


REQUEST_WORDS = {"current_user", "request", "session", "g", "render_template", "flash", "redirect"}


def names_of_the_request(tree: ast.Module) -> set[str]:
    """Return what a module takes from Flask that only a request has."""
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "") in ("flask", "flask_login")
        for alias in node.names
        if alias.name in REQUEST_WORDS
    } | {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in ("flask", "flask_login")
    }


def test_operations_know_no_request() -> None:
    """Neither the files named for it, nor any other that holds an operation."""
    looked_at = 0
    for path in SOURCES:
        tree = tree_of(path)
        holds_operations = any(
            decorator.startswith("operation")
            for function in functions(tree)
            for decorator in decorators(function)
        )
        named = path.name in ("operations.py", "queries.py", "models.py", "workflow.py")
        if (holds_operations or named) and path != ROOT / "portal" / "language.py":
            looked_at += 1
            assert not names_of_the_request(tree), path
    assert looked_at > 15


def test_an_import_over_several_lines_is_noticed() -> None:
    assert names_of_the_request(ast.parse("from flask import (\n  url_for,\n  request,\n)"))
    assert names_of_the_request(ast.parse("import flask"))
    assert not names_of_the_request(ast.parse("from flask import current_app, url_for"))


#: Roles that a view may name, because it asks who somebody is rather than what they may do.
ROLES_IN_VIEWS = {
    ("alliances", "SECRETARY"),  # the page says who keeps the alliance
    ("desk", "LIAISON"),  # the figures of the region one answers for
    ("exchange", "DELEGATE"),  # the answer one's own organisation gave
}
#: States that a template may name, because it says a sentence of its own for each.
STATES_IN_TEMPLATES = {
    ("components/listings.html", "accepted"),
    ("components/listings.html", "sent"),
    ("exchange/view_interest.html", "accepted"),
    ("exchange/view_interest.html", "declined"),
    ("exchange/view_interest.html", "sent"),
    ("exchange/view_interest.html", "lapsed"),
    ("exchange/view_listing.html", "expired"),
    ("exchange/listing_row.html", "published"),
}


def test_views_name_no_state_and_no_role_beyond_the_list() -> None:
    named = set()
    roles = {role.value for role in Role}
    states = {type(state).__name__ for workflow in WORKFLOWS for state in workflow.labels}
    for path in SOURCES:
        if "views" not in path.stem:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Role":
                named.add((path.parent.name, node.attr))
            if isinstance(node, ast.Name | ast.alias):
                name = node.id if isinstance(node, ast.Name) else node.name
                assert name not in states, path
            if isinstance(node, ast.Compare | ast.Subscript):
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant):
                        assert part.value not in roles, f"{path}:{part.lineno}"
    assert named <= ROLES_IN_VIEWS


def test_templates_name_no_role_and_no_state_beyond_the_list() -> None:
    words = {str(state) for workflow in WORKFLOWS for state in workflow.labels}
    words |= {role.value for role in Role} | {"lapsed", "expired"}
    named = set()
    for path in TEMPLATES:
        source = path.read_text(encoding="utf-8")
        for block in re.findall(r"{[%{](.*?)[%}]}", source, re.DOTALL):
            for word in re.findall(r"(?:==|!=|\bin \(?)\s*[\"']([a-z_]+)[\"']", block):
                if word in words:
                    named.add((str(path.relative_to(ROOT / "templates")), word))
    assert named <= STATES_IN_TEMPLATES
    assert named, "the pattern finds nothing any more"


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
    # Verbs that are no move of a lifecycle.
    moves |= {("organisation", "merge"), ("organisation", "rename"), ("membership", "admit")}
    moves |= {("appointment", "end")}
    moves |= {("invitation", "accept")}
    assert set(consequences.CONSEQUENCES) <= moves


def test_no_permission_stands_in_two_parts_of_the_table() -> None:
    parts = (ALLIANCES, EXCHANGE, MEETINGS, PEOPLE, RESEARCH, WINDOWS)
    assert sum(len(part) for part in parts) == len(PERMISSIONS)


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


@pytest.fixture
def made_from_models(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database in which the models themselves made their tables."""
    if engine == "sqlite":
        address = f"sqlite:///{tmp_path}/models.sqlite3"
    else:
        cluster = request.getfixturevalue("cluster")
        cluster.create("made_from_models")
        address = cluster.url("made_from_models")
    bare = create_engine(address)
    with bare.begin() as connection:
        Base.metadata.create_all(connection)
        apply_triggers(connection)
    bare.dispose()
    return address


#: What Alembic does not compare, as each engine writes it down itself.
WRITTEN_DOWN = {
    "sqlite": (
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') "
        "AND sql IS NOT NULL AND name NOT LIKE 'search_index%'",
    ),
    "postgresql": (
        "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT 'function', proname, prosrc FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace",
        "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND indexname <> 'search_index' AND tablename <> 'alembic_version'",
    ),
}


def squeezed(sql: str) -> str:
    """Return a statement without the differences that mean nothing."""
    return re.sub(r"[\s\"();]+", " ", sql).strip().lower()


def constraints_of(bind: Engine) -> set[tuple[str, str, str]]:
    looking = inspect(bind)
    return {
        (table, str(check["name"]), squeezed(str(check["sqltext"])))
        for table in looking.get_table_names()
        for check in looking.get_check_constraints(table)
    }


def written_down(bind: Engine) -> set[tuple[str, str, str]]:
    with bind.connect() as connection:
        return {
            (kind, name, squeezed(sql))
            for statement in WRITTEN_DOWN[bind.dialect.name]
            for kind, name, sql in connection.execute(text(statement))
        }


@both_engines
def test_checks_triggers_and_indexes_are_those_of_the_models(
    app: Flask, context: None, made_from_models: str
) -> None:
    """Alembic compares no CHECK, no trigger body, no condition of an index."""
    wanted = create_engine(made_from_models)
    try:
        assert constraints_of(db.engine) == constraints_of(wanted)
        assert len(constraints_of(wanted)) > 15
        assert written_down(db.engine) == written_down(wanted)
        assert {kind for kind, _name, _sql in written_down(wanted)} >= {"trigger", "index"}
    finally:
        wanted.dispose()


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
    with pytest.raises(SystemExit, match=r"PORTAL_ENV is staging: .*development.*production"):
        create_app("staging")
