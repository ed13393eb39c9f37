"""What ends a resolution is a later one of its body; its paper, and that of minutes, says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal import clock
from portal.database import db
from portal.documents.models import DocumentKind
from portal.errors import Refused
from portal.language import day, moment
from portal.meetings import minutes, operations, papers, resolutions, voting
from portal.meetings.counting import Choice
from portal.meetings.models import Meeting, MeetingKind
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_queries import number_of
from portal.meetings.resolution_workflow import ResolutionState
from tests.client import Client
from tests.meetings import make
from tests.meetings.voting import close, opened
from tests.world import World

Visit = Callable[..., Client]


def in_force(world: World, meeting: Meeting, title: str) -> Resolution:
    by = world.actor("secretary")
    made = opened(world, meeting, title=title)
    voting.record_votes(made, dict.fromkeys((s.id for s in meeting.seats), Choice.YES), by=by)
    close(world, made)
    resolutions.enact_resolution(made, by=by)
    return made


def quoted(resolution: Resolution) -> str:
    return f"{number_of(resolution)} {resolution.title}"


@pytest.mark.usefixtures("context")
def test_only_a_later_resolution_of_the_same_body_ends_one(world: World) -> None:
    by = world.actor("secretary")
    council = make.in_session(world, 99)
    first, second = (in_force(world, council, title) for title in ("甲决议", "乙决议"))
    assembly = make.in_session(world, 99, kind=MeetingKind.ASSEMBLY)
    other = in_force(world, assembly, "大会决议")
    for wrong in (other, first):
        with pytest.raises(Refused):
            resolutions.supersede_resolution(first, by=by, note=quoted(wrong))
    with pytest.raises(Refused):
        resolutions.repeal_resolution(second, by=by, note=quoted(first))
    assert (first.state, first.ended_by_id) == (ResolutionState.IN_FORCE, None)
    resolutions.repeal_resolution(first, by=by, note=quoted(second))
    assert (first.state, first.ended_by_id) == (ResolutionState.REPEALED, second.id)
    resolutions.supersede_resolution(second, by=by, note="由章程修正案取代")
    assert second.ended_by_id is None and second.ended_at is not None


def test_the_page_offers_the_later_ones_and_both_lead_to_each_other(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        council = make.in_session(world, 99)
        first, second = (in_force(world, council, title) for title in ("甲决议", "乙决议"))
        other = in_force(world, make.in_session(world, 99, kind=MeetingKind.ASSEMBLY), "大会决议")
        words = {each.title: quoted(each) for each in (first, second, other)}
        old, new = f"/resolutions/{first.id}", f"/resolutions/{second.id}"
        db.session.remove()
    keeper = visit("secretary")
    shown = keeper.soup(old).select('form[action$="/supersede"] option')
    offered = {each["value"] for each in shown} - {""}
    assert words["乙决议"] in offered
    assert not {words["甲决议"], words["大会决议"]} & offered
    refused = keeper.post(f"{old}/moves/supersede", {"offered": words["大会决议"]})
    assert refused.status_code == 422 and "不是同一机构" in refused.text
    assert keeper.post(f"{old}/moves/supersede", {"offered": words["乙决议"]}).status_code == 302
    member = visit("delegate")
    assert member.soup(old).select(f'.facts a[href="{new}"]')
    assert member.soup(new).select(f'a[href="{old}"]')


def test_the_code_of_a_repealed_resolution_says_when_and_by_which(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        by, council = world.actor("secretary"), make.in_session(world, 99)
        first, second = (in_force(world, council, title) for title in ("甲决议", "乙决议"))
        made = papers.issue_resolution(first, by=by, receipt="paper")
        place, number = f"/verify/{made.code}", number_of(second)
        before = visit().get(place).text
        resolutions.repeal_resolution(first, by=by, note=quoted(second))
        repealed_on = day(clock.today())
        db.session.remove()
    assert "已废止" not in before
    for language, sentence in (
        ("zh", f"该决议已于{repealed_on}被{number}决议废止。"),
        ("en", "the resolution was repealed"),
    ):
        after = visit(language=language).get(place)
        assert after.status_code == 200
        assert sentence in after.text
        assert "乙决议" not in after.text, "its title is the members'"


def test_the_code_of_minutes_says_that_they_are_under_comment_or_were_made_before_the_end(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        by, chair = world.actor("secretary"), world.actor("chair")
        meeting = make.in_session(world, 3)
        operations.adjourn_meeting(meeting, by=by)
        minutes.begin_minutes(meeting, by=by)

        def made(receipt: str) -> str:
            paper = papers.issue_paper(meeting, DocumentKind.MINUTES, by=by, receipt=receipt)
            return f"/verify/{paper.code}"

        def heading(place: str) -> str:
            found = visit().soup(place).h1
            return found.text.strip() if found else ""

        early = made("early")
        assert heading(early) == "由本平台制发，但纪要尚未定稿"
        minutes.review_minutes(meeting, by=by)
        assert heading(early) == "由本平台制发，但纪要仍在征求意见"
        assert meeting.minutes_due_at is not None
        assert moment(meeting.minutes_due_at) in visit().get(early).text
        minutes.finish_minutes(meeting, by=chair)
        assert heading(early) == "由本平台制发，但早于纪要定稿"
        assert "纪要" not in heading(made("final")), "only its seal is missing"
        db.session.remove()
