"""The meetings of the demo world's hydrogen alliance: held ones, one that is answered, a draft.

Each step is an operation of the person who may take it, at its own past instant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.actors import ANONYMOUS, Actor, person
from portal.alliances.models import Alliance
from portal.alliances.queries import all_alliances, held_membership
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.documents.member_papers import issue_member_paper
from portal.documents.models import DocumentKind
from portal.documents.operations import edit_letterhead
from portal.meetings import actions, agenda, minutes, observers, operations, resolutions, voting
from portal.meetings.counting import Choice
from portal.meetings.models import Answer, Meeting, MeetingKind
from portal.meetings.papers import issue_paper
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import Action, Resolution, ResolutionKind


def tell_councils(story: Story) -> None:
    """Plan the meetings of the hydrogen alliance."""
    (hydrogen,) = (each for each in all_alliances() if each.slug == "hydrogen")
    keeper = person(story.secretaries[hydrogen.id].id)
    chair = person(story.people["chair"].id, story.roles["hydrogen_chair"].id)
    told = read("meetings")
    for row in told["past"]:
        _Held(story, hydrogen, keeper, chair, row).plan()
    story.at(story.now - 6 * DAY, lambda: _invite(story, hydrogen, keeper, chair, told))
    story.at(story.now - 1 * DAY, lambda: _draft(story, hydrogen, keeper, told["draft"]))
    for number, title in enumerate(told["proposals"]):
        proposer = story.acting(story.members[hydrogen.id][-1 - number])
        when = story.now - (3 - number) * DAY
        story.at(when, lambda title=title, by=proposer: _propose(hydrogen, title, by))  # type: ignore[misc]


def _propose(alliance: Alliance, title: str, by: Actor) -> None:
    agenda.propose_item(alliance, agenda.ItemContent(title), by=by)


def _call(alliance: Alliance, row: Any, starts_at: datetime, by: Actor, **more: Any) -> Meeting:
    said = operations.MeetingContent(
        kind=more.pop("kind", MeetingKind.COUNCIL),
        title=row["title"],
        starts_at=starts_at,
        ends_at=starts_at + 3 * HOUR,
        place=row["place"],
        text=row.get("text"),
        **more,
    )
    meeting = operations.call_meeting(alliance, said, by=by)
    for title, length, presenter, *_minutes in row["items"]:
        content = agenda.ItemContent(title, presenter=presenter, minutes=length)
        agenda.add_item(meeting, content, by=by)
    for organisation, name, post in row.get("observers", ()):
        observers.add_observer(meeting, observers.Attending(name, organisation, post), by=by)
    return meeting


def _at_nine(story: Story, days: int) -> datetime:
    """Return nine o'clock in Shanghai on a day so many days from the story's present."""
    return clock.start_of(clock.day_of(story.now + days * DAY)) + 9 * HOUR


class _Held:
    """A meeting that was held: from its call to its minutes, step by step."""

    def __init__(
        self, story: Story, alliance: Alliance, keeper: Actor, chair: Actor, row: Any
    ) -> None:
        self.story, self.alliance, self.row = story, alliance, row
        self.keeper, self.chair = keeper, chair
        self.starts_at = _at_nine(story, -row["days"])
        self.meeting: Meeting | None = None

    def plan(self) -> None:
        """Let its steps happen at their instants."""
        at, starts = self.story.at, self.starts_at
        at(starts - 12 * DAY, self.call)
        at(starts - 8 * DAY, self.answer)
        at(starts, self.hold)
        at(starts + 2.5 * HOUR, self.close)
        at(starts + 3 * HOUR, self.write)
        at(starts + 2 * DAY, self.review)
        if self.row["fate"] == "archived":
            at(starts + 9 * DAY, self.finish)
        else:
            at(starts + 3 * DAY, self.comment)

    @property
    def held(self) -> Meeting:
        """The meeting, once it is called."""
        if self.meeting is None:
            raise LookupError(self.row["title"])
        return self.meeting

    def call(self) -> None:
        """Call it and give notice."""
        self.meeting = _call(self.alliance, self.row, self.starts_at, self.keeper)
        operations.notice_meeting(self.meeting, by=self.keeper)

    def answer(self) -> None:
        """Let nearly everybody answer."""
        seats = list(self.held.seats)
        for seat in seats[:-1]:
            name = self.story.delegates[seat.organisation_id].name
            reply(seat, Reply(Answer.COMES, attendee=name), by=ANONYMOUS)
        reply(seats[-1], Reply(Answer.CANNOT), by=ANONYMOUS)

    def hold(self) -> None:
        """Hold it: who came, what was decided, what somebody was asked to do."""
        meeting = self.held
        operations.open_meeting(meeting, by=self.chair)
        here = {seat.id for seat in meeting.seats[:-1]}
        operations.arrive(meeting, here, by=self.keeper)
        self.ask(self.decide(self.row["resolution"]))
        for written in self.row.get("besides", ()):
            self.decide(written)

    def decide(self, written: tuple[str, str, str]) -> Resolution:
        """Vote on a resolution, and put it into force where it passed."""
        meeting = self.held
        kind, title, text = written
        content = resolutions.ResolutionContent(ResolutionKind(kind), title, text)
        made = resolutions.propose_resolution(meeting, content, by=self.keeper)
        resolutions.table_resolution(made, by=self.chair)
        voting.open_vote(made, by=self.chair)
        said = [Choice(each) for each in self.row["votes"]]
        votes = {
            seat.id: said[number % len(said)] for number, seat in enumerate(meeting.seats[:-1])
        }
        voting.record_votes(made, votes, by=self.keeper)
        voting.close_vote(made, by=self.keeper)
        if made.year is not None:
            resolutions.enact_resolution(made, by=self.keeper)
        return made

    def close(self) -> None:
        """Let the chair close it."""
        operations.adjourn_meeting(self.held, by=self.chair)

    def ask(self, made: Resolution) -> None:
        """Ask members to do things, and let them report."""
        for number, (title, due_in, fate, report) in enumerate(self.row["actions"]):
            owner = self.story.members[self.alliance.id][2 + number]
            action = actions.assign_action(
                self.held,
                title,
                owner_id=owner.id,
                due_on=clock.day_of(self.story.now + due_in * DAY),
                by=self.keeper,
                resolution=made if made.year is not None else None,
            )
            if fate != "open":
                acts = self.story.acting(owner)
                self._report(action, report, is_closed=fate == "closed", by=acts)

    def _report(self, action: Action, report: str, *, is_closed: bool, by: Actor) -> None:
        later: Callable[[float], datetime] = lambda days: self.starts_at + days * DAY  # noqa: E731
        self.story.at(later(20), lambda: actions.report_action(action, by=by, note=report))
        if is_closed:
            self.story.at(later(23), lambda: actions.close_out_action(action, by=self.keeper))

    def write(self) -> None:
        """Write the minutes beside the agenda."""
        meeting = self.held
        minutes.begin_minutes(meeting, by=self.keeper)
        texts = {title: text for title, _length, _who, text in self.row["items"]}
        written = {item.id: texts.get(item.title, "") for item in agenda.items_of(meeting)}
        minutes.write_minutes(meeting, written, by=self.keeper)

    def review(self) -> None:
        """Open the minutes to comments."""
        minutes.review_minutes(self.held, by=self.keeper)

    def comment(self) -> None:
        """Let a member comment."""
        member = self.story.acting(self.story.members[self.alliance.id][3])
        minutes.comment_minutes(self.held, read("meetings")["comments"][0], by=member)

    def finish(self) -> None:
        """Let the chair declare the minutes final, and archive the meeting."""
        minutes.finish_minutes(self.held, by=self.chair)
        told = read("meetings")
        edit_letterhead(
            self.alliance, prefix=told["prefix"], seal_holder=told["seal_holder"], by=self.keeper
        )
        issue_paper(self.held, DocumentKind.MINUTES, by=self.keeper, receipt="demo-minutes")
        member = self.story.members[self.alliance.id][0]
        membership = held_membership(self.alliance.id, member.id)
        if membership is not None:
            issue_member_paper(membership, DocumentKind.CERTIFICATE, by=self.keeper)
        minutes.archive_meeting(self.held, by=self.keeper)


def _invite(story: Story, alliance: Alliance, keeper: Actor, chair: Actor, told: Any) -> None:
    """Give notice of the coming meeting, and plan who answers it by link."""
    row = told["coming"]
    starts = _at_nine(story, row["days"])
    meeting = _call(alliance, row, starts, keeper, asks_meal=True, asks_plate=True)
    operations.notice_meeting(meeting, by=keeper)
    issue_paper(meeting, DocumentKind.NOTICE, by=keeper, receipt="demo-notice")
    kind, title, text = row["resolution"]
    content = resolutions.ResolutionContent(ResolutionKind(kind), title, text)
    resolutions.table_resolution(
        resolutions.propose_resolution(meeting, content, by=chair), by=chair
    )
    seats = list(meeting.seats)
    for number, seat in enumerate(seats[: len(seats) * 3 // 5]):
        name = story.delegates[seat.organisation_id].name
        post = told["posts"][number % len(told["posts"])]
        said = Reply(Answer.COMES, attendee=name, post=post, wants_meal=number % 2 == 0)
        when = clock.now() + timedelta(hours=3 + 5 * number)
        story.at(when, lambda seat=seat, said=said: reply(seat, said, by=ANONYMOUS))  # type: ignore[misc]


def _draft(story: Story, alliance: Alliance, keeper: Actor, row: Any) -> None:
    starts = _at_nine(story, row["days"])
    _call(alliance, row, starts, keeper, kind=MeetingKind.ASSEMBLY)
