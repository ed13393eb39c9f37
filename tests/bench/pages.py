"""`script/bench pages`: what the portal's pages cost, beside a bare page of equal size.

Requests per second swing with everything else a machine does; processor time per request holds
within a few per cent, and its ratio to a bare page, measured in turns, within less. There are two
yardsticks (`bare.py`): the least a page of so many bytes can cost, and the page as one would
ordinarily write it. The portal keeps pages and rows until something changes, so each page is
also measured where nothing is kept and something is written before each request ("made anew",
in bare pages too). Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.bench.processes import ROOT, Server, cpu_seconds, memory_mb
from tests.postgresql import Cluster

PASSWORD = "demo-portal-2026"
CLIENTS = 16


@dataclass
class Plan:
    """How much is measured."""

    sizes: list[int]
    engines: list[str]
    rounds: int
    requests: int
    crowd: int
    searches: int
    #: The pages that are measured; none for all.
    only: list[str]


@dataclass
class Result:
    """What was measured of one page."""

    bytes: int
    queries: int
    portal: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    ordinary: list[float] = field(default_factory=list)
    #: Where no page is kept and something is written before each request.
    anew: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)

    @property
    def total(self) -> float:
        """Median milliseconds of the portal and its database processes together."""
        return statistics.median(map(sum, zip(self.portal, self.database, strict=True)))


class Visitor:
    """One kept connection to a server."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": cookie} if cookie else {}

    def get(self, address: str) -> tuple[float, bytes]:
        """Return how many milliseconds a page took, and the page."""
        begun = time.perf_counter()
        for attempt in (1, 2):
            try:
                self.connection.request("GET", address, headers=self.headers)
                answer = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()  # the server ends connections that were idle
                if attempt == 2:
                    raise
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}.")
        return (time.perf_counter() - begun) * 1000, body


def sign_in(port: int, account: str) -> str:
    """Return the cookie of somebody's real session."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
    form = urlencode({"csrf_token": token[1] if token else "", "account": account,
                      "password": PASSWORD})  # fmt: skip
    kind = "application/x-www-form-urlencoded"
    connection.request("POST", "/sign-in", form, {"Cookie": cookie, "Content-Type": kind})
    answer = connection.getresponse()
    if answer.status != 302:
        raise SystemExit(f"Sign-in answered {answer.status}.")
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    # A browser keeps what the first page adds to the cookie; without it, every page would
    # write the cookie anew.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/desk", headers={"Cookie": cookie})
    added = connection.getresponse().getheader("Set-Cookie")
    return added.partition(";")[0] if added else cookie


@contextmanager
def database(engine: str, folder: Path, size: int) -> Iterator[tuple[str, int | None]]:
    """Yield the address of an empty database, and the process at the top of its engine."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/{size}.sqlite3", None
        return
    cluster = Cluster()
    try:
        cluster.create("bench")
        # The housekeeper would work in the middle of a measurement; VACUUM runs before it.
        for statement in ("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"):
            cluster._sql(statement)
        pid = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        yield cluster.url("bench"), pid
    finally:
        cluster.stop()


