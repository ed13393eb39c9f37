"""The unified social credit code (统一社会信用代码, GB 32100): reading what somebody typed.

Pure: it knows no database. Whether a code is taken is asked where it is stored.
"""

from __future__ import annotations

import unicodedata

from flask_babel import lazy_gettext as _l
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from portal.errors import Refused


def code_of(written: str | None) -> str | None:
    """Return a code as it is stored, or None where nothing was typed.

    Full-width characters become ordinary ones, letters capital, blanks and hyphens go. Raises
    `Refused` for a wrong length, a wrong character, or a check character that does not fit.
    """
    plain = unicodedata.normalize("NFKC", written or "").upper()
    plain = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Pd")
    if not plain:
        return None
    try:
        return str(uscc.validate(plain))
    except InvalidLength:
        sentence = _l(
            "A unified social credit code has 18 characters, this one %(n)d.", n=len(plain)
        )
    except InvalidChecksum:
        sentence = _l("The last character does not fit the others: please check the code.")
    except ValidationError:
        sentence = _l("Only digits and capital letters without I, O, S, V and Z belong in a code.")
    raise Refused(sentence, field="uscc")


def code_within(written: str) -> str | None:
    """Return the code that was typed, or None: where a name may stand as well."""
    try:
        return code_of(written)
    except Refused:
        return None
