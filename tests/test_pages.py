"""Every page as every person: the declared status, a decent page, few queries.

A row of `CASES` declares for one address who succeeds and who is refused knowingly (403);
everyone else is told that there is no such thing (404), and an anonymous visitor is always led
to sign-in. A route that no row names fails a test, and so does a row for which nobody succeeds.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import func, insert, make_url, select

from portal import clock, search
from portal.access import can, standing_of, visible_to
from portal.accounts.models import Organisation
from portal.alliances.models import Membership, News
from portal.database import db
from portal.documents.models import Document
from portal.dues.models import Due
from portal.exchange import queries
from portal.exchange.models import Interest, Listing
from portal.exchange.operations import index
from portal.exchange.queries import ListingFilter
from portal.exchange.workflow import LISTING
from portal.matters.models import Matter
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Action, Resolution
from portal.operations import operation
from portal.outcomes.models import Outcome
from portal.permissions import PERMISSIONS
from portal.research.board_models import Card
from portal.research.models import Partner, Project
from portal.research.work_models import (
    Deliverable,
    ProgressReport,
)
from portal.rotation.models import Handover, Swap, Turn
from tests.client import Client
from tests.conftest import furnished
from tests.world import CAST, World

EVERYONE = " ".join(CAST)
SIGNED_IN = " ".join(who for who in CAST if who != "anonymous")
NOT_ADMIN = " ".join(who for who in SIGNED_IN.split() if who != "admin")
#: Who may see a listing that only hydrogen's members may see, and who runs its owner.
OWNERS = "manager delegate"
HYDROGEN = "manager delegate supplier chair secretary"


@dataclass(frozen=True)
class Case:
    """One address, who gets through, who is refused knowingly."""

    endpoint: str
    ok: str
    forbidden: str = ""
    on: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    status: int = 200
    arguments: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    #: Where even an anonymous visitor is not sent to sign-in.
    is_open: bool = False

    def __str__(self) -> str:
        target = ",".join([*self.on.values(), *map(str, self.arguments.values())])
        return f"{self.method} {self.endpoint}({target})"


def view(endpoint: str, ok: str, forbidden: str = "", **kwargs: Any) -> Case:
    on = {
        name: kwargs.pop(name)
        for name in (
            "listing",
            "interest",
            "guest_answer",
            "introduction",
            "matter",
            "outcome",
            "project",
            "project_partner",
            "card",
            "deliverable",
            "progress_report",
            "membership",
            "factor_reset",
            "outbox_message",
            "news",
            "organisation",
            "qualification",
            "contact_point",
            "appointment",
            "agency",
            "job",
            "file",
            "member_import",
            "task_import",
            "document",
            "due",
            "meeting",
            "resolution",
            "action",
            "message",
            "turn",
            "swap",
            "handover",
            "blackout",
        )
        if name in kwargs
    }
    return Case(endpoint, ok, forbidden, on, **kwargs)


def send(endpoint: str, ok: str, forbidden: str = "", **kwargs: Any) -> Case:
    return view(endpoint, ok, forbidden, **{"method": "POST", "status": 302, "data": {}, **kwargs})


def move(
    kind: str, name: str, what: str, ok: str, forbidden: str = "", status: int = 302, **data: Any
) -> Case:
    endpoint = {
        "listing": "exchange.move_listing",
        "interest": "exchange.move_interest",
        "guest_answer": "guests.move_guest_answer",
        "introduction": "introductions.move_introduction",
        "matter": "matters.move_matter",
        "outcome": "outcomes.move_outcome",
        "document": "documents.move_document",
        "due": "dues.move_due",
        "meeting": "meetings.move_meeting",
        "resolution": "meetings.move_resolution",
        "action": "meetings.move_action",
        "turn": "rotation.move_turn",
        "swap": "rotation.move_swap",
        "handover": "rotation.move_handover",
        "project": "research.move_project",
        "project_partner": "research.move_partner",
    }.get(kind, "alliances.move_membership")
    return send(
        endpoint, ok, forbidden, arguments={"move": name}, data=data, status=status, **{kind: what}
    )


HYDROGEN_SLUG = {"alliance_slug": "hydrogen"}
NEW_IT_SLUG = {"alliance_slug": "new-it"}
NOT_THE_SECRETARY = " ".join(who for who in SIGNED_IN.split() if who != "secretary")
NOT_OF_MAKER = " ".join(who for who in NOT_THE_SECRETARY.split() if who != "manager")
POSTING = {
    "secrecy": "none",
    "direction": "demand",
    "title": "求购阀门",
    "specification": "35MPa瓶口阀，年用3000只。",
    "valid_until": (clock.today()).isoformat(),
    "visibility": "public",
    "save": "1",
}
ANSWER = {"message": "可供，月产150只。"}
DELEGATES = "manager delegate supplier chair outsider"
POSTERS = DELEGATES
LISTERS = f"{DELEGATES} secretary other_secretary"
SIDES = "manager delegate chair"
GUEST = {"organisation": "天津己缠绕有限公司", "mobile": "13900001111"}
INTRODUCERS = "secretary other_secretary liaison"
ASKED = "manager delegate outsider other_secretary"
INTRODUCED = f"{LISTERS} liaison"
#: Who acts for an organisation that may answer the public listing.
RESPONDENTS = "supplier chair outsider"
#: Whoever reads the figures: liaisons, secretariats, whoever chairs.
WATCHERS = "liaison secretary other_secretary chair"
OUTCOMES_REACHED = {"indicator": "outcomes"}
#: Whoever acts for maker or supplier.
PARTIES = "manager delegate supplier"
NOT_POSTERS = "stranger former secretary other_secretary liaison expert admin"
ALL_BUT_OWNERS = " ".join(who for who in SIGNED_IN.split() if who not in OWNERS.split())
EVERYONE_BUT_OWNERS_CAN_SEE = "stranger former secretary other_secretary liaison expert admin"
OFFICERS = "secretary other_secretary admin"
NO_OFFICERS = " ".join(who for who in SIGNED_IN.split() if who not in OFFICERS.split())


def others(ok: str) -> str:
    """Return everybody who is signed in and not among these."""
    return " ".join(who for who in SIGNED_IN.split() if who not in ok.split())


TWO_SECRETARIES = "secretary other_secretary"
MANAGER, SECRETARY = others("manager"), others("secretary")
BOTH_KEEPERS = "manager secretary"
KEEPERS = "secretary admin"
#: Who calls and holds hydrogen's meetings, its other members, and those with a seat.
CALLERS, MEMBERS, VOTERS = "chair secretary", "manager delegate supplier", "manager delegate chair"
MINUTES_TEMPLATE = {"alliance_slug": "hydrogen", "kind": "minutes"}
PAPER = {"kind": "notice"}
COUNCIL_RULE = {"alliance_slug": "hydrogen", "kind": "council"}
CALLED = {
    "kind": "council",
    "title": "理事会",
    "starts_at": f"{clock.today().year + 1}-12-01T09:00",
    "ends_at": f"{clock.today().year + 1}-12-01T11:00",
    "place": "天津",
}
INVITED_ADMIN = {"name": "李明", "role": "administrator"}
CENTRE = {"latitude": "39.9", "longitude": "116.4"}
SWAPPERS = "supplier manager delegate secretary"
CHARTER = {
    "term_months": "6",
    "order": "region_cycle",
    "max_at_once": "2",
    "acting": "incoming",
    "first_chair_id": "",
    "basis": "决议第9号",
}
PLAN = {"starts_on": (clock.today() + timedelta(days=300)).isoformat(), "count": "3"}
AWAY = {"organisation_id": "1", "from_on": "2030-01-31", "last_on": "2030-02-28"}
COUNTERS = f"{TWO_SECRETARIES} liaison"
BASICS = {"kind": "enterprise", "region_id": "1"}

CASES = [
    # open to everyone
    view("desk.front_page", EVERYONE, is_open=True),
    view("desk.live", EVERYONE, is_open=True),
    view("desk.ready", EVERYONE, is_open=True),
    view("regions.stylesheet", EVERYONE, is_open=True),
    view("exchange.list_listings", EVERYONE, is_open=True),
    view("alliances.list_alliances", EVERYONE, is_open=True),
    view("alliances.view_alliance", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.view_alliance", "", arguments={"alliance_slug": "no-such"}),
    view("directory.list_members", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.view_membership", EVERYONE, membership="supplier"),
    view("directory.view_organisation", EVERYONE, arguments={"organisation_id": 1}),
    view("directory.view_organisation", "", arguments={"organisation_id": 99_999}),
    view("sign_in.sign_in", "anonymous", is_open=True),
    # signed in
    view("desk.view_desk", SIGNED_IN),
    view("desk.view_job", "secretary", job="waiting"),
    view("desk.view_job", "", arguments={"job_id": 99_999}),
    send("sign_in.sign_out", SIGNED_IN),
    send("sign_in.choose_organisation", "manager delegate", data={"organisation_id": 1}),
    # sign-in: the proof again, devices, invitations, scanning
    view("sign_in.prove_again", SIGNED_IN),
    view("devices.list_devices", SIGNED_IN),
    # The last of the cast to sign in holds the twelfth session.
    send("devices.end_device", "admin", arguments={"session_id": 12}),
    send("devices.end_device", "", arguments={"session_id": 99_999}),
    send("devices.end_other_devices", SIGNED_IN),
    view("invitations.enter_code", EVERYONE, is_open=True),
    view("invitations.take_up_code", EVERYONE, is_open=True, status=302),
    view("invitations.take_up", EVERYONE, arguments={"token": "invitation"}, is_open=True),
    view("invitations.take_up", "", arguments={"token": "no-such"}),
    # Where no provider is set up, all three lead to the sign-in page.
    send("sso.begin", EVERYONE, is_open=True),
    view("sso.go", EVERYONE, is_open=True, status=302),
    view("sso.come_back", EVERYONE, is_open=True, status=302),
    send("scan.ring", EVERYONE, is_open=True),
    view("scan.wait", EVERYONE, is_open=True, status=302),
    send("scan.enter", EVERYONE, is_open=True),
    view("scan.answer", SIGNED_IN, arguments={"token": "doorbell"}),
    view("scan.answer", "", arguments={"token": "no-such"}),
    # what proves who somebody is
    view("factors.give_second", EVERYONE, status=302, is_open=True),
    view("factors.view_security", SIGNED_IN),
    view("factors.second_factor", SIGNED_IN),
    send("factors.start_authenticator", SIGNED_IN),
    view("factors.authenticator", SIGNED_IN, status=302),
    send("factors.remove_authenticator", SIGNED_IN, status=422),
    send("factors.renew_recovery_codes", SIGNED_IN, status=422),
    send("passkeys.options", EVERYONE, status=200, is_open=True),
    send("passkeys.sign_in", EVERYONE, status=422, is_open=True),
    send("passkeys.registration_options", SIGNED_IN, status=200),
    view("passkeys.list_passkeys", SIGNED_IN),
    send("passkeys.remove_passkey", SIGNED_IN, status=422, data={"passkey_id": "99999"}),
    view("passwords.change_password", SIGNED_IN),
    send("passwords.change_password", SIGNED_IN, status=422, data={"password": "short"}),
    view("factors.list_factor_resets", OFFICERS, NO_OFFICERS),
    send("factors.list_factor_resets", OFFICERS, NO_OFFICERS, status=422),
    send("factors.confirm_factor_reset", "secretary", "admin", factor_reset="waiting"),
    # accounts: oneself, the notice, what waits to be sent, closed accounts
    view("accounts.view_account", SIGNED_IN),
    view("accounts.edit_profile", SIGNED_IN),
    send("accounts.edit_profile", SIGNED_IN, data={"name": "王小明", "language": "zh"}),
    view("accounts.edit_addresses", SIGNED_IN),
    send("accounts.edit_addresses", SIGNED_IN, data={"email": "nonsense"}, status=422),
    view("accounts.export_data", SIGNED_IN),
    view("accounts.close_account", SIGNED_IN),
    send("accounts.close_account", SIGNED_IN, status=422),
    view("accounts.privacy", EVERYONE, is_open=True),
    view("accounts.consent", SIGNED_IN),
    send("accounts.consent", SIGNED_IN, status=422),
    view("accounts.view_outbox", SIGNED_IN),
    send("accounts.mark_sent", "manager", outbox_message="message"),
    send("accounts.withdraw_message", "manager", outbox_message="message"),
    view("accounts.list_closed", "admin", NOT_ADMIN),
    send("accounts.erase_closed", "admin", NOT_ADMIN),
    # organisations: the directory, what a manager keeps, what the secretariat helps with
    view("directory.list_organisations", EVERYONE, is_open=True),
    view("regions.list_regions", "admin", NOT_ADMIN),
    view("regions.edit_region", "admin", NOT_ADMIN, arguments={"region_id": 1}),
    send("regions.edit_region", "admin", NOT_ADMIN, arguments={"region_id": 1}, data=CENTRE),
    view("regions.edit_region", "", arguments={"region_id": 99_999}),
    # workbooks: the same door as the list
    view("directory.export_organisations", EVERYONE, is_open=True),
    view("directory.export_members", EVERYONE, arguments=HYDROGEN_SLUG),
    view("directory.export_members", "", arguments={"alliance_slug": "no-such"}),
    view("exchange.export_listings", EVERYONE, is_open=True),
    view("exchange.export_interests", DELEGATES, NOT_POSTERS),
    view("alliances.export_alliances", EVERYONE, is_open=True),
    view("alliances.export_news", EVERYONE, arguments=HYDROGEN_SLUG),
    view("alliances.export_applications", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    view("offices.export_offices", "admin", NOT_ADMIN),
    view("offices.export_of_portal", "admin", NOT_ADMIN),
    view("offices.export_of_region", "admin", NOT_ADMIN, arguments={"region_id": 1}),
    view("offices.export_of_region", "", arguments={"region_id": 99_999}),
    view("offices.export_of_alliance", KEEPERS, others(KEEPERS), arguments=HYDROGEN_SLUG),
    view(
        "organisations.export_qualifications",
        BOTH_KEEPERS,
        others(BOTH_KEEPERS),
        organisation="maker",
    ),
    view("organisations.export_contacts", "manager", MANAGER, organisation="maker"),
    view("organisations.export_people", OWNERS, ALL_BUT_OWNERS, organisation="maker"),
    view("regions.export_regions", "admin", NOT_ADMIN),
    view("directory.view_organisation", EVERYONE, organisation="maker"),
    view("directory.preview_merge", "admin", NOT_ADMIN, organisation="maker"),
    view("organisations.release_managers", "admin", NOT_ADMIN, organisation="maker"),
    send(
        "organisations.release_managers",
        "admin",
        NOT_ADMIN,
        organisation="maker",
        data={"basis": "来函第7号"},
    ),
    send("directory.merge", "admin", NOT_ADMIN, organisation="maker", status=422),
    view("organisations.new_organisation", TWO_SECRETARIES, others(TWO_SECRETARIES)),
    send("organisations.new_organisation", TWO_SECRETARIES, others(TWO_SECRETARIES), status=422),
    view("organisations.edit_organisation", "manager", MANAGER, organisation="maker"),
    send("organisations.edit_organisation", "manager", MANAGER, organisation="maker", data=BASICS),
    view("organisations.choose_nodes", "manager", MANAGER, organisation="maker"),
    send("organisations.choose_nodes", "manager", MANAGER, organisation="maker"),
    view("organisations.complete_code", BOTH_KEEPERS, others(BOTH_KEEPERS), organisation="maker"),
    send(
        "organisations.complete_code",
        BOTH_KEEPERS,
        others(BOTH_KEEPERS),
        organisation="maker",
        data={"uscc": "91110000600037341L"},
    ),
    send(
        "organisations.complete_code",
        "secretary",
        SECRETARY,
        organisation="quiet",
        data={"uscc": "91110000600037341M"},
        status=422,
    ),
    view(
        "organisations.rename_organisation",
        BOTH_KEEPERS,
        others(BOTH_KEEPERS),
        organisation="maker",
    ),
    send(
        "organisations.rename_organisation",
        BOTH_KEEPERS,
        others(BOTH_KEEPERS),
        organisation="maker",
        data={"name": "北京甲氢能股份有限公司", "reason": "改制"},
    ),
    view("organisations.place_organisation", "secretary", SECRETARY, organisation="maker"),
    send(
        "organisations.place_organisation",
        "secretary",
        SECRETARY,
        organisation="maker",
        data={"position": "3"},
    ),
    view(
        "organisations.list_qualifications",
        BOTH_KEEPERS,
        others(BOTH_KEEPERS),
        organisation="maker",
    ),
    send(
        "organisations.add_qualification",
        "manager",
        MANAGER,
        organisation="maker",
        data={"name": "ISO 9001", "issuer": "中国质量认证中心"},
    ),
    view("organisations.edit_qualification", "manager", MANAGER, qualification="certificate"),
    send(
        "organisations.edit_qualification",
        "manager",
        MANAGER,
        qualification="certificate",
        data={"name": ""},
        status=422,
    ),
    send("organisations.remove_qualification", "manager", MANAGER, qualification="certificate"),
    send(
        "organisations.confirm_qualification", "secretary", SECRETARY, qualification="certificate"
    ),
    view("organisations.list_contacts", "manager", MANAGER, organisation="maker"),
    send("organisations.list_contacts", "manager", MANAGER, organisation="maker", status=422),
    view("organisations.edit_contact", "manager", MANAGER, contact_point="public"),
    view(
        "organisations.edit_contact",
        "manager",
        "delegate supplier chair secretary",
        contact_point="members",
    ),
    view("organisations.edit_contact", "manager", "delegate", contact_point="nobody"),
    send(
        "organisations.edit_contact",
        "manager",
        "delegate",
        contact_point="nobody",
        data={"value": "010-10000009", "shown_to": "public"},
    ),
    send("organisations.remove_contact", "manager", "delegate", contact_point="nobody"),
    # people of an organisation, and agents
    view("organisations.list_people", OWNERS, ALL_BUT_OWNERS, organisation="maker"),
    view("organisations.invite", "manager", MANAGER, organisation="maker"),
    view("organisations.invite", OFFICERS, NO_OFFICERS, organisation="quiet"),
    send(
        "organisations.invite",
        "manager",
        MANAGER,
        organisation="maker",
        data={"name": "李明", "role": "delegate"},
        status=200,
    ),
    send(
        "organisations.invite",
        OFFICERS,
        NO_OFFICERS,
        organisation="quiet",
        data={"name": "李明", "role": "delegate"},
        status=422,
    ),
    send("organisations.revoke_invitation", "manager", MANAGER, organisation="maker"),
    send("organisations.end", OWNERS, appointment="delegate"),
    send("organisations.end", "manager", "delegate", appointment="manager"),
    send("organisations.end", "secretary admin", appointment="secretary"),
    view("organisations.pass_on", "manager", "delegate", appointment="manager"),
    send("organisations.pass_on", "manager", "delegate", appointment="manager", status=422),
    # what the secretariat enters from paper
    view("alliances.admit_organisation", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "alliances.admit_organisation", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422
    ),
    view("alliances.appoint_chair", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("alliances.appoint_chair", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    # members from a spreadsheet
    view("imports.list_imports", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("imports.list_imports", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    view("imports.download_template", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    view("imports.edit_columns", "secretary", member_import="open"),
    view("imports.edit_columns", "secretary", member_import="done", status=302),
    send("imports.edit_columns", "secretary", member_import="open", status=422),
    view("imports.view_import", "secretary", member_import="open"),
    view("imports.view_import", "secretary", member_import="done"),
    view("imports.view_import", "", arguments={"member_import_id": 99_999}),
    send("imports.start_import", "secretary", member_import="open"),
    send("imports.discard_import", "secretary", member_import="open"),
    view("imports.download_refused", "secretary", member_import="done"),
    send("imports.place_node", "secretary", member_import="done", status=422),
    # offices of the portal, of regions, of alliances
    view("offices.list_offices", "admin", NOT_ADMIN),
    view("offices.of_portal", "admin", NOT_ADMIN),
    send("offices.of_portal", "admin", NOT_ADMIN, data=INVITED_ADMIN, status=200),
    view("offices.of_region", "admin", NOT_ADMIN, arguments={"region_id": 1}),
    send("offices.of_region", "admin", NOT_ADMIN, arguments={"region_id": 1}, status=422),
    view("offices.of_region", "", arguments={"region_id": 99_999}),
    view("offices.of_alliance", KEEPERS, others(KEEPERS), arguments=HYDROGEN_SLUG),
    send("offices.of_alliance", KEEPERS, others(KEEPERS), arguments=HYDROGEN_SLUG, status=422),
    send("offices.end", "secretary expert", appointment="expert"),
    send("offices.revoke", "admin", arguments={"invitation_id": 2}),
    view("organisations.list_agents", SIGNED_IN),
    view("organisations.name_agent", SIGNED_IN),
    send("organisations.name_agent", SIGNED_IN, status=422),
    send("organisations.end_agency", "manager expert", agency="expert"),
    send("organisations.end_agency", "", arguments={"agency_id": 99_999}),
    # listings: who reads which
    view("exchange.view_listing", EVERYONE, listing="public"),
    view("exchange.view_listing", EVERYONE, listing="foreign"),
    view("exchange.view_listing", HYDROGEN, listing="members"),
    view("exchange.view_listing", "manager delegate supplier secretary", listing="confidential"),
    view("exchange.view_listing", "manager delegate secretary", listing="draft"),
    view("exchange.view_listing", "manager delegate secretary", listing="submitted"),
    view("exchange.view_listing", "manager delegate secretary", listing="returned"),
    view("exchange.view_listing", "manager delegate secretary", listing="paused"),
    view("exchange.view_listing", "manager delegate secretary", listing="closed"),
    view("exchange.view_listing", EVERYONE, listing="expired"),
    view("exchange.view_listing", "", arguments={"listing_id": 99_999}),
    # listings: who changes which
    view("exchange.new_listing", POSTERS, NOT_POSTERS),
    send("exchange.new_listing", POSTERS, NOT_POSTERS, data=POSTING),
    view("exchange.paste_listing", POSTERS, NOT_POSTERS),
    send(
        "exchange.paste_listing",
        POSTERS,
        NOT_POSTERS,
        data={"secrecy": "none", "text": "求购阀门，预算50万元。"},
        status=200,
    ),
    view("exchange.edit_listing", OWNERS, "secretary", listing="draft"),
    view("exchange.edit_listing", OWNERS, ALL_BUT_OWNERS, listing="public", status=302),
    send("exchange.edit_listing", OWNERS, "secretary", listing="draft", data=POSTING),
    send(
        "exchange.edit_listing",
        "outsider",
        " ".join(who for who in SIGNED_IN.split() if who != "outsider"),
        listing="foreign",
        data=POSTING,
        status=422,
    ),
    # files of a listing: fetched by whoever may see it, changed by whoever may change it
    view("exchange.new_file", OWNERS, "secretary", listing="draft"),
    view("exchange.new_file", OWNERS, ALL_BUT_OWNERS, listing="public", status=302),
    send("exchange.new_file", OWNERS, "secretary", listing="draft", status=422),
    view("exchange.fetch_file", "manager delegate secretary", listing="draft", file="drawing"),
    view("exchange.fetch_file", "", listing="public", file="drawing"),
    send("exchange.remove_file", OWNERS, "secretary", listing="draft", file="drawing"),
    send("exchange.remove_file", OWNERS, ALL_BUT_OWNERS, listing="public", file="drawing"),
    move("listing", "submit", "draft", OWNERS, "secretary"),
    move("listing", "publish", "submitted", "secretary", OWNERS),
    move("listing", "return", "submitted", "secretary", OWNERS, note="请补充数量。"),
    move("listing", "recall", "submitted", OWNERS, "secretary"),
    move("listing", "renew", "expired", OWNERS, ALL_BUT_OWNERS),
    move(
        "listing",
        "pause",
        "public",
        OWNERS,
        ALL_BUT_OWNERS,
    ),
    move("listing", "resume", "paused", OWNERS, "secretary"),
    move("listing", "match", "members", OWNERS, "supplier chair secretary"),
    move("listing", "close", "members", "manager delegate secretary", "supplier chair"),
    move("listing", "publish", "draft", "secretary", OWNERS, status=422),
    # answers
    send(
        "exchange.send_interest",
        "chair",
        EVERYONE_BUT_OWNERS_CAN_SEE + " manager delegate",
        listing="public",
        data=ANSWER,
    ),
    send(
        "exchange.send_interest",
        "",
        SIGNED_IN,
        listing="expired",
        data=ANSWER,
    ),
    send(
        "exchange.send_interest",
        "supplier",
        "manager delegate secretary",
        listing="confidential",
        data=ANSWER,
    ),
    view("exchange.list_interests", DELEGATES, NOT_POSTERS),
    view("exchange.view_interest", "manager delegate supplier secretary", interest="sent"),
    view("exchange.view_interest", "manager delegate chair secretary", interest="accepted"),
    view("exchange.view_interest", "manager delegate supplier secretary", interest="lapsed"),
    view("exchange.view_interest", "manager delegate outsider secretary", interest="withdrawn"),
    move("interest", "accept", "sent", OWNERS, "supplier secretary"),
    move("interest", "decline", "sent", OWNERS, "supplier secretary", note="已满。"),
    move("interest", "withdraw", "sent", "supplier", "manager delegate secretary"),
    # the robot of an alliance's chat group
    view("robots.edit_robot", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "robots.edit_robot",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={"url": "https://robot.example/send?key=1"},
    ),
    send("robots.try_robot", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send("robots.remove_robot", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    # the inbox: everybody's own
    view("inbox.list_messages", SIGNED_IN),
    view("inbox.open_message", "delegate", message="answered", status=302),
    view("inbox.open_message", "", arguments={"message_id": 99_999}),
    send("inbox.read_all", SIGNED_IN),
    view("inbox.edit_preferences", SIGNED_IN),
    send("inbox.edit_preferences", SIGNED_IN, data={"digest": "daily"}),
    send("inbox.edit_preferences", SIGNED_IN, data={"digest": "hourly"}, status=422),
    # matters: the two sides move them, the secretariat looks on
    view("exchange.view_poster", EVERYONE, listing="public", is_open=True),
    view("exchange.view_poster", "", HYDROGEN, listing="members"),
    view("exchange.view_poster", "", SIGNED_IN, listing="expired"),
    view("exchange.fetch_poster", EVERYONE, listing="public", is_open=True),
    # what the secretariat fills in for a member
    view("exchange.fill_in_listing", "secretary", others("secretary"), arguments=HYDROGEN_SLUG),
    send(
        "exchange.fill_in_listing",
        "secretary",
        others("secretary"),
        arguments=HYDROGEN_SLUG,
        data={"secrecy": "none"},
        status=422,
    ),
    view(
        "exchange.paste_for_member",
        "secretary",
        others("secretary"),
        arguments={**HYDROGEN_SLUG, "secrecy": "none"},
    ),
    view("exchange.view_listing", "manager delegate secretary", listing="proposed"),
    view("exchange.revise_listing", "secretary", OWNERS, listing="proposed"),
    view("exchange.revise_listing", "", "manager delegate secretary", listing="submitted"),
    send("exchange.make_confirmation_link", "secretary", OWNERS, listing="proposed", status=200),
    move("listing", "confirm", "proposed", OWNERS, "secretary"),
    move("listing", "turn_down", "proposed", OWNERS, "secretary", note="数量有误。"),
    view("exchange.confirm_by_link", EVERYONE, arguments={"token": "listing"}, is_open=True),
    # introductions: proposed by officers, decided by both owners
    view("introductions.propose", INTRODUCERS, others(INTRODUCERS), listing="public"),
    view("introductions.propose", "secretary", OWNERS + " supplier", listing="confidential"),
    view("introductions.propose", "", SIGNED_IN, listing="expired"),
    send("introductions.propose", INTRODUCERS, others(INTRODUCERS), listing="public", status=422),
    view("introductions.list_introductions", INTRODUCED, others(INTRODUCED)),
    view("introductions.view_introduction", ASKED, introduction="asked"),
    view("introductions.view_introduction", "", arguments={"introduction_id": 99_999}),
    move("introduction", "agree", "asked", "manager delegate outsider", "other_secretary"),
    move("introduction", "accept", "asked", "", ASKED),
    move(
        "introduction",
        "decline",
        "asked",
        "manager delegate outsider",
        "other_secretary",
        note="暂无产能。",
    ),
    move("introduction", "withdraw", "asked", "other_secretary", "manager delegate outsider"),
    view("introductions.answer", EVERYONE, arguments={"token": "introduction"}, is_open=True),
    # guests: whoever may not answer as an organisation answers with two fields
    view("guests.give_answer", others(RESPONDENTS), listing="public", is_open=True),
    view("guests.give_answer", RESPONDENTS, listing="public", status=302, is_open=True),
    view("guests.give_answer", "", SIGNED_IN, listing="expired"),
    view("guests.give_answer", "", HYDROGEN, listing="members"),
    send(
        "guests.give_answer",
        EVERYONE,
        listing="public",
        data=GUEST,
        is_open=True,
    ),
    view("guests.thank", EVERYONE, listing="public", is_open=True),
    view("guests.thank", HYDROGEN, listing="members"),
    view("guests.list_guest_answers", LISTERS, others(LISTERS)),
    view("guests.view_guest_answer", "outsider other_secretary", guest_answer="held"),
    view("guests.view_guest_answer", "", arguments={"guest_answer_id": 99_999}),
    send("guests.record", "other_secretary", "outsider", guest_answer="held", status=422),
    move("guest_answer", "verify", "held", "outsider other_secretary"),
    move("guest_answer", "reject", "held", "outsider other_secretary", status=422),
    move("guest_answer", "reject", "held", "outsider other_secretary", note="空号。"),
    move("guest_answer", "take_up", "held", "", "outsider other_secretary"),
    view("matters.list_matters", LISTERS, others(LISTERS)),
    view("matters.export_matters", LISTERS, others(LISTERS)),
    view(
        "matters.find_matter", "manager delegate chair secretary", interest="accepted", status=302
    ),
    view("matters.view_matter", "manager delegate chair secretary", matter="accepted"),
    view("matters.view_matter", "", arguments={"matter_id": 99_999}),
    view("matters.new_meeting", SIDES, "secretary", matter="accepted"),
    send("matters.new_meeting", SIDES, "secretary", matter="accepted", status=422),
    view("matters.edit_meeting", PARTIES, "secretary", matter="claimed", meeting="noted"),
    view("matters.edit_meeting", "", "secretary", matter="accepted", meeting="noted"),
    send("matters.cancel_meeting", PARTIES, "secretary", matter="claimed", meeting="noted"),
    view("matters.fetch_meeting", PARTIES, "secretary", matter="claimed", meeting="noted"),
    send("matters.take_step", SIDES, "secretary", matter="accepted", data={"step": "contacted"}),
    send("matters.take_step", SIDES, "secretary", matter="accepted", status=422),
    send("matters.take_back_step", SIDES, "secretary", matter="accepted", status=422),
    move("matter", "hold", "accepted", SIDES, "secretary", note="等年度预算。"),
    move("matter", "end", "accepted", SIDES, "secretary", note="价格未谈拢。"),
    move("matter", "resume", "accepted", SIDES, "secretary", status=422),
    view("matters.hand_over", SIDES, "secretary", matter="accepted"),
    send("matters.hand_over", SIDES, "secretary", matter="accepted", status=422),
    view("matters.new_file", SIDES, "secretary", matter="accepted"),
    send("matters.new_file", SIDES, "secretary", matter="accepted", status=422),
    view("matters.fetch_file", SIDES, "secretary", matter="accepted", file="offer"),
    # outcomes: seen by everyone where both sides agreed, else by them and the secretariat
    # the monitor
    view("monitor.show", WATCHERS, others(WATCHERS)),
    view("monitor.export_figures", WATCHERS, others(WATCHERS)),
    view("monitor.view_indicator", WATCHERS, others(WATCHERS), arguments=OUTCOMES_REACHED),
    view("monitor.view_indicator", "", others(WATCHERS), arguments={"indicator": "no-such"}),
    view("monitor.export_rows", WATCHERS, others(WATCHERS), arguments=OUTCOMES_REACHED),
    view("outcomes.list_outcomes", LISTERS, others(LISTERS)),
    view("outcomes.export_outcomes", LISTERS, others(LISTERS)),
    view("outcomes.view_outcome", EVERYONE, outcome="confirmed"),
    view("outcomes.view_outcome", f"{PARTIES} secretary", outcome="claimed"),
    view("outcomes.view_outcome", "", arguments={"outcome_id": 99_999}),
    view("outcomes.view_case", EVERYONE, outcome="confirmed"),
    view("outcomes.view_case", "", outcome="claimed"),
    view("outcomes.correct_outcome", PARTIES, others(PARTIES), outcome="confirmed"),
    send("outcomes.correct_outcome", PARTIES, others(PARTIES), outcome="confirmed", status=422),
    view("outcomes.correct_outcome", "", f"{PARTIES} secretary", outcome="claimed"),
    send(
        "outcomes.agree_to_show",
        PARTIES,
        others(PARTIES),
        outcome="confirmed",
        data={"agrees": "yes"},
    ),
    view(
        "outcomes.fetch_file",
        PARTIES,
        others(PARTIES),
        outcome="confirmed",
        file="contract",
    ),
    view("outcomes.answer", EVERYONE, arguments={"token": "outcome"}, is_open=True),
    view("outcomes.answer", "", arguments={"token": "no-such"}),
    move("outcome", "confirm", "claimed", "supplier", f"{OWNERS} secretary"),
    move("outcome", "decline", "claimed", "supplier", f"{OWNERS} secretary", note="金额不符。"),
    move("outcome", "retract", "claimed", OWNERS, "supplier secretary"),
    view("matters.new_outcome", PARTIES, "secretary", matter="claimed"),
    send("matters.new_outcome", PARTIES, "secretary", matter="claimed", status=422),
    send("matters.link_outcome", PARTIES, "secretary", matter="claimed", status=422),
    # dues: kept by the secretariat; a manager sees the own line, others nothing
    view("dues.list_dues", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    view("dues.export_dues", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    view("dues.edit_rates", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("dues.edit_rates", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    view("dues.view_due", BOTH_KEEPERS, due="maker"),
    view("dues.view_due", "secretary", due="supplier"),
    view("dues.view_due", "", arguments={"due_id": 99_999}),
    move("due", "reopen", "maker", "secretary", "manager", note="登记有误。"),
    send("dues.pay_due", "secretary", due="quiet", status=422),
    send("dues.adjust_due", "secretary", due="quiet", status=422),
    send("dues.invoice_due", "secretary", "manager", due="maker"),
    view("dues.list_own_dues", "manager", MANAGER, organisation="maker"),
    view("dues.export_own_dues", "manager", MANAGER, organisation="maker"),
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
    send("rotation.issue_swap_paper", "secretary", PARTIES, swap="asked"),
    send(
        "rotation.issue_handover_booklet",
        "secretary",
        "chair supplier",
        handover="begun",
        status=422,
    ),
    send(
        "documents.seal_document", "secretary", f"{MEMBERS} chair", document="minutes", status=422
    ),
    view("annual_reports.new_report", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("annual_reports.new_report", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
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
    view("documents.verify", EVERYONE, arguments={"code": "code"}, is_open=True),
    send(
        "meetings.issue_paper", "secretary", f"{MEMBERS} chair", meeting="noticed", arguments=PAPER
    ),
    send("meetings.issue_resolution", "secretary", f"{MEMBERS} chair", resolution="passed"),
    # meetings: chair and secretariat call and hold them, members see what was noticed
    view("meetings.list_meetings", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.export_meetings", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.call_meeting", CALLERS, others(CALLERS), arguments=HYDROGEN_SLUG),
    send("meetings.call_meeting", CALLERS, others(CALLERS), arguments=HYDROGEN_SLUG, data=CALLED),
    view("meetings.propose_item", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    send(
        "meetings.propose_item",
        HYDROGEN,
        others(HYDROGEN),
        arguments=HYDROGEN_SLUG,
        data={"title": "议题"},
    ),
    view("meetings.view_absences", CALLERS, others(CALLERS), arguments=HYDROGEN_SLUG),
    view("meetings.edit_rule", "secretary", SECRETARY, arguments=COUNCIL_RULE),
    send("meetings.edit_rule", "secretary", SECRETARY, arguments=COUNCIL_RULE, status=422),
    view("meetings.view_meeting", HYDROGEN, meeting="noticed"),
    view("meetings.view_meeting", HYDROGEN, meeting="running"),
    view("meetings.view_meeting", HYDROGEN, meeting="held"),
    view("meetings.view_meeting", CALLERS, meeting="draft"),
    view("meetings.view_meeting", "", arguments={"meeting_id": 99_999}),
    view("meetings.edit_meeting", CALLERS, MEMBERS, meeting="noticed"),
    send("meetings.edit_meeting", CALLERS, MEMBERS, meeting="noticed", status=422),
    move("meeting", "notice", "draft", CALLERS),
    move("meeting", "cancel", "noticed", CALLERS, MEMBERS, note="改期。"),
    move("meeting", "adjourn", "running", CALLERS, MEMBERS, status=422),
    move("meeting", "finish_minutes", "held", "chair", f"{MEMBERS} secretary"),
    send("meetings.add_item", CALLERS, MEMBERS, meeting="noticed", data={"title": "议题"}),
    send("meetings.arrange_agenda", CALLERS, MEMBERS, meeting="noticed", data={"act": "order"}),
    send("meetings.record_present", CALLERS, MEMBERS, meeting="running"),
    view("meetings.view_observers", CALLERS, MEMBERS, meeting="running"),
    send("meetings.view_observers", CALLERS, MEMBERS, meeting="running", data={"name": "赵六"}),
    send("meetings.arrange_observers", CALLERS, MEMBERS, meeting="running", data={"act": "order"}),
    view("meetings.view_notice", CALLERS, MEMBERS, meeting="noticed"),
    view("meetings.view_poster", HYDROGEN, meeting="noticed"),
    view("meetings.fetch_poster", HYDROGEN, meeting="noticed"),
    view("meetings.answer_notice", EVERYONE, arguments={"token": "seat"}, is_open=True),
    view("meetings.answer_notice", EVERYONE, arguments={"token": "group"}, is_open=True),
    view("meetings.answer_notice", "", arguments={"token": "no-such"}),
    view("meetings.calendar_file", EVERYONE, arguments={"token": "seat"}, is_open=True),
    view("meetings.view_minutes", HYDROGEN, meeting="held"),
    view("meetings.view_minutes", "secretary", meeting="running"),
    send("meetings.write_minutes", "secretary", f"{MEMBERS} chair", meeting="running"),
    send("meetings.comment_minutes", HYDROGEN, meeting="held", data={"text": "应为原则同意。"}),
    # resolutions: the chair tables and opens, seats vote, the secretariat counts
    view("meetings.list_resolutions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.export_resolutions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.propose_resolution", HYDROGEN, meeting="noticed"),
    send("meetings.propose_resolution", HYDROGEN, meeting="noticed", status=422),
    view("meetings.view_resolution", HYDROGEN, resolution="passed"),
    view("meetings.view_resolution", HYDROGEN, resolution="voting"),
    view("meetings.view_resolution", HYDROGEN, resolution="proposed"),
    view("meetings.view_resolution", "", arguments={"resolution_id": 99_999}),
    move("resolution", "table", "proposed", "chair", f"{MEMBERS} secretary"),
    move("resolution", "pass", "voting", "secretary", f"{MEMBERS} chair"),
    move("resolution", "enact", "passed", "secretary", f"{MEMBERS} chair"),
    send("meetings.cast_vote", VOTERS, "supplier secretary", resolution="voting", status=422),
    send("meetings.record_votes", "secretary", f"{MEMBERS} chair", resolution="voting"),
    view("meetings.view_links", "secretary", f"{MEMBERS} chair", resolution="voting"),
    send("meetings.send_links", "secretary", f"{MEMBERS} chair", resolution="voting"),
    send("meetings.hand_link", "secretary", f"{MEMBERS} chair", resolution="voting", status=422),
    view("meetings.vote_by_link", EVERYONE, arguments={"token": "vote"}, is_open=True),
    view("meetings.vote_by_link", "", arguments={"token": "no-such"}),
    view("meetings.open_by_link", EVERYONE, arguments={"token": "open"}, is_open=True),
    view("meetings.open_by_link", "", arguments={"token": "no-such"}),
    view("meetings.fetch_rows", HYDROGEN, resolution="passed"),
    view(
        "meetings.fetch_file", "secretary", f"{MEMBERS} chair", resolution="passed", file="ballots"
    ),
    # actions
    view("meetings.list_actions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.export_actions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.assign_action", CALLERS, MEMBERS, meeting="held"),
    send("meetings.assign_action", CALLERS, MEMBERS, meeting="held", status=422),
    view("meetings.view_action", HYDROGEN, action="open"),
    view("meetings.view_action", "", arguments={"action_id": 99_999}),
    move("action", "report", "open", "supplier secretary", f"{OWNERS} chair", note="已完成。"),
    move("action", "close_out", "reported", CALLERS, MEMBERS),
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
    # rotation: the schedule, the rules, the plan
    view("rotation.view_schedule", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.view_schedule", EVERYONE, arguments=NEW_IT_SLUG),
    view("rotation.view_schedule", "", arguments={"alliance_slug": "no-such"}),
    view("rotation.calendar", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.check_terms", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.check_terms", EVERYONE, arguments=NEW_IT_SLUG),
    view("rotation.list_resting", HYDROGEN, resolution="passed"),
    view("rotation.view_powers", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.view_rules", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.view_rules", EVERYONE, arguments=NEW_IT_SLUG),
    view("rotation.enact_charter", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "rotation.enact_charter",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data=CHARTER,
    ),
    view("rotation.plan", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "rotation.plan",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={**PLAN, "automatic": "1"},
        status=200,
    ),
    send(
        "rotation.plan",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={**PLAN, "adopt": "1"},
        status=422,
    ),
    view("rotation.new_blackout", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "rotation.new_blackout",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data=AWAY,
    ),
    send("rotation.remove_blackout", "secretary", blackout="away"),
    view("rotation.list_waiting", SIGNED_IN),
    view("meetings.view_waiting", SIGNED_IN),
    # rotation: a turn, confirmed, deferred, ended early
    view("rotation.view_turn", EVERYONE, turn="near"),
    view("rotation.view_turn", EVERYONE, turn="running"),
    view("rotation.view_turn", "", arguments={"turn_id": 99_999}),
    view("rotation.confirm_turn", "supplier", others("supplier"), turn="near"),
    send("rotation.confirm_turn", "supplier", others("supplier"), turn="near", status=422),
    move("turn", "confirm", "near", "supplier", others("supplier")),
    move("turn", "confirm", "last", OWNERS, ALL_BUT_OWNERS, status=422),
    move(
        "turn",
        "defer",
        "near",
        "supplier secretary",
        others("supplier secretary"),
        note="人手不足。",
    ),
    move(
        "turn",
        "vacate",
        "running",
        "secretary",
        NOT_THE_SECRETARY,
        note="另有任用。",
    ),
    view("rotation.answer", EVERYONE, arguments={"token": "turn"}, is_open=True),
    view("rotation.answer", "", arguments={"token": "no-such"}),
    view("rotation.answer_programme", EVERYONE, arguments={"token": "programme"}, is_open=True),
    view("rotation.answer_programme", "", arguments={"token": "no-such"}),
    view("rotation.draft_programme", "chair", others("chair"), turn="running"),
    send(
        "rotation.draft_programme",
        "chair",
        others("chair"),
        turn="running",
        data={"programme": "第二，组织对接会。"},
    ),
    send("rotation.approve_programme", "chair", others("chair"), turn="running"),
    view("rotation.view_chair", "chair", others("chair"), arguments=HYDROGEN_SLUG),
    # rotation: two turns exchanged
    view("rotation.ask_swap", "supplier", others("supplier"), turn="near"),
    send("rotation.ask_swap", "supplier", others("supplier"), turn="near", status=422),
    view("rotation.view_swap", SWAPPERS, swap="asked"),
    move("swap", "agree", "asked", OWNERS, "supplier secretary"),
    move("swap", "withdraw", "asked", "supplier", f"{OWNERS} secretary"),
    move("swap", "approve", "asked", "secretary", f"{OWNERS} supplier", status=422, note="第3号"),
    # rotation: a hand-over
    send(
        "rotation.begin_handover",
        "chair secretary",
        others("chair secretary"),
        turn="running",
    ),
    view("rotation.view_handover", "chair supplier secretary", handover="begun"),
    view("rotation.print_handover", "chair supplier secretary", handover="begun"),
    view("rotation.write_handover", "chair", "secretary supplier", handover="begun"),
    send(
        "rotation.write_handover",
        "chair",
        "secretary supplier",
        handover="begun",
        data={"ticked": "documents", "open_actions": "催报回执。"},
    ),
    move("handover", "sign", "begun", "chair", "secretary supplier", status=422),
    move("handover", "close", "begun", "secretary", "chair supplier", note="双方已离任。"),
    # joint projects: the list, the record, who takes part
    view("research.list_projects", LISTERS, others(LISTERS)),
    view("research.export_projects", LISTERS, others(LISTERS)),
    view("research.export_tasks", PARTIES, "secretary", project="active"),
    view("research.export_deliverables", PARTIES, "secretary", project="active"),
    view("research.view_figures", COUNTERS, others(COUNTERS)),
    view("research.new_project", DELEGATES, NOT_POSTERS),
    send("research.new_project", DELEGATES, NOT_POSTERS, status=422),
    view("research.view_project", "manager delegate secretary", project="idea"),
    view("research.view_project", HYDROGEN, project="calling"),
    view("research.view_project", f"{PARTIES} secretary", project="active"),
    view("research.view_project", "", arguments={"project_id": 99_999}),
    view("research.edit_project", OWNERS, "secretary", project="idea"),
    send("research.edit_project", OWNERS, "secretary", project="idea", status=422),
    view("research.ask_partner", OWNERS, "supplier chair secretary", project="calling"),
    send("research.ask_partner", OWNERS, "supplier chair secretary", project="calling", status=422),
    view("research.add_need", OWNERS, "supplier chair secretary", project="calling"),
    send(
        "research.offer_part",
        "supplier chair",
        f"{OWNERS} secretary",
        project="calling",
        data={"part": "可承担材料试制。"},
    ),
    send(
        "research.add_need",
        OWNERS,
        "supplier chair secretary",
        project="calling",
        data={"need": "检测单位"},
    ),
    send(
        "research.remove_need",
        OWNERS,
        "supplier chair secretary",
        project="calling",
        arguments={"number": 1},
    ),
    move("project", "call", "idea", OWNERS, "secretary"),
    move("project", "approve", "idea", "secretary", OWNERS, status=422, note="决议1号"),
    move("project", "hold", "active", OWNERS, "supplier secretary", note="等待样件。"),
    move("project_partner", "confirm", "asked", "chair", OWNERS),
    move("project_partner", "decline", "asked", f"chair {OWNERS}"),
    move("project_partner", "leave", "confirmed", PARTIES, note="业务调整。"),
    view("research.answer", EVERYONE, arguments={"token": "project"}),
    view("research.answer", "", arguments={"token": "no-such"}),
    # the board: for whoever takes part; the secretariat sees the project and not its cards
    view("research.view_board", PARTIES, "secretary", project="active"),
    view("research.board_version", PARTIES, "secretary", project="active"),
    send("research.undo_move", PARTIES, "secretary", project="active", status=422),
    view("research.edit_columns", OWNERS, "supplier secretary", project="active"),
    send(
        "research.edit_columns",
        OWNERS,
        "supplier secretary",
        project="active",
        data={"name": "待试验", "card_limit": "3"},
    ),
    view("research.view_partner", f"{OWNERS} supplier", project_partner="confirmed", status=302),
    view("research.name_person", OWNERS, "supplier", project_partner="confirmed"),
    send("research.name_person", OWNERS, "supplier", project_partner="confirmed", status=422),
    send(
        "research.release_person",
        OWNERS,
        "supplier",
        project_partner="confirmed",
        arguments={"number": 99},
        status=422,
    ),
    view("research.list_tasks", PARTIES, "secretary", project="active"),
    view(
        "research.take_tasks", PARTIES, "secretary", project="active", arguments={"ending": "csv"}
    ),
    view("research.take_tasks", "", "secretary", project="active", arguments={"ending": "exe"}),
    view("task_imports.bring_tasks", PARTIES, "secretary", project="active"),
    send("task_imports.bring_tasks", PARTIES, "secretary", project="active", status=422),
    view("task_imports.view_tasks", PARTIES, task_import="open"),
    view("task_imports.view_tasks", "", arguments={"task_import_id": 99_999}),
    view("task_imports.edit_columns", PARTIES, task_import="open"),
    send("task_imports.edit_columns", PARTIES, task_import="open", status=422),
    send("task_imports.take_over", PARTIES, task_import="open", status=422),
    send("task_imports.discard", PARTIES, task_import="open"),
    view("task_imports.download_refused", PARTIES, task_import="open"),
    view("research.view_calendar", PARTIES, "secretary", project="active"),
    view("research.new_card", PARTIES, "secretary", project="active"),
    send("research.new_card", PARTIES, "secretary", project="active", data={"title": "疲劳试验"}),
    view("research.view_card", PARTIES, card="first"),
    view("research.view_card", "", arguments={"card_id": 99_999}),
    view("research.edit_card", PARTIES, card="first"),
    send("research.edit_card", PARTIES, card="first", data={"title": "张力试验"}),
    view("research.move_card", PARTIES, card="first"),
    send("research.move_card", PARTIES, card="first", status=422),
    send("research.drop_card", PARTIES, card="first", status=422),
    send("research.put_away_card", PARTIES, card="second"),
    send("research.add_item", PARTIES, card="first", data={"item": "送样"}),
    send("research.tick_item", PARTIES, card="first", arguments={"number": 9}, status=422),
    send("research.comment_card", PARTIES, card="first", data={"comment": "已送样。"}),
    view("research.block_card", PARTIES, card="first"),
    send("research.block_card", PARTIES, card="first", status=422),
    send("research.unblock_card", PARTIES, card="first", arguments={"number": 9}),
    view("research.view_activity", PARTIES, card="first"),
    view("research.new_card_file", PARTIES, card="first"),
    send("research.new_card_file", PARTIES, card="first", status=422),
    view("research.fetch_card_file", PARTIES, card="first", file="drop"),
    # what a project plans, spends and delivers
    view("research.view_plan", PARTIES, "secretary", project="active"),
    send("research.add_package", OWNERS, "supplier secretary", project="active", status=422),
    send("research.add_kpi", OWNERS, "supplier secretary", project="active", status=422),
    send(
        "research.reach_kpi",
        PARTIES,
        "secretary",
        project="active",
        arguments={"number": 1},
        data={"actual": "3.5"},
    ),
    send(
        "research.add_milestone",
        OWNERS,
        "supplier secretary",
        project="active",
        data={"milestone-name": "首件", "milestone-due_on": clock.today().isoformat()},
    ),
    send(
        "research.meet_milestone",
        OWNERS,
        "supplier secretary",
        project="active",
        arguments={"number": 1},
        data={"met": "yes"},
    ),
    view("research.milestones_calendar", PARTIES, "secretary", project="active"),
    view("research.view_funds", PARTIES, "secretary", project="active"),
    send("research.view_funds", PARTIES, "secretary", project="active", status=422),
    view("research.list_deliverables", PARTIES, "secretary", project="active"),
    send("research.list_deliverables", PARTIES, "secretary", project="active", status=422),
    send("research.hand_in_version", PARTIES, deliverable="rule", data={"version_note": "修订"}),
    send("research.accept_deliverable", OWNERS, "supplier", deliverable="rule"),
    view("meetings.view_resting", HYDROGEN, resolution="passed"),
    view("deliverables.view_deliverable", PARTIES, deliverable="rule", status=302),
    view("research.land_deliverable", PARTIES, deliverable="rule"),
    view("research.list_reports", PARTIES, "secretary", project="active"),
    send("research.list_reports", PARTIES, "secretary", project="active", status=422),
    view("research.view_report", PARTIES, progress_report="drawn"),
    view("research.fetch_report", PARTIES, progress_report="drawn"),
    send(
        "research.write_report",
        OWNERS,
        "supplier",
        progress_report="drawn",
        data={"text": "按计划推进。"},
    ),
    send("research.countersign_report", "supplier", OWNERS, progress_report="drawn", status=422),
    send("research.land_deliverable", PARTIES, deliverable="rule", status=422),
]

#: A second answer while the first is open, and a listing that may not be answered twice.
REPEATED = ("supplier", "outsider")


def address_of(app: Flask, world: World, case: Case) -> str:
    arguments = dict(case.arguments)
    for noun, name in case.on.items():
        table = "attachment" if noun == "file" else noun
        arguments[f"{noun}_id"] = getattr(world, table)[name]
    if "code" in arguments:
        arguments["code"] = world.token[arguments["code"]]
    if "token" in arguments:
        arguments["token"] = world.token.get(arguments["token"], "no-such-token")
    with app.test_request_context():
        return url_for(case.endpoint, **arguments)


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    """The keys of the cast's sessions."""
    return {}


