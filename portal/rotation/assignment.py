"""The cheapest way to give each row a column of its own, and to give one row another. Pure.

The Hungarian method with potentials, made square by rows that cost nothing, so that one row can
be given another column in a single search after some of its columns were forbidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: A row's columns with their costs; a column that is missing is forbidden to it.
Row = dict[int, int]


@dataclass
class Assigned:
    """An assignment that is the cheapest for its rows, with the proof of it."""

    rows: list[Row]
    width: int
    #: The potentials: for every allowed cell, row + column is at most its cost.
    of_rows: list[int]
    of_columns: list[int]
    #: Which row holds each column, and which column each row holds.
    holder: list[int]
    held: list[int]

    @property
    def cost(self) -> int:
        """What it costs in all."""
        return sum(self.of_rows) + sum(self.of_columns)


def assign(rows: Sequence[Row], width: int) -> Assigned | None:
    """Return the cheapest assignment of rows to `width` columns, or None where there is none."""
    if len(rows) > width:
        return None
    found = Assigned(list(rows), width, [0] * width, [0] * width, [-1] * width, [-1] * width)
    for row in range(width):
        if not _enter(found, row):
            return None
    return found


def reassign(before: Assigned, rows: list[Row], row: int) -> Assigned | None:
    """Return the cheapest assignment after cells were taken away, or None where there is none.

    Of the cells that are held, only that of `row` may be among those taken away.
    """
    holder, held = before.holder[:], before.held[:]
    holder[held[row]], held[row] = -1, -1
    found = Assigned(rows, before.width, before.of_rows[:], before.of_columns[:], holder, held)
    return found if _enter(found, row) else None


def _enter(found: Assigned, row: int) -> bool:
    """Give a row a column along the cheapest path; tell whether there is one."""
    width, of_rows, of_columns = found.width, found.of_rows, found.of_columns
    holder, rows = found.holder, found.rows
    best: dict[int, int] = {}
    came_from: dict[int, int] = {}
    done: dict[int, int] = {}  # column -> its distance from the row
    current, distance, last = row, 0, -1
    while True:
        base = distance - of_rows[current]
        if current < len(rows):
            for column, cost in rows[current].items():
                if column not in done:
                    length = base + cost - of_columns[column]
                    if column not in best or length < best[column]:
                        best[column] = length
                        came_from[column] = last
        else:
            for column in range(width):
                if column not in done:
                    length = base - of_columns[column]
                    if column not in best or length < best[column]:
                        best[column] = length
                        came_from[column] = last
        if not best:
            return False
        distance, column = min((length, each) for each, length in best.items())
        del best[column]
        done[column] = distance
        last = column
        if holder[column] == -1:
            break
        current = holder[column]
    of_rows[row] += distance
    for column, length in done.items():
        if holder[column] != -1:
            of_rows[holder[column]] += distance - length
        of_columns[column] -= distance - length
    while True:
        previous = came_from[last]
        holder[last] = row if previous == -1 else holder[previous]
        found.held[holder[last]] = last
        if previous == -1:
            return True
        last = previous