def measure(
    plan: Plan, result: Result, bare: Server, portal: Server, anew: Server, cookie: str,
    address: str, engine_pid: int | None, write: Callable[[], None],
) -> None:  # fmt: skip
    """Warm the servers, measure them in turns, then let sixteen clients come at once."""
    quoted = quote(address, safe="/?=&")

    def cost(server: Server, visitor: Visitor, path: str, amount: int) -> tuple[float, list[float]]:
        before = cpu_seconds(server.pid)
        times = []
        for _each in range(amount):
            if server is anew:
                write()
            times.append(visitor.get(path)[0])
        return (cpu_seconds(server.pid) - before) * 1000 / amount, times

    theirs, ours = Visitor(bare.port), Visitor(portal.port, cookie)
    forgetful = Visitor(anew.port, cookie)
    for _each in range(30):
        result.bytes = len(ours.get(quoted)[1])
    plain, ordinary = f"/{result.bytes}", f"/ordinary/{result.bytes}"
    for _each in range(30):
        theirs.get(plain)
        theirs.get(ordinary)
        forgetful.get(quoted)
    for _round in range(plan.rounds):
        result.bare.append(cost(bare, theirs, plain, plan.requests)[0])
        result.ordinary.append(cost(bare, theirs, ordinary, plan.requests)[0])
        engine_before = cpu_seconds(engine_pid) if engine_pid else 0.0
        mine, times = cost(portal, ours, quoted, plan.requests)
        engine_used = (cpu_seconds(engine_pid) if engine_pid else 0.0) - engine_before
        result.portal.append(mine)
        result.database.append(engine_used * 1000 / plan.requests)
        result.alone += times
        result.anew.append(cost(anew, forgetful, quoted, plan.requests)[0])

    def visit(_number: int) -> list[float]:
        visitor = Visitor(portal.port, cookie)
        return [visitor.get(quoted)[0] for _each in range(plan.crowd)]

    with ThreadPoolExecutor(CLIENTS) as crowd:
        for times in crowd.map(visit, range(CLIENTS)):
            result.crowded += times


def write(url: str) -> None:
    """Write something that no page shows: whatever was read before must be asked again."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS bench_tick (number INTEGER)")
        connection.exec_driver_sql("INSERT INTO bench_tick VALUES (1)")
        connection.exec_driver_sql("DELETE FROM bench_tick")


def run(plan: Plan, engine: str, size: int, folder: Path) -> dict[str, Result]:
    """Make a world of a size on an engine, measure its pages, and print the table."""
    with database(engine, folder, size) as (url, engine_pid):
        instance = folder / f"instance-{engine}-{size}"
        instance.mkdir()
        kept = ("PORTAL_", "FLASK_", "PUBLIC_", "TRUSTED_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(kept)} | {
            "DATABASE_URL": url,
            "INSTANCE_PATH": str(instance),
            "SECRET_KEY": secrets.token_hex(32),
        }

        def step(*arguments: str) -> str:
            done = subprocess.run(
                [sys.executable, "-m", *arguments], cwd=ROOT, env=environment,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
            return done.stdout

        begun = time.monotonic()
        step("flask", "--app", "wsgi", "db", "upgrade")
        step("flask", "--app", "wsgi", "demo")
        told = json.loads(step("tests.bench.world", str(size), str(plan.searches)).splitlines()[-1])
        made = time.monotonic() - begun
        results = {
            name: Result(page["bytes"], page["queries"])
            for name, page in told["pages"].items()
            if not plan.only or name in plan.only
        }
        bare = Server("tests.bench.bare:app", environment, folder / "bare.log")
        try:
            portal = Server("wsgi:app", environment, folder / "portal.log")
            nothing_kept = environment | {"KEPT_PAGES_SIZE": "0"}
            anew = Server("wsgi:app", nothing_kept, folder / "anew.log")
            try:
                accounts = {page["account"] for page in told["pages"].values()}
                cookies = {account: sign_in(portal.port, account) for account in accounts}
                for name, result in results.items():
                    page = told["pages"][name]
                    cookie = cookies[page["account"]]
                    measure(
                        plan, result, bare, portal, anew, cookie, page["address"], engine_pid,
                        lambda: write(url),
                    )  # fmt: skip
                memory = {"portal": memory_mb(portal.pid), "bare": memory_mb(bare.pid)}
                if engine_pid:
                    memory["database"] = memory_mb(engine_pid)
            finally:
                portal.stop()
                anew.stop()
        finally:
            bare.stop()
    print_table(engine, size, results)
    said = ", ".join(f"{name} {amount:.0f} MB" for name, amount in memory.items())
    print(f"resident memory (two workers): {said}; the world took {made:.0f} s to make")
    exact = told["search"]
    verdict = "yes" if not exact["wrong"] else f"NO: {exact['wrong'][:5]}"
    print(f"search equals substring scan: {exact['checked']} queries checked, "
          f"{exact['found']} results: {verdict}", flush=True)  # fmt: skip
    return results


def spread(numbers: list[float]) -> str:
    """Return median (smallest to largest)."""
    return f"{statistics.median(numbers):.2f} ({min(numbers):.2f}–{max(numbers):.2f})"


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """Return round by round how many of their pages one of ours cost."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def percentiles(times: list[float]) -> str:
    """Return p50 / p95 in milliseconds."""
    cuts = statistics.quantiles(times, n=20)
    return f"{cuts[9]:.1f} / {cuts[18]:.1f}"


