"""An import as it is read now: its records, the preview of their fates, and the job itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.actors import Standing
from portal.alliances.models import Alliance
from portal.errors import Refused
from portal.imports import queries
from portal.imports.fates import SINCE, Judge, Key, Position, Verdict, shared_keys
from portal.imports.headers import Layout, Lexicon
from portal.imports.models import Effect, Fate, MemberImport
from portal.imports.plans import Kept, kept, plan_of
from portal.imports.recognising import recognise
from portal.imports.records import Record
from portal.imports.taking_over import take_over
from portal.jobs import Job, between_chunks, record_of
from portal.sheets.reading import ReadSheet


@dataclass(frozen=True)
class Opened:
    """The sheets of an import with how they are read, and the words they are read with."""

    sheets: list[ReadSheet]
    layouts: list[Layout | None]
    reference: queries.Reference
    slug: str
    #: Of an import that is begun: the rows that were kept then.
    plan: Sequence[Kept] | None = None

    @property
    def lexicon(self) -> Lexicon:
        """The words, places and alliances they are read with."""
        return self.reference.lexicon

    @cached_property
    def records(self) -> list[Record]:
        """The records of all sheets that are read; of what is begun those that were kept.

        A row that is read as none any more keeps its place, and says why it is refused.
        """
        found = recognise(self.sheets, self.layouts, self.lexicon)
        if self.plan is None:
            return found
        by_place = {(each.sheet, each.row): each for each in found}
        return [
            by_place.get((sheet, row)) or Record(sheet, row, (), problems=(SINCE,))
            for sheet, row, _seal in self.plan
        ]

    @cached_property
    def shared(self) -> dict[Position, tuple[Key, ...]]:
        """By what some of them may be doubles of others."""
        return shared_keys(self.records, self.slug)


def layouts_in(data: list[Any]) -> list[Layout | None]:
    """Return the layouts as they were kept."""
    return [Layout.from_data(each) if each else None for each in data]


def opened(member_import: MemberImport) -> Opened:
    """Return an import's sheets as they are read now. Raises `Refused` where they are erased."""
    data = queries.sheets_of(member_import.id)
    if data is None:
        raise Refused(_l("The cells of this workbook are erased: bring it again."))
    return Opened(
        [ReadSheet.from_data(each) for each in data],
        layouts_in(member_import.layouts),
        queries.reference(),
        member_import.alliance.slug,
        plan_of(member_import.id) if member_import.started_at else None,
    )


@dataclass(frozen=True)
class Preview:
    """What would become of each row now."""

    verdicts: list[Verdict]
    judge: Judge

    def count(self, fate: Fate) -> int:
        """Return how many rows have a fate."""
        return sum(1 for each in self.verdicts if each.fate is fate)

    def effects(self, effect: Effect) -> int:
        """Return how many rows have an effect."""
        return sum(1 for each in self.verdicts if each.effect is effect)


def preview(source: Opened, alliance: Alliance, standing: Standing) -> Preview:
    """Judge every row of a workbook for somebody, and write nothing."""
    judge = Judge(source.records, alliance, standing, source.shared, source.reference)
    return Preview([judge.judge(record) for record in source.records], judge)


def planned(source: Opened, alliance: Alliance, standing: Standing) -> list[Kept]:
    """Return what is kept of a workbook when somebody begins it: each row as it is judged now."""
    return kept(preview(source, alliance, standing).verdicts)


def run_import(job: Job) -> None:
    """Take an import over, chunk by chunk, in the name of whoever started it."""
    member_import: MemberImport = record_of(job)
    if member_import.finished_at is not None:
        return  # done to the last row; only the job's own end was not stored
    source = opened(member_import)
    while member_import.finished_at is None:
        between_chunks()
        take_over(member_import, source.records, source.shared, by=job.by, job=job)
