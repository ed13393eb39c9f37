"""Who gets which answer from the pages of alliances."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import (
    DELEGATES,
    EVERYONE,
    HYDROGEN_SLUG,
    NEW_IT_SLUG,
    NOT_POSTERS,
    NOT_THE_SECRETARY,
    SECRETARY,
    SIGNED_IN,
)

NOT_OF_MAKER = " ".join(who for who in NOT_THE_SECRETARY.split() if who != "manager")

CASES: list[Case] = [
    view("alliances.list_alliances", EVERYONE, is_open=True),
    view("alliances.view_alliance", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.view_alliance", "", arguments={"alliance_slug": "no-such"}),
    view("alliances.view_membership", EVERYONE, membership="supplier"),
    view("alliances.export_alliances", EVERYONE, is_open=True),
    view("alliances.export_news", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.export_applications", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    # what the secretariat enters from paper
    view("alliances.admit_organisation", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "alliances.admit_organisation", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422
    ),
    view("alliances.appoint_chair", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("alliances.appoint_chair", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    # memberships
    move(
        "membership",
        "withdraw",
        "maker",
        "manager secretary",
        " ".join(who for who in SIGNED_IN.split() if who not in ("manager", "secretary")),
        note="来函。",
    ),
    send(
        "alliances.expel_membership",
        "secretary",
        NOT_THE_SECRETARY,
        membership="quiet",
        data={"basis": "决议第3号", "note": "连续两年未履行义务。"},
    ),
    send(
        "alliances.withdraw_membership",
        "secretary",
        NOT_THE_SECRETARY,
        membership="supplier",
        data={"basis": "来函第3号"},
    ),
    view("alliances.change_tier", "secretary", NOT_THE_SECRETARY, membership="quiet"),
    send(
        "alliances.change_tier",
        "secretary",
        NOT_THE_SECRETARY,
        membership="maker",
        data={"tier": "chair", "basis": "决议第5号"},
    ),
    view("alliances.expel_membership", "secretary", NOT_THE_SECRETARY, membership="quiet"),
    view("alliances.withdraw_membership", "manager secretary", NOT_OF_MAKER, membership="maker"),
    view("alliances.approve_membership", "secretary", "outsider", membership="applying"),
    send(
        "alliances.approve_membership",
        "secretary",
        "outsider",
        membership="applying",
        data={"tier": "member"},
    ),
    move("membership", "suspend", "quiet", "secretary", NOT_THE_SECRETARY, note="未缴会费。"),
    move("membership", "resume", "quiet", "secretary", NOT_THE_SECRETARY, status=422),
    # applications
    view("alliances.list_applications", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    view("alliances.apply_for_membership", DELEGATES, NOT_POSTERS, arguments=NEW_IT_SLUG),
    view("alliances.view_membership", "outsider secretary", membership="applying"),
    send(
        "alliances.apply_for_membership",
        DELEGATES,
        NOT_POSTERS,
        arguments=NEW_IT_SLUG,
        data={"submit": "1"},
        status=422,
    ),
    view("alliances.view_membership", "outsider", membership="drafting"),
    view("alliances.edit_application", "outsider", membership="drafting"),
    view("alliances.edit_application", "outsider", "secretary", membership="applying", status=302),
    send(
        "alliances.edit_application",
        "outsider",
        membership="drafting",
        data={"tier": "member", "statement": "可供检测。", "save": "1"},
    ),
    move("membership", "approve", "applying", "secretary", "outsider"),
    move("membership", "return", "applying", "secretary", "outsider", note="请补充。"),
    move("membership", "reject", "applying", "secretary", "outsider", note="与本链无关。"),
    move("membership", "retract", "applying", "outsider", "secretary"),
    move("membership", "submit", "drafting", "outsider"),
    # pages of alliances, news
    view("alliances.view_charter", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.edit_alliance", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "alliances.edit_alliance",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={
            "kind": "alliance",
            "summary": "简介",
            "summary_en": "Summary",
            "contact": "秘书处",
        },
    ),
    view("alliances.list_news", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.view_news", EVERYONE, news="told"),
    view("alliances.view_news", "secretary", news="withdrawn"),
    view("alliances.view_news", "", arguments={"news_id": 99_999}),
    view("alliances.write_news", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "alliances.write_news",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={"title": "标题", "body": "正文"},
    ),
    view("alliances.edit_news", "secretary", NOT_THE_SECRETARY, news="told"),
    send(
        "alliances.edit_news",
        "secretary",
        NOT_THE_SECRETARY,
        news="told",
        data={"title": "标题", "body": "正文"},
    ),
    send("alliances.withdraw_news", "secretary", NOT_THE_SECRETARY, news="told"),
    send("alliances.withdraw_news", "secretary", news="withdrawn", status=422),
]