@pytest.fixture(scope="module")
def sqlite_template(
    sqlite_template: tuple[Path, World],
    tmp_path_factory: pytest.TempPathFactory,
    keys: dict[str, str],
) -> tuple[Path, World]:
    """The settled file with everybody signed in: once, for each page is shown to all of them."""

    def sign_in(app: Flask, cast: World) -> None:
        keys.update({who: Client(app, cast, who).key for who in CAST if who != "anonymous"})

    return furnished(sqlite_template, tmp_path_factory.mktemp("signed_in"), sign_in)


@pytest.fixture
def visit(app: Flask, world: World, keys: dict[str, str]) -> Callable[..., Client]:
    """Return a client for one of the cast whose session has begun just now."""
    path = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    with sqlite3.connect(str(path)) as connection:
        (begun,) = connection.execute("SELECT min(started_at) FROM session").fetchone()
        age = (clock.now().replace(tzinfo=None) - datetime.fromisoformat(begun)).total_seconds()
        # Nobody's proof grows old while other pages are looked at.
        instants = ("started_at", "seen_at", "expires_at", "proved_at", "keyed_at")
        later = ", ".join(
            f"{name} = strftime('%Y-%m-%d %H:%M:%f000', {name}, '+{age:.3f} seconds')"
            for name in instants
        )
        connection.execute(f"UPDATE session SET {later}")
    connection.close()

    def enter(who: str = "anonymous", **options: Any) -> Client:
        return Client(app, world, who, key=keys.get(who), **options)

    return enter


