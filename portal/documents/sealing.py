"""How papers are sealed: on paper (download, stamp, send the scan in), or by an adapter.

An adapter is one function: it is handed the Word file and what is known of it, and returns the
sealed file, mostly a PDF or OFD. It decides nothing: who asks for a seal, who checks it and what
is proved by its code is the portal's. `stand-in` seals at once and seals nothing; no production
server starts with it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from portal.documents.models import Document
from portal.documents.workflow import DOCUMENT
from portal.errors import Refused
from portal.store import store

PAPER, STAND_IN = "paper", "stand-in"


@dataclass(frozen=True)
class ForSeal:
    """What is to be sealed: the Word file, its name, and who seals it."""

    content: bytes
    name: str
    number: str
    title: str
    seal_holder: str
    digest: str


@dataclass(frozen=True)
class Sealed:
    """What came back: the sealed file and its name."""

    content: bytes
    name: str


Adapter = Callable[[ForSeal], Sealed]


def is_electronic() -> bool:
    """Tell whether papers can be sealed by an adapter here."""
    return current_app.extensions.get("sealing") is not None


def sealed(document: Document, name: str) -> Sealed:
    """Return the sealed file of a document; slow work, outside every operation.

    Raises `Refused` where papers are sealed by hand here, where its file was not made, and for
    whatever the adapter raises: paper remains the way then. A paper that was revoked, or was
    sealed already, never reaches the adapter: its seal could not be taken back.
    """
    adapter: Adapter | None = current_app.extensions.get("sealing")
    if adapter is None or document.digest is None:
        raise Refused(_l("It cannot be sealed electronically here: have it sealed on paper."))
    if document.state is not DOCUMENT.start:
        raise Refused(_l("This cannot be done now: the state has changed in the meantime."))
    with store().open(document.digest) as file:
        content = file.read()
    asked = ForSeal(
        content, name, document.number, document.title, document.seal_holder, document.digest
    )
    try:
        return adapter(asked)
    except Exception as error:  # whatever a stranger's server and the code for it may raise
        current_app.logger.exception("the seal of document %d failed", document.id)
        raise Refused(
            _l("The electronic seal failed. Try again later, or have it sealed on paper.")
        ) from error


def stand_in(asked: ForSeal) -> Sealed:
    """Return a file that says what would have been sealed: to try the way without a provider."""
    said = f"%PDF-1.4\n% stand-in, no seal: sha256 {asked.digest}\n%%EOF\n"
    return Sealed(said.encode(), f"{asked.name.rpartition('.')[0]}-stand-in.pdf")


def init_app(app: Flask) -> None:
    """Find the adapter that the setting names; a wrong name keeps the portal from starting."""
    app.extensions["sealing"] = _named(app.config["SEAL_ADAPTER"])


def _named(name: str) -> Adapter | None:
    if name in ("", PAPER):
        return None
    if name == STAND_IN:
        return stand_in
    module, _colon, function = name.partition(":")
    try:
        found: Adapter = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SystemExit(
            f"SEAL_ADAPTER is {name!r}: name a function as package.module:function, or {PAPER}. "
            f"({error})"
        ) from error
    return found
