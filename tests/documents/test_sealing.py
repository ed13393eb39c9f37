"""A seal is a function that the server names; without one papers are sealed by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from config import production_faults
from portal import files
from portal.database import db
from portal.documents import sealing
from portal.documents.models import Document
from portal.documents.workflow import DocumentState
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]


def no_answer(_asked: sealing.ForSeal) -> sealing.Sealed:
    raise OSError("the seal server does not answer")


def text_back(_asked: sealing.ForSeal) -> sealing.Sealed:
    return sealing.Sealed(b"<html>sign in first</html>", "sealed.pdf")


def set_up(app: Flask, name: str) -> None:
    app.config["SEAL_ADAPTER"] = name
    sealing.init_app(app)


def issued(keeper: Client, world: World) -> str:
    address = f"/meetings/{world.meeting['noticed']}/papers/notice"
    return str(keeper.post(address, {"another": "1"}).location)


def state_of(app: Flask, address: str) -> tuple[DocumentState, int]:
    with app.app_context():
        document = db.session.get_one(Document, int(address.rpartition("/")[2]))
        return document.state, len(files.files_of(document))


def test_the_stand_in_seals_at_once_and_another_checks(
    app: Flask, world: World, visit: Visit
) -> None:
    set_up(app, "stand-in")
    keeper = visit("secretary")
    address = issued(keeper, world)
    assert f"{address}/seal" in keeper.get(address).text
    assert keeper.post(f"{address}/seal").status_code == 302
    assert state_of(app, address) == (DocumentState.SCANNED, 2)
    assert keeper.post(f"{address}/moves/check").status_code == 403
    assert visit("chair").post(f"{address}/moves/check").status_code == 302


def test_by_hand_is_the_rule(app: Flask, world: World, visit: Visit) -> None:
    keeper = visit("secretary")
    address = issued(keeper, world)
    page = keeper.get(address).text
    assert "本平台采用纸质盖章。" in page and f"{address}/seal" not in page
    assert keeper.post(f"{address}/seal").status_code == 422
    assert state_of(app, address) == (DocumentState.FOR_SEAL, 1)


@pytest.mark.parametrize("name", ["no_answer", "text_back"])
def test_a_failing_seal_leaves_the_paper_to_be_sealed(
    name: str, app: Flask, world: World, visit: Visit
) -> None:
    set_up(app, f"{__name__}:{name}")
    keeper = visit("secretary")
    address = issued(keeper, world)
    answer = keeper.post(f"{address}/seal")
    assert answer.status_code == 422 and "Traceback" not in answer.text
    assert state_of(app, address) == (DocumentState.FOR_SEAL, 1)


def test_what_was_revoked_or_sealed_already_never_reaches_the_seal(
    app: Flask, world: World, visit: Visit
) -> None:
    asked: list[str] = []

    def counting(paper: sealing.ForSeal) -> sealing.Sealed:
        asked.append(paper.number)
        return sealing.stand_in(paper)

    app.extensions["sealing"] = counting
    keeper = visit("secretary")
    revoked, sealed = issued(keeper, world), issued(keeper, world)
    assert keeper.post(f"{revoked}/moves/revoke", {"note": "有误。"}).status_code == 302
    assert keeper.post(f"{revoked}/seal").status_code == 422
    assert asked == []
    assert keeper.post(f"{sealed}/seal").status_code == 302
    assert keeper.post(f"{sealed}/seal").status_code == 422
    assert len(asked) == 1


def test_a_wrong_name_and_a_stand_in_keep_a_server_from_starting(app: Flask) -> None:
    with pytest.raises(SystemExit):
        set_up(app, "no.such:adapter")
    assert any("SEAL_ADAPTER" in each for each in production_faults({"SEAL_ADAPTER": "stand-in"}))
    assert not any("SEAL_ADAPTER" in each for each in production_faults({}))
