"""Verbs on tables of tasks: brought, read another way, taken over in chunks, discarded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused, Stale
from portal.imports.erasing import erase_old_tables
from portal.imports.headers import Alliances, Layout, Lexicon
from portal.imports.models import Fate
from portal.imports.places import Places
from portal.imports.task_fates import TaskJudge, TaskVerdict, seal_of
from portal.imports.task_models import TaskImport
from portal.imports.task_plans import Taking, drop_rows, keep_verdicts, rows_left
from portal.imports.task_records import (
    ReadTable,
    TaskRecord,
    guess_task_layouts,
    recognise_tasks,
    shown_sheets,
)
from portal.imports.words import words
from portal.operations import earlier_result, keep_receipt, operation
from portal.research.board_changing import refuse_unworkable
from portal.research.board_forms import column_name
from portal.research.models import Project
from portal.sheets.reading import ReadSheet
from portal.workflow import check_version

#: Rows that one table may bring, and that one transaction takes over.
MOST_ROWS, CHUNK = 1_000, 50


@operation
def bring_tasks(
    project: Project,
    file_name: str,
    sheets: Sequence[ReadSheet],
    *,
    by: Actor,
    receipt: str | None = None,
) -> TaskImport:
    """Keep a table of tasks that was read; nothing is taken over yet.

    Raises `Refused` for a board that cannot be worked on, and for a table with no task or too
    many of them. The cells of older ones that nobody needs any more are erased with it.
    """
    require(by, "project.work", project)
    earlier = earlier_result(TaskImport, receipt)
    if earlier is not None:
        return earlier
    refuse_unworkable(project)
    lexicon = _lexicon()
    sheets, layouts = shown_sheets(sheets, guess_task_layouts(sheets, lexicon), lexicon)
    # Counted as they are stored: so they are read again.
    storable = read_sheets(sheets, layouts).storable
    rows = _refuse_too_many(read_sheets(storable, layouts).records)
    erase_old_tables(TaskImport.project_id == project.id)
    made = TaskImport(
        project=project,
        brought_by_id=by.person_id,
        file_name=file_name[:200] or "?",
        sheets=[sheet.as_data() for sheet in storable],
        layouts=_kept(layouts),
        total=rows,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    journal.note("task_import.bring", made, by=by)
    keep_receipt(receipt, made)
    return made


def _refuse_too_many(records: Sequence[TaskRecord]) -> int:
    """Return how many rows there are to take over; raises `Refused` for none and too many."""
    if not records:
        raise Refused(_l("There is no row to take over."), field="file")
    if len(records) > MOST_ROWS:
        raise Refused(_l("At most %(number)d rows at a time.", number=MOST_ROWS), field="file")
    return len(records)


def _kept(layouts: Sequence[Layout | None]) -> list[dict[str, Any] | None]:
    return [each.as_data() if each else None for each in layouts]


def _lexicon() -> Lexicon:
    """Return the words that tables of tasks are read with today."""
    said = words("tasks")
    # Neither places nor alliances head rows of tasks.
    return Lexicon(said, Places((), said), Alliances({}, said))


def read_sheets(sheets: Sequence[ReadSheet], layouts: Sequence[Layout | None]) -> ReadTable:
    """Return the tasks of some sheets as they are read today."""
    return recognise_tasks(sheets, layouts, _lexicon(), clock.today())


def sheets_of(task_import: TaskImport) -> tuple[list[ReadSheet], list[Layout | None]]:
    """Return the cells of a table that others may see, and how they are read.

    Raises `Refused` where it is erased.
    """
    asked = select(TaskImport.sheets, TaskImport.layouts).where(TaskImport.id == task_import.id)
    data, layouts = db.session.execute(asked).one()
    if data is None:
        raise Refused(_l("The cells of this workbook are erased: bring it again."))
    sheets, lexicon = [ReadSheet.from_data(each) for each in data], _lexicon()
    if layouts is None:
        # Brought before anybody could say otherwise.
        read = guess_task_layouts(sheets, lexicon)
    else:
        read = [each and Layout.from_data(each) for each in layouts]
    # Kept, of older tables, were all sheets.
    return shown_sheets(sheets, read, lexicon)


def table_of(task_import: TaskImport) -> ReadTable:
    """Return the tasks of a table that was brought. Raises `Refused` where it is erased."""
    return read_sheets(*sheets_of(task_import))


@operation
def correct_tasks(
    task_import: TaskImport,
    layouts: Sequence[Layout | None],
    *,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say how each sheet of a table is read; what would become of its rows is seen anew.

    Raises `Stale` for an old version, and `Refused` for a table that was begun or is over, with
    no row or too many, or where what stands above the header now bears a mark of secrecy.
    """
    require(by, "task_import.run", task_import)
    check_version(task_import, expected)
    if task_import.started_at is not None or not task_import.is_open:
        raise Refused(_l("This import has been begun or discarded: bring the workbook again."))
    sheets, _before = sheets_of(task_import)
    read = read_sheets(sheets, layouts)
    task_import.total = _refuse_too_many(read.records)
    task_import.sheets = [sheet.as_data() for sheet in read.storable]
    task_import.layouts = _kept(layouts)
    journal.note("task_import.correct", task_import, by=by)


