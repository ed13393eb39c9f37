"""`script/bench monitor`: what the liaison's page costs over a year of rows, beside an empty one.

Two copies of the cast's world: one as it is, one with a year of listings, answers, matters,
outcomes and journal lines put straight into its tables. Both pages are asked for in turns by one
process and measured in processor time. Nothing here asserts a time in the suite; the command
ends with 1 where the page over the year costs more than twice the other. What a process has read
of the cells it keeps until they change; `first` is the page that reads them anew.
"""

from __future__ import annotations

import argparse
import contextvars
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, insert, select, update

from portal import clock
from portal.actors import SYSTEM
from portal.database import db
from portal.engines import WRITING
from portal.exchange.models import Direction, Interest, Listing
from portal.journal import JournalHead, JournalLine
from portal.matters.models import Matter, MatterStep
from portal.monitor import cells
from portal.outcomes.models import Outcome
from portal.periods import beginning
from portal.regions.models import Region
from tests.client import Client
from tests.conftest import make_app, settle
from tests.world import World

#: How often the cost of an empty page the page over a year may be.
BOUND = 2.0
#: Rows of one INSERT.
CHUNK = 5_000
DAYS = 365
ADDRESSES = {
    "year so far": "/monitor",
    "last year": "/monitor?period={last_year}",
    "quarter": "/monitor?period={quarter}",
    "by count, one alliance": "/monitor?by=count&alliance=hydrogen",
    "rows": "/monitor/outcomes",
}


def fill(app: Flask, world: World, *, outcomes: int, lines: int) -> None:
    """Put a year of rows into a world, past the operations, and count its cells."""
    chance = random.Random(1)
    with app.app_context():
        kept = _patterns(world)
        db.session.remove()
        connecting = db.engine.connect().execution_options(**{WRITING: True})
        with connecting as connection, connection.begin():
            _write(connection, world, kept, chance, outcomes, lines)
        begun = time.monotonic()
        cells.recompute(by=SYSTEM)
        print(f"all cells were counted anew in {time.monotonic() - begun:.1f} s")
        db.session.remove()


def _patterns(world: World) -> dict[str, dict[str, Any]]:
    """Return the columns of one row of each kind, for others to be made of."""
    found = {}
    for name, model, row_id in (
        ("listing", Listing, world.listing["confirmed_outcome"]),
        ("interest", Interest, world.interest["confirmed_outcome"]),
        ("matter", Matter, world.matter["confirmed"]),
        ("outcome", Outcome, world.outcome["confirmed"]),
    ):
        row: Any = db.session.get_one(model, row_id)  # type: ignore[arg-type]
        table: Any = model.__table__
        found[name] = {c.name: getattr(row, c.name) for c in table.columns}
    found["regions"] = {
        "ids": list(db.session.scalars(select(Region.id).where(Region.parent_id.is_(None))))
    }
    found["head"] = {"length": db.session.get_one(JournalHead, 1).length}
    return found


def _write(
    connection: Connection,
    world: World,
    kept: dict[str, dict[str, Any]],
    chance: random.Random,
    outcomes: int,
    lines: int,
) -> None:
    regions, today = kept["regions"]["ids"], clock.today()
    alliances = sorted(world.alliance.values())
    base = 1_000
    steps: list[dict[str, Any]] = []
    rows: dict[Any, list[dict[str, Any]]] = {
        model: [] for model in (Listing, Interest, Matter, Outcome)
    }
    for number in range(base, base + outcomes):
        day = today - timedelta(days=chance.randrange(1, DAYS))
        posted = clock.start_of(day) + timedelta(hours=10)
        alliance, giver, taker = (
            chance.choice(alliances),
            chance.choice(regions),
            chance.choice(regions),
        )
        rows[Listing].append(
            kept["listing"]
            | {
                "id": number,
                "alliance_id": alliance,
                "region_id": giver,
                "created_at": posted,
                "direction": chance.choice(list(Direction)),
            }
        )
        sent = posted + timedelta(days=chance.randrange(0, 20))
        rows[Interest].append(
            kept["interest"]
            | {"id": number, "listing_id": number, "alliance_id": alliance, "sent_at": sent}
        )
        rows[Matter].append(
            kept["matter"] | {"id": number, "interest_id": number, "alliance_id": alliance}
        )
        on = day
        for step in ("contacted", "samples", "signed")[: chance.randrange(0, 4)]:
            on += timedelta(days=chance.randrange(1, 30))
            steps.append(_step(kept, number, step, min(on, today)))
        value = chance.randrange(1, 5_000) * 1_000_000
        rows[Outcome].append(
            kept["outcome"]
            | {
                "id": number,
                "alliance_id": alliance,
                "from_region_id": giver,
                "to_region_id": taker,
                "signed_on": day,
                "kind": chance.choice(("contract", "contract", "landing", "investment")),
                "value_fen": value,
                "technology_fen": value // 4,
                "source_id": number + 1_000_000,
                "contract_number": None,
            }
        )
    for model, made in rows.items():
        _insert(connection, model, made)
    _insert(connection, MatterStep, steps)
    length = kept["head"]["length"]
    for chunk in _chunks(_journal(length, lines, outcomes, base)):
        connection.execute(insert(JournalLine), chunk)
    connection.execute(update(JournalHead).values(length=length + lines))


