"""What a row of the directory shows: the same on the page and in the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal.accounts.forms import ORGANISATION_KINDS
from portal.alliances.forms import TIERS
from portal.directory.asked import Shown
from portal.directory.list_queries import Contact, DirectoryRow
from portal.exchange.choices import Choice, Choices
from portal.language import LANGUAGES, chosen_language, localised
from portal.navigation import place
from portal.organisations.forms import CONTACT_KINDS
from portal.regions.places import Place, Places
from portal.sheets.exporting import Field


@dataclass(frozen=True)
class ShownRow:
    """A row with its names in the language of the page."""

    row: DirectoryRow
    region: Place | None
    #: Where it lies, as closely as is known.
    place: str
    nodes: list[str]
    alliances: list[str]
    #: Kilometres from where distances are measured, where one was asked for.
    distance: int | None

    @property
    def contacts(self) -> Sequence[Contact]:
        """The ways to reach it that whoever looks may see."""
        return self.row.contacts


def shown_rows(found: Sequence[DirectoryRow], shown: Shown | _Names) -> list[ShownRow]:
    """Return rows with the names of their regions, nodes and alliances."""
    places = shown.places.by_id
    nodes = {node.id: node for node in shown.choices.nodes(shown.alliance)}
    alliances = {each.id: each for each in shown.choices.of("alliance")}
    ready = []
    for row in found:
        region, district = places.get(row.region_id), places.get(row.district_id or 0)
        nearest = district or region
        ready.append(
            ShownRow(
                row=row,
                region=region,
                place=localised(nearest) if nearest else "",
                # In the order of the chain, and of the alliances, not of their numbers.
                nodes=[localised(node) for id_, node in nodes.items() if id_ in row.node_ids],
                alliances=[localised(a) for id_, a in alliances.items() if id_ in row.alliance_ids],
                distance=shown.places.between(shown.origin, nearest),
            )
        )
    return ready


def kept_rows(found: Sequence[DirectoryRow], shown: Shown, *, keeps: bool = False) -> Markup:
    """Return the rows as they stand on the page; `keeps` is for who keeps the members."""
    names, language = (
        _Names(shown.choices, shown.places, shown.alliance, shown.origin),
        chosen_language(),
    )
    said = [_kept_row(row, names, keeps, language) for row in found]
    return Markup("".join(said))  # noqa: S704 - templates


@dataclass(frozen=True)
class _Names:
    """Where the names of a row's numbers come from: what is kept, compared as one object."""

    choices: Choices
    places: Places
    alliance: Choice | None
    origin: Place | None


@lru_cache(maxsize=4096)
def _kept_row(row: DirectoryRow, names: _Names, keeps: bool, language: str) -> str:
    """Render a row once: it is a plain value, its contacts included, so equal rows look equal.

    Nothing else of the person who looks may ever stand in it.
    """
    page = current_app.jinja_env.get_template("directory/organisation_row.html")
    (each,) = shown_rows([row], names)
    return page.render(
        each=each,
        keeps=keeps,
        contact_kinds=CONTACT_KINDS,
        address=place("directory.list_organisations"),
        language_tag=LANGUAGES[language],
    )


def origins(shown: Shown) -> Markup:
    """Return the places that distances can be measured from, as options of a select."""
    return _kept_origins(shown.places, shown.arguments.get("near"), chosen_language())


@lru_cache(maxsize=256)
def _kept_origins(places: Places, chosen: str | None, _language: str) -> Markup:
    page = current_app.jinja_env.get_template("directory/origins.html")
    return Markup(page.render(places=places.measurable, chosen=chosen))  # noqa: S704 - a template


NAME = Field(_l("Name"), lambda each: each.row.name, width=36)
KIND = Field(_l("Kind of organisation"), lambda each: ORGANISATION_KINDS[each.row.kind])
REGION = Field(_l("Region"), lambda each: localised(each.region) if each.region else None, width=10)
PLACE = Field(_l("City or district"), lambda each: each.place)
CONTACTS = Field(
    _l("Contacts"),
    lambda each: "\n".join(contact_words(c) for c in each.contacts) or None,
    width=30,
)
TIER = Field(_l("Tier"), lambda each: TIERS[each.row.tier])
NODES = Field(_l("Chain nodes"), lambda each: _(", ").join(each.nodes) or None, width=30)
ALLIANCES = Field(_l("Alliances"), lambda each: _(", ").join(each.alliances) or None, width=30)


def contact_words(contact: Contact) -> str:
    """Return one contact as a line: what it is, and its value."""
    kind = contact.label or CONTACT_KINDS[contact.kind]
    return str(_("%(kind)s: %(value)s", kind=kind, value=contact.value))


def fields(shown: Shown) -> list[Field]:
    """Return the columns of a list: a tier and nodes within an alliance, else the alliances."""
    own = [TIER, NODES] if shown.alliance else [ALLIANCES]
    return [NAME, KIND, REGION, PLACE, *own, CONTACTS]
