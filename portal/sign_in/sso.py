"""Signing in through somebody else's identity provider (CAS, OIDC): one function per adapter.

An adapter turns what the provider sent back into a proven e-mail address or mobile number, and
decides nothing else: whose account that is, whether a second factor is due and what may be done
is the portal's. The account must exist; nobody gets one here. What was begun is bound to the
browser by its cookie (state and nonce), holds ten minutes, and is used up by the first answer.

`outbox` and `console` are stand-ins, to try the way without a provider: they send a signed ticket
to the address that is typed. Who hands such messages over could come in as anybody, so no
production server starts with them.
"""

from __future__ import annotations

import hmac
import importlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer

from portal import links
from portal.access import require
from portal.accounts.addresses import refuse_bad_addresses
from portal.accounts.models import Person
from portal.accounts.queries import account_name, person_named
from portal.actors import ANONYMOUS, SYSTEM
from portal.errors import Refused
from portal.operations import operation
from portal.outbox import send_mail, send_sms
from portal.sign_in.passkeys import make_challenge, spend_challenge

#: How long the way to the provider and back may take.
LIFETIME = timedelta(minutes=10)


class NotProved(Exception):
    """What came back proves nobody: an adapter raises it with the reason for the log."""


@dataclass(frozen=True)
class Expected:
    """What an answer must answer to: drawn for one sign-in in one browser."""

    state: str
    nonce: str

    @property
    def return_address(self) -> str:
        """The address the provider sends back to, as it is registered there (OIDC)."""
        return links.address("sso.come_back")

    @property
    def return_with_state(self) -> str:
        """The same with the state in it, for providers that send none back (CAS)."""
        return links.address("sso.come_back", state=self.state)


Adapter = Callable[[Mapping[str, str], Expected], str]


def read_ticket(returned: Mapping[str, str], expected: Expected) -> str:
    """Return whom a ticket of the stand-ins was sent to: the adapter behind both of them."""
    try:
        said = _tickets().loads(returned.get("ticket", ""))
    except BadData as error:
        raise NotProved("no ticket of ours") from error
    if not hmac.compare_digest(said["nonce"], expected.nonce):
        raise NotProved("a ticket of another sign-in")
    account: str = said["account"]
    return account


#: One sentence, so that nobody learns who has an account here.
NOT_RECOGNISED = _l(
    "This sign-in was not recognised, it came too late, or nobody has an account here under what "
    "it proved. Begin again, or sign in another way."
)
#: What may stand in braces in SSO_ADDRESS.
PLACES = ("state", "nonce", "return_address", "return_with_state")
#: Which outbox adapter a stand-in sends its tickets by.
STAND_INS = ("outbox", "console")


def is_on() -> bool:
    """Tell whether one can sign in this way."""
    return bool(current_app.config["SSO_ADAPTER"])


def is_stand_in() -> bool:
    """Tell whether the portal itself stands in for a provider."""
    return current_app.config["SSO_ADAPTER"] in STAND_INS


def begin() -> Expected:
    """Draw what the answer must answer to; it can be answered once, within ten minutes."""
    return Expected(state=make_challenge(lifetime=LIFETIME), nonce=secrets.token_urlsafe(24))


def address_of_provider(expected: Expected) -> str:
    """Return where the browser goes: SSO_ADDRESS with its places filled in."""
    template: str = current_app.config["SSO_ADDRESS"]
    return template.format_map({n: quote(getattr(expected, n), safe="") for n in PLACES})


@operation
def send_ticket(account: str, expected: Expected) -> None:
    """Send a ticket to whoever reads an address, as a stand-in for a provider.

    Whether somebody has an account under it plays no part, so neither answer nor time tells.
    Raises `Refused` for what is no address.
    """
    require(ANONYMOUS, "session.start")
    stored = account_name(account)
    email, mobile = (stored, None) if "@" in stored else (None, stored)
    refuse_bad_addresses(email, mobile, field="account")
    ticket = _tickets().dumps({"account": stored, "nonce": expected.nonce})
    text = _(
        "Open %(address)s within ten minutes, in the browser in which you began to sign in. If "
        "that was not you, do nothing.",
        address=links.address("sso.come_back", state=expected.state, ticket=ticket),
    )
    adapter: str = current_app.config["SSO_ADAPTER"]
    if email:
        send_mail(email, _("Sign in to the alliance portal"), text, by=SYSTEM, adapter=adapter)
    else:
        send_sms(stored, text, by=SYSTEM, adapter=adapter)


def recognise(returned: Mapping[str, str], expected: Expected | None) -> Person:
    """Return whose account an answer of the provider proves; the answer is used up.

    Raises one and the same `Refused` where nothing was begun in this browser, where the answer is
    late, used or another's, where it proves nobody, and for who has no account here.
    """
    if expected is None or not answers(returned, expected) or not spend_challenge(expected.state):
        raise Refused(NOT_RECOGNISED)
    adapter: Adapter = current_app.extensions["sso"]
    try:
        proved = adapter(returned, expected)
    # It speaks with a server elsewhere and fails in ways of its own: none of them lets in.
    except Exception as error:
        current_app.logger.warning("single sign-on refused: %r", error)
        raise Refused(NOT_RECOGNISED) from error
    found = person_named(account_name(proved))
    if found is None or not found.is_open:
        raise Refused(NOT_RECOGNISED)
    return found


def answers(returned: Mapping[str, str], expected: Expected | None) -> bool:
    """Tell whether what came back answers what was begun in this browser; uses nothing up."""
    said = returned.get("state", "").encode()
    return expected is not None and hmac.compare_digest(said, expected.state.encode())


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="portal: sso ticket")


def init_app(app: Flask) -> None:
    """Find the adapter that SSO_ADAPTER names; keep the portal from starting without it."""
    name = app.config["SSO_ADAPTER"]
    app.extensions["sso"] = read_ticket if name in STAND_INS else _imported(name)
    if name and name not in STAND_INS:
        _check_address(app.config["SSO_ADDRESS"])

    @app.template_global()
    def sso_label() -> str | None:
        """Return what the button says, or None where one cannot sign in this way."""
        label: str = app.config["SSO_NAME"] or _("With the account of my organisation")
        return label if is_on() else None


def _check_address(template: str) -> None:
    try:
        template.format_map(dict.fromkeys(PLACES, ""))
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise SystemExit(f"SSO_ADDRESS has other places than {', '.join(PLACES)}.") from error
    if not template.startswith("https://"):
        raise SystemExit("SSO_ADDRESS is missing: set it to the provider's https:// address.")


def _imported(name: str) -> Adapter | None:
    if not name:
        return None
    module, _colon, function = name.partition(":")
    try:
        found: Adapter = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SystemExit(
            f"SSO_ADAPTER is {name!r}: name a function as package.module:function, or one of "
            f"{', '.join(STAND_INS)}. ({error})"
        ) from error
    return found