class Rows:
    """Every row of the database, so that a denied request can be proved harmless."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)
        self.version, self.digest = -1, ""

    def __call__(self) -> str:
        """Return a digest of all rows; they are read only where somebody committed since."""
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        if version != self.version:
            # The index is made of its documents by triggers, and kept in tables of its own.
            tables = self.connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE 'search_index%' ORDER BY name"
            ).fetchall()
            found = hashlib.sha256()
            for (table,) in tables:
                for row in self.connection.execute(f"SELECT * FROM {table} ORDER BY rowid"):
                    found.update(repr((table, row)).encode())
            self.version, self.digest = version, found.hexdigest()
        return self.digest


@pytest.fixture
def business(app: Flask) -> Iterator[Rows]:
    """Every row of this test's database."""
    rows = Rows(str(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database))
    yield rows
    rows.connection.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_person_gets_the_declared_answer(
    case: Case, app: Flask, world: World, visit: Callable[..., Client], business: Rows
) -> None:
    address = address_of(app, world, case)
    succeeding, has_succeeded = set(case.ok.split()), False
    clients = {who: visit(who) for who in CAST}
    tokens = {who: clients[who].token() if case.method == "POST" else "" for who in CAST}
    before = business() if case.method == "POST" else ""
    # The refused first, on untouched rows; whoever succeeds may change them for the next.
    for who in sorted(CAST, key=lambda who: who in succeeding):
        client, token = clients[who], tokens[who]
        answer = client.open(
            address, method=case.method, data={**(case.data or {}), "csrf_token": token}
            if case.method == "POST" else None,
        )  # fmt: skip
        if who in succeeding:
            # A move happens once: whoever comes second finds it done and is told so.
            again = case.method == "POST" and has_succeeded and case.on
            expected_now = {302, 422} if again else {case.status}
            assert answer.status_code in expected_now, (who, answer.status_code)
            has_succeeded = True
            continue
        if case.is_open:
            assert answer.status_code in (302, 200), (who, answer.status_code)
            continue
        if who == "anonymous":
            expected = 302
            assert answer.status_code == 302, (who, answer.status_code)
            assert "/sign-in" in answer.location
        else:
            refused = set(case.forbidden.split())
            expected = 403 if who in refused else 404
            if case.endpoint == "sign_in.choose_organisation":
                expected = 422  # the door is open to all, the rule says no
            if (
                case.endpoint == "exchange.send_interest"
                and who in REPEATED
                and case.on["listing"] == "public"
            ):
                expected = 422 if who == "supplier" else 302
            assert answer.status_code == expected, (who, answer.status_code)
        if case.method == "POST" and (expected != 302 or who == "anonymous"):
            assert business() == before, f"{who} was refused, yet something changed"
        elif case.method == "POST":
            before = business()


