"""The ballots that the demo world's hydrogen alliance holds in writing: one ended, one open.

Seats vote by the links they were mailed, as whoever holds one does, without signing in.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.actors import ANONYMOUS, SYSTEM, Actor, person
from portal.alliances.models import Alliance
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.database import db
from portal.links import ActionLink
from portal.meetings import agenda, minutes, operations, resolutions, vote_links, voting, written
from portal.meetings.counting import Choice
from portal.meetings.models import Meeting, MeetingKind
from portal.meetings.resolution_models import Resolution, ResolutionKind, VoteLink
from portal.meetings.resolution_queries import number_of


def tell_ballots(story: Story) -> None:
    """Plan the ballots that the hydrogen alliance holds in writing."""
    (hydrogen,) = (each for each in all_alliances() if each.slug == "hydrogen")
    for row in read("meetings")["ballots"]:
        _Ballot(story, hydrogen, row).plan()


class _Ballot:
    """A meeting held in writing: from its call to its minutes, step by step."""

    def __init__(self, story: Story, alliance: Alliance, row: Any) -> None:
        self.story, self.alliance, self.row = story, alliance, row
        self.keeper: Actor = person(story.secretaries[alliance.id].id)
        self.chair: Actor = person(story.people["chair"].id, story.roles["hydrogen_chair"].id)
        self.starts_at = self._morning(row["from"])
        self.ends_at = self._morning(row["until"])
        self.meeting: Meeting | None = None
        self.resolution: Resolution | None = None

    def _morning(self, days: int) -> datetime:
        return clock.start_of(clock.day_of(self.story.now + days * DAY)) + 9 * HOUR

    def plan(self) -> None:
        """Let its steps happen at their instants; what would lie ahead of now does not."""
        at = self.story.at
        at(self.starts_at - 3 * DAY, self.call)
        at(self.starts_at, self.open)
        for number, said in enumerate(self.row["votes"]):
            when = self.starts_at + (2 + 5 * number) * HOUR
            at(when, partial(self.vote, number, Choice(said)))
        if self.row.get("handed"):
            at(self.starts_at + 26 * HOUR, self.hand)
        at(self.ends_at, self.end)
        at(self.ends_at + 8 * DAY, self.finish)

    @property
    def held(self) -> Meeting:
        """The meeting, once it is called."""
        if self.meeting is None:
            raise LookupError(self.row["title"])
        return self.meeting

    @property
    def asked(self) -> Resolution:
        """What is voted on, once it is proposed."""
        if self.resolution is None:
            raise LookupError(self.row["title"])
        return self.resolution

    def call(self) -> None:
        """Call it, propose what is asked, and give notice."""
        said = operations.MeetingContent(
            kind=MeetingKind.COUNCIL,
            title=self.row["title"],
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place="",
            text=self.row["text"],
            is_written=True,
        )
        self.meeting = operations.call_meeting(self.alliance, said, by=self.keeper)
        kind, title, text = self.row["resolution"]
        content = resolutions.ResolutionContent(ResolutionKind(kind), title, text)
        self.resolution = resolutions.propose_resolution(self.meeting, content, by=self.keeper)
        operations.notice_meeting(self.meeting, by=self.keeper)

    def open(self) -> None:
        """Let the chair open the vote: every seat is mailed its link."""
        resolutions.table_resolution(self.asked, by=self.chair)
        voting.open_vote(self.asked, by=self.chair)

    def vote(self, number: int, said: Choice) -> None:
        """Let the seat of that number vote by its link."""
        links = (
            select(ActionLink)
            .join(VoteLink, VoteLink.link_id == ActionLink.id)
            .where(VoteLink.resolution_id == self.asked.id)
            .order_by(VoteLink.id)
        )
        link = db.session.scalars(links).all()[number]
        vote_links.vote_by_link(link, said, by=ANONYMOUS)

    def hand(self) -> None:
        """Let the secretariat hand a link to somebody of a seat that has not voted."""
        seat = vote_links.seats_to_vote(self.asked, self.held)[-1]
        vote_links.hand_vote_link(self.asked, seat.id, self.row["handed"], by=self.keeper)

    def end(self) -> None:
        """Let the deadline end it, as every night does; then write its minutes."""
        written.end_written_meetings(by=SYSTEM)
        if self.asked.year is not None:
            resolutions.enact_resolution(self.asked, by=self.keeper)
            self.supersede(self.row.get("supersedes"))
        minutes.begin_minutes(self.held, by=self.keeper)
        decided = [item for item in agenda.items_of(self.held) if item.resolution_id]
        said = {item.id: self.row["minutes"] for item in decided}
        minutes.write_minutes(self.held, said, by=self.keeper)
        minutes.review_minutes(self.held, by=self.keeper)

    def supersede(self, title: str | None) -> None:
        """Let the secretariat record of which earlier resolution it took the place, if of any."""
        earlier = select(Resolution).where(
            Resolution.alliance_id == self.alliance.id, Resolution.title == title
        )
        for each in db.session.scalars(earlier):
            resolutions.supersede_resolution(each, by=self.keeper, note=number_of(self.asked))

    def finish(self) -> None:
        """Let the chair declare its minutes final."""
        minutes.finish_minutes(self.held, by=self.chair)
