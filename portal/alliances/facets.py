"""How the members of an alliance spread over regions, kinds and tiers, as links into their list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.accounts.forms import ORGANISATION_KINDS
from portal.alliances.forms import TIERS
from portal.alliances.member_queries import Counted
from portal.alliances.models import Alliance
from portal.language import localised


@dataclass(frozen=True)
class Link:
    """One value, with how many members it has."""

    label: str
    href: str
    count: int


@dataclass(frozen=True)
class Group:
    """What the members are told apart by, and its values."""

    label: str
    options: list[Link]


def member_overview(alliance: Alliance, counted: Sequence[Counted]) -> list[Group]:
    """Return how many members each region, kind and tier has, as links into the list."""
    regions = sorted({(each.region_position, each.region) for each in counted})
    counts = {facet: _counts(facet, counted) for facet in ("region", "kind", "tier")}
    names = {
        "region": {region.code: localised(region) for _position, region in regions},
        "kind": {kind.value: str(name) for kind, name in ORGANISATION_KINDS.items()},
        "tier": {tier.value: str(name) for tier, name in TIERS.items()},
    }
    labels = {"region": _("Region"), "kind": _("Kind of organisation"), "tier": _("Tier")}
    here: dict[str, Any] = {"alliance_slug": alliance.slug}
    return [
        Group(
            label,
            [
                Link(
                    name,
                    url_for("directory.list_members", **{**here, facet: value}),
                    counts[facet][value],
                )
                for value, name in names[facet].items()
                if counts[facet][value]
            ],
        )
        for facet, label in labels.items()
    ]


def _counts(facet: str, counted: Sequence[Counted]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in counted:
        value = {"region": each.region.code, "kind": each.kind.value, "tier": each.tier.value}
        counts[value[facet]] += each.count
    return counts
