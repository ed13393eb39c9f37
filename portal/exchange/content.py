"""What a listing says, as forms hand it to the operations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.exchange.models import Direction, ListingKind, ListingVisibility


@dataclass(frozen=True)
class ListingContent:
    """What a listing says. Money is integer fen, `valid_until` the last day in Shanghai."""

    direction: Direction
    title: str
    specification: str
    valid_until: date
    visibility: ListingVisibility
    kind: ListingKind | None = None
    chain_node_id: int | None = None
    wanted_region_id: int | None = None
    amount_fen: int | None = None
    cooperation: str | None = None
    #: The fields of its kind (`kinds.py`); what is none of this kind is left out.
    particulars: Mapping[str, str] = field(default_factory=dict)
    is_anonymous: bool = False
    named_ids: Collection[int] = field(default_factory=tuple)
