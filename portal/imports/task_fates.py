"""What becomes of each row of a table of tasks: new on the board, changed, as it is, or refused.

Only a row that bears the number of a task here changes it; a title alone never does. Where a
task stands is changed on the board alone: the table may be old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.accounts.queries import normal_name
from portal.imports.fates import Position, place_of
from portal.imports.models import Fate
from portal.imports.task_records import LONGEST_TEXT, TaskRecord
from portal.imports.words import Field, Words, bare
from portal.research.board_queries import ColumnRow, columns_of, packages_of
from portal.research.cards import LONGEST_LABEL, MOST_LABELS, CardContent
from portal.research.models import Project
from portal.research.task_queries import TaskRow, tasks_in
from portal.research.team import people_in

Names = tuple[LazyString | str, ...]

#: What could not be understood, as a line of the text of a new task says it.
LOST = {
    Field.DATE: _l("Due on"),
    Field.ORGANISATION: _l("Organisation"),
    Field.PERSON: _l("Person who does it"),
    Field.PACKAGE: _l("Work package"),
}
Lost = list[tuple[Field, str]]


@dataclass(frozen=True)
class TaskVerdict:
    """What becomes of one record."""

    record: TaskRecord
    fate: Fate
    reasons: Names = ()
    #: Of a new or changed task: what it will say.
    content: CardContent | None = None
    #: Of a new one: where it will stand.
    column: ColumnRow | None = None
    #: Of a known one, and what it says now.
    card_id: int | None = None
    before: CardContent | None = None


class TaskJudge:
    """Judges the rows of one table for a project, in their order.

    `name_of` tells what a column of the board is called.
    """

    def __init__(self, project: Project, name_of: Callable[[ColumnRow], str], words: Words) -> None:
        self.words = words
        self.columns = columns_of(project.id)
        self._names = {bare(name_of(each)): each for each in self.columns}
        self._room = {
            each.id: each.card_limit - each.count
            for each in self.columns
            if each.card_limit is not None
        }
        self.sides = people_in(project.id)
        self.packages = {bare(name): number for number, name in packages_of(project.id)}
        self.tasks = {row.id: row for row in tasks_in(project.id)}
        self._free: dict[str, list[int]] = {}

    def verdicts(self, records: Sequence[TaskRecord]) -> list[TaskVerdict]:
        """Return what becomes of each record."""
        claimed = {each.number for each in records if each.number in self.tasks}
        for row in self.tasks.values():
            if row.id not in claimed:
                self._free.setdefault(normal_name(row.content.title), []).append(row.id)
        return list(self._judged(records))

    def _judged(self, records: Sequence[TaskRecord]) -> Iterator[TaskVerdict]:
        stood: dict[tuple[object, ...], Position] = {}
        for record in records:
            if record.problems:
                yield TaskVerdict(record, Fate.REFUSED, record.problems)
                continue
            is_known = record.number in self.tasks
            said = (record.number,) if is_known else _said(record)
            if said in stood:
                place = place_of(*stood[said])
                reason = _l("It stands in this workbook already, at %(place)s.", place=place)
                yield TaskVerdict(record, Fate.REFUSED, (reason,))
                continue
            stood[said] = record.sheet, record.row
            yield self._known(record) if is_known else self._titled(record)

    def _titled(self, record: TaskRecord) -> TaskVerdict:
        """Judge a row that names no task here: one of the same title stays as it is."""
        alike = self._free.get(normal_name(record.name))
        if not alike:
            return self._new(record)
        row = self.tasks[alike.pop(0)]
        content, _remarks = self._read(record, row)
        reasons: Names = ()
        if content != row.content:
            reasons = (_l("A task of this title says something else; it stays as it is."),)
        return TaskVerdict(record, Fate.SAME, reasons, card_id=row.id)

    def _known(self, record: TaskRecord) -> TaskVerdict:
        row = self.tasks[record.number or 0]
        content, remarks = self._read(record, row)
        column, _unknown = self._column(record)
        if record.column and column is not None and column.id != row.column_id:
            remarks = (*remarks, _l("Where it stands is changed on the board alone."))
        wrong = _wrong(content)
        if wrong:
            return TaskVerdict(record, Fate.REFUSED, wrong, card_id=row.id)
        if content == row.content:
            return TaskVerdict(record, Fate.SAME, remarks, card_id=row.id)
        return TaskVerdict(
            record, Fate.CHANGED, remarks, content, card_id=row.id, before=row.content
        )

    def _new(self, record: TaskRecord) -> TaskVerdict:
        content, remarks = self._read(record, None)
        column, unknown = self._column(record)
        wrong = _wrong(content)
        if not wrong and self._room.get(column.id, 1) < 1:
            wrong = (
                _l(
                    "This column takes at most %(limit)d cards: finish one of them first.",
                    limit=column.card_limit,
                ),
            )
        if wrong:
            return TaskVerdict(record, Fate.REFUSED, wrong)
        if column.id in self._room:
            self._room[column.id] -= 1
        return TaskVerdict(record, Fate.NEW, (*unknown, *remarks), content, column)

    def _column(self, record: TaskRecord) -> tuple[ColumnRow, Names]:
        """Return the column that a row names, or the first one, saying that it was not known."""
        found = self._names.get(bare(record.column))
        if found is None:
            kind = self.words.kind_of(record.column)
            found = next((each for each in self.columns if each.kind == kind), None)
        if found is not None:
            return found, ()
        first = self.columns[0]
        return first, (_unknown(Field.COLUMN, record.column),) if record.column else ()

    def _read(self, record: TaskRecord, row: TaskRow | None) -> tuple[CardContent, Names]:
        """Return what the task says by this row, and what of it was not understood.

        Of a new task the latter goes into its text; of a known one that part stays as it was.
        """
        before = row.content if row else CardContent(record.name)
        lost: Lost = []
        owner_id, organisation_id = self._who(record, row, lost)
        package_id = self._package(record, row, lost)
        due_on = record.due_on if Field.DATE in record.says else before.due_on
        if record.due_said and record.due_on is None:
            lost.append((Field.DATE, record.due_said))
            due_on = before.due_on
        text: str | None = before.text
        if Field.SPECIFICATION in record.says:
            is_rest_cut = record.is_cut and (before.text or "").startswith(record.text)
            text = before.text if is_rest_cut else record.text or None
        if row is None and lost:
            lines = (f"{LOST[what]}: {said}" for what, said in lost)
            text = "\n".join([*([text] if text else []), *lines])
        content = CardContent(
            title=record.name,
            text=text,
            owner_id=owner_id,
            organisation_id=organisation_id,
            package_id=package_id,
            due_on=due_on,
            labels=record.labels if Field.LABELS in record.says else before.labels,
        )
        return content, tuple(_unknown(what, said) for what, said in lost)

    def _who(
        self, record: TaskRecord, row: TaskRow | None, lost: Lost
    ) -> tuple[int | None, int | None]:
        if not {Field.PERSON, Field.ORGANISATION} & record.says:
            return (row.content.owner_id, row.content.organisation_id) if row else (None, None)
        person, organisation = bare(record.person), normal_name(record.organisation)
        if row is not None:
            # As it stands, also where somebody has left meanwhile.
            before = bare(row.owner or ""), normal_name(row.organisation or "")
            if (person, organisation) == before:
                return row.content.owner_id, row.content.organisation_id
        sides = [s for s in self.sides.values() if organisation in ("", normal_name(s.name))]
        if organisation and not sides:
            lost.append((Field.ORGANISATION, record.organisation))
            sides = list(self.sides.values())
        named = [(p.id, s.id) for s in sides for p in s.people if bare(p.name) == person]
        if person and len(named) == 1:
            return named[0]
        if person:
            lost.append((Field.PERSON, record.person))
        if row is not None and lost:
            return row.content.owner_id, row.content.organisation_id
        return None, sides[0].id if organisation and len(sides) == 1 else None

    def _package(self, record: TaskRecord, row: TaskRow | None, lost: Lost) -> int | None:
        before = row.content.package_id if row else None
        if Field.PACKAGE not in record.says:
            return before
        found = self.packages.get(bare(record.package))
        if record.package and found is None:
            lost.append((Field.PACKAGE, record.package))
            return before
        return found


def _said(record: TaskRecord) -> tuple[object, ...]:
    """Return all that a row says: two that say the same are one task."""
    return (replace(record, sheet="", row=0, cells=()),)


def _wrong(content: CardContent) -> Names:
    """Return why a task cannot say this, as its form would."""
    if len(content.labels) > MOST_LABELS or any(len(x) > LONGEST_LABEL for x in content.labels):
        return (
            _l(
                "At most %(number)d labels of %(length)d characters.",
                number=MOST_LABELS,
                length=LONGEST_LABEL,
            ),
        )
    if len(content.text or "") > LONGEST_TEXT:
        return (_l("What it says has more than %(max)d characters.", max=LONGEST_TEXT),)
    return ()


def _unknown(what: Field, said: str) -> LazyString:
    """Return the sentence for a word that was not understood."""
    sentences = {
        Field.COLUMN: _l("No column is called “%(said)s”: it goes to the first.", said=said[:40]),
        Field.DATE: _l("“%(said)s” is no day.", said=said[:40]),
        Field.ORGANISATION: _l("“%(said)s” takes no part in the project.", said=said[:40]),
        Field.PERSON: _l("“%(said)s” is not one person of those who take part.", said=said[:40]),
        Field.PACKAGE: _l("The project has no work package “%(said)s”.", said=said[:40]),
    }
    return sentences[what]


def seal_of(verdicts: Sequence[TaskVerdict]) -> str:
    """Return a digest of what becomes of every row: what somebody saw and then asked for."""
    said = [
        (
            *(v.record.sheet, v.record.row, v.fate, v.card_id),
            *(v.before, v.content, v.column and v.column.id),
        )
        for v in verdicts
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()
