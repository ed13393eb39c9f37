"""Servers as trees of processes: what they used of the processor and of memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")
ROOT = Path(__file__).resolve().parent.parent.parent


def tree(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after_name[1]), []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a tree so far.

    From `schedstat`, which counts nanoseconds, where the kernel has it; else in clock ticks.
    """
    total = 0.0
    for each in tree(pid):
        try:
            tasks = list((PROC / str(each) / "task").glob("*/schedstat"))
            if tasks:
                total += sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
            else:
                fields = (PROC / str(each) / "stat").read_text().rpartition(")")[2].split()
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return total


def memory_mb(pid: int) -> float:
    """Return the resident memory of a tree; what processes share is counted once."""
    total = 0
    for each in tree(pid):
        try:
            lines = (PROC / str(each) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


class Server:
    """gunicorn with the settings of `script/server`, on a free port of the loopback."""

    def __init__(self, application: str, environment: Mapping[str, str], log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", application,
                 "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4",
                 "--worker-class", "gthread", "--worker-tmp-dir", str(log.parent),
                 "--graceful-timeout", "10", "--log-level", "warning",
                 "--access-logfile", "/dev/null"],
                cwd=ROOT, env=dict(environment), stdout=output, stderr=output,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit(f"{application} did not start:\n{log.read_text()}") from None
                time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The process at the top of the tree."""
        return self.process.pid

    def stop(self) -> None:
        """End the server with its workers."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
