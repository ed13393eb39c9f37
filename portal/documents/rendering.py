"""Filling a Word template: pure, and in a sandbox, because templates come from people.

A template is a .docx with fields in double braces. Whatever it asks beyond its fields, it does
not get; one that cannot be filled in is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import segno
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from flask_babel import lazy_gettext as _l
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from portal.errors import Refused

#: Where the templates that come with the portal lie.
SHIPPED = Path(__file__).parent / "templates"
MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: The edge of the code on paper, in millimetres.
CODE_SIZE = 24


def shipped(kind: str) -> BytesIO:
    """Return the template of a kind that comes with the portal."""
    return BytesIO((SHIPPED / f"{kind}.docx").read_bytes())


class _Sandbox(SandboxedEnvironment):
    """Where templates run: no inner names, and no arithmetic that fills the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"no {operator} in a template")


class _Code:
    """What a template may do with the code: print it. A picture knows its whole document."""

    __slots__ = ("_image",)

    def __init__(self, image: InlineImage) -> None:
        self._image = image

    def __html__(self) -> str:
        return str(self._image)

    def __str__(self) -> str:
        return str(self._image)


def filled(template: BinaryIO, fields: Mapping[str, Any], *, address: str) -> bytes:
    """Return a template filled in, with the QR code of an address where it says `qr`.

    Raises `Refused` for a file that is no template, or one that asks for what it may not have,
    and TypeError for a field that is more than a plain value.
    """
    _plain(fields)
    code = BytesIO()
    segno.make(address, error="m").save(code, kind="png", scale=6, border=1)
    document = DocxTemplate(template)
    image = InlineImage(document, code, width=Mm(CODE_SIZE))
    said = {**fields, "qr": _Code(image), "address": address}
    done = BytesIO()
    try:
        document.render(said, _Sandbox(autoescape=True))
        document.save(done)
    # What a stranger's file and the sentences in it may raise, nobody can list.
    except Exception as error:
        raise Refused(_not_filled(), field="file") from error
    return done.getvalue()


def _plain(value: Any) -> None:
    """Raise TypeError unless a value is text, a number, or made of such: nothing to reach into."""
    if isinstance(value, dict):
        for each in (*value.keys(), *value.values()):
            _plain(each)
    elif isinstance(value, list):
        for each in value:
            _plain(each)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"no plain value: {type(value).__name__}")


def _not_filled() -> Any:
    return _l("This template cannot be filled in. Start from the one that comes with the portal.")
