"""The rows of the directory: which organisations an address asks for, in order, page by page.

One statement for a page: its rows, and beside them what the facets count. Rows are plain values
read past the ORM. Names of regions, nodes and alliances are reference data that is kept, so a
row brings their numbers only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)

from portal.access import visible_to
from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import Standing
from portal.alliances.models import Membership, Tier
from portal.database import Rows, is_sqlite, plain
from portal.directory.narrowing import (
    DirectoryFilter,
    conditions,
    counted_conditions,
    is_in_protocol_order,
    of_alliance,
    order_of,
    rank_of,
)
from portal.organisations.models import ContactKind, ContactPoint, OrganisationNode
from portal.organisations.telephone import dialled

#: Organisations on one page.
PAGE = 30
#: Across alliances a list counts no further than this: beyond it "200+" says enough.
COUNT_LIMIT = 200
#: What a statement brings, of a row as of a count.
COLUMNS = (
    "what", "number", "id", "name", "kind", "region_id", "district_id", "membership_id", "tier",
    "rank", "position", "sort_key", "nodes", "alliances", "contacts",
)  # fmt: skip
#: Between the parts of one contact, and between contacts: nobody can type them.
PART, WHOLE = "\x1f", "\x1e"


@dataclass(frozen=True)
class Contact:
    """One way to reach an organisation, as far as whoever looks may see it."""

    kind: ContactKind
    label: str
    value: str

    @property
    def to_dial(self) -> str | None:
        """The number as a `tel:` address takes it, where it is a telephone's."""
        return dialled(self.value) if self.kind is ContactKind.PHONE else None


@dataclass(frozen=True)
class DirectoryRow:
    """One row: plain values, no record behind it."""

    organisation_id: int
    name: str
    kind: OrganisationKind
    region_id: int
    district_id: int | None
    #: Its place in the alliance that the list is of.
    membership_id: int | None
    tier: Tier | None
    node_ids: tuple[int, ...]
    alliance_ids: tuple[int, ...]
    contacts: tuple[Contact, ...]
    key: str


@dataclass(frozen=True)
class Counted:
    """How many organisations share region, kind and tier, whatever of these is chosen."""

    region_id: int | None
    kind: OrganisationKind | None
    tier: Tier | None
    count: int


@dataclass(frozen=True)
class DirectoryPage:
    """One page, what is counted beside it, and the key of the next."""

    rows: Sequence[DirectoryRow]
    counted: Sequence[Counted]
    next_key: str | None


def directory_page(
    standing: Standing,
    wanted: DirectoryFilter,
    after: str | None = None,
    *,
    size: int | None = None,
) -> DirectoryPage:
    """Return a page of the directory in one query, paged by key (`next_key` of the page before).

    Within an alliance everything is counted by region, kind and tier; across alliances the first
    page has one count, which ends at `COUNT_LIMIT` + 1. With a `size` of its own (for a
    workbook) nothing is counted.
    """
    counts = size is None
    size = size or PAGE
    rows = plain(_statement(standing, wanted, after, size, counts, is_sqlite()))
    found = sorted((row for row in rows if row.what == "row"), key=lambda row: row.number)
    page = [_row(row, wanted) for row in found[:size]]
    counted = [
        Counted(row.region_id, row.kind, row.tier, row.number)
        for row in rows
        if row.what == "count"
    ]
    return DirectoryPage(page, counted, page[-1].key if len(found) > size else None)


def _row(row: Any, wanted: DirectoryFilter) -> DirectoryRow:
    parts = [each.split(PART) for each in (row.contacts or "").split(WHOLE) if each]
    contacts = sorted((int(number), *rest) for number, *rest in parts)
    key = f"{row.id}-{row.sort_key}"
    if is_in_protocol_order(wanted):
        key = f"{row.rank}-{row.position}-{key}"
    return DirectoryRow(
        organisation_id=row.id,
        name=row.name,
        kind=row.kind,
        region_id=row.region_id,
        district_id=row.district_id,
        membership_id=row.membership_id,
        tier=row.tier,
        node_ids=_numbers(row.nodes),
        alliance_ids=_numbers(row.alliances),
        contacts=tuple(
            Contact(ContactKind(kind), label, value) for _n, kind, label, value in contacts
        ),
        key=key,
    )


def _numbers(listed: str | None) -> tuple[int, ...]:
    return tuple(sorted(int(each) for each in (listed or "").split(",") if each))


@lru_cache(maxsize=1024)
def _statement(
    standing: Standing,
    wanted: DirectoryFilter,
    after: str | None,
    size: int,
    counts: bool,
    _on_sqlite: bool,
) -> Any:
    """Return the statement of a page. Kept, because building it costs more than running it."""
    narrowed = [*conditions(standing, wanted), *counted_conditions(wanted)]
    rows = _rows(standing, wanted, narrowed, _after(wanted, after), size)
    if not counts or (wanted.alliance_id is None and after):
        return rows
    return union_all(rows, _counts(wanted, conditions(standing, wanted), narrowed))


