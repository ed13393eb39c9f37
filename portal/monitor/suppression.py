"""Which cells of a published table of flows are withheld, so that none can be worked out.

Cells below three are withheld (primary). A table with sums at its margins would give a lone one
away by subtraction, so others are withheld with it (complementary) until no withheld cell can be
computed from what is shown. Pure: knows no database.

A table of flows with its margins is a graph: rows and columns are its nodes, withheld cells its
edges. A withheld cell has one possible value exactly where its edge is a bridge. Besides, a line
whose withheld cells add up to their number holds nothing but ones, or nothing but twos.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Counts below this one are withheld; nothing is said of a nought, which is shown.
SMALLEST_SHOWN = 3
#: The row and the column of sums.
TOTAL = 0

#: (giving region, taking region); TOTAL for the sum over either.
Pair = tuple[int, int]


def with_margins(counts: Mapping[Pair, int]) -> dict[Pair, int]:
    """Return a table of counts with the sums of its rows, its columns and all of it."""
    found: dict[Pair, int] = {}
    for (giver, taker), number in counts.items():
        for pair in ((giver, taker), (giver, TOTAL), (TOTAL, taker), (TOTAL, TOTAL)):
            found[pair] = found.get(pair, 0) + number
    return found


def withheld(counts: Mapping[Pair, int]) -> frozenset[Pair]:
    """Return the cells and sums of a table that must not be shown, from its cells alone."""
    table = with_margins(counts)
    primary = {pair for pair, number in table.items() if 0 < number < SMALLEST_SHOWN}
    hidden = set(primary)
    while (more := _one_more(table, hidden, primary)) is not None:
        hidden.add(more)
    return frozenset(hidden)


def _one_more(table: Mapping[Pair, int], hidden: set[Pair], primary: set[Pair]) -> Pair | None:
    """Return the cell to withhold next, or None where nothing can be worked out any more."""
    shown = [pair for pair, number in table.items() if number and pair not in hidden]
    for side in (0, 1):
        for line in sorted({pair[side] for pair in hidden}):
            if _tells(table, [p for p in hidden if p[side] == line], primary):
                candidates = [pair for pair in shown if pair[side] == line]
                if candidates:
                    return _smallest(table, candidates)
    for pair in sorted(hidden):
        joined = joined_without(pair, hidden)
        if (1, pair[1]) not in joined:
            # Only another way between what it joins keeps it from being worked out.
            across = [p for p in shown if ((0, p[0]) in joined) != ((1, p[1]) in joined)]
            if across:
                return _smallest(table, across)
    return None


def _tells(table: Mapping[Pair, int], within: list[Pair], primary: set[Pair]) -> bool:
    """Tell whether the withheld cells of one line can be worked out from the others of it."""
    if len(within) == 1:
        return True
    if any(TOTAL in pair for pair in within) or not all(pair in primary for pair in within):
        return False
    return sum(table[pair] for pair in within) in (len(within), 2 * len(within))


def _smallest(table: Mapping[Pair, int], candidates: list[Pair]) -> Pair:
    """Return the smallest of some cells: cells before sums."""
    return min(candidates, key=lambda pair: (TOTAL in pair, table[pair], pair))


def joined_without(pair: Pair, hidden: Iterable[Pair]) -> set[tuple[int, int]]:
    """Return the rows (0, …) and columns (1, …) that withheld cells other than one join to its row.

    Where its column is not among them the cell follows from what is shown.
    """
    ways: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for giver, taker in hidden:
        if (giver, taker) != pair:
            ways.setdefault((0, giver), []).append((1, taker))
            ways.setdefault((1, taker), []).append((0, giver))
    reached, waiting = {(0, pair[0])}, [(0, pair[0])]
    while waiting:
        for node in ways.get(waiting.pop(), ()):
            if node not in reached:
                reached.add(node)
                waiting.append(node)
    return reached
