"""Verbs on imports: bring a workbook, correct how it is read, take it over, place its nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.accounts.operations import create_organisation
from portal.accounts.queries import normal_name
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.alliances.operations import admit_organisation
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Refused
from portal.imports import queries
from portal.imports.fates import Judge, Verdict
from portal.imports.headers import Layout, headings_of
from portal.imports.models import Effect, Fate, MemberImport, MemberImportRow
from portal.imports.records import Record
from portal.imports.words import words
from portal.jobs import Job, advance, enqueue, newest_job_about
from portal.operations import earlier_result, keep_receipt, operation
from portal.organisations.filling import Said, add_node, fill_in
from portal.sheets.reading import ReadSheet
from portal.workflow import check_version

#: The kind of job that takes an import over.
JOB = "member_import"
#: Rows taken over in one transaction: each takes some 6 ms, and everybody else's writing waits.
CHUNK = 50
#: Days after which the cells of an import that nobody started, or refused rows, are erased.
KEPT_DAYS = 30

#: Where a row stands: the name of its sheet and its number there.
Position = tuple[str, int]


class Unwritten(Exception):
    """A rule refused a row while it was written: the chunk is begun anew without that row."""

    def __init__(self, position: Position, sentence: str | LazyString) -> None:
        super().__init__(sentence)
        self.position, self.sentence = position, sentence


@operation
def bring_workbook(
    alliance: Alliance,
    file_name: str,
    sheets: Sequence[ReadSheet],
    layouts: Sequence[Layout | None],
    *,
    by: Actor,
    receipt: str | None = None,
) -> MemberImport:
    """Keep a workbook that was read, with how it seems to be laid out; nothing is taken over yet.

    The cells of older ones that nobody needs any more are erased with it.
    """
    require(by, "membership.admit", alliance)
    earlier = earlier_result(MemberImport, receipt)
    if earlier is not None:
        return earlier
    _erase_old(alliance)
    made = MemberImport(
        alliance=alliance,
        brought_by_id=by.person_id,
        file_name=file_name[:200] or "?",
        sheets=[sheet.as_data() for sheet in sheets],
        layouts=_kept(sheets, layouts),
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    journal.note("member_import.bring", made, by=by)
    keep_receipt(receipt, made)
    return made


def _kept(sheets: Sequence[ReadSheet], layouts: Sequence[Layout | None]) -> list[Any]:
    """Return layouts as they are kept: with the headings, which outlive the cells."""
    return [
        layout
        and {
            **layout.as_data(),
            "sheet": sheet.name,
            "headings": headings_of(sheet, layout, words()),
        }
        for sheet, layout in zip(sheets, layouts, strict=True)
    ]


def _erase_old(alliance: Alliance) -> None:
    """Erase the cells of this alliance's old imports: they may name people.

    Old is one on which nothing was done for so long: also one that was begun and given up.
    """
    before = clock.now() - timedelta(days=KEPT_DAYS)
    touched_at = func.coalesce(
        MemberImport.finished_at, MemberImport.started_at, MemberImport.created_at
    )
    old = select(MemberImport.id).where(
        MemberImport.alliance_id == alliance.id, touched_at < before
    )
    db.session.execute(update(MemberImport).where(MemberImport.id.in_(old)).values(sheets=None))
    db.session.execute(
        update(MemberImportRow)
        .where(MemberImportRow.member_import_id.in_(old), MemberImportRow.cells.is_not(None))
        .values(cells=None)
    )


@operation
def correct_layouts(
    member_import: MemberImport,
    sheets: Sequence[ReadSheet],
    layouts: Sequence[Layout | None],
    *,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say how each sheet is read. Raises `Stale` for an old version, `Refused` once begun."""
    require(by, "member_import.run", member_import)
    check_version(member_import, expected)
    _refuse_unless_open(member_import)
    member_import.layouts = _kept(sheets, layouts)
    journal.note("member_import.correct", member_import, by=by)


@operation
def start_import(
    member_import: MemberImport, total: int, *, by: Actor, expected: int | None = None
) -> Job:
    """Have the rows of an import taken over by a worker, `total` of them as they are read now.

    One that was interrupted for good goes on where it stood. Raises `Stale` where it is read
    another way since, `Refused` where it runs, is done, or holds no row.
    """
    require(by, "member_import.run", member_import)
    check_version(member_import, expected)
    running = newest_job_about(member_import)
    if running is not None and running.ended_at is None:
        return running
    begin(member_import, total, by=by)
    return enqueue(JOB, about=member_import, by=by, total=total)


@operation
def begin(member_import: MemberImport, total: int, *, by: Actor) -> None:
    """Begin to take an import over, or go on with it; see `start_import`."""
    require(by, "member_import.run", member_import)
    if member_import.finished_at is not None or member_import.discarded_at is not None:
        raise Refused(_l("This import is over."))
    if total < 1:
        raise Refused(_l("There is no row to take over."))
    if member_import.started_at is None:
        member_import.started_at, member_import.total = clock.now(), total
        journal.note("member_import.start", member_import, by=by, detail={"rows": total})
    db.session.flush()


@operation
def discard_import(member_import: MemberImport, *, by: Actor, expected: int | None = None) -> None:
    """Drop an import that was not begun; its cells are erased."""
    require(by, "member_import.run", member_import)
    check_version(member_import, expected)
    _refuse_unless_open(member_import)
    member_import.discarded_at, member_import.sheets = clock.now(), None
    journal.note("member_import.discard", member_import, by=by)


