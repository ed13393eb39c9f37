"""Places between places: where a card goes so that only the moved card is written.

Places are whole numbers with room between them. Pure: knows no database.
"""

from __future__ import annotations

#: The room left between two neighbours: sixteen halvings before a column is spread anew.
ROOM = 1 << 16


def between(before: int | None, after: int | None) -> int | None:
    """Return a place after `before` and before `after`; None where no room is left.

    Nothing stands for the end of the column on that side.
    """
    if before is None and after is None:
        return ROOM
    if after is None:
        return (before or 0) + ROOM
    if before is None:
        return after - ROOM
    middle = (before + after) // 2
    return middle if before < middle < after else None


def spread(count: int) -> list[int]:
    """Return the places of that many cards with full room between them."""
    return [(number + 1) * ROOM for number in range(count)]
