"""The facets of the list: what an address asks for, and the links that narrow it further.

Every choice is an address, so a narrowed list can be kept, shared and opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from portal.actors import ActorKind, Standing
from portal.exchange.choices import Choice, below
from portal.exchange.choices import choices as offered
from portal.exchange.forms import DIRECTIONS, KINDS
from portal.exchange.models import Direction, ListingKind
from portal.exchange.queries import EXPIRED, OPEN, ListingFilter
from portal.exchange.workflow import LISTING
from portal.language import localised

#: The arguments an address may carry, in the order in which they are written.
ARGUMENTS = ("q", "alliance", "direction", "region", "kind", "node", "state", "mine")


@dataclass(frozen=True)
class Link:
    """One choice of a facet."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """A facet: its name and its choices."""

    label: str
    options: list[Link]


@dataclass(frozen=True)
class Shown:
    """What a list shows: the filter, the facets, the chosen ones as chips, and addresses."""

    filter: ListingFilter
    arguments: dict[str, str]
    groups: list[Group]
    chosen: list[Link]
    alliance: Choice | None
    may_choose_state: bool

    @property
    def kept(self) -> dict[str, str]:
        """The arguments that a new search keeps."""
        return {name: value for name, value in self.arguments.items() if name != "q"}

    def address(self, **changed: str | None) -> str:
        """Return the address of this list with some arguments changed (None takes one away)."""
        return _address(self.arguments, **changed)


def _address(arguments: Mapping[str, str], **changed: str | None) -> str:
    merged = {**arguments, **changed}
    kept = [(name, merged[name]) for name in (*ARGUMENTS, "after") if merged.get(name)]
    path = url_for("exchange.list_listings")
    return f"{path}?{urlencode(kept)}" if kept else path


def read(arguments: Mapping[str, str], standing: Standing) -> Shown:
    """Read the arguments of an address, forgivingly: what is unknown narrows nothing."""
    given = {name: arguments[name][:80] for name in ARGUMENTS if arguments.get(name)}
    # Within an alliance the nodes of its chain become a facet of their own.
    choices = offered(of_alliance=given.get("alliance"))
    alliance = _named(choices, "alliance", given.get("alliance"))
    nodes = [each for each in choices if each.facet == "node"]
    region = _named(choices, "region", given.get("region"))
    states = {OPEN: _("Open"), EXPIRED: _("Expired")} | {
        state.value: str(label) for state, label in LISTING.labels.items() if state != "published"
    }
    wanted = ListingFilter(
        query=given.get("q", ""),
        alliance_id=alliance.id if alliance else None,
        direction=_member(Direction, given.get("direction")),
        kind=_member(ListingKind, given.get("kind")),
        region_id=region.id if region else None,
        node_ids=frozenset(below(nodes, given.get("node", ""))),
        organisation_id=standing.actor.organisation_id if given.get("mine") else None,
        state=given["state"] if given.get("state") in states else OPEN,
    )
    if given.get("mine") and wanted.organisation_id is None:
        wanted = replace(wanted, organisation_id=0)
    facets: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("direction", _("Direction"), [(d.value, str(name)) for d, name in DIRECTIONS.items()]),
        ("alliance", _("Alliance"), _pairs(choices, "alliance")),
        ("region", _("Region"), _pairs(choices, "region")),
        ("node", _("Chain node"), [(n.value, n.name) for n in nodes if n.parent_id is None]),
        ("kind", _("Kind"), [(k.value, str(name)) for k, name in KINDS.items()]),
    ]
    is_person = standing.actor.kind is ActorKind.PERSON
    facets.append(("state", _("State"), list(states.items())[: None if is_person else 2]))
    if standing.actor.organisation_id:
        facets.append(("mine", _("Posted by"), [("1", _("My organisation"))]))
    groups, chips = [], []
    for name, label, options in facets:
        current = given.get(name) or (OPEN if name == "state" else None)
        links = [
            Link(
                text,
                _address(given, **{name: None if value == current else value}),
                value == current,
            )
            for value, text in options
        ]
        if links:
            groups.append(Group(label, links))
        chips += [link for link in links if link.is_current and given.get(name)]
    return Shown(wanted, given, groups, chips, alliance, is_person)


def _pairs(choices: list[Choice], facet: str) -> list[tuple[str, str]]:
    return [(each.value, localised(each)) for each in choices if each.facet == facet]


def _named(choices: list[Choice], facet: str, value: str | None) -> Choice | None:
    return next((c for c in choices if c.facet == facet and c.value == value), None)


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in {member.value for member in kind} else None
