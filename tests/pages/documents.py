"""Who gets which answer from the pages of documents."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import (
    CALLERS,
    EVERYONE,
    HYDROGEN,
    HYDROGEN_SLUG,
    MEMBERS,
    SECRETARY,
    others,
)

MINUTES_TEMPLATE = {"alliance_slug": "hydrogen", "kind": "minutes"}

CASES: list[Case] = [
    # documents: issued by the secretariat, read by members, proved to everybody
    view("documents.list_documents", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("documents.export_documents", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("documents.view_document", HYDROGEN, document="minutes"),
    view("documents.view_document", CALLERS, document="proxy"),
    view("documents.view_document", "", arguments={"document_id": 99_999}),
    view("documents.fetch_file", CALLERS, document="proxy", file="sealed"),
    move("document", "check", "proxy", "chair", "secretary"),
    move("document", "revoke", "minutes", "secretary", f"{MEMBERS} chair", note="重新制发。"),
    send(
        "documents.scan_document", "secretary", f"{MEMBERS} chair", document="minutes", status=422
    ),
    send(
        "documents.issue_member_paper",
        "secretary",
        others("secretary"),
        membership="supplier",
        arguments={"kind": "certificate"},
    ),
    send(
        "documents.seal_document", "secretary", f"{MEMBERS} chair", document="minutes", status=422
    ),
    view("documents.edit_letterhead", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "documents.edit_letterhead",
        "secretary",
        SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={"prefix": ""},
        status=422,
    ),
    send("documents.send_template", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    view("documents.fetch_template", "secretary", SECRETARY, arguments=MINUTES_TEMPLATE),
    send("documents.drop_template", "secretary", SECRETARY, arguments=MINUTES_TEMPLATE),
    view("documents.verify", EVERYONE, arguments={"code": "code"}, is_open=True),
]
