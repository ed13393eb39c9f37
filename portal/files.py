"""Attachments: files on records. Taken by their content, counted, and sent so that they only lie.

A file's bytes are stored first (`store.py`), then its row is written in the operation of the
area whose record it hangs on. A crash in between leaves bytes that no row names: nobody sees
them, and `sweep` forgets them. Who may see a file is who may view its record: the area's own
door asks that, before it asks here for the files of the record. No noun of an area stands here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from urllib.parse import quote

from flask import Response, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Index, Integer, String, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import Model, constraints, db
from portal.errors import Missing, Refused
from portal.operations import operation
from portal.sniffing import kind_for_name, kind_of
from portal.store import BLOCK_BYTES, Store, store

#: Bytes of a name in UTF-8: file systems take 255, and a folder of theirs comes before it.
LONGEST_NAME_BYTES = 180
LONGEST_ENDING = 10
#: Names that Windows keeps for itself.
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
#: What no row names is forgotten when it is older: its row may be just about to be written.
SWEEP_AFTER = timedelta(days=1)
MEGABYTE = 1_000_000


class Attachment(Model):
    """A file on a record. Two rows may name the same bytes."""

    __tablename__ = "attachment"
    __table_args__ = constraints(
        CheckConstraint("size > 0", name="not_empty"),
        Index(None, "about_noun", "about_id", "id"),
    )
    noun = "attachment"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    about_noun: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    #: How it is sent; what it is was read from its content.
    mime: Mapped[str] = mapped_column(String(100))
    #: In bytes.
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    # Plain numbers, no foreign keys: the ground knows no people.
    #: Whose quota it counts against.
    organisation_id: Mapped[int] = mapped_column(index=True)
    added_by_id: Mapped[int | None]


@dataclass(frozen=True)
class Received:
    """A file that was looked at and stored, and has no row yet."""

    name: str
    mime: str
    size: int
    digest: str


def safe_name(written: str) -> str:
    """Return a name that any system can save, or an empty one where nothing is left of it.

    The last part of a path; without controls and without the marks that turn text around, by
    which `gnp.exe` is made to look like `exe.png`; Chinese stays as it is.
    """
    name = unicodedata.normalize("NFC", written).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", re.sub(r"\s+", " ", name)).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return ""
    # Cut at once: a request can hold a name of half a megabyte. No character is cut in two.
    room = LONGEST_NAME_BYTES - len(f".{ending}".encode())
    stem = stem.encode()[:room].decode(errors="ignore")
    name = f"{stem.rstrip()}.{ending}"
    return f"_{name}" if RESERVED.match(name) else name


def receive(file: BinaryIO, written_name: str) -> Received:
    """Look at what was sent, store it, and return what its row will say; before any operation.

    Raises `Refused` with a sentence for a file that is too large, empty, of another kind than
    those that are taken or than its name says. Nothing is stored then.
    """
    size = file.seek(0, 2)
    limit = current_app.config["FILE_LARGEST_BYTES"]
    if size > limit:
        megabytes = limit // MEGABYTE
        raise Refused(
            _("The file is larger than %(limit)d MB. Choose a smaller one.", limit=megabytes),
            field="file",
        )
    name = safe_name(written_name)
    if not size or not name:
        raise Refused(_l("Choose a file that is not empty and has a name."), field="file")
    try:
        kind = kind_of(file)
        kind_for_name(kind, name.rpartition(".")[2].lower())
    except Refused as refused:
        raise Refused(refused.sentence, field="file") from None
    return Received(name, kind.mime, size, store().put(file))


def attach(
    thing: Any,
    received: Received,
    *,
    organisation_id: int,
    by: Actor,
    is_limited: bool = True,
) -> Attachment:
    """Hang a received file on a record, inside the operation of its area, and journal it.

    The same file sent twice hangs there once. Raises `Refused` where the record holds too many,
    or the organisation's quota is used up. Where files come with versions that stay, and none is
    ever taken off, the quota alone limits them: the record must not be full for ever.
    """
    present = files_of(thing)
    for each in present:
        if (each.digest, each.name) == (received.digest, received.name):
            return each
    most = current_app.config["FILES_PER_RECORD"]
    if is_limited and len(present) >= most:
        raise Refused(_("No more than %(most)d files here. Remove one first.", most=most))
    quota = current_app.config["FILES_QUOTA_BYTES"]
    if space_used(organisation_id) + received.size > quota:
        raise Refused(
            _(
                "The files of your organisation may take %(quota)d MB together; with this one "
                "they would take more. Remove some first.",
                quota=quota // MEGABYTE,
            )
        )
    if not store().has(received.digest):
        # Swept between the two steps: it lay for a day without a row, and came again just now.
        raise Refused(_l("The file was lost on the way. Please send it again."))
    made = Attachment(
        about_noun=thing.noun,
        about_id=thing.id,
        name=received.name,
        mime=received.mime,
        size=received.size,
        digest=received.digest,
        added_at=clock.now(),
        organisation_id=organisation_id,
        added_by_id=by.person_id,
    )
    db.session.add(made)
    db.session.flush()
    detail = {"note": received.name, "sha256": received.digest}
    journal.note(f"{thing.noun}.attach", thing, by=by, detail=detail)
    return made


def detach(thing: Any, attachment: Attachment, *, by: Actor) -> None:
    """Take a file off its record, inside the operation of its area, and journal it."""
    # A backup that copied the row a moment ago still has to find the bytes: they are swept later.
    store().renew(attachment.digest)
    db.session.delete(attachment)
    db.session.flush()
    journal.note(f"{thing.noun}.detach", thing, by=by, detail={"note": attachment.name})


_FILES = (
    select(Attachment)
    .where(
        Attachment.about_noun == bindparam("noun", type_=String),
        Attachment.about_id == bindparam("record", type_=Integer),
    )
    .order_by(Attachment.id)
)


def files_of(thing: Any) -> Sequence[Attachment]:
    """Return the files on a record, in the order in which they were added."""
    return db.session.scalars(_FILES, {"noun": thing.noun, "record": thing.id}).all()


def file_of(thing: Any, attachment_id: int) -> Attachment | None:
    """Return a file by its number if it hangs on this very record, else None."""
    return next((each for each in files_of(thing) if each.id == attachment_id), None)


def space_used(organisation_id: int) -> int:
    """Return how many bytes count against the quota of an organisation."""
    used = select(func.sum(Attachment.size)).where(Attachment.organisation_id == organisation_id)
    return db.session.scalar(used) or 0


def hand_over(organisation_id: int, to_id: int) -> None:
    """Let files count against another organisation, inside the operation that merges two."""
    db.session.execute(
        update(Attachment)
        .where(Attachment.organisation_id == organisation_id)
        .values(organisation_id=to_id)
    )


def send_of(thing: Any, attachment_id: int) -> Response:
    """Return the answer that hands out a file of a record; `Missing` where it hangs elsewhere."""
    found = file_of(thing, attachment_id)
    if found is None:
        raise Missing(f"attachment {attachment_id} of {thing.noun} {thing.id}")
    return send(found)


def send(attachment: Attachment) -> Response:
    """Return the answer that hands a file to a browser to be saved, never to be shown.

    Whatever a browser makes of it all the same, it does in a sandbox without anything to load.
    """
    if not store().has(attachment.digest):
        current_app.logger.error("the file of attachment %d is not in the store", attachment.id)
        raise Missing(f"attachment {attachment.id}")
    response = Response(_blocks(store(), attachment.digest), mimetype=attachment.mime)
    name = quote(attachment.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.content_length = attachment.size
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _blocks(kept: Store, digest: str) -> Iterator[bytes]:
    """Open the file when its first bytes are asked for: who asks for none leaves none open."""
    with kept.open(digest) as file:
        while block := file.read(BLOCK_BYTES):
            yield block


@operation
def forget(received: Received, *, by: Actor) -> None:
    """Forget what was received and not hung up, at once, unless a row names the same bytes.

    Otherwise whoever is refused by a quota could fill the disk all the same.
    """
    require(by, "attachment.sweep")
    named = select(Attachment.id).where(Attachment.digest == received.digest).limit(1)
    if db.session.scalar(named) is None:
        store().remove(received.digest)


@operation
def sweep(*, by: Actor) -> int:
    """Forget stored bytes that no row names and that are a day old; return how many.

    Under the write lock, so that no row can come to name them meanwhile.
    """
    require(by, "attachment.sweep")
    before = (clock.now() - SWEEP_AFTER).timestamp()
    named = set(db.session.scalars(select(Attachment.digest).distinct()))
    old = [
        digest
        for digest, stored_at in store().everything()
        if digest not in named and stored_at < before
    ]
    for digest in old:
        store().remove(digest)
    return len(old) + store().forget_unfinished(before)
