"""Papers of memberships and of the rotation: numbered, and read by whom they concern."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.access import can, standing_of
from portal.accounts.models import Organisation
from portal.alliances.models import Membership
from portal.alliances.operations import (
    resume_membership,
    suspend_membership,
    withdraw_membership,
)
from portal.database import db
from portal.documents import member_papers, queries
from portal.documents.models import Document, DocumentKind
from portal.documents.operations import check_document, move_readers, scan_document
from portal.errors import Denied, Refused
from portal.meetings.papers import issue_resolution
from portal.meetings.resolution_models import Resolution
from portal.operations import operation
from portal.rotation import handing_over, papers
from portal.rotation.handing_over import HandoverContent
from portal.rotation.models import Handover, Point, Swap
from tests.client import Client
from tests.documents.test_documents import said_in, scan
from tests.world import World

Visit = Callable[..., Client]


def readers(document: Document, world: World) -> set[str]:
    """Return who of some may see a document, by its door and by the list alike."""
    found = set()
    for who in (
        "manager",
        "supplier",
        "chair",
        "secretary",
        "outsider",
        "liaison",
        "other_secretary",
    ):
        standing = standing_of(world.actor(who))
        listed = {each.id for each in queries.documents_of(standing, document.alliance_id)}
        assert (document.id in listed) == can(standing, "document.view", document)
        if document.id in listed:
            found.add(who)
    return found


@pytest.mark.usefixtures("context")
class TestPapers:
    def test_a_certificate_says_who_is_a_member_since_when(self, world: World) -> None:
        membership, by = db.session.get_one(Membership, world.membership["supplier"]), "secretary"
        made = member_papers.issue_member_paper(
            membership, DocumentKind.CERTIFICATE, by=world.actor(by)
        )
        text = said_in(made)
        assert "河北乙材料有限公司" in text and "系京津冀氢能产业联盟会员单位，入会日期为" in text
        assert made.number in text and "{" not in text
        assert readers(made, world) == {"supplier", "chair", "secretary"}
        with pytest.raises(Denied):
            member_papers.issue_member_paper(
                membership, DocumentKind.CERTIFICATE, by=world.actor("supplier")
            )
        suspend_membership(membership, by=world.actor(by), note="会费未缴。")
        with pytest.raises(Refused):
            member_papers.issue_member_paper(
                membership, DocumentKind.CERTIFICATE, by=world.actor(by)
            )

    def test_an_application_carries_the_applicants_words(self, world: World) -> None:
        asked = db.session.get_one(Membership, world.membership["applying"])
        made = member_papers.issue_member_paper(
            asked, DocumentKind.APPLICATION, by=world.actor("secretary")
        )
        assert "可提供冷链与检测能力。" in said_in(made)
        assert readers(made, world) == {"outsider", "chair", "secretary"}

    def test_an_exchange_names_both_terms_the_other_way_round(self, world: World) -> None:
        swap = db.session.get_one(Swap, world.swap["asked"])
        made = papers.issue_swap_paper(swap, by=world.actor("secretary"))
        lines = said_in(made).splitlines()
        fields = papers.swap_fields(swap)
        assert f"{fields['asked']}：{fields['asking_term']}" in lines
        assert f"{fields['asking']}：{fields['asked_term']}" in lines
        assert readers(made, world) == {"manager", "supplier", "chair", "secretary"}

    def test_a_booklet_is_made_once_it_is_signed(self, world: World) -> None:
        handover, by = db.session.get_one(Handover, world.handover["begun"]), "secretary"
        with pytest.raises(Refused):
            papers.issue_handover_booklet(handover, by=world.actor(by))
        said = HandoverContent(
            ticked=tuple(Point), open_actions="第一项 <待办>\n第二项", remarks="无"
        )
        handing_over.write_handover(handover, said, by=world.actor("chair"))
        handing_over.sign_handover(handover, by=world.actor("chair"))
        text = said_in(papers.issue_handover_booklet(handover, by=world.actor(by)))
        assert "第一项 <待办>" in text.splitlines() and "第二项" in text.splitlines()
        assert text.count("☑") == len(Point) and "☐" not in text

    def test_what_a_double_may_read_is_the_survivors(self, world: World) -> None:
        membership = db.session.get_one(Membership, world.membership["quiet"])
        made = member_papers.issue_member_paper(
            membership, DocumentKind.CERTIFICATE, by=world.actor("secretary")
        )
        double = membership.organisation

        @operation
        def merged() -> None:
            double.merged_into_id = world.organisation["medic"]

        merged()
        move_readers(db.session.get_one(Organisation, double.id), by=world.actor("admin"))
        db.session.refresh(made)
        assert [each.organisation_id for each in made.readers] == [world.organisation["medic"]]


def test_the_buttons_lead_to_the_paper(app: Flask, world: World, visit: Visit) -> None:
    keeper = visit("secretary")
    page = keeper.get(f"/memberships/{world.membership['supplier']}").text
    address = f"/memberships/{world.membership['supplier']}/papers/certificate"
    assert address in page
    made = keeper.post(address).location
    assert "会员证书：河北乙材料有限公司" in visit("supplier").get(made).text
    refused = keeper.post(f"/handovers/{world.handover['begun']}/paper")
    assert refused.status_code == 422 and "卸任单位尚未签署。" in refused.text


def test_a_certificate_says_what_is_so_today(app: Flask, world: World, visit: Visit) -> None:
    with app.app_context():
        membership = db.session.get_one(Membership, world.membership["supplier"])
        keeper = world.actor("secretary")
        made = member_papers.issue_member_paper(membership, DocumentKind.CERTIFICATE, by=keeper)
        scan_document(made, scan(), by=keeper)
        check_document(made, by=world.actor("chair"))
        code, number = made.code, made.id
        db.session.remove()
    stranger = visit()

    def says(change: Callable[..., None] | None = None, **why: str) -> str:
        if change is not None:
            with app.app_context():
                place = db.session.get_one(Membership, world.membership["supplier"])
                change(place, by=world.actor("secretary"), **why)
                db.session.remove()
        return stranger.get(f"/verify/{code}").text

    assert "该文书真实有效" in says()
    rests = says(suspend_membership, note="会费未缴。")
    assert "目前不具有会员资格" in rests and "真实有效" not in rests and "会费" not in rests
    assert "该文书真实有效" in says(resume_membership)
    ended = says(withdraw_membership, basis="来函第1号")
    assert "会员资格已终止" in ended and "会员资格已于" in ended and "真实有效" not in ended
    assert "会员资格已于" in visit("secretary").get(f"/documents/{number}").text


def test_papers_stand_where_they_were_made_to_whoever_may_see_them(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        by = world.actor("secretary")
        membership = db.session.get_one(Membership, world.membership["supplier"])
        swap = db.session.get_one(Swap, world.swap["asked"])
        handover = db.session.get_one(Handover, world.handover["begun"])
        handing_over.write_handover(
            handover, HandoverContent(ticked=tuple(Point)), by=world.actor("chair")
        )
        handing_over.sign_handover(handover, by=world.actor("chair"))
        certificate = DocumentKind.CERTIFICATE
        numbers = {
            f"/memberships/{membership.id}": member_papers.issue_member_paper(
                membership, certificate, by=by
            ).number,
            f"/swaps/{swap.id}": papers.issue_swap_paper(swap, by=by).number,
            f"/handovers/{handover.id}": papers.issue_handover_booklet(handover, by=by).number,
        }
        passed = db.session.get_one(Resolution, world.resolution["passed"])
        made = issue_resolution(passed, by=by, receipt="passed")
        numbers[f"/resolutions/{passed.id}"] = made.number
        written = db.session.get_one(Document, world.document["minutes"])
        numbers[f"/meetings/{world.meeting['held']}/minutes"] = written.number
        db.session.remove()
    for address, number in numbers.items():
        page = visit("secretary").get(address).text
        assert [each for each in numbers.values() if each in page] == [number], address
    place, swapped, _handed, decided, held_at = numbers
    assert numbers[place] in visit("supplier").get(place).text
    assert numbers[swapped] in visit("manager").get(swapped).text
    for for_members in (decided, held_at):
        assert numbers[for_members] in visit("supplier").get(for_members).text
    for stranger in (visit("outsider"), visit()):
        assert numbers[place] not in stranger.get(place).text
