"""Verbs on imports: bring a workbook, correct how it is read, take it over, place its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Refused, Stale
from portal.imports import queries
from portal.imports.erasing import erase_old_workbooks
from portal.imports.headers import Layout, headings_of
from portal.imports.models import MemberImport
from portal.imports.plans import Kept, seal_of_all
from portal.imports.words import words
from portal.jobs import Job, enqueue, newest_job_about
from portal.operations import earlier_result, keep_receipt, operation
from portal.organisations.filling import Said, fill_in
from portal.sheets.reading import ReadSheet
from portal.workflow import check_version

#: The kind of job that takes an import over.
JOB = "member_import"


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
    erase_old_workbooks(MemberImport.alliance_id == alliance.id)
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
    member_import: MemberImport,
    plan: Sequence[Kept],
    *,
    by: Actor,
    expected: int | None = None,
    seal: str | None = None,
) -> Job:
    """Have the rows of an import taken over by a worker, each as it was judged for the `plan`.

    `seal` is the digest of the plan that somebody saw. One that was interrupted for good goes on
    where it stood. Raises `Stale` where it is read another way since, or something else would
    become of a row now, `Refused` where it runs, is done, or holds no row.
    """
    require(by, "member_import.run", member_import)
    check_version(member_import, expected)
    running = newest_job_about(member_import)
    if running is not None and running.ended_at is None:
        return running
    begin(member_import, plan, by=by, seal=seal)
    return enqueue(JOB, about=member_import, by=by, total=member_import.total)


@operation
def begin(
    member_import: MemberImport, plan: Sequence[Kept], *, by: Actor, seal: str | None = None
) -> None:
    """Begin to take an import over, or go on with it; see `start_import`."""
    require(by, "member_import.run", member_import)
    if member_import.finished_at is not None or member_import.discarded_at is not None:
        raise Refused(_l("This import is over."))
    if not plan and member_import.started_at is None:
        raise Refused(_l("There is no row to take over."))
    if member_import.started_at is None:
        if seal == "":
            raise Refused(_l("Look at what would become of each row first."))
        if seal is not None and seal != seal_of_all(plan):
            raise Stale(
                _l("What is known was changed since. See what would become of each row now.")
            )
        member_import.started_at, member_import.total = clock.now(), len(plan)
        member_import.plan = [list(each) for each in plan]
        journal.note("member_import.start", member_import, by=by, detail={"rows": len(plan)})
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
