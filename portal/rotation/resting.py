"""Which resolution a plan or an exchange rests on, and what of rotation rests on a resolution.

A basis is written in a sentence. Where it quotes the number of a resolution that passed in the
same alliance, the portal knows which one is meant, and each side leads to the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from portal.database import among, db
from portal.language import LANGUAGES, word_in
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_queries import REGISTERS
from portal.rotation.models import Turn
from portal.rotation.workflow import LIVE

#: A year in brackets, then the number.
_NUMBER = re.compile(r"[^\w\s./-](\d{4})[^\w\s./-]\s*[^\W\d]{0,2}\.?\s*(\d{1,6})")
#: So many resolutions are offered.
OFFERED = 8


def resolution_named(alliance_id: int, basis: str | None) -> int | None:
    """Return the resolution in force whose number a basis quotes, or None where it quotes none."""
    found = _NUMBER.search(basis or "")
    if basis is None or found is None or _is_of_a_document(basis[: found.start()]):
        return None
    return db.session.scalar(
        select(Resolution.id).where(
            Resolution.alliance_id == alliance_id,
            Resolution.year == int(found[1]),
            Resolution.sequence == int(found[2]),
            among(Resolution.state, REGISTERS["in_force"]),
        )
    )


def _is_of_a_document(before: str) -> bool:
    """Tell whether a number stands behind the prefix of a document, whose series is another."""
    before = before.rstrip().lower()
    if not before or not before[-1].isalnum():
        return False
    # A basis may be written in another language than the page, and is read again by the portal.
    return not before.endswith(tuple(word_in(each, "Resolution").lower() for each in LANGUAGES))


def resolutions_offered(alliance_id: int) -> Sequence[Resolution]:
    """Return the newest resolutions that a plan or an exchange may rest on."""
    return db.session.scalars(
        select(Resolution)
        .where(
            Resolution.alliance_id == alliance_id,
            among(Resolution.state, REGISTERS["in_force"]),
        )
        .order_by(Resolution.year.desc(), Resolution.sequence.desc())
        .limit(OFFERED)
    ).all()


def turns_resting_on(resolution: Resolution) -> Sequence[Turn]:
    """Return the terms that stand by a resolution, in the order of their days."""
    return db.session.scalars(
        select(Turn)
        .where(Turn.resolution_id == resolution.id, among(Turn.state, LIVE))
        .order_by(Turn.starts_on, Turn.id)
    ).all()
