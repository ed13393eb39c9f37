"""What follows from the columns of a meeting, for its record and for its page's plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import clock
from portal.meetings.counting import Share
from portal.meetings.workflow import MeetingState


class MeetingFacts:
    """Facts of whatever has the columns of a meeting."""

    if TYPE_CHECKING:
        state: Any
        is_written: Any
        starts_at: Any
        ends_at: Any
        rules: Any

    @property
    def is_met(self) -> bool:
        """Whether people meet for it, in a room or by video: it is not held in writing."""
        return not self.is_written

    @property
    def is_answerable(self) -> bool:
        """Whether a seat may still answer: noticed, and not begun."""
        return self.state is MeetingState.NOTICED and clock.now() < self.starts_at

    @property
    def takes_sign_in(self) -> bool:
        """Whether whoever arrives may say so by the code at the door."""
        return self.state is MeetingState.IN_SESSION

    @property
    def is_prepared(self) -> bool:
        """Whether its agenda may be changed."""
        return self.state in (MeetingState.DRAFT, MeetingState.NOTICED, MeetingState.IN_SESSION)

    @property
    def is_open(self) -> bool:
        """Whether it is in session now."""
        return self.state is MeetingState.IN_SESSION

    @property
    def takes_votes(self) -> bool:
        """Whether votes may be opened: in session, or in writing until its deadline."""
        if self.is_written:
            return self.state is MeetingState.NOTICED and clock.now() < self.ends_at
        return self.is_open

    @property
    def writes_minutes(self) -> bool:
        """Whether its minutes are being written."""
        return self.state in (MeetingState.IN_SESSION, MeetingState.MINUTES_DRAFT)

    @property
    def names_observers(self) -> bool:
        """Whether the list of those who attend without a seat may be changed: before a review."""
        return self.state not in (
            MeetingState.MINUTES_REVIEW,
            MeetingState.MINUTES_FINAL,
            MeetingState.ARCHIVED,
            MeetingState.CANCELLED,
        )

    @property
    def takes_comments(self) -> bool:
        """Whether whoever attended may comment on its minutes."""
        return self.state is MeetingState.MINUTES_REVIEW

    @property
    def has_minutes(self) -> bool:
        """Whether its minutes are shown to members."""
        return self.state in (
            MeetingState.MINUTES_REVIEW,
            MeetingState.MINUTES_FINAL,
            MeetingState.ARCHIVED,
        )

    @property
    def quorum(self) -> Share | None:
        """The quorum that was frozen at notice, or None before."""
        return Share(self.rules["quorum"]) if self.rules else None
