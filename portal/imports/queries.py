"""Questions about imports, and what rows are judged by: one for thousands of rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import FormerName, Organisation
from portal.alliances.models import Alliance, Membership
from portal.chain.models import ChainNode
from portal.database import db
from portal.exchange.models import Direction, Listing
from portal.imports.headers import Alliances, Lexicon
from portal.imports.models import Effect, Fate, MemberImport, MemberImportRow
from portal.imports.places import Place, Places
from portal.imports.words import bare, words
from portal.organisations.models import OrganisationNode
from portal.regions.models import Region

Value = TypeVar("Value")

#: Imports of one alliance that its page lists.
LISTED = 20
#: Values that one question names. PostgreSQL takes 65,535 parameters, SQLite as built by many
#: 32,766; a question names a value up to three times.
NAMED = 5_000


@dataclass(frozen=True)
class Reference:
    """What tables are read and judged with: the regions and the alliances of this portal."""

    lexicon: Lexicon
    #: By their codes.
    regions: dict[str, Region]
    #: By their slugs.
    alliances: dict[str, Alliance]


def reference(table: str = "members") -> Reference:
    """Return what tables of a kind are read and judged with (two queries)."""
    said = words(table)
    regions = {each.id: each for each in db.session.scalars(select(Region).order_by(Region.id))}
    places = [
        Place(each.code, regions[int(each.path.split("/")[0])].code, each.name, each.short,
              each.name_en)
        for each in regions.values()
    ]  # fmt: skip
    alliances = db.session.scalars(select(Alliance).order_by(Alliance.id)).all()
    names = {
        each.slug: (each.name, each.name_en, each.chain_map.name, each.chain_map.name_en)
        for each in alliances
    }
    return Reference(
        Lexicon(said, Places(places, said), Alliances(names, said)),
        {each.code: each for each in regions.values()},
        {each.slug: each for each in alliances},
    )


@dataclass
class Known:
    """The organisations that some names and codes mean; of a double the one it became."""

    by_name: dict[str, Organisation] = field(default_factory=dict)
    by_code: dict[str, Organisation] = field(default_factory=dict)
    #: The ids of those that somebody manages now.
    managed: set[int] = field(default_factory=set)

    @property
    def ids(self) -> set[int]:
        """The ids of all of them."""
        return {each.id for each in (*self.by_name.values(), *self.by_code.values())}

    def named(self, name: str) -> Organisation | None:
        """Return the organisation of a normal name, present or former."""
        return self.by_name.get(name)

    def of_code(self, code: str | None) -> Organisation | None:
        """Return the organisation of a code in stored form."""
        return self.by_code.get(code or "")


def known_organisations(names: Collection[str], codes: Collection[str]) -> Known:
    """Return the organisations of normal names and codes, as `organisation_named` would."""
    rows = [
        *(row for some in _in_parts(names) for row in _known_rows(some, ())),
        *(row for some in _in_parts(codes) for row in _known_rows((), some)),
    ]
    rows.sort(key=lambda row: (not row[0].is_current, row[0].id))
    found = Known()
    for organisation, _former, is_without_manager in rows:
        one = _became(organisation)
        # A present name comes before a former one, and one that stands before a double.
        found.by_name.setdefault(organisation.normal_name, one)
        if organisation.uscc:
            found.by_code.setdefault(organisation.uscc, one)
        is_free = is_without_manager if one is organisation else one.is_without_manager
        if not is_free:
            found.managed.add(one.id)
    for organisation, former, _free in sorted(rows, key=lambda row: row[0].id):
        if former:
            found.by_name.setdefault(former, _became(organisation))
    return found


def _known_rows(names: Collection[str], codes: Collection[str]) -> Sequence[Any]:
    """Return (organisation, the former name it is meant by, whether nobody manages it)."""
    ids = (
        select(Organisation.id)
        .where(Organisation.normal_name.in_(names))
        .union(
            select(FormerName.organisation_id).where(FormerName.normal_name.in_(names)),
            select(Organisation.id).where(Organisation.uscc.in_(codes)),
        )
    )
    bore = and_(FormerName.organisation_id == Organisation.id, FormerName.normal_name.in_(names))
    return db.session.execute(
        select(Organisation, FormerName.normal_name, Organisation.is_without_manager)
        .outerjoin(FormerName, bore)
        .options(joinedload(Organisation.district))
        .where(Organisation.id.in_(ids))
    ).all()


def _in_parts(values: Collection[Value]) -> Iterator[list[Value]]:
    """Return values in parts that one question can name."""
    listed = list(values)
    for first in range(0, len(listed), NAMED):
        yield listed[first : first + NAMED]


def _became(organisation: Organisation) -> Organisation:
    """Return the organisation itself, or what it was merged into; doubles are rare."""
    while organisation.merged_into_id is not None:
        organisation = db.session.get_one(Organisation, organisation.merged_into_id)
    return organisation


def places_held(organisation_ids: Collection[int]) -> dict[tuple[int, int], Membership]:
    """Return the newest membership or application of organisations, by alliance and id."""
    return {
        (each.alliance_id, each.organisation_id): each
        for some in _in_parts(organisation_ids)
        for each in db.session.scalars(
            select(Membership).where(Membership.organisation_id.in_(some)).order_by(Membership.id)
        )
    }


def nodes_held(organisation_ids: Collection[int]) -> dict[int, list[ChainNode]]:
    """Return the nodes at which some organisations work."""
    found: dict[int, list[ChainNode]] = defaultdict(list)
    for some in _in_parts(organisation_ids):
        for organisation_id, node in db.session.execute(
            select(OrganisationNode.organisation_id, ChainNode)
            .join(ChainNode, ChainNode.id == OrganisationNode.chain_node_id)
            .where(OrganisationNode.organisation_id.in_(some))
        ):
            found[organisation_id].append(node)
    return found


class NodeNames:
    """The nodes of every chain map by what they are called, and by how they were placed before."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], ChainNode] = {}

    def add(self, chain_map_id: int, text: str, node: ChainNode) -> None:
        """Remember what a node is called; what came first counts."""
        self._known.setdefault((chain_map_id, bare(text)), node)

    def find(self, chain_map_id: int, text: str) -> ChainNode | None:
        """Return the node that a text names on a map, or None."""
        return self._known.get((chain_map_id, bare(text)))


