"""Who is spoken of in several cases, and what several of them send."""

from __future__ import annotations

from portal import clock
from tests.world import CAST

EVERYONE = " ".join(CAST)
SIGNED_IN = " ".join(who for who in CAST if who != "anonymous")


def others(ok: str) -> str:
    """Return everybody who is signed in and not among these."""
    return " ".join(who for who in SIGNED_IN.split() if who not in ok.split())


NOT_ADMIN = " ".join(who for who in SIGNED_IN.split() if who != "admin")
#: Who may see a listing that only hydrogen's members may see, and who runs its owner.
OWNERS = "manager delegate"
HYDROGEN = "manager delegate supplier chair secretary"
HYDROGEN_SLUG = {"alliance_slug": "hydrogen"}
NEW_IT_SLUG = {"alliance_slug": "new-it"}
NOT_THE_SECRETARY = " ".join(who for who in SIGNED_IN.split() if who != "secretary")
POSTING = {
    "secrecy": "none",
    "direction": "demand",
    "title": "求购阀门",
    "specification": "35MPa瓶口阀，年用3000只。",
    "valid_until": (clock.today()).isoformat(),
    "visibility": "public",
    "save": "1",
}
DELEGATES = "manager delegate supplier chair outsider"
LISTERS = f"{DELEGATES} secretary other_secretary"
#: Whoever acts for maker or supplier.
PARTIES = "manager delegate supplier"
NOT_POSTERS = "stranger former secretary other_secretary liaison expert admin"
ALL_BUT_OWNERS = " ".join(who for who in SIGNED_IN.split() if who not in OWNERS.split())
OFFICERS = "secretary other_secretary admin"
NO_OFFICERS = " ".join(who for who in SIGNED_IN.split() if who not in OFFICERS.split())
TWO_SECRETARIES = "secretary other_secretary"
MANAGER, SECRETARY = others("manager"), others("secretary")
BOTH_KEEPERS = "manager secretary"
#: Who calls and holds hydrogen's meetings, its other members, and those with a seat.
CALLERS, MEMBERS, VOTERS = "chair secretary", "manager delegate supplier", "manager delegate chair"
