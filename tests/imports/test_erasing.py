"""Cells of old imports are erased by the daily round, and with them what waited is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask

from portal import clock
from portal.actors import SYSTEM
from portal.database import db
from portal.errors import Denied
from portal.files import receive, store
from portal.imports import operations, queries
from portal.imports.erasing import KEPT_DAYS, erase_old_imports
from portal.imports.models import MemberImport, MemberImportRow
from portal.imports.plans import plan_of
from portal.imports.task_models import TaskImport
from tests.client import Client
from tests.conftest import both_engines
from tests.imports.make import brought, plan, row, taken_over
from tests.world import World


@both_engines
@pytest.mark.usefixtures("own_files")
def test_the_daily_round_erases_what_is_old_and_nothing_else(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    with app.app_context():
        by = world.actor("secretary")
        waiting = brought(world, row("河北甲新公司")).id
        begun = brought(world, row("河北丙新公司"))
        operations.begin(begun, plan(begun, by), by=by)
        (refused,) = taken_over(world, row("甲公司", 省份="山东"))
        begun_id, refused_id, orphan = begun.id, refused.id, receive(BytesIO(PDF), "无主.pdf")
        with clock.standing_still(clock.now() + timedelta(days=KEPT_DAYS - 1)):
            young = brought(world, row("河北乙新公司")).id
            erase_old_imports(by=SYSTEM)
        assert queries.sheets_of(waiting) is not None, "not a day too early"
        assert db.session.get_one(MemberImportRow, refused_id).cells is not None
        db.session.remove()
    later = clock.now() + timedelta(days=KEPT_DAYS + 1)

    def run() -> str:
        with clock.standing_still(later):
            result = app.test_cli_runner().invoke(args=["daily"])
        assert result.exit_code == 0, result.output
        return str(result.output)

    assert "The cells of 0 old imports were erased." not in run()
    with app.app_context():
        for number in (waiting, begun_id):
            assert queries.sheets_of(number) is None
            assert plan_of(number) is None
        assert queries.sheets_of(young) is not None
        assert db.session.get_one(MemberImportRow, refused_id).cells is None
        assert db.session.get_one(MemberImport, waiting).discarded_at == later
        assert db.session.get_one(MemberImport, begun_id).discarded_at is None
        assert db.session.get_one(TaskImport, world.task_import["open"]).erased_at is not None
        assert not store().has(orphan.digest), "a file that nothing names"
        db.session.remove()
    assert "The cells of 0 old imports were erased." in run(), "twice a day changes nothing"
    client = visit("secretary")
    page = client.get(f"/imports/{waiting}")
    assert page.status_code == 200
    assert "已放弃" in page.text
    begun_page = client.soup(f"/imports/{begun_id}")
    assert "30天内无人继续" in begun_page.get_text()
    assert not begun_page.select('form[action$="/start"]')


def test_only_the_portal_erases(world: World, context: None) -> None:
    with pytest.raises(Denied):
        erase_old_imports(by=world.actor("secretary"))


PDF = b"%PDF-1.4\n%nobody\n%%EOF\n"
