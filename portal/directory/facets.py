"""The facets of the directory: what an address asks for, and the links that narrow it further.

The same for the list across alliances and for the members of one, which counts beside its
region, kind and tier. Every choice is an address, so a narrowed list can be kept and shared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import OrganisationKind
from portal.alliances.forms import TIERS
from portal.alliances.models import Tier
from portal.directory import queries
from portal.directory.asked import (
    ARGUMENTS,
    DISTANCES,
    MINE,
    Shown,
    distance_in,
    member_of_enumeration,
)
from portal.directory.list_queries import Counted
from portal.exchange.choices import Choice
from portal.exchange.facets import Group, Link, Narrowing
from portal.language import chosen_language, localised
from portal.regions.places import Places

#: The facets that the members of an alliance are counted by.
COUNTED = ("region", "kind", "tier")


def narrowing_of(shown: Shown, counted: Sequence[Counted]) -> Narrowing:
    """Return the facets of a list and what is chosen; within an alliance with their counts."""
    beside = tuple(counted) if shown.alliance else ()
    return _kept_narrowing(_Comparable(shown), beside, chosen_language())


class _Comparable:
    """What is shown, compared by all that its facets depend on."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.parts = (
            shown.path, tuple(shown.arguments.items()), shown.alliance, shown.origin, shown.choices,
            shown.places, shown.has_organisation,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Comparable) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)


@lru_cache(maxsize=512)
def _kept_narrowing(asked: _Comparable, counted: tuple[Counted, ...], _language: str) -> Narrowing:
    """Return the facets of an address; kept, because they are some sixty links."""
    shown = asked.shown
    first = []
    if not shown.is_of_members:
        first.append(_group(shown, "alliance", _("Alliance"), _pairs(shown.choices.of("alliance"))))
    if shown.alliance:
        return _narrow(shown, [*first, *_counted_groups(shown, counted)])
    provinces = [(place.code, localised(place)) for place in shown.places.within(None)]
    first += [
        _group(shown, "region", _("Region"), provinces),
        _group(shown, "kind", _("Kind of organisation"), _named(ORGANISATION_KINDS)),
    ]
    return _narrow(shown, first)


def _narrow(shown: Shown, first: list[Group]) -> Narrowing:
    """Return these facets and the ones that every list has, and what is chosen of all."""
    region = shown.places.named(shown.arguments.get("region"))
    districts = shown.places.within(region.id) if region else []
    nodes = [node for node in shown.choices.nodes(shown.alliance) if node.parent_id is None]
    held = [(name, name) for name in queries.frequent_qualifications()]
    groups = [
        *first,
        _group(
            shown, "district", _("City or district"), [(p.code, localised(p)) for p in districts]
        ),
        _group(shown, "node", _("Chain node"), _pairs(nodes)),
        _group(shown, "qualification", _("Qualification"), held),
        _distances(shown),
    ]
    return Narrowing([group for group in groups if group.options], _chosen(shown))


def _group(shown: Shown, name: str, label: str, options: Sequence[tuple[str, str]]) -> Group:
    """Return a facet whose choices are taken back by choosing them again."""
    current = shown.arguments.get(name)
    links = [
        Link(text, _choose(shown, name, None if value == current else value), value == current)
        for value, text in options
    ]
    return Group(label, links)


def _choose(shown: Shown, name: str, value: str | None) -> str:
    """Return the address of a choice; what lies in another province or chain goes with it."""
    lost = {"region": ("district",), "alliance": ("tier", "node")}.get(name, ())
    return shown.address(**{name: value}, **dict.fromkeys(lost))


def _counted_groups(shown: Shown, counted: Sequence[Counted]) -> list[Group]:
    """Return region, kind and tier: "all" first, then every value that a member has."""
    names = _names(shown.places, counted)
    groups = []
    for facet, label in (
        ("region", _("Region")), ("kind", _("Kind of organisation")), ("tier", _("Tier")),
    ):  # fmt: skip
        counts = counts_of(facet, counted, shown.arguments, shown.places)
        current = shown.arguments.get(facet)
        every = Link(_("All"), _choose(shown, facet, None), current is None, counts.total())
        options = [
            Link(text, _choose(shown, facet, value), value == current, counts[value])
            for value, text in names[facet].items()
        ]
        groups.append(Group(label, [every, *options]))
    return groups


