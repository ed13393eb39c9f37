"""Taking an import over: fifty rows at a time, each made what the sheet says, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.accounts.operations import create_organisation
from portal.accounts.queries import normal_name
from portal.actors import Actor
from portal.alliances.operations import admit_organisation
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Refused
from portal.imports import plans, queries
from portal.imports.fates import Judge, Key, Position, Verdict
from portal.imports.models import Effect, MemberImport, MemberImportRow
from portal.imports.records import Record
from portal.jobs import Job, advance
from portal.operations import operation
from portal.organisations.filling import add_node, fill_in

#: Rows taken over in one transaction: each takes some 6 ms, and everybody else's writing waits.
CHUNK = 50


class Unwritten(Exception):
    """A rule refused a row while it was written: the chunk is begun anew without that row."""

    def __init__(self, position: Position, sentence: str | LazyString) -> None:
        super().__init__(sentence)
        self.position, self.sentence = position, sentence


def take_over(
    member_import: MemberImport,
    records: Sequence[Record],
    shared: Mapping[Position, tuple[Key, ...]],
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
                member_import, chunk, first, shared, refused, by=by, job=job, total=len(records)
            )
        except Unwritten as unwritten:
            refused[unwritten.position] = unwritten.sentence


@operation
def write_chunk(
    member_import: MemberImport,
    chunk: Sequence[Record],
    first: int,
    shared: Mapping[Position, tuple[Key, ...]],
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
    before = _taken_before(member_import, chunk, shared)
    alliance, reference = member_import.alliance, queries.reference()
    seals = {(sheet, row): seal for sheet, row, seal in plans.plan_of(member_import.id) or ()}
    plan = plans.Plan(seals)
    judge = Judge(chunk, alliance, standing, shared, reference, before, plan.holds)
    plan.touched |= plans.touched_among(member_import.id, judge.known.ids)
    made: dict[str, Organisation] = {}
    for record in chunk:
        position = (record.sheet, record.row)
        verdict = judge.judge(record, refused.get(position))
        try:
            organisation = _write(verdict, made, member_import.file_name, by=by)
        except Refused as no:
            raise Unwritten(position, no.sentence) from None
        row = _row(member_import, verdict, organisation, judge.node_of(verdict))
        if verdict.is_written and organisation is not None:
            db.session.flush()  # so that the version counts what was written
            row.left_version = plan.touched[organisation.id] = organisation.version
        db.session.add(row)
    member_import.done = first + len(chunk)
    member_import.total = total
    if member_import.done >= total:
        member_import.finished_at, member_import.sheets = clock.now(), None
        member_import.plan = None
        journal.note("member_import.finish", member_import, by=by)
    if job is not None:
        advance(job, done=member_import.done, total=total)


def _taken_before(
    member_import: MemberImport,
    chunk: Sequence[Record],
    shared: Mapping[Position, tuple[Key, ...]],
) -> list[Position]:
    """Return the rows of earlier chunks that were taken and that one of this chunk may double."""
    keys = {key for each in chunk for key in shared.get((each.sheet, each.row), ())}
    if not keys:
        return []
    asked = {position for position, own in shared.items() if keys.intersection(own)}
    return queries.taken_among(member_import.id, asked)


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