def nodes_by_name(alliance_id: int) -> NodeNames:
    """Return the nodes by their names on the maps, and by the texts placed there by hand."""
    placed = and_(
        MemberImportRow.chain_node_id == ChainNode.id, MemberImportRow.alliance_id == alliance_id
    )
    rows = db.session.execute(
        select(ChainNode, MemberImportRow.chain_node)
        .outerjoin(MemberImportRow, placed)
        .distinct()
        .order_by(ChainNode.position, ChainNode.id)
    ).all()
    found = NodeNames()
    for node, _text in rows:
        found.add(node.chain_map_id, node.name, node)
    for node, text in rows:
        found.add(node.chain_map_id, text or "", node)
    return found


def imports_of(alliance_id: int) -> Sequence[MemberImport]:
    """Return the newest imports into an alliance, with who brought them."""
    return db.session.scalars(
        select(MemberImport)
        .options(joinedload(MemberImport.brought_by))
        .where(MemberImport.alliance_id == alliance_id)
        .order_by(MemberImport.id.desc())
        .limit(LISTED)
    ).all()


def taken_in(imports: Sequence[MemberImport]) -> dict[int, int]:
    """Return how many rows of each import, by its id, made or changed something."""
    rows = db.session.execute(
        select(MemberImportRow.member_import_id, func.count())
        .where(
            MemberImportRow.member_import_id.in_([each.id for each in imports]),
            MemberImportRow.effect.in_((Effect.CREATED, Effect.CHANGED)),
        )
        .group_by(MemberImportRow.member_import_id)
    )
    return {row[0]: row[1] for row in rows}


def sheets_of(member_import_id: int) -> list[Any] | None:
    """Return the cells of an import as they were kept, or None where they are erased."""
    found: list[Any] | None = db.session.scalar(
        select(MemberImport.sheets).where(MemberImport.id == member_import_id)
    )
    return found


