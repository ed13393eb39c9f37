"""TABLE: what else happens after a move, in other areas, in the same transaction.

(noun, move) -> the operations that follow, each called with the record and `by=`. What a move
sets off in its *own* area stands in the move's operation.
"""

from __future__ import annotations

from portal.exchange.operations import end_exchange_of_member
from portal.registry import Consequence

CONSEQUENCES: dict[tuple[str, str], tuple[Consequence, ...]] = {
    # Who leaves an alliance no longer offers or seeks anything there.
    ("membership", "withdraw"): (end_exchange_of_member,),
    ("membership", "expel"): (end_exchange_of_member,),
}