def _step(kept: dict[str, dict[str, Any]], matter: int, step: str, on: date) -> dict[str, Any]:
    return {
        "matter_id": matter,
        "step": step,
        "taken_on": on,
        "line": None,
        "recorded_at": clock.start_of(on),
        "organisation_id": kept["matter"]["owner_id"],
        "person_id": kept["matter"]["owner_person_id"],
    }


def _journal(length: int, lines: int, outcomes: int, base: int) -> Iterator[dict[str, Any]]:
    """Return so many lines: a publication of each listing, then what happened to outcomes."""
    at = clock.now()
    for number in range(lines):
        is_listing = number < outcomes
        yield {
            "number": length + 1 + number,
            "at": at,
            "verb": "listing.publish" if is_listing else "outcome.claim",
            "noun": "listing" if is_listing else "outcome",
            "record_id": base + number % outcomes,
            "from_state": None,
            "to_state": "published" if is_listing else "claimed",
            "actor_kind": "system",
            "previous": "0" * 64,
            "hash": secrets.token_hex(32),
        }


def _insert(connection: Connection, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    for chunk in _chunks(iter(rows)):
        connection.execute(insert(model), chunk)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def cost(client: Client, address: str, times: int) -> float:
    """Return the processor time of one request in milliseconds."""
    begun = time.process_time()
    for _each in range(times):
        answer = client.open(address, method="GET")
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    return (time.process_time() - begun) * 1000 / times


def main(arguments: list[str]) -> None:
    """Build both worlds, measure in turns, print a table."""
    parser = argparse.ArgumentParser(prog="script/bench monitor", description=__doc__)
    parser.add_argument("--outcomes", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        empty, full = Path(folder) / "empty.sqlite3", Path(folder) / "full.sqlite3"
        world = contextvars.Context().run(settle, f"sqlite:///{empty}")
        shutil.copyfile(empty, full)
        apps = [make_app(f"sqlite:///{path}") for path in (empty, full)]
        begun = time.monotonic()
        contextvars.Context().run(
            lambda: fill(apps[1], world, outcomes=asked.outcomes, lines=asked.lines)
        )
        print(f"the year took {time.monotonic() - begun:.0f} s to make")
        clients = [Client(app, world, "liaison") for app in apps]
        worst = 0.0
        today = clock.today()
        names = {
            "last_year": str(today.year - 1),
            "quarter": beginning(today, 3).key,
        }
        print(f"{'page':26}{'empty ms':>10}{'year ms':>10}{'ratio':>8}{'first ms':>10}")
        for name, pattern in ADDRESSES.items():
            address = pattern.format(**names)
            for client in clients:
                cost(client, address, 3)
            turns = [
                [cost(client, address, 5) for client in clients] for _round in range(asked.rounds)
            ]
            small, large = (statistics.median(column) for column in zip(*turns, strict=True))
            ratio = statistics.median(b / a for a, b in turns)
            worst = max(worst, ratio)
            apps[1].extensions["monitor_cubes"].clear()
            first = cost(clients[1], address, 1)
            print(f"{name:26}{small:10.1f}{large:10.1f}{ratio:8.2f}{first:10.1f}", flush=True)
        for app in apps:
            with app.app_context():
                db.engine.dispose()
    if worst > BOUND:
        sys.exit(f"a page over the year costs {worst:.2f} empty ones: more than {BOUND}")
