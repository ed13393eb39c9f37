"""The container of the older Office and WPS files (OLE2): which streams it holds.

Only the directory is read, within fixed bounds; no stream is ever opened. Knows no database and
no request.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
#: The numbers from here on are no sectors: free, end of a chain, part of the table itself.
LAST_SECTOR = 0xFFFFFFFA
NOTHING = 0xFFFFFFFF
#: Bounds on what is read: a directory of 40,000 entries, tables for a file of some 130 MB.
MOST_DIRECTORY_SECTORS = 10_000
MOST_TABLES = 2_000
ENTRY_BYTES = 128


class Damaged(ValueError):
    """The file is no such container, or not a whole one."""


@dataclass(frozen=True)
class Streams:
    """The names in a container: at its root, and anywhere."""

    root: frozenset[str]
    everywhere: frozenset[str]


@dataclass(frozen=True)
class _Entry:
    name: str
    left: int
    right: int
    child: int


def streams_of(file: BinaryIO) -> Streams:
    """Return the names of the streams and storages of a container; raise `Damaged`."""
    try:
        entries = _entries(file)
    except (struct.error, UnicodeDecodeError, OverflowError) as error:
        raise Damaged(str(error)) from error
    if not entries:
        raise Damaged("no directory")
    root: set[str] = set()
    seen: set[int] = set()
    waiting = [entries[0].child]
    while waiting:
        number = waiting.pop()
        if number in seen or number >= len(entries):
            continue
        seen.add(number)
        entry = entries[number]
        root.add(entry.name)
        waiting += [entry.left, entry.right]
    return Streams(frozenset(root), frozenset(entry.name for entry in entries))


def _entries(file: BinaryIO) -> list[_Entry]:
    file.seek(0)
    header = file.read(512)
    if header[:8] != MAGIC:
        raise Damaged("no such container")
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in (9, 12):
        raise Damaged("no such sectors")
    size = 1 << shift
    tables = _tables(file, header, size)
    (sector,) = struct.unpack_from("<I", header, 48)
    found: list[_Entry] = []
    for data in _chain(file, sector, size, tables):
        for at in range(0, size, ENTRY_BYTES):
            found.append(_entry(data[at : at + ENTRY_BYTES]))
    return found


def _entry(data: bytes) -> _Entry:
    length, kind = struct.unpack_from("<HB", data, 64)
    left, right, child = struct.unpack_from("<III", data, 68)
    # An unused entry keeps its place, for the others count by it.
    name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le") if kind else ""
    return _Entry(name, left, right, child)


def _sector(file: BinaryIO, number: int, size: int) -> bytes:
    file.seek((number + 1) * size)
    data = file.read(size)
    if len(data) != size:
        raise Damaged("it ends too early")
    return data


def _tables(file: BinaryIO, header: bytes, size: int) -> list[int]:
    """Return the sectors in which the table of chains stands."""
    found = list(struct.unpack_from("<109I", header, 76))
    (following,) = struct.unpack_from("<I", header, 68)
    each = size // 4 - 1
    while following < LAST_SECTOR and len(found) < MOST_TABLES:
        numbers = struct.unpack(f"<{each + 1}I", _sector(file, following, size))
        found += numbers[:each]
        following = numbers[each]
    return [number for number in found if number < LAST_SECTOR]


def _chain(file: BinaryIO, sector: int, size: int, tables: list[int]) -> Iterator[bytes]:
    for _ in range(MOST_DIRECTORY_SECTORS):
        if sector >= LAST_SECTOR:
            return
        yield _sector(file, sector, size)
        table, place = divmod(sector, size // 4)
        if table >= len(tables):
            raise Damaged("a chain leads nowhere")
        (sector,) = struct.unpack_from("<I", _sector(file, tables[table], size), place * 4)
    raise Damaged("a chain without an end")
