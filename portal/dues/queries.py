"""Questions about dues: the lines of a year, narrowed and counted; those of one organisation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal import clock
from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.alliances.member_queries import TIER_ORDER
from portal.alliances.models import Tier
from portal.database import db, plain
from portal.dues.models import Due, DuesYear, PaymentMethod
from portal.dues.workflow import DueState
from portal.regions.models import Region
from portal.regions.queries import RegionName


def year_of(alliance_id: int, year: int) -> DuesYear | None:
    """Return what an alliance asks for a year, or None where nobody said."""
    return db.session.scalar(
        select(DuesYear).where(DuesYear.alliance_id == alliance_id, DuesYear.year == year)
    )


def years_of(alliance_id: int) -> Sequence[DuesYear]:
    """Return the years for which an alliance asked dues, the newest first."""
    return db.session.scalars(
        select(DuesYear).where(DuesYear.alliance_id == alliance_id).order_by(DuesYear.year.desc())
    ).all()


class DueRow(NamedTuple):
    """One line of the ledger, as the list shows it."""

    id: int
    organisation: str
    region: RegionName
    tier: Tier
    amount_fen: int
    reason: str | None
    state: DueState
    paid_fen: int
    paid_on: date | None
    method: PaymentMethod | None
    invoice: str | None
    due_on: date

    @property
    def is_overdue(self) -> bool:
        """Whether it should be paid by now and is not."""
        return self.state is DueState.OPEN and self.due_on < clock.today()

    @property
    def open_fen(self) -> int:
        """What is still asked for."""
        return self.amount_fen - self.paid_fen if self.state is DueState.OPEN else 0

    @property
    def waived_fen(self) -> int:
        """What is asked for no more."""
        return self.amount_fen - self.paid_fen if self.state is DueState.WAIVED else 0


@dataclass(frozen=True)
class Totals:
    """The sums of some lines, in fen: what is due is what came in, is open or was waived."""

    count: int
    due_fen: int
    paid_fen: int
    open_fen: int
    waived_fen: int


def totals(rows: Sequence[DueRow]) -> Totals:
    """Return the sums of lines."""
    return Totals(
        len(rows),
        sum(row.amount_fen for row in rows),
        sum(row.paid_fen for row in rows),
        sum(row.open_fen for row in rows),
        sum(row.waived_fen for row in rows),
    )


class Year(NamedTuple):
    """A year for which an alliance asked dues."""

    id: int
    year: int
    due_on: date


@dataclass(frozen=True)
class Ledger:
    """The years for which an alliance asked dues (newest first), and the lines of one of them."""

    years: list[Year]
    shown: Year | None
    rows: list[DueRow]


def ledger_of(alliance_id: int, written: str | None) -> Ledger:
    """Return the ledger of the year an address names, else the present one, else the newest.

    The years come with the lines of one in protocol order (one query; two for the newest).
    """
    this = clock.today().year
    wanted = int(written) if written and re.fullmatch(r"[0-9]{4}", written) else this
    years, rows = _read(alliance_id, wanted)
    if years and wanted not in {each.year for each in years}:
        wanted = this if this in {each.year for each in years} else years[0].year
        years, rows = _read(alliance_id, wanted)
    return Ledger(years, next((each for each in years if each.year == wanted), None), rows)


def _read(alliance_id: int, year: int) -> tuple[list[Year], list[DueRow]]:
    of_year = (
        select(
            Due.dues_year_id,
            Due.id,
            Organisation.name.label("organisation"),
            Region.code,
            Region.short,
            Region.name,
            Region.name_en,
            Due.tier,
            Due.amount_fen,
            Due.reason,
            Due.state,
            Due.paid_fen,
            Due.paid_on,
            Due.method,
            Due.invoice,
            DuesYear.due_on,
        )
        .join(DuesYear, DuesYear.id == Due.dues_year_id)
        .join(Organisation, Organisation.id == Due.organisation_id)
        .join(Region, Region.id == Organisation.region_id)
        .where(DuesYear.alliance_id == alliance_id, DuesYear.year == year)
        .subquery()
    )
    found = plain(
        select(DuesYear.id, DuesYear.year, DuesYear.due_on, *list(of_year.c)[1:])
        .outerjoin(of_year, of_year.c.dues_year_id == DuesYear.id)
        .where(DuesYear.alliance_id == alliance_id)
        .order_by(DuesYear.year.desc(), of_year.c.organisation)
    )
    years = list(dict.fromkeys(Year(*row[:3]) for row in found))
    rows = [
        DueRow(row[3], row[4], RegionName(*row[5:9]), *row[9:])
        for row in found
        if row[3] is not None
    ]
    return years, sorted(rows, key=lambda row: TIER_ORDER[row.tier])


#: What a list may be narrowed by: the value of a row under each name.
FACETS: Mapping[str, Callable[[DueRow], str]] = {
    "state": lambda row: row.state.value,
    "tier": lambda row: row.tier.value,
    "region": lambda row: row.region.code,
}


def chosen(rows: Sequence[DueRow], written: Mapping[str, str]) -> dict[str, str]:
    """Return what an address narrows a list by: what is no value there narrows nothing."""
    known = {
        "state": {state.value for state in DueState},
        "tier": {tier.value for tier in Tier},
        "region": {row.region.code for row in rows},
    }
    return {name: written[name] for name in FACETS if written.get(name) in known[name]}


def narrowed(rows: Sequence[DueRow], by: Mapping[str, str]) -> list[DueRow]:
    """Return the rows that have every value."""
    return [row for row in rows if all(FACETS[name](row) == value for name, value in by.items())]


def dues_of(standing: Standing, organisation_id: int) -> Sequence[Due]:
    """Return the lines of one organisation that a person may see, the newest year first."""
    return db.session.scalars(
        select(Due)
        .join(DuesYear, DuesYear.id == Due.dues_year_id)
        .where(Due.organisation_id == organisation_id, visible_to(standing, "due.view", Due))
        .order_by(DuesYear.year.desc(), Due.id)
    ).all()
