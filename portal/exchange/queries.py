"""Questions about listings and interests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, tuple_

from portal import clock, search
from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.chain.models import ChainNode
from portal.database import Rows, among, is_sqlite
from portal.exchange.anonymity import owner_shown, with_names_shown
from portal.exchange.models import Direction, Listing, ListingKind, ListingVisibility
from portal.exchange.workflow import ListingState
from portal.prepared import Prepared, Raw
from portal.regions.models import Region
from portal.regions.queries import RegionName
from portal.regions.working_days import lateness
from portal.roles import Role
from portal.workflow import awaiting

#: Rows on a page of a list.
PAGE = 20
#: A list counts no further than this: beyond it "200+" says enough and costs nothing.
COUNT_LIMIT = 200

#: What the state facet offers: a word -> a condition at this instant; the last sets none.
OPEN, EXPIRED, ALL = "open", "expired", "all"


@dataclass(frozen=True)
class ListingFilter:
    """What a list of listings is narrowed to; every part may be absent."""

    query: str = ""
    alliance_id: int | None = None
    direction: Direction | None = None
    kind: ListingKind | None = None
    #: (name, value) of the fields that the kind has of its own.
    particulars: tuple[tuple[str, str], ...] = ()
    region_id: int | None = None
    node_ids: frozenset[int] = frozenset()
    organisation_id: int | None = None
    #: `open`, `expired`, `all`, or a stored state.
    state: str = OPEN


@dataclass(frozen=True, eq=False)
class ListingRow:
    """One row of a list: plain values, no record behind it.

    Rows that say the same are one object while they are kept, so that what is rendered of one
    is found again by it.
    """

    id: int
    title: str
    direction: Direction
    kind: ListingKind | None
    state: ListingState
    visibility: ListingVisibility
    valid_until: date
    amount_fen: int | None
    #: None where it is hidden from whoever asks.
    organisation: str | None
    region: RegionName
    node: str | None
    listed_at: datetime
    #: The fields of its kind, as JSON.
    particulars: str | None

    @property
    def state_now(self) -> str:
        """The state as people read it: `expired` where the last day of a published one passed."""
        is_expired = self.state is ListingState.PUBLISHED and self.valid_until < clock.today()
        return EXPIRED if is_expired else self.state.value

    @property
    def lateness(self) -> str | None:
        """Whether the day by which it should be reviewed is `today`, or has passed (`late`)."""
        return lateness(self.listed_at) if self.state is ListingState.SUBMITTED else None


@dataclass(frozen=True)
class ListingPage:
    """One page of a list: its rows as the driver gave them, which are what it is kept by."""

    raw: Raw
    size: int
    is_search: bool
    is_first: bool

    @property
    def rows(self) -> Sequence[ListingRow]:
        """The rows of the page."""
        return [_row(raw[: len(_ROW)]) for raw in self.raw[: self.size]]

    @property
    def count(self) -> int | None:
        """How many there are, capped; known on the first page only."""
        return (self.raw[0][-1] if self.raw else 0) if self.is_first else None

    @property
    def next_key(self) -> str | None:
        """The key of the next page, or None on the last."""
        if len(self.raw) <= self.size:
            return None
        last = self.raw[self.size - 1]
        return str(last[len(_ROW)]) if self.is_search else _key(_row(last[: len(_ROW)]))


#: The columns of a row, in the order of `ListingRow`; what a statement adds stands behind them.
_ROW: tuple[Any, ...] = (
    Listing.id,
    Listing.title,
    Listing.direction,
    Listing.kind,
    Listing.state,
    Listing.visibility,
    Listing.valid_until,
    Listing.amount_fen,
    Organisation.name,
    Region.code,
    Region.short,
    Region.name,
    Region.name_en,
    ChainNode.name,
    Listing.listed_at,
    cast(Listing.particulars, Text),
)


def _named(query: Rows) -> Rows:
    """Join what a row shows beside the listing's own columns."""
    return (
        query.join(Organisation, Organisation.id == Listing.organisation_id)
        .join(Region, Region.id == Listing.region_id)
        .outerjoin(ChainNode, ChainNode.id == Listing.chain_node_id)
    )


_COLUMNS = Prepared(select(*_ROW))


@lru_cache(maxsize=4096)
def _row(raw: tuple[Any, ...]) -> ListingRow:
    """Return the row that a driver's row says; most rows of a page were there a page ago."""
    values = _COLUMNS.read(raw)
    plain: Any = (*values[:9], RegionName(*values[9:13]), *values[13:])
    return ListingRow(*plain)


def _rows(asked: Prepared) -> list[ListingRow]:
    return [_row(raw) for raw in asked.raw()]


def conditions(wanted: ListingFilter) -> list[ColumnElement[bool]]:
    """Return the filter as conditions over the listing table."""
    found: list[ColumnElement[bool]] = []
    within: Any = Listing.is_within_validity
    if wanted.state == OPEN:
        found += [Listing.state == ListingState.PUBLISHED, within]
    elif wanted.state == EXPIRED:
        found += [Listing.state == ListingState.PUBLISHED, ~within]
    elif wanted.state != ALL:
        found.append(Listing.state == ListingState(wanted.state))
    for column, value in (
        (Listing.alliance_id, wanted.alliance_id),
        (Listing.direction, wanted.direction),
        (Listing.kind, wanted.kind),
        (Listing.region_id, wanted.region_id),
        (Listing.organisation_id, wanted.organisation_id),
    ):
        if value is not None:
            found.append(column == value)
    found += [Listing.particulars[name].as_string() == value for name, value in wanted.particulars]
    if wanted.node_ids:
        found.append(among(Listing.chain_node_id, sorted(wanted.node_ids)))
    return found