def judged(task_import: TaskImport, table: ReadTable) -> list[TaskVerdict]:
    """Return what would become of each row now."""
    judge = TaskJudge(task_import.project, column_name, words("tasks"))
    return judge.verdicts(table.records)


@operation
def begin_tasks(
    task_import: TaskImport, seal: str, *, by: Actor, expected: int | None = None
) -> None:
    """Begin to take a table over, as somebody saw it: `seal` is the digest of what they saw.

    Raises `Stale` where something else would become of a row now, `Refused` once it is over.
    """
    require(by, "task_import.run", task_import)
    check_version(task_import, expected)
    if not task_import.is_open:
        raise Refused(_l("This import is over."))
    if task_import.started_at is not None:
        return  # it goes on where it stood
    if not seal:
        raise Refused(_l("Look at what would become of each row first."))
    refuse_unworkable(task_import.project)
    verdicts = judged(task_import, table_of(task_import))
    if seal_of(verdicts) != seal:
        raise Stale(_l("The board has changed since. See what would become of each row now."))
    keep_verdicts(task_import, verdicts)
    task_import.started_at, task_import.total = clock.now(), len(verdicts)
    journal.note("task_import.start", task_import, by=by, detail={"rows": task_import.total})


@operation
def take_over_tasks(task_import: TaskImport, *, by: Actor) -> None:
    """Take over the next rows of a table that was begun; at its end the cells are erased.

    What was kept of each row when it was begun is done; a row whose task changed since is refused.
    """
    require(by, "task_import.run", task_import)
    if task_import.started_at is None or not task_import.is_open:
        raise Refused(_l("This import is over."))
    project = task_import.project
    refuse_unworkable(project)
    chunk, taking = rows_left(task_import, CHUNK), Taking(task_import, by=by)
    counts, refused = Counter(task_import.counts), list(task_import.refused)
    for row in chunk:
        fate, reason = taking.take(row)
        if fate is Fate.REFUSED:
            refused.append([row.sheet, row.row, row.name, reason, row.cells])
        counts[fate.value] += 1
    task_import.counts, task_import.refused = dict(counts), refused
    task_import.done += len(chunk)
    if len(chunk) < CHUNK or task_import.done >= task_import.total:
        task_import.finished_at, task_import.sheets = clock.now(), None
        drop_rows(task_import)
        note = {"note": _told(counts)}
        journal.note("task_import.finish", task_import, by=by, detail=dict(counts))
        journal.note("project.import", project, by=by, detail=note)
    db.session.flush()


def _told(counts: Counter[str]) -> str:
    return f"+{counts[Fate.NEW.value]} ~{counts[Fate.CHANGED.value]}"


@operation
def discard_tasks(task_import: TaskImport, *, by: Actor, expected: int | None = None) -> None:
    """Drop a table that was not taken over to its end; its cells are erased."""
    require(by, "task_import.run", task_import)
    check_version(task_import, expected)
    if not task_import.is_open:
        raise Refused(_l("This import is over."))
    task_import.discarded_at, task_import.sheets = clock.now(), None
    drop_rows(task_import)
    journal.note("task_import.discard", task_import, by=by)
