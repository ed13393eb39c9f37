"""What the secretary of the demo world filled in for members: one waits, one was sent back."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.accounts.models import Organisation
from portal.actors import person
from portal.alliances.models import Alliance
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.exchange.content import ListingContent
from portal.exchange.filling_in import confirm_listing, decline_listing, fill_in_listing
from portal.exchange.models import Direction, ListingKind, ListingVisibility


def tell_filled_in(story: Story) -> None:
    """Plan what the hydrogen alliance's secretary fills in for its members."""
    (hydrogen,) = (each for each in all_alliances() if each.slug == "hydrogen")
    owners = {
        "maker": story.roles["manager_and_delegate"],
        "other": story.roles["other"],
        "chair": story.roles["hydrogen_chair"],
    }
    for row in read("filled_in"):
        story.at(
            story.now - row["days"] * DAY,
            lambda row=row: _fill_in(story, hydrogen, owners[row["for"]], row),  # type: ignore[misc]
        )


def _fill_in(story: Story, alliance: Alliance, owner: Organisation, row: dict[str, str]) -> None:
    keeper = person(story.secretaries[alliance.id].id)
    contact = story.people["delegate"] if row["for"] == "maker" else story.delegates[owner.id]
    content = ListingContent(
        direction=Direction(row["direction"]),
        title=row["title"],
        specification=row["specification"],
        valid_until=clock.today() + timedelta(days=90),
        visibility=ListingVisibility.PUBLIC,
        kind=ListingKind(row["kind"]),
    )
    made = fill_in_listing(alliance, content, owner, contact, by=keeper)
    member, later = person(contact.id, owner.id), clock.now() + 5 * HOUR
    if row["fate"] == "confirm":
        story.at(later, lambda: confirm_listing(made, by=member))
    elif row["fate"] == "decline":
        story.at(later, lambda: decline_listing(made, by=member, note=row["reason"]))
