"""TABLE: the kinds of file that are taken, and how each is known by its content.

A file is what its content says; its name must agree. Containers are looked at by the names of
what they hold; nothing is ever unpacked, so a bomb has nothing to go off in. Knows no database
and no request.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import filetype
from flask_babel import lazy_gettext as _l

from portal import ole
from portal.errors import Refused

#: What `filetype` is shown, and the part of a picture in which no page may begin.
HEAD_BYTES = 8192
PAGE_BYTES = 1024
#: A list of contents larger than this belongs to no document (some 20,000 members).
LARGEST_DIRECTORY = 1024 * 1024
#: What a document may claim to unpack to, and by which factor beyond the second figure.
LARGEST_UNPACKED = 1024**3
LARGE_UNPACKED = 100 * 1024**2
LARGEST_FACTOR = 100
LARGEST_CONTENT_TYPES = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, how it is sent, and the endings its name may have."""

    name: str
    mime: str
    endings: tuple[str, ...]


PDF = Kind("PDF", "application/pdf", ("pdf",))
_PICTURES = (
    Kind("JPEG", "image/jpeg", ("jpg", "jpeg")),
    Kind("PNG", "image/png", ("png",)),
    Kind("WebP", "image/webp", ("webp",)),
    Kind("GIF", "image/gif", ("gif",)),
    Kind("HEIC", "image/heic", ("heic", "heif")),
)
_PLAIN = {kind.mime: kind for kind in (PDF, *_PICTURES)} | {"image/apng": _PICTURES[1]}
#: The stream at the root that makes an OLE container this kind. WPS writes the same ones.
_OLE = (
    (frozenset({"WordDocument"}), Kind("Word", "application/msword", ("doc", "wps"))),
    (frozenset({"Workbook", "Book"}), Kind("Excel", "application/vnd.ms-excel", ("xls", "et"))),
    (
        frozenset({"PowerPoint Document"}),
        Kind("PowerPoint", "application/vnd.ms-powerpoint", ("ppt", "dps")),
    ),
)
_OPEN = "application/vnd.openxmlformats-officedocument."
#: The member that makes a ZIP container this kind.
_ZIP = (
    ("word/document.xml", Kind("Word", f"{_OPEN}wordprocessingml.document", ("docx",))),
    ("xl/workbook.xml", Kind("Excel", f"{_OPEN}spreadsheetml.sheet", ("xlsx",))),
    (
        "ppt/presentation.xml",
        Kind("PowerPoint", f"{_OPEN}presentationml.presentation", ("pptx",)),
    ),
    ("OFD.xml", Kind("OFD", "application/ofd", ("ofd",))),
)
KINDS = (PDF, *_PICTURES, *(kind for _name, kind in _OLE), *(kind for _name, kind in _ZIP))
#: What a file input offers.
ACCEPTED = ",".join(f".{ending}" for kind in KINDS for ending in kind.endings)

UNKNOWN = _l(
    "This kind of file is not taken. Taken are PDF, OFD, pictures (JPEG, PNG, WebP, GIF, HEIC) "
    "and Word, Excel, PowerPoint and WPS files without a password."
)
DAMAGED = _l("This file is damaged, or it is not what its name says.")
MACROS = _l("Files with macros are not taken. Save it without macros and try again.")
BOMB = _l("Unpacked, this file would be far too large. Save it anew and try again.")


def kind_of(file: BinaryIO) -> Kind:
    """Return the kind of a file by its content; raise `Refused` for one that is not taken."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(ole.MAGIC):
        return _ole_kind(file)
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(file)
    guess = filetype.guess(head)
    kind = _PLAIN.get(guess.mime) if guess else None
    if kind is None or (kind is PDF and not head.startswith(b"%PDF-")):
        raise Refused(UNKNOWN)
    # Two files in one: what one program takes for a picture, another would unpack or run.
    if _directory_of(file) is not None or _begins_a_page(head, kind):
        raise Refused(DAMAGED)
    return kind


def kind_for_name(kind: Kind, ending: str) -> None:
    """Raise `Refused` where the ending of a name does not fit the content."""
    if ending not in kind.endings:
        raise Refused(
            _l(
                "The name ends in “.%(ending)s”, but the content is of the kind %(kind)s "
                "(.%(right)s). Name it as what it is and try again.",
                ending=ending,
                kind=kind.name,
                right=kind.endings[0],
            )
        )


def _begins_a_page(head: bytes, kind: Kind) -> bool:
    begin = head[:PAGE_BYTES].lower()
    return kind is not PDF and any(word in begin for word in (b"<html", b"<script", b"<!doctype"))


def _ole_kind(file: BinaryIO) -> Kind:
    try:
        streams = ole.streams_of(file)
    except ole.Damaged:
        raise Refused(DAMAGED) from None
    if any(name.startswith("_VBA_PROJECT") for name in streams.everywhere):
        raise Refused(MACROS)
    return _the_only([kind for names, kind in _OLE if names & streams.root])


def _the_only(kinds: list[Kind]) -> Kind:
    if len(kinds) != 1:
        raise Refused(UNKNOWN)
    return kinds[0]


def _zip_kind(file: BinaryIO) -> Kind:
    directory = _directory_of(file)
    if directory is None or directory.size > LARGEST_DIRECTORY:
        raise Refused(DAMAGED)
    try:
        with zipfile.ZipFile(file) as container:
            return _member_kind(container, directory.file_size)
    # The standard library raises all of these where a file was damaged on purpose.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        raise Refused(DAMAGED) from None


def _member_kind(container: zipfile.ZipFile, size: int) -> Kind:
    members = container.infolist()
    names = {member.filename for member in members}
    unpacked = sum(member.file_size for member in members)
    is_large = unpacked > LARGE_UNPACKED and unpacked > LARGEST_FACTOR * size
    if unpacked > LARGEST_UNPACKED or is_large:
        raise Refused(BOMB)
    if len(names) != len(members):
        raise Refused(DAMAGED)  # two members of one name: programs differ on which they open
    kind = _the_only([kind for name, kind in _ZIP if name in names])
    if "OFD.xml" not in names:
        _without_macros(container, names)
    return kind


def _without_macros(container: zipfile.ZipFile, names: set[str]) -> None:
    if "[Content_Types].xml" not in names:
        raise Refused(DAMAGED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(MACROS)
    with container.open("[Content_Types].xml") as member:
        types = member.read(LARGEST_CONTENT_TYPES).lower()
    if b"macroenabled" in types or b"vbaproject" in types:
        raise Refused(MACROS)


@dataclass(frozen=True)
class _Directory:
    """Where a ZIP file says that its list of contents is."""

    size: int
    file_size: int


def _directory_of(file: BinaryIO) -> _Directory | None:
    """Return what the end of a file says of its list of contents, or None if it is no ZIP."""
    file_size = file.seek(0, 2)
    file.seek(max(0, file_size - 22 - 0xFFFF))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return None
    (size,) = struct.unpack_from("<I", tail, at + 12)
    return _Directory(size, file_size)