def list_page(
    standing: Standing, wanted: ListingFilter, after: str | None = None, *, size: int = PAGE
) -> ListingPage:
    """Return a page of the listings a person may view, newest first, in one query.

    Paged by key: `after` is the `next_key` of the page before. The count stands on the first
    page only and ends at `COUNT_LIMIT` + 1. A query finds what a substring scan would find.
    """
    asked, is_search = _list_statement(standing, wanted, after, size, is_sqlite())
    return ListingPage(asked.raw(), size, is_search, is_first=not after)


@lru_cache(maxsize=1024)
def _list_statement(
    standing: Standing, wanted: ListingFilter, after: str | None, size: int, _on_sqlite: bool
) -> tuple[Prepared, bool]:
    """Return the statement of a page with its count, and whether it is a search.

    Kept, because building them costs more than running them. Every part is a value: the same
    standing, filter and key always make the same statements, and the present is asked when they
    run.
    """
    found = search.documents(Listing.noun, wanted.query, standing)
    narrowed = [visible_to(standing, "listing.view", Listing), *conditions(wanted)]
    row = with_names_shown(standing, _ROW)
    query: Rows
    if found is None:
        ids: Rows = select(Listing.id).where(*narrowed)
        query = select(*row).where(*narrowed)
        query = query.order_by(Listing.listed_at.desc(), Listing.id.desc())
        key = _browse_key(after)
        if key is not None:
            query = query.where(tuple_(Listing.listed_at, Listing.id) < key)
    else:
        query = found.join(Listing, Listing.id == search.SearchDocument.record_id)
        ids = query.with_only_columns(Listing.id, maintain_column_froms=True).where(*narrowed)
        query = query.with_only_columns(
            *row, search.SearchDocument.id, maintain_column_froms=True
        ).where(*narrowed)
        if after and after.isdecimal() and len(after) < 10:
            query = query.where(search.key_column() < int(after))
    if not after:
        counted = select(func.count()).select_from(
            ids.order_by(None).limit(COUNT_LIMIT + 1).subquery()
        )
        query = query.add_columns(counted.scalar_subquery())
    return Prepared(_named(query).limit(size + 1), keeps_rows=True), found is not None


def _key(row: ListingRow) -> str:
    return f"{int(row.listed_at.timestamp() * 1_000_000)}-{row.id}"


def _browse_key(after: str | None) -> Any:
    micro, _dash, listing_id = (after or "").partition("-")
    if not (micro.isdecimal() and listing_id.isdecimal() and len(micro) < 18 > len(listing_id)):
        return None
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    listed_at = epoch + timedelta(microseconds=int(micro))
    return tuple_(literal(listed_at, Listing.listed_at.type), literal(int(listing_id)))


def count_elsewhere(standing: Standing, wanted: ListingFilter, page: ListingPage) -> int:
    """Return how many a search that found nothing finds in other states; 0 for everything else."""
    if page.raw or not page.is_first or not wanted.query or wanted.state == ALL:
        return 0
    return list_page(standing, replace(wanted, state=ALL), size=1).count or 0


def listings_of(
    standing: Standing, organisation_id: int, limit: int, *, open_only: bool = True
) -> Sequence[ListingRow]:
    """Return the newest listings of an organisation that a person may view.

    Open ones, or all that are not closed yet.
    """
    return _rows(_listings_of_statement(standing, organisation_id, limit, open_only))


@lru_cache(maxsize=512)
def _listings_of_statement(
    standing: Standing, organisation_id: int, limit: int, open_only: bool
) -> Prepared:
    which = conditions(ListingFilter()) if open_only else [Listing.state != ListingState.CLOSED]
    return Prepared(
        _named(select(*with_names_shown(standing, _ROW)))
        .where(
            visible_to(standing, "listing.view", Listing),
            # On the page of an organisation its anonymous listings would be named.
            owner_shown(standing),
            Listing.organisation_id == organisation_id,
            *which,
        )
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
        .limit(limit)
    )


def waiting_listings(standing: Standing, limit: int) -> Sequence[ListingRow]:
    """Return the listings that wait for this person, the longest waiting first."""
    return _rows(_waiting_statement(standing, limit))


@lru_cache(maxsize=512)
def _waiting_statement(standing: Standing, limit: int) -> Prepared:
    waiting = _named(select(*with_names_shown(standing, _ROW))).where(awaiting(standing, Listing))
    return Prepared(waiting.order_by(Listing.listed_at, Listing.id).limit(limit))


def newest_for(standing: Standing, limit: int) -> Sequence[ListingRow]:
    """Return the newest open listings of others that concern a person.

    Those in the alliances they belong to; for a liaison, those of their regions.
    """
    return _rows(_newest_statement(standing, limit))


@lru_cache(maxsize=512)
def _newest_statement(standing: Standing, limit: int) -> Prepared:
    query = (
        _named(select(*with_names_shown(standing, _ROW)))
        .where(
            visible_to(standing, "listing.view", Listing),
            *conditions(ListingFilter()),
            ~among(Listing.organisation_id, sorted(standing[Role.DELEGATE])),
        )
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
        .limit(limit)
    )
    alliances = standing[Role.MEMBER] | standing[Role.SECRETARY] | standing[Role.CHAIR]
    regions = standing[Role.LIAISON]
    concerns = [
        among(column, sorted(scopes))
        for column, scopes in (
            (Listing.alliance_id, alliances | standing[Role.EXPERT]),
            (Listing.region_id, regions),
        )
        if scopes
    ]
    if regions:
        # That an anonymous listing is of a district would tell whose it is.
        seated = among(Organisation.district_id, sorted(regions))
        concerns.append(and_(seated, owner_shown(standing)))
    return Prepared(query.where(or_(*concerns)) if concerns else query)
