"""Whether a text was posted already: whoever goes back and sends it again is asked first.

A receipt answers a double click; a form that was opened anew has a key of its own, and says the
same all the same. What does not live here: the posting (`operations.py`).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange.content import ListingContent
from portal.exchange.models import Listing
from portal.exchange.workflow import ListingState

#: For so long the same text of the same organisation is taken for a slip.
SLIP = timedelta(days=1)


def posted_already(
    alliance: Alliance, organisation_id: int | None, content: ListingContent
) -> Listing | None:
    """Return the newest listing that an organisation posted with this very text, or None.

    In the same alliance and direction, within the last day; what was closed or put away since
    is over and may be said anew.
    """
    same = (
        select(Listing)
        .where(
            Listing.organisation_id == organisation_id,
            Listing.alliance_id == alliance.id,
            Listing.direction == content.direction,
            Listing.title == content.title,
            Listing.specification == content.specification,
            Listing.state != ListingState.CLOSED,
            Listing.created_at > clock.now() - SLIP,
        )
        .order_by(Listing.id.desc())
        .limit(1)
    )
    return db.session.scalar(same)
