"""What the directory is narrowed to, and that as conditions and an order over organisations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, literal, or_, select

from portal import search
from portal.access import visible_to
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.naming import letters
from portal.actors import Standing
from portal.alliances.member_queries import TIER_ORDER
from portal.alliances.models import Membership, Tier
from portal.database import Rows, among
from portal.organisations.models import OrganisationNode, Qualification


@dataclass(frozen=True)
class DirectoryFilter:
    """What the directory is narrowed to; every part may be absent."""

    query: str = ""
    alliance_id: int | None = None
    region_id: int | None = None
    kind: OrganisationKind | None = None
    tier: Tier | None = None
    #: The chosen district, and what lies in it.
    district_ids: frozenset[int] = frozenset()
    node_ids: frozenset[int] = frozenset()
    qualification: str | None = None
    #: The places that are near enough; None where no distance was asked for.
    near_ids: frozenset[int] | None = None
    #: Protocol order is that of one alliance; without one, and where asked for, it is pinyin.
    by_pinyin: bool = False


def is_in_protocol_order(wanted: DirectoryFilter) -> bool:
    """Tell whether a list stands in protocol order (排序), which only an alliance has."""
    return wanted.alliance_id is not None and not wanted.by_pinyin


def of_alliance(query: Rows, wanted: DirectoryFilter) -> Rows:
    """Join the memberships of the alliance, where the list is of one."""
    query = query.select_from(Organisation)
    if wanted.alliance_id is None:
        return query
    return query.join(Membership, Membership.organisation_id == Organisation.id).where(
        Membership.alliance_id == wanted.alliance_id, Membership.is_active
    )


def rank_of(wanted: DirectoryFilter) -> ColumnElement[int]:
    """Return the rank of a tier in protocol order; 0 where that is not the order."""
    if not is_in_protocol_order(wanted):
        return literal(0)
    return case(TIER_ORDER, value=Membership.tier)


def order_of(wanted: DirectoryFilter) -> list[Any]:
    """Return the columns that a list is ordered and paged by; no two rows share them all."""
    keys: list[Any] = [Organisation.sort_key, Organisation.id]
    if is_in_protocol_order(wanted):
        keys = [rank_of(wanted), Organisation.position, *keys]
    return keys


def conditions(standing: Standing, wanted: DirectoryFilter) -> list[ColumnElement[bool]]:
    """Return what an organisation must be, beside the facets that are counted."""
    is_current: Any = Organisation.is_current
    found: list[ColumnElement[bool]] = [
        is_current,
        visible_to(standing, "organisation.view", Organisation),
    ]
    if wanted.query.strip():
        found.append(_is_found(standing, wanted.query))
    if wanted.district_ids:
        found.append(among(Organisation.district_id, sorted(wanted.district_ids)))
    if wanted.near_ids is not None:
        # Of a municipality as a whole the centre says something; where a province is too wide
        # for one, an organisation without a district is near nothing.
        place = func.coalesce(Organisation.district_id, Organisation.region_id)
        found.append(among(place, sorted(wanted.near_ids)))
    if wanted.node_ids:
        works = select(OrganisationNode.organisation_id).where(
            among(OrganisationNode.chain_node_id, sorted(wanted.node_ids))
        )
        found.append(Organisation.id.in_(works))
    if wanted.qualification is not None:
        holds = select(Qualification.organisation_id).where(
            Qualification.name == wanted.qualification,
            Qualification.is_valid,
            visible_to(standing, "qualification.view", Qualification),
        )
        found.append(Organisation.id.in_(holds))
    return found


def counted_conditions(wanted: DirectoryFilter) -> list[ColumnElement[bool]]:
    """Return what is chosen of the facets that are counted."""
    pairs: tuple[tuple[Any, Any], ...] = (
        (Organisation.region_id, wanted.region_id),
        (Organisation.kind, wanted.kind),
        (Membership.tier, wanted.tier),
    )
    return [column == value for column, value in pairs if value is not None]


def _is_found(standing: Standing, query: str) -> ColumnElement[bool]:
    """Return the condition of a search: words, former names, the code; letters also as pinyin."""
    documents = search.documents(Organisation.noun, query, standing)
    asked: list[ColumnElement[bool]] = []
    if documents is not None:
        ids = documents.with_only_columns(
            search.SearchDocument.record_id, maintain_column_froms=True
        )
        asked.append(Organisation.id.in_(ids.order_by(None)))
    spelt = letters(query) if re.fullmatch(r"[A-Za-z0-9'\s]+", query.strip()) else ""
    if len(spelt) > 1:
        asked += [Organisation.initials.contains(spelt), Organisation.pinyin.contains(spelt)]
    elif spelt:
        asked.append(Organisation.initials.startswith(spelt))
    return or_(false(), *asked)
