"""How a telephone number that people wrote is dialled: pure text."""

from __future__ import annotations

import re
import unicodedata

#: What people write between a number and its extension: "zhuan" (U+8F6C), "fen ji", "ext".
_EXTENSION = re.compile(r"(?:\u8f6c|\u5206\u673a|ext\.?|#|x)", re.IGNORECASE)
#: Fewer digits than these are no number to call.
SHORTEST = 5


def dialled(written: str) -> str | None:
    """Return a number as a `tel:` address takes it, or None where nothing can be dialled.

    Of several numbers the first; an extension follows after a pause.
    """
    folded = unicodedata.normalize("NFKC", written)
    first = re.split(r"[/;,\u3001\n]", folded)[0]
    number, *extensions = _EXTENSION.split(first)
    digits = re.sub(r"[^\d]", "", number)
    if len(digits) < SHORTEST or not digits.isascii():
        return None
    plus = "+" if number.strip().startswith("+") else ""
    extension = re.sub(r"[^\d]", "", extensions[0]) if extensions else ""
    return f"{plus}{digits}{',' + extension if extension else ''}"
