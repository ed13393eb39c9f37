"""The facets of the member list: links that narrow it, each with what it would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.forms import ORGANISATION_KINDS
from portal.alliances.forms import TIERS
from portal.alliances.member_queries import FACETS, MemberRow, facet_counts
from portal.alliances.models import Alliance
from portal.language import localised

LABELS: dict[str, LazyString] = {
    "region": _l("Region"),
    "kind": _l("Kind of organisation"),
    "tier": _l("Tier"),
}


@dataclass(frozen=True)
class Link:
    """One choice of a facet, with how many members it shows."""

    label: str
    href: str
    is_current: bool
    count: int


@dataclass(frozen=True)
class Group:
    """A facet: its name and its choices."""

    label: str
    options: list[Link]


def chosen_in(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return the facets that an address chooses; a value that no member has shows nobody."""
    return {facet: arguments[facet] for facet in FACETS if arguments.get(facet)}


def address(alliance: Alliance, chosen: Mapping[str, str], **changed: str | None) -> str:
    """Return the address of the member list with some facets changed (None takes one away)."""
    kept: dict[str, Any] = {k: v for k, v in {**chosen, **changed}.items() if v}
    return url_for("alliances.list_members", alliance_slug=alliance.slug, **kept)


def _names(members: Sequence[MemberRow]) -> dict[str, dict[str, str]]:
    """Return the values of each facet in their order, with their names."""
    regions = sorted({(m.region_position, m.region) for m in members})
    kinds, tiers = {m.kind for m in members}, {m.tier for m in members}
    return {
        "region": {region.code: localised(region) for _position, region in regions},
        "kind": {k.value: str(label) for k, label in ORGANISATION_KINDS.items() if k in kinds},
        "tier": {t.value: str(label) for t, label in TIERS.items() if t in tiers},
    }


def member_facets(
    alliance: Alliance, members: Sequence[MemberRow], chosen: Mapping[str, str]
) -> list[Group]:
    """Return the facets of the list: "all" first, then every value that a member has."""
    counts, groups = facet_counts(members, chosen), []
    for facet, names in _names(members).items():
        every = Link(
            _("All"),
            address(alliance, chosen, **{facet: None}),
            facet not in chosen,
            counts[facet].total(),
        )
        options = [
            Link(
                name,
                address(alliance, chosen, **{facet: value}),
                chosen.get(facet) == value,
                counts[facet][value],
            )
            for value, name in names.items()
        ]
        groups.append(Group(str(LABELS[facet]), [every, *options]))
    return groups


def member_overview(alliance: Alliance, members: Sequence[MemberRow]) -> list[Group]:
    """Return how many members each region, kind and tier has, as links into the list."""
    counts: dict[str, Counter[str]] = facet_counts(members, {})
    return [
        Group(
            str(LABELS[facet]),
            [
                Link(name, address(alliance, {facet: value}), False, counts[facet][value])
                for value, name in names.items()
            ],
        )
        for facet, names in _names(members).items()
    ]
