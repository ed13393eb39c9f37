"""Where the bytes of files lie: named by their content, written whole or not at all.

What a file is called, and whose it is, its row says (`files.py`). Another place, as an object
store, would be another class with the same methods.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import Flask, current_app

#: Bytes that are copied at once.
BLOCK_BYTES = 1024 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")


class Store(Protocol):
    """Keeps bytes under the hexadecimal SHA-256 of what they are."""

    def put(self, file: BinaryIO) -> str:
        """Keep what a file holds, from its beginning; return its digest."""
        ...

    def open(self, digest: str) -> BinaryIO:
        """Open what is kept, to be read; raise FileNotFoundError."""
        ...

    def has(self, digest: str) -> bool:
        """Tell whether it is kept."""
        ...

    def renew(self, digest: str) -> None:
        """Give what is kept today's date, as if it were put anew."""
        ...

    def remove(self, digest: str) -> None:
        """Forget what is kept; nothing happens where it is not."""
        ...

    def everything(self) -> Iterator[tuple[str, float]]:
        """Return each digest, and when it was last put or renewed (seconds since 1970)."""
        ...

    def forget_unfinished(self, before: float) -> int:
        """Forget what a crash left half written before an instant; return how many."""
        ...


class FolderStore:
    """A folder of the local disk, or of one that all servers share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise ValueError("not a digest")
        return self._folder / digest[:2] / digest

    def put(self, file: BinaryIO) -> str:
        """Copy to a temporary name, then rename: a crash leaves no half under its digest."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.seek(0)
        found = hashlib.sha256()
        handle, name = tempfile.mkstemp(prefix="new-", dir=self._folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy:
                while block := file.read(BLOCK_BYTES):
                    found.update(block)
                    copy.write(block)
                copy.flush()
                os.fsync(copy.fileno())
            path = self._path(found.hexdigest())
            path.parent.mkdir(exist_ok=True, mode=0o700)
            # Also where it is kept already: the new date keeps it from being swept meanwhile.
            temporary.replace(path)
            _sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return found.hexdigest()

    def open(self, digest: str) -> BinaryIO:
        """Open the file."""
        return self._path(digest).open("rb")

    def has(self, digest: str) -> bool:
        """Look for the file."""
        return self._path(digest).is_file()

    def renew(self, digest: str) -> None:
        """Touch the file, if it is there."""
        with suppress(FileNotFoundError):
            os.utime(self._path(digest))

    def remove(self, digest: str) -> None:
        """Delete the file."""
        self._path(digest).unlink(missing_ok=True)

    def everything(self) -> Iterator[tuple[str, float]]:
        """Walk the folder."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if DIGEST.fullmatch(path.name):
                yield path.name, path.stat().st_mtime

    def forget_unfinished(self, before: float) -> int:
        """Delete the old ones among the temporary names."""
        left = [path for path in self._folder.glob("new-*") if path.stat().st_mtime < before]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a loss of power, as the bytes do."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store() -> Store:
    """Return the store of the running portal."""
    found: Store = current_app.extensions["store"]
    return found


def init_app(app: Flask) -> None:
    """Give the application the store that its configuration names."""
    app.extensions["store"] = FolderStore(Path(app.config["FILES_FOLDER"]))
