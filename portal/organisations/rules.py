"""Rules of what an organisation says of itself: its website, its headquarters."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.models import Organisation
from portal.database import db
from portal.errors import Refused
from portal.organisations import queries

#: What the column holds.
LONGEST_WEBSITE = 200


def website_of(written: str | None) -> str | None:
    """Return a website as it is stored, `https://` before it where nothing was; None for nothing.

    Raises `Refused` for anything but a plain http(s) address: a link is shown to everybody.
    """
    address = (written or "").strip()
    if not address:
        return None
    if "://" not in address and not address.lower().startswith(("javascript:", "data:")):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        is_right = (
            parts.scheme in ("http", "https")
            and "." in (parts.hostname or "").strip(".")
            and "@" not in parts.netloc
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        is_right = False
    is_plain = all(c.isprintable() and c not in ' "<>\\' for c in address)
    if not is_right or not is_plain or len(address) > LONGEST_WEBSITE:
        raise Refused(_l("Write an address such as https://www.example.cn."), field="website")
    return address


def organisation_meant(written: str, *, field: str) -> Organisation:
    """Return the organisation that a typed name or code means.

    Raises `Refused` where none does; the sentence names those whose name comes close.
    """
    found = queries.organisation_typed(written)
    if found is not None:
        return found
    close = [each.name for each in queries.organisations_like(written)]
    if close:
        names = _("; ").join(close)
        raise Refused(_l("Nobody is called exactly this. Did you mean %(names)s?", names=names),
                      field=field)  # fmt: skip
    raise Refused(_l("No organisation of this name or code is registered."), field=field)


def check_headquarters(organisation: Organisation, headquarters: Organisation) -> None:
    """Raise `Refused` where a headquarters would be its own branch, over any number of steps."""
    above: Organisation | None = headquarters
    while above is not None:
        if above.id == organisation.id:
            raise Refused(
                _l("This organisation would be the branch of its own branch."), field="headquarters"
            )
        above = db.session.get(Organisation, above.headquarters_id or 0)
