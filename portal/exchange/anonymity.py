"""Whose a listing is, as far as somebody may know: its owner may post it anonymously (匿名发布).

The owner's people, the secretariat and whoever was introduced see the name; for everybody else
it is hidden in the statement itself, so that no page, export or search can forget to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Text, bindparam, case

from portal.access import can, may_see, shown_to, visible_to
from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import Organisation
from portal.accounts.queries import TimelineEntry
from portal.actors import Standing
from portal.exchange.models import Listing
from portal.language import localised


def owner_shown(standing: Standing) -> ColumnElement[bool]:
    """Return the condition that somebody may know whose a listing is."""
    return shown_to(standing, Listing, "owner")


def name_shown(standing: Standing, organisation: Any = Organisation) -> Any:
    """Return the owner's name as a column: NULL where it is hidden."""
    return case((owner_shown(standing), organisation.name), else_=None)


def with_names_shown(standing: Standing, columns: Iterable[Any]) -> list[Any]:
    """Return columns of a listing's row, with the owner's name as far as it may be known."""
    shown = name_shown(standing)
    return [shown if column is Organisation.name else column for column in columns]


def owner_words(standing: Standing, listing: Listing) -> str:
    """Return the owner's name, or what is said in its place: region, alliance and kind."""
    if may_see(standing, listing, "owner"):
        return listing.organisation.name
    said: str = _(
        "Anonymous: %(region)s · %(alliance)s · %(kind)s",
        region=localised(listing.organisation.region),
        alliance=localised(listing.alliance),
        kind=ORGANISATION_KINDS[listing.organisation.kind],
    )
    return said


def title_words(standing: Standing, listing: Listing) -> str:
    """Return the title of a listing, or what is said in its place where one may not view it."""
    hidden: str = _("a listing that was taken back")
    return listing.title if can(standing, "listing.view", listing) else hidden


def title_shown(standing: Standing) -> ColumnElement[Any]:
    """Return `title_words` as a column."""
    shown = visible_to(standing, "listing.view", Listing)
    # Told when it runs: a statement that is kept is read in both languages.
    hidden = bindparam(None, type_=Text, callable_=lambda: _("a listing that was taken back"))
    return case((shown, Listing.title), else_=hidden)


def without_owner(
    standing: Standing, listing: Listing, entries: Iterable[TimelineEntry]
) -> list[TimelineEntry]:
    """Return a history in which the owner's name does not stand where it is hidden."""
    if may_see(standing, listing, "owner"):
        return list(entries)
    name, said = listing.organisation.name, _("The poster")
    return [replace(entry, who=said if name in entry.who else entry.who) for entry in entries]