def _refuse_unless_open(member_import: MemberImport) -> None:
    if not member_import.is_open:
        raise Refused(_l("This import has been begun or discarded: bring the workbook again."))


def take_over(
    member_import: MemberImport,
    records: Sequence[Record],
    stood: Mapping[Position, LazyString],
    *,
    by: Actor,
    job: Job | None = None,
) -> None:
    """Take over the next chunk of an import's records; what a rule refuses is stored as refused."""
    refused: dict[Position, str | LazyString] = {}
    first = member_import.done
    chunk = records[first : first + CHUNK]
    while True:
        try:
            return write_chunk(
                member_import, chunk, first, stood, refused, by=by, job=job, total=len(records)
            )
        except Unwritten as unwritten:
            refused[unwritten.position] = unwritten.sentence


@operation
def write_chunk(
    member_import: MemberImport,
    chunk: Sequence[Record],
    first: int,
    stood: Mapping[Position, LazyString],
    refused: Mapping[Position, str | LazyString],
    *,
    total: int,
    by: Actor,
    job: Job | None = None,
) -> None:
    """Take over a chunk of records from the `first` on, and move the cursor: all or nothing.

    Raises `Unwritten` where a rule refuses one of them, and `Refused` where the import does not
    stand at `first` any more.
    """
    standing = require(by, "member_import.run", member_import)
    if member_import.done != first or member_import.finished_at is not None:
        raise Refused(_l("This import is being taken over already."))
    judge = Judge(chunk, member_import.alliance, standing, stood, queries.reference())
    made: dict[str, Organisation] = {}
    for record in chunk:
        position = (record.sheet, record.row)
        verdict = judge.judge(record)
        if position in refused:
            reason: Any = refused[position]
            verdict = Verdict(record, verdict.alliance, Fate.REFUSED, Effect.NOTHING, (reason,))
        try:
            organisation = _write(verdict, made, member_import.file_name, by=by)
        except Refused as no:
            raise Unwritten(position, no.sentence) from None
        db.session.add(_row(member_import, verdict, organisation, judge.node_of(verdict)))
    member_import.done = first + len(chunk)
    member_import.total = total
    if member_import.done >= total:
        member_import.finished_at, member_import.sheets = clock.now(), None
        journal.note("member_import.finish", member_import, by=by)
    if job is not None:
        advance(job, done=member_import.done, total=total)


def _write(
    verdict: Verdict, made: dict[str, Organisation], file_name: str, *, by: Actor
) -> Organisation | None:
    """Make the organisation and the membership what the row says; return the organisation.

    `made` holds the organisations that rows of this chunk made, by normal name: the judgement
    of the chunk is older than they are.
    """
    if not verdict.is_written:
        return verdict.organisation
    record, said = verdict.record, verdict.said
    known = verdict.organisation or made.get(normal_name(record.name))
    found = known or _create(verdict, by=by)
    made[normal_name(record.name)] = found
    if verdict.effect is Effect.CREATED:
        basis = file_name[:200]
        admit_organisation(verdict.alliance, found, verdict.tier, basis=basis, by=by)
    if known is not None or said.website is not None:
        fill_in(found, said, by=by)
    elif said.node is not None:
        add_node(found, said.node, by=by)
    return found


def _create(verdict: Verdict, *, by: Actor) -> Organisation:
    record, said = verdict.record, verdict.said
    if said.region is None or said.kind is None:
        raise Refused(_l("The province is missing."))
    return create_organisation(
        name=record.name,
        kind=said.kind,
        region=said.region,
        district=said.district,
        uscc=said.uscc,
        summary=said.summary,
        by=by,
    )


def _row(
    member_import: MemberImport,
    verdict: Verdict,
    organisation: Organisation | None,
    node: ChainNode | None,
) -> MemberImportRow:
    record = verdict.record
    is_out = verdict.effect is Effect.NOTHING
    told = verdict.reasons or verdict.remarks
    return MemberImportRow(
        member_import_id=member_import.id,
        sheet=record.sheet,
        row=record.row,
        name=record.name[:200],
        fate=verdict.fate,
        effect=verdict.effect,
        reason=" ".join(str(each) for each in told) or None,
        cells=list(record.cells) if is_out else None,
        alliance_id=verdict.alliance.id,
        organisation_id=None if is_out or organisation is None else organisation.id,
        chain_node=record.chain_node,
        chain_node_id=node.id if node else None,
    )


@operation
def place_node(
    member_import: MemberImport,
    alliance: Alliance,
    text: str,
    node: ChainNode | None,
    *,
    by: Actor,
) -> int:
    """Place a text of an import at a node, or leave it as text (None); return for how many.

    All rows of the import with that text are placed, and later imports know where it belongs. An
    organisation that keeps itself and stands on this map already stays where it put itself.
    Raises `Refused` where nothing waits with it or the node is of another map.
    """
    require(by, "member_import.run", member_import)
    require(by, "membership.admit", alliance)
    rows = queries.rows_to_place(member_import.id, alliance.id, text)
    if not rows:
        raise Refused(_l("Nothing waits to be placed under this text."))
    if node is not None and node.chain_map_id != alliance.chain_map_id:
        raise Refused(_l("This node is of another chain."), field="node")
    for row in rows:
        if node is None or row.organisation is None:
            row.is_left_as_text = True
        else:
            row.chain_node_id = node.id
            if row.organisation.is_current:
                fill_in(row.organisation, Said(node=node), by=by)
    detail = {"text": text, "node": node.id if node else None, "rows": len(rows)}
    journal.note("member_import.place", member_import, by=by, detail=detail)
    return len(rows)