def _names(places: Places, counted: Sequence[Counted]) -> dict[str, dict[str, str]]:
    """Return the values of each counted facet that there are, in their order, with their names."""
    regions = {each.region_id for each in counted}
    kinds, tiers = {each.kind for each in counted}, {each.tier for each in counted}
    return {
        "region": {p.code: localised(p) for p in places.within(None) if p.id in regions},
        "kind": {k.value: str(name) for k, name in ORGANISATION_KINDS.items() if k in kinds},
        "tier": {t.value: str(name) for t, name in TIERS.items() if t in tiers},
    }


def counts_of(
    facet: str, counted: Sequence[Counted], chosen: Mapping[str, str], places: Places
) -> Counter[str]:
    """Return how many each value of a facet shows, beside the other facets that are chosen."""
    others = [name for name in COUNTED if name != facet and name in chosen]
    counts: Counter[str] = Counter()
    for each in counted:
        region = places.by_id.get(each.region_id or 0)
        values = {
            "region": region.code if region else "", "kind": each.kind, "tier": each.tier
        }  # fmt: skip
        if all(values[name] == chosen[name] for name in others):
            counts[str(values[facet])] += each.count
    return counts


def count_of(shown: Shown, counted: Sequence[Counted]) -> int | None:
    """Return how many the list shows; None on later pages of a list that counts once."""
    if shown.filter.alliance_id is None:
        return counted[0].count if counted else None
    chosen = shown.arguments
    if "region" not in chosen:
        return counts_of("region", counted, chosen, shown.places).total()
    return counts_of("region", counted, chosen, shown.places)[chosen["region"]]


def _distances(shown: Shown) -> Group:
    """Return "within so many kilometres" of the chosen place, or else of one's own."""
    near = shown.arguments.get("near")
    if near is None and not shown.has_organisation:
        return Group("", [])
    current = distance_in(shown.arguments) if near else None
    links = [
        Link(
            _("within %(distance)d km", distance=each),
            shown.address(near=near or MINE, within=str(each))
            if each != current
            else shown.address(near=None, within=None),
            each == current,
        )
        for each in DISTANCES
    ]
    return Group(_("From %(place)s", place=origin_name(shown)), links)


def origin_name(shown: Shown) -> str:
    """Return what the place that distances are measured from is called."""
    near = shown.arguments.get("near", MINE)
    place = None if near == MINE else shown.places.named(near)
    return localised(place) if place else _("us")


def _chosen(shown: Shown) -> list[Link]:
    """Return what is chosen as chips; each leads to the list without it."""
    given, places, choices = shown.arguments, shown.places, shown.choices
    node = next((n for n in choices.nodes(shown.alliance) if n.value == given.get("node")), None)
    named = {
        "alliance": choices.named("alliance", given.get("alliance")),
        "region": places.named(given.get("region")),
        "district": places.named(given.get("district")),
        "node": node,
    }
    texts: dict[str, Any] = {name: localised(thing) for name, thing in named.items() if thing}
    kind, tier = (
        member_of_enumeration(OrganisationKind, given.get("kind")),
        member_of_enumeration(Tier, given.get("tier")),
    )
    texts |= {"kind": str(ORGANISATION_KINDS[kind])} if kind else {}
    texts |= {"tier": str(TIERS[tier])} if tier else {}
    texts |= {"qualification": given["qualification"]} if "qualification" in given else {}
    chips = [
        Link(texts[name], _choose(shown, name, None), True) for name in ARGUMENTS if name in texts
    ]
    if "near" in given:
        text = _(
            "within %(distance)d km of %(place)s",
            distance=distance_in(given),
            place=origin_name(shown),
        )
        chips.append(Link(text, shown.address(near=None, within=None), True))
    return chips


def _pairs(choices: Sequence[Choice]) -> list[tuple[str, str]]:
    return [(each.value, localised(each)) for each in choices]


def _named(words: Mapping[Any, Any]) -> list[tuple[str, str]]:
    return [(each.value, str(name)) for each, name in words.items()]


def in_words(shown: Shown) -> list[str]:
    """Return what a list is narrowed to, in words, as its workbook says it."""
    query = shown.filter.query.strip()
    words = [link.label for link in _chosen(shown)]
    return [*words, _("search: %(words)s", words=query)] if query else words
