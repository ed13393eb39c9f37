"""The archive as a file: what may stand in it, writing it whole, reading it without trust.

A gzipped tar. The manifest is its last member, so an archive that was cut off has none. Reading
writes each member itself, under names of a short list: a tar can name any path, link or device.
What the database copy holds is not looked at here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from portal.errors import Refused

#: Raised when the form of the archive changes, so that an older portal does not misread it.
FORMAT = 1
MANIFEST = "manifest.json"
#: The database copy in the archive of each engine.
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
#: The names of archives sort by the time they were made at.
ARCHIVE_NAME = re.compile(r"portal-\d{8}T\d{6}\.\d{6}Z\.tar\.gz")
#: A stored file, under the digest of its content (`store.py`); unfinished ones have other names.
FILE_NAME = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}")
#: The first bytes of what `writing` makes: no name, no time, nothing that a checksum leaves out.
GZIP_HEAD = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
#: A manifest larger than this is none.
LARGEST_MANIFEST = 64 * 1024 * 1024
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Rows:
    """How many rows a table has, and the sum of their digests: the same rows, the same sum."""

    rows: int
    hash: str


@dataclass(frozen=True)
class Sum:
    """Size and SHA-256 of a member."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    portal: str
    made_at: str
    engine: str
    engine_version: str
    revision: str
    #: Number of lines and hash of the last one: the head of the journal's chain.
    journal: tuple[int, str]
    #: Whether the demo world is in it, which no production server takes.
    is_demo: bool
    #: Tells whether SECRET_KEY is still the same, and nothing about it.
    key_check: str
    tables: dict[str, Rows]
    members: dict[str, Sum]

    def written(self) -> bytes:
        """Return the manifest as it stands in the archive."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def read_manifest(written: bytes) -> Manifest:
    """Return the manifest of an archive; raises `Refused` where it is none of ours."""
    try:
        said: dict[str, Any] = json.loads(written)
        if said["format"] != FORMAT:
            raise Refused(
                f"The archive has form {said['format']}, this portal reads form {FORMAT}: "
                "use the version of the portal that made it."
            )
        lines, head = said.pop("journal")
        tables = {name: Rows(**each) for name, each in said.pop("tables").items()}
        members = {name: Sum(**each) for name, each in said.pop("members").items()}
        made = Manifest(**said, journal=(int(lines), str(head)), tables=tables, members=members)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused("The archive's manifest cannot be read: it is damaged.") from None
    if made.engine not in DATABASES:
        raise Refused(f"The archive holds a database of the unknown engine {made.engine!r}.")
    return made


class _Summed:
    """A file that is read through, and whose digest is known afterwards."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self._bytes = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        block = self._source.read(size)
        self._digest.update(block)
        self._bytes += len(block)
        return block

    @property
    def sum(self) -> Sum:
        """Size and digest of what was read so far."""
        return Sum(self._bytes, self._digest.hexdigest())


class Writer:
    """Adds members to an archive that is being made, and keeps their sums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.sums: dict[str, Sum] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file as a member; raises FileNotFoundError where it is gone."""
        with path.open("rb") as source:
            summed = _Summed(source)
            self._add(name, os.fstat(source.fileno()).st_size, summed)
        self.sums[name] = summed.sum

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest: the last member, which says that the archive is whole."""
        written = manifest.written()
        self._add(MANIFEST, len(written), io.BytesIO(written))

    def _add(self, name: str, size: int, source: Any) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, source)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive, readable by its owner alone, and bring it to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with (
            gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar)
        raw.flush()
        os.fsync(raw.fileno())


def unpack(path: Path, folder: Path) -> tuple[Manifest, list[str]]:
    """Unpack an archive into an empty folder; return its manifest and what is wrong, by name.

    Raises `Refused` where it cannot be read to its end or holds what no archive of ours holds.
    """
    try:
        written, sums = _read(path, folder)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        raise Refused(f"{path.name} is damaged or cut off: it cannot be read to its end.") from None
    if written is None:
        raise Refused(f"{path.name} has no manifest: it is no archive of ours, or was cut off.")
    manifest = read_manifest(written)
    faults = []
    for name in sorted({DATABASES[manifest.engine], *manifest.members}):
        if name not in sums:
            faults.append(f"{name} is missing from the archive")
        elif manifest.members.get(name) != sums[name]:
            faults.append(f"{name} was altered: its sum is not that of the manifest")
    faults += [f"{name} is not in the manifest" for name in sorted(sums.keys() - manifest.members)]
    return manifest, faults


def _read(path: Path, folder: Path) -> tuple[bytes | None, dict[str, Sum]]:
    sums: dict[str, Sum] = {}
    written = None
    with path.open("rb") as raw:
        if raw.read(len(GZIP_HEAD)) != GZIP_HEAD:
            raise Refused(f"{path.name} is no archive of this portal, or its first bytes changed.")
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                for member in tar:
                    if written is not None or member.name in sums or not _may_stand(member):
                        raise Refused(
                            f"{path.name} holds {member.name!r}, which has no place in an archive "
                            "of ours. Nothing of it was used."
                        )
                    source = tar.extractfile(member)
                    if source is None:
                        raise tarfile.ReadError(member.name)
                    if member.name == MANIFEST:
                        written = source.read()
                    else:
                        sums[member.name] = _keep(source, folder / member.name)
            # The tar ends before the gzip does, and only the gzip's end holds its checksum.
            while packed.read(CHUNK):
                pass
    return written, sums


def _may_stand(member: tarfile.TarInfo) -> bool:
    is_manifest = member.name == MANIFEST and member.size <= LARGEST_MANIFEST
    is_data = member.name in DATABASES.values() or FILE_NAME.fullmatch(member.name)
    return member.isreg() and bool(is_manifest or is_data)


def _keep(source: IO[bytes], path: Path) -> Sum:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    summed = _Summed(source)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while block := summed.read(CHUNK):
            target.write(block)
    return summed.sum