def is_erased(member_import_id: int) -> bool:
    """Return whether the cells of an import are erased."""
    there = select(MemberImport.sheets.is_not(None)).where(MemberImport.id == member_import_id)
    return not db.session.scalar(there)


def counts_of(member_import_id: int) -> tuple[dict[Fate, int], dict[Effect, int]]:
    """Return how many stored rows of an import have each fate, and each effect."""
    fates: dict[Fate, int] = defaultdict(int)
    effects: dict[Effect, int] = defaultdict(int)
    for fate, effect, number in db.session.execute(
        select(MemberImportRow.fate, MemberImportRow.effect, func.count())
        .where(MemberImportRow.member_import_id == member_import_id)
        .group_by(MemberImportRow.fate, MemberImportRow.effect)
    ):
        fates[fate] += number
        effects[effect] += number
    return fates, effects


def rows_of(
    member_import_id: int, fate: Fate | None = None, *, after: int = 0, limit: int = 100
) -> Sequence[MemberImportRow]:
    """Return stored rows of an import in the order of the workbook, from behind an id on."""
    rows = (
        select(MemberImportRow)
        .where(MemberImportRow.member_import_id == member_import_id, MemberImportRow.id > after)
        .order_by(MemberImportRow.id)
        .limit(limit)
    )
    return db.session.scalars(rows.where(MemberImportRow.fate == fate) if fate else rows).all()


def taken_among(
    member_import_id: int, positions: Collection[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Return those stored rows, by sheet and number, that were not refused, in their order."""
    rows = db.session.execute(
        select(MemberImportRow.sheet, MemberImportRow.row)
        .where(
            MemberImportRow.member_import_id == member_import_id,
            MemberImportRow.effect != Effect.NOTHING,
            MemberImportRow.row.in_({row for _sheet, row in positions}),
        )
        .order_by(MemberImportRow.id)
    )
    return [(sheet, row) for sheet, row in rows if (sheet, row) in positions]


@dataclass(frozen=True)
class Unplaced:
    """A text that names no node of the map of its alliance, and how many members have it."""

    alliance: Alliance
    text: str
    count: int


def unplaced_in(member_import_id: int) -> list[Unplaced]:
    """Return the texts of an import that wait to be placed on a chain map."""
    rows = db.session.execute(
        select(Alliance, MemberImportRow.chain_node, func.count())
        .join(Alliance, Alliance.id == MemberImportRow.alliance_id)
        .where(*_waiting(member_import_id))
        .group_by(Alliance.id, MemberImportRow.chain_node)
        .order_by(Alliance.id, MemberImportRow.chain_node)
    )
    return [Unplaced(row[0], row[1] or "", row[2]) for row in rows]


def rows_to_place(member_import_id: int, alliance_id: int, text: str) -> Sequence[MemberImportRow]:
    """Return the stored rows of an import that wait with one text."""
    return db.session.scalars(
        select(MemberImportRow)
        .options(joinedload(MemberImportRow.organisation))
        .where(
            *_waiting(member_import_id),
            MemberImportRow.alliance_id == alliance_id,
            MemberImportRow.chain_node == text,
        )
    ).all()


def _waiting(member_import_id: int) -> tuple[Any, ...]:
    return (
        MemberImportRow.member_import_id == member_import_id,
        MemberImportRow.chain_node.is_not(None),
        MemberImportRow.chain_node_id.is_(None),
        MemberImportRow.organisation_id.is_not(None),
        ~MemberImportRow.is_left_as_text,
    )


def nodes_of_map(chain_map_id: int) -> Sequence[ChainNode]:
    """Return the nodes of a chain map in its order."""
    return db.session.scalars(
        select(ChainNode).where(ChainNode.chain_map_id == chain_map_id).order_by(ChainNode.position)
    ).all()


def titles_of(
    alliance_id: int, direction: Direction, organisation_ids: Collection[int]
) -> Sequence[tuple[int, str]]:
    """Return (organisation, title) of every listing that some have or had in an alliance."""
    rows = db.session.execute(
        select(Listing.organisation_id, Listing.title).where(
            Listing.alliance_id == alliance_id,
            Listing.direction == direction,
            Listing.organisation_id.in_(sorted(organisation_ids)),
        )
    )
    return [(row[0], row[1]) for row in rows]