def test_every_route_is_named_by_a_case_and_succeeds_for_someone(app: Flask) -> None:
    rules = {r.endpoint for r in app.url_map.iter_rules() if r.endpoint != "static"}
    assert rules == {case.endpoint for case in CASES if case.ok}


PAGES = [case for case in CASES if case.method == "GET" and case.ok and case.status == 200]
#: Lists taken along; `tests/sheets/test_exporting.py` compares them with their pages.
WORKBOOKS = [c for c in PAGES if ".export_" in c.endpoint and c.endpoint != "accounts.export_data"]
HTML = [
    c
    for c in PAGES
    if c not in WORKBOOKS
    and c.endpoint
    not in (
        "desk.live",
        "desk.ready",
        "regions.stylesheet",
        "accounts.export_data",
        "exchange.fetch_file",
        "exchange.fetch_poster",
        "meetings.fetch_poster",
        "matters.fetch_file",
        "matters.fetch_meeting",
        "research.fetch_card_file",
        "research.take_tasks",
        "task_imports.download_refused",
        "research.board_version",
        "research.milestones_calendar",
        "research.fetch_report",
        "outcomes.fetch_file",
        "documents.fetch_file",
        "documents.fetch_template",
        "meetings.calendar_file",
        "meetings.fetch_rows",
        "meetings.fetch_file",
        "rotation.calendar",
    )
    and not c.endpoint.startswith("imports.download")
]


