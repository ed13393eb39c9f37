"""Filling a Word template: pure, and in a sandbox, because templates come from people.

A template is a .docx with fields in double braces. Whatever it asks beyond its fields, it does
not get; one that cannot be filled in is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import segno
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from flask_babel import lazy_gettext as _l
from jinja2 import TemplateError
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


def filled(template: BinaryIO, fields: Mapping[str, Any], *, address: str) -> bytes:
    """Return a template filled in, with the QR code of an address where it says `qr`.

    Raises `Refused` for a file that is no template, or one that asks for what it may not have.
    """
    try:
        document = DocxTemplate(template)
        code = BytesIO()
        segno.make(address, error="m").save(code, kind="png", scale=6, border=1)
        image = InlineImage(document, code, width=Mm(CODE_SIZE))
        environment = SandboxedEnvironment(autoescape=True)
        document.render({**fields, "qr": image, "address": address}, environment)
        done = BytesIO()
        document.save(done)
    except (TemplateError, OverflowError, TypeError, ValueError, KeyError, BadZipFile) as error:
        raise Refused(_not_filled(), field="file") from error
    except PackageNotFoundError as error:
        raise Refused(_not_filled(), field="file") from error
    return done.getvalue()


def _not_filled() -> Any:
    return _l("This template cannot be filled in. Start from the one that comes with the portal.")
