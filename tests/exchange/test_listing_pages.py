"""The pages of a listing: what its owner and its visitors are told, and what one tap does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.database import db
from portal.exchange.models import Listing
from portal.exchange.workflow import INTEREST, LISTING, ListingState
from portal.workflow import Move, NoteRule
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
WHOLE: dict[str, Any] = {
    "secrecy": "none",
    "direction": "demand",
    "title": "求购阀门",
    "specification": "35MPa瓶口阀，年用3000只。",
    "valid_until": (clock.today() + timedelta(days=30)).isoformat(),
    "visibility": "public",
}


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count(Listing.id))).one()


def newest(app: Flask) -> Listing:
    with app.app_context():
        found = db.session.scalars(select(Listing).order_by(Listing.id.desc()).limit(1)).one()
        db.session.remove()
        return found


def move_form(page: BeautifulSoup, name: str) -> Tag:
    form = page.select_one(f'form[action$="/moves/{name}"]')
    assert form is not None, name
    return form


MOVES = [*LISTING.moves, *INTEREST.moves]


@pytest.mark.parametrize("step", MOVES, ids=lambda step: step.name)
class TestEveryMoveOfTheExchange:
    def test_says_in_the_past_what_was_done(self, step: Move) -> None:
        assert step.done is not None
        assert str(step.done) != str(step.button)

    def test_warns_where_there_is_no_way_back(self, step: Move) -> None:
        grave = {"close", "discard", "match", "recall", "withdraw", "decline"}
        assert (step.warning is not None) == (step.name in grave)
        if step.name in ("pause", "resume"):
            assert step.note is NoteRule.NONE, "one tap"


def test_grave_moves_open_a_confirmation_and_reversible_ones_act_at_one_tap(
    world: World, visit: Visit
) -> None:
    page = visit("delegate", language="en").soup(f"/listings/{world.listing['public']}")
    for name in ("close", "match", "recall"):
        folded = move_form(page, name).find_parent("details")
        assert folded is not None, name
        assert str(LISTING.named(name).warning) in folded.get_text()
    assert move_form(page, "pause").find_parent("details") is None
    answer = visit("supplier", language="en").soup(f"/interests/{world.interest['sent']}")
    assert move_form(answer, "withdraw").find_parent("details") is not None


def test_only_what_is_awaited_looks_primary(world: World, visit: Visit) -> None:
    def looks(who: str, name: str) -> str:
        page = visit(who).soup(f"/listings/{world.listing[name]}")
        return " ".join(
            str(button["class"]) for button in page.select(".moves > form > button, summary.btn")
        )

    assert "btn-primary" not in looks("delegate", "public")
    assert "btn-primary" not in looks("delegate", "draft")
    assert "btn-primary" in looks("secretary", "submitted")


def test_the_timeline_tells_what_was_done_not_what_the_button_says(
    world: World, visit: Visit
) -> None:
    page = visit("delegate", language="en").soup(f"/listings/{world.listing['public']}")
    lines = [line.get_text(" ", strip=True) for line in page.select(".timeline-what")]
    assert any(line.endswith("The secretariat Published it") for line in lines), lines
    assert any("北京甲氢能有限公司 Posted" in line for line in lines), lines


def test_what_was_never_published_is_discarded_not_closed_without_a_partner(
    world: World, visit: Visit
) -> None:
    delegate = visit("delegate", language="en")
    page = delegate.soup(f"/listings/{world.listing['draft']}")
    assert "Discard" in page.get_text()
    assert "Close without a partner" not in page.get_text()
    assert "Discard" not in delegate.soup(f"/listings/{world.listing['public']}").get_text()
    assert delegate.post(f"/listings/{world.listing['draft']}/moves/discard").status_code == 302


def test_a_returned_listing_shows_the_reason_on_top_and_leads_to_the_change(
    world: World, visit: Visit
) -> None:
    page = visit("delegate", language="en").soup(f"/listings/{world.listing['returned']}")
    notice = page.select_one(".record-notice")
    assert notice is not None and "请补充数量。" in notice.get_text()
    primary = page.select("main .btn-primary")
    assert [button.get_text(strip=True) for button in primary] == ["Change it"]
    assert primary[0]["href"] == f"/listings/{world.listing['returned']}/edit"
    assert move_form(page, "resubmit").get_text(strip=True) == "Submit again"


def test_an_expired_listing_says_so_and_tells_its_owner_the_way(world: World, visit: Visit) -> None:
    expired = f"/listings/{world.listing['expired']}"
    own = visit("delegate", language="en").soup(expired)
    notice = own.select_one(".record-notice")
    assert notice is not None and "To open it again, renew it" in notice.get_text()
    buttons = [each.get_text(strip=True) for each in own.select(".moves button, .moves summary")]
    assert buttons.index("Renew for 90 days") < buttons.index("Pause")
    link = notice.select_one("a")
    assert link is not None
    assert own.select_one(f"{link['href']}") is not None, "the link leads to the move"
    visitor = visit("chair", language="en").soup(expired).select_one(".record-notice")
    assert visitor is not None and "takes no answers" in visitor.get_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("draft", "Once it is published"),
        ("confidential", "Every organisation that may see it can answer"),
        ("paused", "While it is paused"),
        ("closed", "It is closed"),
    ],
)
def test_the_hint_of_an_empty_list_of_answers_follows_the_state(
    world: World, visit: Visit, name: str, words: str
) -> None:
    page = visit("delegate", language="en").soup(f"/listings/{world.listing[name]}")
    empty = page.select_one(".empty-text")
    assert empty is not None and words in empty.get_text()


def test_the_facts_stand_between_the_text_and_the_history(world: World, visit: Visit) -> None:
    for who, address in (
        ("delegate", f"/listings/{world.listing['public']}"),
        ("supplier", f"/interests/{world.interest['sent']}"),
    ):
        text = visit(who).get(address).text
        assert text.index('class="prose"') < text.index('class="facts"')
        assert text.index('class="facts"') < text.index('class="timeline"')


def test_what_a_stranger_may_do_stands_before_all_there_is_to_read(
    world: World, visit: Visit
) -> None:
    address = f"/listings/{world.listing['public']}"
    text = visit().get(address).text
    assert text.index(f"{address}/guest-answer") < text.index('class="prose"')
    member = visit("supplier").get(f"/listings/{world.listing['members']}").text
    assert member.index('href="#answer"') < member.index('class="prose"')


class TestTheForm:
    def test_names_everything_that_is_wrong_at_once(self, app: Flask, visit: Visit) -> None:
        wrong = {
            **WHOLE,
            "title": "",
            "valid_until": "2020-01-01",
            "visibility": "confidential",
            "amount": "1.234",
            "submit": "1",
        }
        before = count(app)
        answer = visit("delegate").post("/listings/new?secrecy=none", wrong)
        assert answer.status_code == 422
        page = BeautifulSoup(answer.text, "html.parser")
        named = {str(link["href"]) for link in page.select(".error-summary a")}
        assert named == {"#title", "#valid_until", "#named_ids-0", "#amount"}
        assert count(app) == before

    @pytest.mark.parametrize(("typed", "fen"), [("58", 58_000_000), ("0.25", 250_000)])
    def test_takes_an_amount_to_the_hundred_yuan_and_shows_it_again_exactly(
        self, app: Flask, visit: Visit, typed: str, fen: int
    ) -> None:
        delegate = visit("delegate")
        delegate.post("/listings/new?secrecy=none", {**WHOLE, "amount": typed, "save": "1"})
        made = newest(app)
        assert made.amount_fen == fen
        field = delegate.soup(f"/listings/{made.id}/edit").select_one("#amount")
        assert field is not None and field["value"] == typed

    @pytest.mark.parametrize("typed", ["0.001", "58.125", "NaN", "Infinity", "-1", "-5.123"])
    def test_refuses_an_amount_it_could_not_keep(
        self, app: Flask, visit: Visit, typed: str
    ) -> None:
        before = count(app)
        answer = visit("delegate", language="en").post(
            "/listings/new?secrecy=none", {**WHOLE, "amount": typed, "save": "1"}
        )
        assert answer.status_code == 422
        if typed in ("0.001", "58.125"):
            assert "At most two decimals." in answer.text
        page = BeautifulSoup(answer.text, "html.parser")
        assert len(page.select("#amount-error p")) == 1, "one mistake is told once"
        assert count(app) == before

    def test_keeps_an_unfinished_draft_and_names_what_is_missing_when_it_is_submitted(
        self, app: Flask, visit: Visit
    ) -> None:
        delegate = visit("delegate", language="en")
        draft = {
            "secrecy": "none",
            "title": "求购阀门",
            "direction": "demand",
            "visibility": "confidential",
            "save": "1",
        }
        assert delegate.post("/listings/new?secrecy=none", draft).status_code == 302
        made = newest(app)
        assert (made.state, made.specification) == (ListingState.DRAFT, "")
        assert made.valid_until > clock.today()
        refused = delegate.post(f"/listings/{made.id}/moves/submit")
        assert refused.status_code == 422
        assert "Still missing: What exactly, Named organisations." in refused.text
        answer = delegate.post(
            f"/listings/{made.id}/edit", {**draft, "valid_until": "", "submit": "1"}
        )
        page = BeautifulSoup(answer.text, "html.parser")
        named = {str(link["href"]) for link in page.select(".error-summary a")}
        assert named == {"#specification", "#valid_until", "#named_ids-0"}

    def test_asks_for_a_title_even_of_a_draft(self, app: Flask, visit: Visit) -> None:
        before = count(app)
        answer = visit("delegate").post(
            "/listings/new?secrecy=none", {**WHOLE, "title": "", "save": "1"}
        )
        assert answer.status_code == 422
        assert count(app) == before

    def test_names_organisations_by_boxes_to_tick(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        delegate = visit("delegate")
        page = delegate.soup("/listings/new?secrecy=none")
        assert not page.select("select[name=named_ids]")
        boxes = page.select("fieldset input[type=checkbox][name=named_ids]")
        assert len(boxes) == 3, "the other members of the alliance"
        wanted = [world.organisation["supplier"], world.organisation["quiet"]]
        sent = {**WHOLE, "visibility": "confidential", "named_ids": wanted, "save": "1"}
        assert delegate.post("/listings/new?secrecy=none", sent).status_code == 302
        page = delegate.soup(f"/listings/{newest(app).id}/edit")
        ticked = page.select("input[name=named_ids][checked]")
        assert {int(str(box["value"])) for box in ticked} == set(wanted)

    @pytest.mark.parametrize(
        ("address", "body"),
        [
            ("/listings/new?secrecy=none", "secret"),
            ("/listings/new?secrecy=none", "unsure"),
            ("/listings/new?secrecy=secret", "none"),
            ("/listings/new", "work"),
            ("/listings/new", None),
        ],
    )
    def test_stores_nothing_unless_every_answer_about_secrets_is_no(
        self, app: Flask, visit: Visit, address: str, body: str | None
    ) -> None:
        before = count(app)
        sent = {**WHOLE, "save": "1", "secrecy": body}
        if body is None:
            del sent["secrecy"]
        answer = visit("delegate").post(address, sent)
        assert answer.status_code == 422
        assert WHOLE["specification"] not in answer.text
        assert count(app) == before


def test_the_form_and_the_saved_draft_say_when_and_where_files_are_added(visit: Visit) -> None:
    delegate, address = visit("delegate"), "/listings/new?secrecy=none"
    assert "保存草稿后即可添加附件" in delegate.soup(address).get_text()
    saved = delegate.post(address, {**WHOLE, "save": "1"})
    page = delegate.soup(saved.headers["Location"])
    assert "附件可在本页正文下方添加" in page.get_text()
    assert page.select('#files a[href$="/files/new"]')


def test_each_move_says_what_was_done(world: World, visit: Visit) -> None:
    listing = f"/listings/{world.listing['public']}"
    said = {"zh": ("已办好：暂停。", "已办好：恢复发布。"), "en": ("Paused it.", "Resumed it.")}
    for language, sentences in said.items():
        delegate = visit("delegate", language=language)
        for move, sentence in zip(("pause", "resume"), sentences, strict=True):
            delegate.post(f"{listing}/moves/{move}")
            message = delegate.soup(listing).select_one(".flash")
            assert message is not None
            assert sentence in message.get_text()


def test_a_form_too_large_is_not_called_a_file(visit: Visit) -> None:
    sent = {**WHOLE, "specification": "长" * 400_000}
    answer = visit("delegate").post("/listings/new?secrecy=none", sent)
    assert answer.status_code == 413
    heading = BeautifulSoup(answer.text, "html.parser").h1
    assert heading is not None and heading.get_text(strip=True) == "提交的内容太大"
    assert "缩短文字" in answer.text


def test_what_is_rescued_of_a_lost_session_says_what_it_was(visit: Visit) -> None:
    sent = {**WHOLE, "note": "随手写的", "csrf_token": "old"}
    answer = visit("delegate").open("/listings/new?secrecy=none", method="POST", data=sent)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    kept = {
        label.get_text(strip=True): page.select_one(f"#{label['for']}")
        for label in page.select(".problem label")
    }
    assert list(kept) == ["标题", "具体内容", "您填写的内容"]
    title = kept["标题"]
    assert title is not None and title.get_text(strip=True) == WHOLE["title"]
    facts = page.select_one(".problem .facts")
    assert facts is not None
    assert "需求" in facts.get_text() and "公开" in facts.get_text()


def test_whom_to_call_instead_of_typing_a_secret_is_called_by_a_tap(visit: Visit) -> None:
    said = {"contact": "保密联系人<b>，电话 010-5555 0102（9:00–17:00），或13800001111"}
    keeper = visit("secretary")
    sent = {"kind": "alliance", "summary": "介绍", "summary_en": "About", "charter": "第一条"}
    assert keeper.post("/alliances/hydrogen/edit", {**sent, **said}).status_code == 302
    page = visit("delegate").soup("/listings/new?secrecy=secret")
    numbers = {link.get_text(): link["href"] for link in page.select(".panel a.number")}
    assert numbers == {"010-5555 0102": "tel:01055550102", "13800001111": "tel:13800001111"}
    panel = page.select_one(".panel p")
    assert panel is not None and panel.get_text() == said["contact"]


def test_a_name_that_asks_takes_no_colon_where_a_mistake_is_named(visit: Visit) -> None:
    sent = {**WHOLE, "direction": "", "title": ""}
    answer = visit("delegate", language="en").post("/listings/new?secrecy=none", sent)
    page = BeautifulSoup(answer.text, "html.parser")
    named = [link.get_text(" ", strip=True) for link in page.select(".error-summary a")]
    assert named == ["What is it? Say whether you seek or offer.", "Title: Give it a title."]


def test_the_same_text_sent_again_from_another_form_is_asked_about_once(
    app: Flask, visit: Visit
) -> None:
    delegate, address = visit("delegate", language="en"), "/listings/new?secrecy=none"
    sent = {**WHOLE, "submit": "1"}
    first = delegate.post(address, {**sent, "key": "first"}).headers["Location"]
    before = count(app)
    assert delegate.post(address, {**sent, "key": "first"}).headers["Location"] == first
    asked = delegate.post(address, {**sent, "key": "second"})
    assert (asked.status_code, count(app)) == (422, before)
    page = BeautifulSoup(asked.text, "html.parser")
    assert page.select_one(f'main a[href="{first}"]'), "the first is a tap away"
    assert page.select_one("input#again:not([checked])"), "and the way to post it all the same"
    assert delegate.post(address, {**sent, "key": "second", "again": "y"}).status_code == 302
    assert count(app) == before + 1
    # Another text is another listing; so is the same one, once the first is put away.
    other = {**sent, "specification": "70MPa瓶口阀。"}
    made = delegate.post(address, other).headers["Location"]
    delegate.post(f"{made}/moves/discard")
    assert delegate.post(address, {**other, "key": "third"}).status_code == 302


def test_what_is_in_review_is_taken_back_at_one_tap(world: World, visit: Visit) -> None:
    page = visit("delegate", language="en").soup(f"/listings/{world.listing['submitted']}")
    assert move_form(page, "recall").find_parent("details") is None
    assert "lapse" not in page.select_one(".moves-beside").get_text()  # type: ignore[union-attr]


def test_a_discarded_draft_is_called_so(world: World, visit: Visit) -> None:
    delegate, draft = visit("delegate", language="en"), f"/listings/{world.listing['draft']}"
    delegate.post(f"{draft}/moves/discard")

    def state(address: str) -> str:
        label = delegate.soup(address).select_one(".page-above .state")
        assert label is not None
        return label.get_text(strip=True)

    assert state(draft) == "Was discarded"
    empty = delegate.soup(draft).select_one(".empty-text")
    assert empty is not None and "put away" in empty.get_text()
    assert state(f"/listings/{world.listing['closed']}") == "Closed"


class TestAnOldForm:
    """Two tabs: the first one saved, submitted or published what the second one still edits."""

    TYPED = {**WHOLE, "title": "求购球阀", "submit": "1"}

    def stale(self, client: Client, address: str) -> tuple[BeautifulSoup, str]:
        answer = client.post(f"{address}/edit", {**self.TYPED, "version": "0"})
        assert answer.status_code == 409
        page = BeautifulSoup(answer.text, "html.parser")
        version = page.select_one("main form input[name=version]")
        title = page.select_one("#title")
        assert version is not None and title is not None
        assert title["value"] == "求购球阀", "what was typed stays"
        assert "changed in the meantime" in page.select_one(".error-summary-title").get_text()  # type: ignore[union-attr]
        return page, str(version["value"])

    def test_of_a_draft_replaces_it_when_it_is_sent_again(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        delegate, address = visit("delegate", language="en"), f"/listings/{world.listing['draft']}"
        page, version = self.stale(delegate, address)
        assert "Sending it again replaces" in page.get_text()
        again = delegate.post(f"{address}/edit", {**self.TYPED, "version": version})
        assert again.status_code == 302
        assert "求购球阀" in delegate.soup(address).get_text()

    def test_of_what_is_in_review_takes_it_back_with_the_same_button(
        self, world: World, visit: Visit
    ) -> None:
        delegate = visit("delegate", language="en")
        address = f"/listings/{world.listing['submitted']}"
        page, version = self.stale(delegate, address)
        assert "Sending it again replaces" not in page.get_text()
        names = [button["name"] for button in page.select(".form-actions button")]
        assert names == ["take_back"], "no button that would be refused"
        sent = {**self.TYPED, "version": version, "take_back": "1"}
        del sent["submit"]
        assert delegate.post(f"{address}/edit", sent).status_code == 302
        page = delegate.soup(address)
        assert "求购球阀" in page.get_text()
        assert move_form(page, "submit"), "it is a draft now"

    def test_of_what_is_published_says_that_it_cannot_be_saved_and_where_to_go(
        self, world: World, visit: Visit
    ) -> None:
        delegate = visit("delegate", language="en")
        address = f"/listings/{world.listing['public']}"
        page, version = self.stale(delegate, address)
        assert "Sending it again replaces" not in page.get_text()
        assert not page.select(".form-actions button")
        assert page.select_one(f'.panel a[href="{address}"]')
        sent = {**self.TYPED, "version": version, "take_back": "1"}
        assert delegate.post(f"{address}/edit", sent).status_code == 422, "answers would lapse"