@pytest.mark.parametrize("case", HTML, ids=str)
def test_every_page_is_decent_in_english_too(
    case: Case, app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    """In Chinese whoever counts its queries looks at it (`test_pages_run_few_queries`)."""
    for who in case.ok.split():
        assert visit(who, language="en").get(address_of(app, world, case)).status_code == 200


#: Records that show their history to some, and forms that offer choices.
WITH_MORE = (
    # Messages of four fates; both listings judged by who the link is for.
    "accounts.view_outbox",
    "introductions.answer",
    "introductions.view_introduction",
    "guests.view_guest_answer",
    "exchange.view_listing",
    "exchange.view_interest",
    "matters.view_matter",
    "outcomes.view_outcome",
    "meetings.view_meeting",
    "meetings.view_resolution",
    "meetings.view_minutes",
    "meetings.view_action",
    "documents.view_document",
    "dues.view_due",
    "dues.edit_rates",
    "research.view_project",
    "research.view_board",
    "research.view_card",
    "research.view_activity",
    "research.list_tasks",
    "research.list_reports",
    "research.view_report",
    "research.ask_partner",
    "research.view_plan",
    "research.view_funds",
    "research.list_deliverables",
    "research.land_deliverable",
    "research.new_card",
    "research.edit_card",
    "exchange.edit_listing",
    "alliances.view_membership",
    "organisations.list_people",
    "organisations.list_qualifications",
    "organisations.invite",
    "alliances.view_alliance",
    "imports.edit_columns",
    "rotation.view_schedule",
    "rotation.view_turn",
    "rotation.view_swap",
    "rotation.view_handover",
    "rotation.enact_charter",
    "rotation.view_chair",
)
WINDOWS = (
    "desk.front_page",
    "desk.view_desk",
    "directory.view_organisation",
    "imports.view_import",
    "task_imports.view_tasks",
    "monitor.show",
    "monitor.view_indicator",
    # All that the planner has to know of an alliance.
    "rotation.plan",
    "rotation.check_terms",
)


@pytest.mark.parametrize("case", HTML, ids=str)
def test_pages_run_few_queries(
    case: Case, app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    """Lists and records at most 6, windows and the record with its history at most 12."""
    bound = 12 if case.endpoint in WINDOWS else 6
    if case.endpoint in WITH_MORE:
        bound = 10
    for who in case.ok.split():
        count = visit(who).queries(address_of(app, world, case))
        assert count <= bound, (who, count)


@pytest.mark.parametrize(
    "address", ["/listings", "/desk", "/", "/listings?q=碳纤维", "/organisations/1"]
)
def test_more_rows_run_no_more_queries(
    address: str, app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    client = visit("supplier")
    before = client.queries(address)
    with app.app_context():
        pattern = world.get(Listing, "public")
        columns = {
            c.name: getattr(pattern, c.name) for c in Listing.__table__.columns if c.name != "id"
        }
        ids = db.session.scalars(select(func.max(Listing.id))).one()

        @operation
        def fill() -> None:
            db.session.execute(insert(Listing), [columns | {"id": ids + n} for n in range(1, 40)])
            for n in range(1, 40):
                index(db.session.get_one(Listing, ids + n))

        fill()
        db.session.remove()
    assert client.queries(address) <= before


class TestListedMeansAllowed:
    """A record stands in a list if and only if its door opens: one rule, three renderings."""

    @pytest.mark.parametrize("who", CAST)
    def test_for_every_permission_on_every_noun(
        self, who: str, world: World, context: None
    ) -> None:
        standing = standing_of(world.actor(who))
        nouns: dict[str, Any] = {
            "listing": Listing,
            "interest": Interest,
            "matter": Matter,
            "outcome": Outcome,
            "project": Project,
            "project_partner": Partner,
            "card": Card,
            "deliverable": Deliverable,
            "progress_report": ProgressReport,
            "membership": Membership,
            "news": News,
            "organisation": Organisation,
            "document": Document,
            "due": Due,
            "meeting": Meeting,
            "resolution": Resolution,
            "action": Action,
            "turn": Turn,
            "swap": Swap,
            "handover": Handover,
        }
        checked = 0
        for permission, lines in PERMISSIONS.items():
            model = nouns.get(permission.partition(".")[0])
            if model is None or not all(word.fits(model) for line in lines for word in line):
                continue
            listed = set(
                db.session.scalars(select(model.id).where(visible_to(standing, permission, model)))
            )
            allowed = {
                thing.id
                for thing in db.session.scalars(select(model))
                if can(standing, permission, thing)
            }
            assert listed == allowed, permission
            checked += 1
        assert checked > 10

    @pytest.mark.parametrize("who", CAST)
    def test_for_the_search_index(self, who: str, world: World, context: None) -> None:
        """Every listing of the world says 碳纤维 or 冻干: the bare index gives the viewable."""
        standing = standing_of(world.actor(who))
        found: set[int] = set()
        for query in ("碳纤维", "冻干"):
            rows = search.documents("listing", query, standing)
            assert rows is not None
            found |= {row.record_id for row in db.session.execute(rows)}
        viewable = {
            listing.id
            for listing in db.session.scalars(select(Listing))
            if can(standing, "listing.view", listing)
        }
        assert found == viewable
        assert found, "everybody may see the public ones"

    @pytest.mark.parametrize("who", CAST)
    def test_for_the_pages_of_a_search(self, who: str, world: World, context: None) -> None:
        standing = standing_of(world.actor(who))
        found: set[int] = set()
        for query in ("碳纤维", "冻干"):
            for state in (
                "open",
                "expired",
                *(s.value for s in LISTING.labels if s != "published"),
            ):
                page = queries.list_page(standing, ListingFilter(query=query, state=state))
                found |= {row.id for row in page.rows}
        allowed = {
            listing.id
            for listing in db.session.scalars(select(Listing))
            if can(standing, "listing.view", listing)
        }
        assert found == allowed
