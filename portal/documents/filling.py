"""The inside of the fence: a process of its own that fills one Word template in.

Run by `rendering.py`, by its path and in isolation: it imports nothing of the portal. It bounds
its own memory and time first, reads the fields (one line of JSON) and the template from its
input, and writes the paper. Whatever a template does to it ends with this process.
"""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO
from typing import Any

import segno
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

#: The edge of the code on paper, in millimetres.
CODE_SIZE = 24
#: Bytes of a paper: more than any people print.
LARGEST = 32 * 1024 * 1024
#: What the process ends with where the template cannot be filled in.
REFUSED = 3
#: What it ends with where the template lacks a field that every paper of its kind must show.
LACKING = 4


class Sandbox(SandboxedEnvironment):
    """Where templates run: no inner names, and no arithmetic that fills the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse the operators that make much of little."""
        raise SecurityError(f"no {operator} in a template")


class Code:
    """What a template may do with the code: print it. A picture knows its whole document."""

    __slots__ = ("_image",)

    def __init__(self, image: InlineImage) -> None:
        self._image = image

    def __html__(self) -> str:
        return str(self._image)

    def __str__(self) -> str:
        return str(self._image)


def main() -> None:
    """Fill the template from the input in, and write the paper."""
    bound(resource.RLIMIT_AS, int(sys.argv[1]))
    bound(resource.RLIMIT_CPU, int(sys.argv[2]))
    bound(resource.RLIMIT_FSIZE, 0)
    bound(resource.RLIMIT_CORE, 0)
    told = json.loads(sys.stdin.buffer.readline())
    try:
        template = sys.stdin.buffer.read()
        lacks = lacking(template, told["must"])
        done = filled(template, told["fields"], told["address"])
    # What a stranger's file and the sentences in it may raise, nobody can list.
    except Exception:
        sys.exit(REFUSED)
    if lacks:
        sys.exit(LACKING)
    if len(done) > LARGEST:
        sys.exit(REFUSED)
    sys.stdout.buffer.write(done)


def bound(kind: int, most: int) -> None:
    """Bound a resource of this process; what the machine bounds tighter stays."""
    _soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))


def lacking(template: bytes, must: list[str]) -> set[str]:
    """Return which of the fields that must stand in a template do not."""
    if not must:
        return set()
    used: set[str] = DocxTemplate(BytesIO(template)).get_undeclared_template_variables()
    return set(must) - used


def filled(template: bytes, fields: dict[str, Any], address: str) -> bytes:
    """Return the template filled in, with the QR code of the address where it says `qr`."""
    code = BytesIO()
    segno.make(address, error="m").save(code, kind="png", scale=6, border=1)
    document = DocxTemplate(BytesIO(template))
    image = InlineImage(document, code, width=Mm(CODE_SIZE))
    said = {**fields, "qr": Code(image), "address": address}
    done = BytesIO()
    document.render(said, Sandbox(autoescape=True))
    document.save(done)
    return done.getvalue()


if __name__ == "__main__":
    main()