def _rows(
    standing: Standing,
    wanted: DirectoryFilter,
    narrowed: list[ColumnElement[bool]],
    after: ColumnElement[bool] | None,
    size: int,
) -> Rows:
    order = order_of(wanted)
    is_of_alliance = wanted.alliance_id is not None
    chosen: Rows = select(
        Organisation.id.label("id"),
        (Membership.id if is_of_alliance else cast(null(), Integer)).label("membership_id"),
        (Membership.tier if is_of_alliance else cast(null(), Membership.tier.type)).label("tier"),
        rank_of(wanted).label("rank"),
    )
    chosen = of_alliance(chosen, wanted).where(*narrowed).order_by(*order).limit(size + 1)
    page = (chosen if after is None else chosen.where(after)).subquery("page")
    # Only the few that were found are numbered and described, never all there are.
    keys: list[Any] = [Organisation.sort_key, Organisation.id]
    if is_in_protocol_order(wanted):
        keys = [page.c.rank, Organisation.position, *keys]
    shown = {
        "what": literal("row"),
        "number": func.row_number().over(order_by=keys),
        "id": page.c.id,
        "name": Organisation.name,
        "kind": Organisation.kind,
        "region_id": Organisation.region_id,
        "district_id": Organisation.district_id,
        "membership_id": page.c.membership_id,
        "tier": page.c.tier,
        "rank": page.c.rank,
        "position": Organisation.position,
        "sort_key": Organisation.sort_key,
        "nodes": _nodes(page.c.id) if is_of_alliance else literal(""),
        "alliances": literal("") if is_of_alliance else _alliances(page.c.id),
        "contacts": _contacts(standing, page.c.id),
    }
    columns = [shown[name].label(name) for name in COLUMNS]
    return select(*columns).join_from(page, Organisation, Organisation.id == page.c.id)


def _after(wanted: DirectoryFilter, after: str | None) -> ColumnElement[bool] | None:
    """Return the condition "beyond the key of a page"; None for what is no key."""
    form = (
        r"(\d)-(\d{1,5})-(\d{1,9})-(.{1,240})"
        if is_in_protocol_order(wanted)
        else (r"(\d{1,9})-(.{1,240})")
    )
    found = re.fullmatch(form, after or "", re.ASCII | re.DOTALL)
    if found is None:
        return None
    *ahead, number, sort_key = found.groups()
    values = [*map(int, ahead), sort_key, int(number)]
    order = order_of(wanted)
    literals = [literal(value, key.type) for value, key in zip(values, order, strict=True)]
    return tuple_(*order) > tuple_(*literals)


def _counts(
    wanted: DirectoryFilter,
    beside: list[ColumnElement[bool]],
    narrowed: list[ColumnElement[bool]],
) -> Rows:
    """Return what is counted: by region, kind and tier beside these, or one capped number."""
    if wanted.alliance_id is None:
        some = of_alliance(select(Organisation.id), wanted).where(*narrowed)
        few = some.limit(COUNT_LIMIT + 1).subquery("few")
        return select(*_columns(what=literal("count"), number=func.count())).select_from(few)
    shared = {
        "kind": Organisation.kind, "region_id": Organisation.region_id, "tier": Membership.tier
    }  # fmt: skip
    counted = select(*_columns(what=literal("count"), number=func.count(), **shared))
    return of_alliance(counted, wanted).where(*beside).group_by(*shared.values())


def _columns(**named: Any) -> list[Any]:
    return [named.get(name, null()) for name in COLUMNS]


def _nodes(here: Any) -> Any:
    node = OrganisationNode.chain_node_id
    listed = func.aggregate_strings(cast(node, String), ",")
    return select(listed).where(OrganisationNode.organisation_id == here).scalar_subquery()


def _alliances(here: Any) -> Any:
    listed = func.aggregate_strings(cast(Membership.alliance_id, String), ",")
    belongs = (Membership.organisation_id == here, Membership.is_active)
    return select(listed).where(*belongs).scalar_subquery()


def _contacts(standing: Standing, here: Any) -> Any:
    """Return the contacts that somebody may see, as far as the organisation consented."""
    one = (
        cast(ContactPoint.id, String)
        + PART
        + cast(ContactPoint.kind, String)
        + PART
        + func.coalesce(ContactPoint.label, "")
        + PART
        + ContactPoint.value
    )
    seen = visible_to(standing, "contact_point.view", ContactPoint)
    return (
        select(func.aggregate_strings(one, WHOLE))
        .where(ContactPoint.organisation_id == here, seen)
        .scalar_subquery()
    )
