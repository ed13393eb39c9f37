"""Who gets which answer from the pages of sign in."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import EVERYONE, NO_OFFICERS, OFFICERS, SIGNED_IN

CASES: list[Case] = [
    view("sign_in.sign_in", "anonymous", is_open=True),
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
    # A link that was cut short leads on, with a word why.
    view("invitations.take_up", EVERYONE, arguments={"token": "no-such"}, is_open=True, status=302),
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
    # a forgotten password; the portal of the tests sends no mail of its own
    view("passwords.ask_for_link", EVERYONE, is_open=True),
    send("passwords.ask_for_link", EVERYONE, status=422, is_open=True, data={"account": "x"}),
    view("passwords.link_asked", EVERYONE, is_open=True),
    view("passwords.enter_code", EVERYONE, is_open=True),
    view("passwords.set_by_code", EVERYONE, is_open=True, status=302),
    view("passwords.set_by_link", EVERYONE, arguments={"token": "password"}, is_open=True),
    send(
        "passwords.set_by_link",
        EVERYONE,
        arguments={"token": "password"},
        status=422,
        is_open=True,
        data={"password": "short"},
    ),
    view(
        "passwords.set_by_link", EVERYONE, arguments={"token": "no-such"}, is_open=True, status=302
    ),
    view("passwords.hand_out_link", OFFICERS, NO_OFFICERS),
    send("passwords.hand_out_link", OFFICERS, NO_OFFICERS, status=422),
    view("factors.list_factor_resets", OFFICERS, NO_OFFICERS),
    send("factors.list_factor_resets", OFFICERS, NO_OFFICERS, status=422),
    send("factors.confirm_factor_reset", "secretary", "admin", factor_reset="waiting"),
]
