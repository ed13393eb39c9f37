"""What an e-mail address and a mobile number must look like to be an account's."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

from portal.accounts.queries import DEMO_DOMAIN, has_demo_world
from portal.errors import Refused

#: Addresses of this domain reach nobody (RFC 2606): what an erased person is told apart by.
NOWHERE = "erased.invalid"
#: The purpose of links that set a new password: they end with the addresses they were sent to.
PASSWORD_LINK = "password"  # noqa: S105 - a purpose, no secret
#: What the columns hold.
LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
MOBILE = re.compile(r"[0-9]{6,20}")


def refuse_bad_addresses(
    email: str | None, mobile: str | None, *, field: str | None = None
) -> None:
    """Raise `Refused` where an address in stored form is none; `field` names where it was typed.

    Asked of the stored form, because folding full-width characters may have changed it.
    """
    if email is not None and not (len(email) <= LONGEST_EMAIL and EMAIL.fullmatch(email)):
        raise Refused(_l("This is no e-mail address."), field=field or "email")
    if mobile is not None and not MOBILE.fullmatch(mobile):
        raise Refused(_l("This is no mobile number."), field=field or "mobile")


def refuse_reserved_address(email: str | None, *, field: str = "email") -> None:
    """Raise `Refused` for an address that the portal itself needs.

    One of the demo world would keep a real portal from starting, one of the erased would keep
    somebody else from being erased.
    """
    domain = (email or "").rpartition("@")[2]
    if domain == NOWHERE or (domain == DEMO_DOMAIN and not has_demo_world()):
        raise Refused(_l("No mail reaches this address."), field=field)