COLUMNS: list[tuple[str, int, Callable[[Result], str]]] = [
    ("bytes", 7, lambda r: str(r.bytes)),
    ("queries", 8, lambda r: str(r.queries)),
    ("CPU ms", 7, lambda r: f"{statistics.median(r.portal):.2f}"),
    ("database", 9, lambda r: f"{statistics.median(r.database):.2f}"),
    ("bare ms", 8, lambda r: f"{statistics.median(r.bare):.2f}"),
    ("in bare pages", 22, lambda r: spread(ratios(r.portal, r.bare))),
    ("made anew", 20, lambda r: spread(ratios(r.anew, r.bare))),
    ("in ordinary pages", 22, lambda r: spread(ratios(r.portal, r.ordinary))),
    ("p50/p95, 1 client", 19, lambda r: percentiles(r.alone)),
    (f"{CLIENTS} clients", 17, lambda r: percentiles(r.crowded)),
]


def print_table(engine: str, size: int, results: dict[str, Result]) -> None:
    """Print what the pages of one world cost."""
    print(f"\n{engine}, {size:,} listings (CPU per request: gunicorn's processes; database apart)")
    print(f"{'':15}" + "".join(f"{name:>{width}}" for name, width, _show in COLUMNS))
    for page, result in results.items():
        cells = "".join(f"{show(result):>{width}}" for _name, width, show in COLUMNS)
        print(f"{page:15}{cells}")


def print_growth(engine: str, found: dict[int, dict[str, Result]]) -> None:
    """Print how the pages grow with the rows, in bare pages, so that the noise cancels."""
    small, large = min(found), max(found)
    print(f"\n{engine}: growth from {small:,} to {large:,} listings "
          "(in bare pages; portal alone, and with the database's processes)")  # fmt: skip
    for page, first in found[small].items():
        last = found[large][page]

        def ratio(result: Result) -> float:
            pairs = zip(result.portal, result.bare, strict=True)
            return statistics.median(a / b for a, b in pairs)

        alone = ratio(last) / ratio(first) - 1
        together = (last.total / statistics.median(last.bare)) / (
            first.total / statistics.median(first.bare)
        ) - 1
        print(f"{page:15}{alone:+8.0%}{together:+8.0%}   queries {first.queries} → {last.queries}")


def main(arguments: list[str]) -> None:
    """Measure as asked and print tables."""
    parser = argparse.ArgumentParser(prog="script/bench pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, small worlds: to try")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--sizes", help="numbers of listings, such as 1000,100000")
    parser.add_argument("--page", action="append", default=[], help="only this one (repeatable)")
    asked = parser.parse_args(arguments)
    sizes = asked.sizes or ("500,2000" if asked.quick else "1000,100000")
    plan = Plan(
        sizes=[int(size) for size in sizes.split(",")],
        engines=[asked.engine] if asked.engine else ["sqlite", "postgresql"],
        rounds=2 if asked.quick else 5,
        requests=40 if asked.quick else 100,
        crowd=5 if asked.quick else 20,
        searches=30 if asked.quick else 60,
        only=asked.page,
    )
    # Ended from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("Ended from outside."))
    if "postgresql" in plan.engines and Cluster.binaries() is None:
        print("PostgreSQL is not installed here: measuring SQLite only.")
        plan.engines.remove("postgresql")
    for engine in plan.engines:
        folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
        try:
            found = {size: run(plan, engine, size, folder) for size in plan.sizes}
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if len(found) > 1:
            print_growth(engine, found)
