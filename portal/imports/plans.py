"""What will be done with each row of members: kept as a digest when an import is begun.

A row is done only where doing it is still what somebody saw; one whose organisation was changed
by others meanwhile is refused. What earlier rows of the same import did is no such change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.database import db
from portal.imports.fates import Position, Verdict
from portal.imports.models import Effect, MemberImport, MemberImportRow

#: A row by its sheet and number there, and the digest of what will be done with it.
Kept = tuple[str, int, str]


def seal_of(verdict: Verdict) -> str:
    """Return a digest of what a row does: to whom, what it changes from what to what."""
    said, organisation = verdict.said, verdict.organisation
    parts = (said.region, said.district, said.node)
    told = (
        *(verdict.fate.value, verdict.effect.value, verdict.alliance.id, verdict.record.tier),
        *(said.kind, said.uscc, said.summary, said.website, *(each and each.id for each in parts)),
        *((organisation.id, verdict.changes) if organisation else (verdict.record.name,)),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def kept(verdicts: Iterable[Verdict]) -> list[Kept]:
    """Return what is kept of the rows of an import, in their order."""
    return [(each.record.sheet, each.record.row, seal_of(each)) for each in verdicts]


def seal_of_all(plan: Sequence[Kept]) -> str:
    """Return a digest of a plan: what somebody saw and then asked for."""
    told = [tuple(each) for each in plan]
    return hashlib.sha256(repr(told).encode()).hexdigest()


class Plan:
    """What was kept of the rows, by where each stands."""

    def __init__(self, seals: Mapping[Position, str]) -> None:
        self.seals = seals
        #: The organisations that rows of this import made or changed already, each with the
        #: version that the last of them left (none where that was not kept).
        self.touched: dict[int, int | None] = {}

    def holds(self, verdict: Verdict) -> bool:
        """Return whether a row still does what was kept, or finds what this import left."""
        organisation, record = verdict.organisation, verdict.record
        if organisation is not None and organisation.id in self.touched:
            return self.touched[organisation.id] in (None, organisation.version)
        seal = seal_of(verdict)
        # An import that was begun before plans were kept has none.
        return self.seals.get((record.sheet, record.row), seal) == seal


def plan_of(member_import_id: int) -> list[Any] | None:
    """Return what was kept of the rows of an import when it was begun, or None before."""
    found: list[Any] | None = db.session.scalar(
        select(MemberImport.plan).where(MemberImport.id == member_import_id)
    )
    return found


def touched_among(
    member_import_id: int, organisation_ids: Collection[int]
) -> dict[int, int | None]:
    """Return those of some organisations that rows of an import made or changed already.

    Each with the version that the last of them left, where it was kept.
    """
    rows = db.session.execute(
        select(MemberImportRow.organisation_id, MemberImportRow.left_version)
        .where(
            MemberImportRow.member_import_id == member_import_id,
            MemberImportRow.effect.in_((Effect.CREATED, Effect.CHANGED)),
            MemberImportRow.organisation_id.in_(organisation_ids),
        )
        .order_by(MemberImportRow.id)
    )
    return {number: version for number, version in rows if number is not None}
