"""Guests of the demo world: what people without an account left at the listing of the lead story.

One is recorded and invited, one rejected, two wait for the secretariat, one of them too long.
"""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.models import OrganisationKind
from portal.actors import ANONYMOUS, Actor, person
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.database import db
from portal.exchange.models import Listing
from portal.guests import operations
from portal.guests.models import GuestAnswer
from portal.guests.queries import province_in


def tell_guests(story: Story) -> None:
    """Plan what guests leave at the listing of the lead story."""
    lead = next(row["title"] for row in read("listings") if row.get("story") == "lead")
    listing = db.session.scalar(select(Listing).where(Listing.title == lead))
    if listing is None:
        return
    keeper = person(story.secretaries[listing.alliance_id].id)
    for row in read("guests"):
        story.at(
            story.now - row["days"] * DAY,
            lambda row=row: _answer(story, listing, row, keeper),  # type: ignore[misc]
        )


def _answer(story: Story, listing: Listing, row: dict[str, str], keeper: Actor) -> None:
    if not listing.is_answerable:
        return
    guest = operations.give_guest_answer(
        listing, name=row["name"], mobile=row["mobile"], message=row["message"], by=ANONYMOUS
    )
    later = story.now - float(row["days"]) * DAY + 4 * HOUR
    if row["fate"] == "place":
        story.at(later, lambda: _place(guest, keeper))
    elif row["fate"] == "reject":
        reason = row["reason"]
        story.at(later, lambda: operations.reject_guest_answer(guest, by=keeper, note=reason))


def _place(guest: GuestAnswer, keeper: Actor) -> None:
    region = province_in(guest.name)
    if region is not None:
        new = operations.NewOrganisation(OrganisationKind.ENTERPRISE, region)
        operations.place_guest(guest, new=new, by=keeper)
