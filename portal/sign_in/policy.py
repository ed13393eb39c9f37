"""What a password must be: long, and hard to guess for somebody who knows its owner.

Pure: it knows no database. Guessing is estimated by zxcvbn, which takes some milliseconds, so
ask before an operation and never within one.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

#: Characters, as NIST SP 800-63B and the issue of this room ask; and no more than a form takes.
SHORTEST = 10
LONGEST = 200
#: zxcvbn's own scale goes from 0 to 4; 3 resists guessing without a limit, offline.
LOWEST_SCORE = 3
#: zxcvbn raises for more, and what lies beyond makes no password weaker.
ESTIMATED = 72


def password_refusal(password: str, *, about: Iterable[str | None] = ()) -> LazyString | None:
    """Return the sentence that says why a password is not accepted, or None where it is.

    `about` holds what others know of its owner (name, e-mail address, mobile number): a password
    made of it is easy to guess.
    """
    if len(password) < SHORTEST:
        return _l("A password needs at least %(min)d characters.", min=SHORTEST)
    if len(password) > LONGEST:
        return _l("At most %(max)d characters.", max=LONGEST)
    known = [part for text in about if text for part in (text, *text.split("@"))]
    estimate = zxcvbn(password[:ESTIMATED], user_inputs=known)
    if estimate["score"] < LOWEST_SCORE:
        return _l(
            "This password is easy to guess. Take several words that do not belong together, "
            "and nothing that others know of you."
        )
    return None
