"""How a telephone number that people wrote is dialled, and found within a text: pure text."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

#: What people write between a number and its extension: "zhuan" (U+8F6C), "fen ji", "ext".
_EXTENSION = re.compile(r"(?:\u8f6c|\u5206\u673a|ext\.?|#|x)", re.IGNORECASE)
#: Fewer digits than these are no number to call.
SHORTEST = 5
#: A number within a text: of a mobile telephone, or an area code and what follows it.
_WITHIN = re.compile(
    r"(?<![\d-])(?:1\d{10}|0\d{2,3}[- ]\d{3,4}[- ]?\d{4}|400[- ]?\d{3}[- ]?\d{4})(?![\d-])"
)


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


def with_numbers(text: str) -> Markup:
    """Return a text in which each telephone number can be tapped and stays on one line."""
    found, end = Markup(), 0
    for match in _WITHIN.finditer(text):
        link = Markup('<a class="number" href="tel:{}">{}</a>')
        found += escape(text[end : match.start()]) + link.format(dialled(match[0]), match[0])
        end = match.end()
    return found + escape(text[end:])
