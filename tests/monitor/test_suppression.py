"""No withheld cell of a published table can be worked out from what is shown."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from portal.monitor.suppression import TOTAL, Pair, joined_without, with_margins, withheld


def test_small_cells_are_withheld_and_noughts_and_large_ones_are_shown() -> None:
    counts = {(1, 2): 2, (1, 3): 0, (2, 1): 30, (2, 3): 1, (3, 1): 40, (3, 2): 50}
    hidden = withheld(counts)
    assert {(1, 2), (2, 3)} <= hidden
    assert (1, 3) not in hidden


def test_a_lone_small_cell_takes_others_with_it() -> None:
    counts = {(1, 1): 10, (1, 2): 2, (2, 1): 20, (2, 2): 30}
    hidden = withheld(counts)
    assert (1, 2) in hidden
    # Its row and its column would give it away.
    assert sum(pair[0] == 1 for pair in hidden) >= 2
    assert sum(pair[1] == 2 for pair in hidden) >= 2


def test_two_ones_that_add_up_to_two_do_not_stand_alone() -> None:
    counts = {(1, 1): 1, (1, 2): 1, (1, 3): 9, (2, 1): 9, (2, 2): 9, (2, 3): 9}
    assert (1, 3) in withheld(counts) or (1, TOTAL) in withheld(counts)


def test_a_table_of_large_cells_is_shown_whole() -> None:
    assert not withheld({(1, 2): 3, (2, 1): 3, (1, 1): 0})
    assert not withheld({})


def test_a_bridge_between_two_cycles_is_found() -> None:
    cycle_a = {(1, 1), (1, 2), (2, 1), (2, 2)}
    cycle_b = {(3, 3), (3, 4), (4, 3), (4, 4)}
    assert (1, 3) not in joined_without((1, 3), cycle_a | cycle_b | {(1, 3)})
    assert (1, 1) in joined_without((1, 1), cycle_a)


def determined(table: dict[Pair, int], hidden: frozenset[Pair]) -> set[Pair]:
    """Return the hidden cells that the equations of the margins leave one value: by elimination,
    in fractions, without anything of the code that is tested."""
    unknown = sorted(hidden)
    givers = {pair[0] for pair in table}
    takers = {pair[1] for pair in table}
    lines = [[(g, t) for t in takers] for g in givers] + [[(g, t) for g in givers] for t in takers]
    rows = []
    for line in lines:
        side = [p for p in line if p in hidden]
        # Cells of a line minus its sum is nought: known ones go to the other side.
        if side:
            is_row = len({p[0] for p in line}) == 1
            rows.append(
                [
                    Fraction(0 if p not in side else -1 if p[1 if is_row else 0] == TOTAL else 1)
                    for p in unknown
                ]
            )
    pivots: list[int] = []
    for column in range(len(unknown)):
        at = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if at is None:
            continue
        rank = len(pivots)
        rows[rank], rows[at] = rows[at], rows[rank]
        rows[rank] = [x / rows[rank][column] for x in rows[rank]]
        for i, row in enumerate(rows):
            if i != rank and row[column]:
                rows[i] = [x - row[column] * y for x, y in zip(row, rows[rank], strict=True)]
        pivots.append(column)
    return {
        unknown[column]
        for rank, column in enumerate(pivots)
        if all(not x or i == column for i, x in enumerate(rows[rank]))
    }


def test_the_check_itself_finds_what_can_be_worked_out() -> None:
    table = with_margins({(1, 1): 10, (1, 2): 2, (2, 1): 20, (2, 2): 30})
    assert determined(table, frozenset({(1, 2)})) == {(1, 2)}
    assert determined(table, frozenset({(1, 1), (1, 2), (2, 1), (2, 2)})) == set()


@pytest.mark.parametrize("seed", range(60))
def test_nothing_withheld_can_be_worked_out(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.choice((2, 3, 3, 4, 5))
    counts = {
        (giver, taker): chance.choice((0, 0, 1, 1, 2, 2, 3, 4, 7, 12, 40))
        for giver in range(1, size + 1)
        for taker in range(1, size + 1)
    }
    hidden = withheld(counts)
    table = with_margins(counts)
    assert {p for p, n in table.items() if 0 < n < 3} <= hidden
    assert not {p for p in hidden if table[p] == 0}
    assert determined(table, hidden) == set(), counts
