"""What an address of the directory asks for: read forgivingly, and how it is written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from portal.accounts.models import OrganisationKind
from portal.actors import Standing
from portal.alliances.models import Tier
from portal.directory import queries
from portal.directory.narrowing import DirectoryFilter
from portal.exchange.choices import Choice, Choices, all_choices, below
from portal.regions.places import Place, Places, all_places

#: The arguments an address may carry, in the order in which they are written.
ARGUMENTS = (
    "q", "alliance", "region", "district", "kind", "tier", "node", "qualification", "near",
    "within", "sort",
)  # fmt: skip
#: How far, in kilometres, is near; and how far where an address does not say.
DISTANCES = (100, 200, 300)
#: The word by which an address means the place of the organisation one acts for.
MINE = "mine"
PINYIN = "pinyin"
LONGEST = 120


@dataclass(frozen=True)
class Shown:
    """What a list shows: the filter, and what its addresses are made of."""

    path: str
    filter: DirectoryFilter
    arguments: dict[str, str]
    #: The alliance the list is of: by its address, or chosen in it.
    alliance: Choice | None
    #: Whether the address is that of its members, so that another one is another page.
    is_of_members: bool
    #: Where distances are measured from, where one was asked for and its centre is known.
    origin: Place | None
    choices: Choices
    places: Places
    has_organisation: bool

    @property
    def kept(self) -> dict[str, str]:
        """The arguments that a new search keeps."""
        return {name: value for name, value in self.arguments.items() if name != "q"}

    @property
    def kept_apart_from_near(self) -> dict[str, str]:
        """The arguments that measuring from another place keeps."""
        return {k: v for k, v in self.arguments.items() if k not in ("near", "within")}

    @property
    def is_lost(self) -> bool:
        """Whether a distance was asked for from a place whose centre nobody knows."""
        return "near" in self.arguments and self.origin is None

    def address(self, **changed: str | None) -> str:
        """Return the address of this list with some arguments changed (None takes one away)."""
        return _address(self.path, self.arguments, **changed)


def _address(path: str, arguments: Mapping[str, str], **changed: str | None) -> str:
    merged = {**arguments, **changed}
    kept = [(name, merged[name]) for name in (*ARGUMENTS, "after") if merged.get(name)]
    return f"{path}?{urlencode(kept)}" if kept else path


def read(
    path: str, arguments: Mapping[str, str], standing: Standing, alliance_slug: str | None = None
) -> Shown:
    """Read the arguments of an address, forgivingly: what is unknown narrows nothing."""
    given = {name: arguments[name][:LONGEST] for name in ARGUMENTS if arguments.get(name)}
    if alliance_slug is not None:
        given.pop("alliance", None)
    choices, places = all_choices(), all_places()
    alliance = choices.named("alliance", alliance_slug or given.get("alliance"))
    given = _meant(given, alliance, choices, places)
    own_id = standing.actor.organisation_id
    origin = _origin(given.get("near"), own_id, places)
    wanted = _filter(given, alliance, origin, choices, places)
    return Shown(
        path=path,
        filter=wanted,
        arguments=given,
        alliance=alliance,
        is_of_members=alliance_slug is not None,
        origin=origin,
        choices=choices,
        places=places,
        has_organisation=own_id is not None,
    )


def _meant(
    given: dict[str, str], alliance: Choice | None, choices: Choices, places: Places
) -> dict[str, str]:
    """Return the arguments that mean something; a tier and a node do so in an alliance alone."""

    read_as: dict[str, Any] = {
        "alliance": alliance,
        "region": places.named(given.get("region")),
        "district": places.named(given.get("district")),
        "kind": member_of_enumeration(OrganisationKind, given.get("kind")),
        "tier": alliance and member_of_enumeration(Tier, given.get("tier")),
        "node": below(choices.nodes(alliance), given["node"]) if "node" in given else None,
        "near": given.get("near") == MINE or places.named(given.get("near")),
    }
    unknown = {name for name in given if name in read_as and not read_as[name]}
    if "near" in unknown:
        unknown.add("within")
    return {name: value for name, value in given.items() if name not in unknown}


def _origin(near: str | None, own_id: int | None, places: Places) -> Place | None:
    """Return the place that distances are measured from, or None where it has no centre."""
    if near == MINE and own_id is not None:
        place = places.by_id.get(queries.place_of(own_id) or 0)
    else:
        place = places.named(near)
    return place if places.centre_of(place) else None


def _filter(
    given: Mapping[str, str],
    alliance: Choice | None,
    origin: Place | None,
    choices: Choices,
    places: Places,
) -> DirectoryFilter:
    region, district = places.named(given.get("region")), places.named(given.get("district"))
    kind, tier = (
        member_of_enumeration(OrganisationKind, given.get("kind")),
        member_of_enumeration(Tier, given.get("tier")),
    )
    node = given.get("node")
    node_ids = frozenset(below(choices.nodes(alliance), node)) if node else frozenset()
    near_ids = None
    if "near" in given:
        near_ids = places.near(origin, distance_in(given)) if origin else frozenset()
    return DirectoryFilter(
        query=given.get("q", ""),
        alliance_id=alliance.id if alliance else None,
        region_id=region.id if region else None,
        kind=kind,
        tier=tier if alliance else None,
        district_ids=places.below(district) if district else frozenset(),
        node_ids=node_ids,
        qualification=given.get("qualification"),
        near_ids=near_ids,
        by_pinyin=given.get("sort") == PINYIN,
    )


def distance_in(given: Mapping[str, str]) -> int:
    """Return within how many kilometres an address asks for."""
    written = given.get("within", "")
    return int(written) if written in map(str, DISTANCES) else DISTANCES[0]


def member_of_enumeration(kind: Any, value: str | None) -> Any:
    """Return the member of an enumeration that a word in an address means, or None."""
    return kind(value) if value in {member.value for member in kind} else None
