"""A throw-away PostgreSQL cluster on a socket, for tests that must hold on both engines."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg


class Cluster:
    """A cluster without TCP and without fsync, made in under a second."""

    def __init__(self, parent: str | None = None) -> None:
        """Make and start it in a folder of its own below `parent`, or where temporary files go."""
        binaries = self.binaries()
        if binaries is None:
            raise RuntimeError("apt-get install --no-install-recommends postgresql")
        self._bin = binaries
        # A socket's path may have 107 characters at most: not below pytest's own folder.
        self.folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=parent))
        self._as: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.folder.chmod(0o755)
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                  "--locale=C.UTF-8")  # fmt: skip
        options = (
            f"-k {self.folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c max_connections=120 -c max_wal_size=128MB"
        )
        self._run(
            "pg_ctl", "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options, "start"
        )
        self._taken: set[int] = set()
        with psycopg.connect(self.url("postgres").replace("+psycopg", "")) as connection:
            self._version = connection.info.server_version

    @staticmethod
    def binaries() -> Path | None:
        """Return the folder of the newest PostgreSQL server on this machine, or None."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if found:
            return found[-1].parent
        plain = shutil.which("initdb")
        return Path(plain).parent if plain else None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._bin / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    def url(self, name: str) -> str:
        """Return the address of a database of the cluster."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def _sql(self, statement: str) -> None:
        with psycopg.connect(
            dbname="postgres", user="postgres", host=str(self.folder), autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def create(self, name: str) -> None:
        """Make an empty database."""
        self._sql(f"CREATE DATABASE {name}")

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """Yield the address of a copy of a database, and drop it afterwards."""
        # Always by one name, so that one application serves all; two at once need two.
        number = next(number for number in count(1) if number not in self._taken)
        name = f"copy_{number}"
        self._taken.add(number)
        # Its files are copied, which costs half of writing each page to the log (the only way
        # before PostgreSQL 15, and the other one by default since).
        how = " STRATEGY FILE_COPY" if self._version >= 150_000 else ""
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}{how}")
        try:
            yield self.url(name)
        finally:
            self._sql(f"DROP DATABASE {name} WITH (FORCE)")
            self._taken.remove(number)

    def stop(self) -> None:
        """End the cluster and remove what it wrote."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
