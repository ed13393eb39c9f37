"""What a decision on a membership rests on: a resolution, or a letter (依据)."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.errors import Refused

#: Characters of a basis: the name, number and date of a paper, not its text.
LONGEST_BASIS = 200


def written_basis(basis: str | None, *, missing: LazyString | None) -> str | None:
    """Return a basis as it is stored, None where none is given.

    Raises `Refused` where it is too long, or absent although `missing` says why it must not be.
    """
    basis = (basis or "").strip() or None
    if basis is None and missing is not None:
        raise Refused(missing, field="basis")
    if basis is not None and len(basis) > LONGEST_BASIS:
        raise Refused(_l("At most %(max)d characters.", max=LONGEST_BASIS), field="basis")
    return basis
