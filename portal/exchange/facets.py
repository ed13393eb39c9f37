"""The facets of the list: what an address asks for, and the links that narrow it further.

Every choice is an address, so a narrowed list can be kept, shared and opened again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from portal.actors import ActorKind, Standing
from portal.exchange.choices import Choice, Choices, all_choices, below
from portal.exchange.forms import DIRECTIONS, KINDS
from portal.exchange.kinds import choices_of, every_choice
from portal.exchange.models import Direction, ListingKind
from portal.exchange.queries import ALL, EXPIRED, OPEN, ListingFilter
from portal.exchange.workflow import LISTING, ListingState
from portal.language import chosen_language, localised

#: The arguments an address may carry, in the order in which they are written.
ARGUMENTS = (
    *("q", "alliance", "direction", "region", "kind", *every_choice(), "node", "state", "mine"),
)
#: What the state facet offers beside the stored states.
STATES = (OPEN, EXPIRED, ALL, *(state.value for state in ListingState if state != "published"))


@dataclass(frozen=True)
class Link:
    """One choice of a facet, with how many it shows where that is known."""

    label: str
    href: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class Group:
    """A facet: its name and its choices."""

    label: str
    options: list[Link]


@dataclass(frozen=True, eq=False)
class Narrowing:
    """The facets of one address, and the chosen ones as chips.

    The same for everybody who looks at that address in that language, and kept: it is compared
    by being the same object.
    """

    groups: Sequence[Group]
    chosen: Sequence[Link]
    #: (facet, what the address asks of it) where there is no such choice.
    unknown: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Shown:
    """What a list shows: the filter, the facets, and addresses."""

    filter: ListingFilter
    arguments: dict[str, str]
    narrowing: Narrowing

    @property
    def kept(self) -> dict[str, str]:
        """The arguments that a new search keeps."""
        return {name: value for name, value in self.arguments.items() if name != "q"}

    @property
    def in_words(self) -> list[str]:
        """What the list is narrowed to, in words, as its workbook says it."""
        words = [link.label for link in self.narrowing.chosen]
        query = self.filter.query.strip()
        return [*words, _("search: %(words)s", words=query)] if query else words

    def address(self, **changed: str | None) -> str:
        """Return the address of this list with some arguments changed (None takes one away)."""
        path = url_for("exchange.list_listings")
        return _address(path, self.arguments, **changed)


def _address(path: str, arguments: Mapping[str, str], **changed: str | None) -> str:
    merged = {**arguments, **changed}
    kept = [(name, merged[name]) for name in (*ARGUMENTS, "after") if merged.get(name)]
    return f"{path}?{urlencode(kept)}" if kept else path


def read(arguments: Mapping[str, str], standing: Standing) -> Shown:
    """Read the arguments of an address, forgivingly: what is unknown narrows nothing.

    One's own listings and what is searched for are few enough to be shown in every state.
    """
    given = {name: arguments[name][:80] for name in ARGUMENTS if arguments.get(name)}
    if given.get("state") == ALL and not (given.get("mine") or given.get("q")):
        del given["state"]
    choices = all_choices()
    actor = standing.actor
    mine = (actor.organisation_id or 0) if given.get("mine") else None
    narrowing = _narrowing(
        tuple(given.items()),
        choices,
        chosen_language(),
        actor.kind is ActorKind.PERSON,
        actor.organisation_id is not None,
    )
    return Shown(_filter(given, choices, mine), given, narrowing)


def _filter(given: Mapping[str, str], choices: Choices, mine: int | None) -> ListingFilter:
    alliance = choices.named("alliance", given.get("alliance"))
    region = choices.named("region", given.get("region"))
    node = given.get("node")
    kind: ListingKind | None = _member(ListingKind, given.get("kind"))
    own = choices_of(kind)
    return ListingFilter(
        query=given.get("q", ""),
        alliance_id=alliance.id if alliance else None,
        direction=_member(Direction, given.get("direction")),
        kind=kind,
        particulars=tuple(
            (each.name, given[each.name]) for each in own if given.get(each.name) in each.choices
        ),
        region_id=region.id if region else None,
        # Within an alliance the nodes of its chain are a facet of their own.
        node_ids=frozenset(below(choices.nodes(alliance), node)) if node else frozenset(),
        organisation_id=mine,
        state=given["state"] if given.get("state") in STATES else _usual_state(given),
    )


def _usual_state(given: Mapping[str, str]) -> str:
    """Return the state that an address means which names none: one's own are shown in all."""
    return ALL if given.get("mine") else OPEN


@lru_cache(maxsize=512)
def _narrowing(
    arguments: tuple[tuple[str, str], ...],
    choices: Choices,
    _language: str,
    is_person: bool,
    has_organisation: bool,
) -> Narrowing:
    """Return the facets of an address; kept, because they are some fifty links."""
    given = dict(arguments)
    nodes = choices.nodes(choices.named("alliance", given.get("alliance")))
    states = {OPEN: _("Open"), EXPIRED: _("Expired")} | {
        state.value: str(label) for state, label in LISTING.labels.items() if state != "published"
    }
    offered = list(states.items())[: None if is_person else 2]
    if given.get("mine") or given.get("state") == ALL:
        offered.insert(0, (ALL, _("All states")))
    facets: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("direction", _("Direction"), [(d.value, str(name)) for d, name in DIRECTIONS.items()]),
        ("alliance", _("Alliance"), _pairs(choices.of("alliance"))),
        ("region", _("Region"), _pairs(choices.of("region"))),
        ("node", _("Chain node"), _pairs([node for node in nodes if node.parent_id is None])),
        ("kind", _("Kind"), [(k.value, str(name)) for k, name in KINDS.items()]),
        # What a kind has of its own to be narrowed by, once the kind is chosen.
        *(
            (each.name, str(each.label), [(v, str(text)) for v, text in each.choices.items()])
            for each in choices_of(_member(ListingKind, given.get("kind")))
        ),
        ("state", _("State"), offered),
    ]
    if has_organisation:
        facets.append(("mine", _("Posted by"), [("1", _("My organisation"))]))
    path = url_for("exchange.list_listings")
    groups, chips, unknown = [], [], []
    for name, label, options in facets:
        usual = _usual_state(given) if name == "state" else None
        current = given.get(name) or usual
        # Another kind has other fields: what narrows by the old ones goes with it.
        gone: dict[str, None] = dict.fromkeys(every_choice()) if name == "kind" else {}
        leads_to = {v: None if v in (current, usual) else v for v, _text in options}
        links = [
            Link(
                text,
                _address(path, given, **gone, **{name: leads_to[value]}),
                value == current,
            )
            for value, text in options
        ]
        if links:
            groups.append(Group(label, links))
        chips += [link for link in links if link.is_current and given.get(name)]
        # Known though not offered: nodes further down, and the states of who is signed in.
        more = {"node": [node.value for node in nodes], "state": STATES, "mine": [current]}
        known = {*(value for value, _text in options), *more.get(name, ())}
        if given.get(name) and current not in known:
            unknown.append((label, given[name]))
    return Narrowing(groups, chips, unknown)


def _pairs(choices: Sequence[Choice]) -> list[tuple[str, str]]:
    return [(each.value, localised(each)) for each in choices]


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in {member.value for member in kind} else None
