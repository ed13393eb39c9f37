"""Filling a Word template, in a process of its own, because templates come from people.

A template is a .docx with fields in double braces. Whatever it asks beyond its fields, it does
not get (`filling.py`); one that cannot be filled in, or not within bounded time and memory, is
refused with a sentence.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from flask_babel import lazy_gettext as _l

from portal.errors import Refused

#: Where the templates that come with the portal lie.
SHIPPED = Path(__file__).parent / "templates"
FILLER = Path(__file__).with_name("filling.py")
#: What the filler ends with where a field lacks that has to be there.
LACKING = 4
MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def shipped(kind: str) -> BytesIO:
    """Return the template of a kind that comes with the portal."""
    return BytesIO((SHIPPED / f"{kind}.docx").read_bytes())


def must_show(kind: str) -> tuple[str, str]:
    """Return the fields without which no paper of a kind can be told from the next one.

    That is its number, and what it is about: a certificate has no title but whom it is for.
    """
    return ("number", "organisation" if kind == "certificate" else "title")


def filled(
    template: BinaryIO, fields: Mapping[str, Any], *, address: str, must: Sequence[str] = ()
) -> bytes:
    """Return a template filled in, with the QR code of an address where it says `qr`.

    Raises `Refused` for a file that is no template, one that asks for what it may not have, one
    without a field that it must have, and one that takes too long or too much memory; TypeError
    for a field that is more than a plain value.
    """
    _plain(fields)
    told = json.dumps({"fields": fields, "address": address, "must": list(must)}).encode()
    memory = current_app.config["DOCUMENT_MEMORY"]
    seconds = current_app.config["DOCUMENT_SECONDS"]
    # Isolated, and with nothing of our environment: it holds the portal's secrets.
    command = [sys.executable, "-I", str(FILLER), str(memory), str(seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell, no word of a stranger
            command,
            input=told + b"\n" + template.read(),
            capture_output=True,
            timeout=seconds * 2,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise Refused(_too_long(), field="file") from None
    if done.returncode == -signal.SIGXCPU:
        raise Refused(_too_long(), field="file")
    if done.returncode == LACKING:
        needed = " ".join(f"{{{{ {name} }}}}" for name in must)
        raise Refused(
            _l(
                "A paper made from this template would not say which one it is: it has to hold "
                "these fields: %(fields)s. Start from the one that comes with the portal.",
                fields=needed,
            ),
            field="file",
        )
    if done.returncode or not done.stdout:
        current_app.logger.warning("a template ended its filling with %d", done.returncode)
        raise Refused(_not_filled(), field="file")
    return done.stdout


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


def _too_long() -> Any:
    return _l(
        "Filling this template in takes too long. Look for loops within loops, or start from the "
        "one that comes with the portal."
    )
