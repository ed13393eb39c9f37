"""The lifecycles of a listing and of an interest (DOMAIN D4).

Expired and lapsed are no states: they are clauses on the date (`is_answerable`, `is_live`).
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class ListingState(StrEnum):
    """What people have done with a listing."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    PAUSED = "paused"
    CLOSED = "closed"


class InterestState(StrEnum):
    """What people have done with an interest."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_S, _I = ListingState, InterestState

LISTING = Workflow(
    noun="listing",
    labels={
        _S.DRAFT: _l("Draft"),
        _S.SUBMITTED: _l("In review"),
        _S.RETURNED: _l("Sent back"),
        _S.PROPOSED: _l("Awaiting the member"),
        _S.PUBLISHED: _l("Published"),
        _S.PAUSED: _l("Paused"),
        _S.CLOSED: _l("Closed"),
    },
    verbs={
        "create": _l("Posted"),
        "import": _l("Brought it from a table"),
        "edit": _l("Changed"),
        "fill_in": _l("Filled it in for the member"),
        "attach": _l("Added a file"),
        "detach": _l("Removed a file"),
        "hand_over": _l("Handed it over to a colleague"),
        "expiring": _l("Reminded that its last day is near"),
    },
    start=_S.DRAFT,
    finals=(_S.CLOSED,),
    moves=(
        Move(
            "submit",
            _l("Submit for review"),
            (_S.DRAFT,),
            _S.SUBMITTED,
            "listing.edit",
            when="is_within_validity",
            refusal=_l("Its last day has passed: choose a later one first."),
            done=_l("Submitted it for review"),
        ),
        Move(
            "resubmit",
            _l("Submit again"),
            (_S.RETURNED,),
            _S.SUBMITTED,
            "listing.edit",
            awaited_in=(_S.RETURNED,),
            when="is_within_validity",
            refusal=_l("Its last day has passed: choose a later one first."),
            done=_l("Submitted it again"),
        ),
        Move(
            "publish",
            _l("Publish"),
            (_S.SUBMITTED,),
            _S.PUBLISHED,
            "listing.publish",
            awaited_in=(_S.SUBMITTED,),
            when="is_within_validity",
            refusal=_l("Its last day has passed: send it back for a later one."),
            done=_l("Published it"),
        ),
        Move(
            "return",
            _l("Send back"),
            (_S.SUBMITTED,),
            _S.RETURNED,
            "listing.return",
            note=NoteRule.REQUIRED,
            note_label=_l("What should be changed"),
            done=_l("Sent it back"),
        ),
        # Filled in by the secretariat for a member, who is the second pair of eyes.
        Move(
            "propose",
            _l("Ask the member"),
            (_S.DRAFT, _S.RETURNED),
            _S.PROPOSED,
            "listing.propose",
            awaited_in=(_S.RETURNED,),
            when="is_within_validity",
            refusal=_l("Its last day has passed: choose a later one first."),
            done=_l("Asked the member to confirm it"),
        ),
        Move(
            "confirm",
            _l("Confirm and publish"),
            (_S.PROPOSED,),
            _S.PUBLISHED,
            "listing.confirm",
            awaited_in=(_S.PROPOSED,),
            when="is_within_validity",
            refusal=_l("Its last day has passed: send it back for a later one."),
            done=_l("Confirmed and published it"),
        ),
        Move(
            "turn_down",
            _l("Do not publish it"),
            (_S.PROPOSED,),
            _S.RETURNED,
            "listing.confirm",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the secretariat reads it)"),
            done=_l("Did not confirm it"),
        ),
        # Nothing it says changes but its last day, so nobody reviews it again.
        Move(
            "renew",
            _l("Renew for 90 days"),
            (_S.PUBLISHED,),
            _S.PUBLISHED,
            "listing.edit",
            when="is_due_for_renewal",
            refusal=_l("It is open for more than 30 days yet: renew it when its last day is near."),
            done=_l("Renewed it"),
        ),
        Move(
            "pause",
            _l("Pause"),
            (_S.PUBLISHED,),
            _S.PAUSED,
            "listing.edit",
            done=_l("Paused it"),
        ),
        # What the suspension of the owner's membership does; nobody's button.
        Move(
            "hold",
            _l("Pause with the membership"),
            (_S.PUBLISHED,),
            _S.PAUSED,
            "listing.hold",
            done=_l("Paused it: the membership is suspended"),
        ),
        Move(
            "resume",
            _l("Resume"),
            (_S.PAUSED,),
            _S.PUBLISHED,
            "listing.edit",
            when="is_within_validity",
            refusal=_l("Its last day has passed: take it back and choose a later one."),
            done=_l("Resumed it"),
        ),
        # Changed content passes the review again, so it first becomes a draft.
        Move(
            "recall",
            _l("Take back to change"),
            (_S.SUBMITTED, _S.PUBLISHED, _S.PAUSED),
            _S.DRAFT,
            "listing.edit",
            warning=_l(
                "It becomes a draft that others do not see until it has passed the review again. "
                "Answers that still wait lapse."
            ),
            # In review nobody else has seen it, and it has no answer.
            warned_in=(_S.PUBLISHED, _S.PAUSED),
            done=_l("Took it back"),
        ),
        Move(
            "match",
            _l("Close: partner found"),
            (_S.PUBLISHED, _S.PAUSED),
            _S.CLOSED,
            "listing.edit",
            warning=_l("It is closed for good. Answers that still wait lapse."),
            done=_l("Closed it: partner found"),
        ),
        Move(
            "close",
            _l("Close without a partner"),
            (_S.PUBLISHED, _S.PAUSED),
            _S.CLOSED,
            "listing.close",
            note=NoteRule.OPTIONAL,
            note_label=_l("Why (only you and the secretariat see it)"),
            warning=_l("It is closed for good. Answers that still wait lapse."),
            done=_l("Closed it without a partner"),
        ),
        # What never passed the review found no partner because it sought none.
        Move(
            "discard",
            _l("Discard"),
            (_S.DRAFT, _S.SUBMITTED, _S.RETURNED, _S.PROPOSED),
            _S.CLOSED,
            "listing.close",
            note=NoteRule.OPTIONAL,
            note_label=_l("Why (only you and the secretariat see it)"),
            warning=_l("It is put away for good and cannot be changed or submitted any more."),
            done=_l("Discarded it"),
        ),
    ),
)

INTEREST = Workflow(
    noun="interest",
    labels={
        _I.SENT: _l("Awaiting an answer"),
        _I.ACCEPTED: _l("Accepted"),
        _I.DECLINED: _l("Declined"),
        _I.WITHDRAWN: _l("Withdrawn"),
    },
    verbs={
        "send": _l("Answered"),
        "lapse": _l("Let it lapse"),
        "hand_over": _l("Handed it over to a colleague"),
        "lapsing": _l("Reminded that it lapses soon"),
    },
    start=_I.SENT,
    finals=(_I.ACCEPTED, _I.DECLINED, _I.WITHDRAWN),
    moves=(
        Move(
            "accept",
            _l("Accept and exchange contacts"),
            (_I.SENT,),
            _I.ACCEPTED,
            "interest.answer",
            awaited_in=(_I.SENT,),
            when="is_live",
            refusal=_l("It waited too long and lapsed; ask them to answer again."),
            done=_l("Accepted it"),
        ),
        Move(
            "decline",
            _l("Decline"),
            (_I.SENT,),
            _I.DECLINED,
            "interest.answer",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the other side reads it)"),
            warning=_l("This answer ends here; the same organisation may answer anew."),
            done=_l("Declined it"),
        ),
        Move(
            "withdraw",
            _l("Withdraw"),
            (_I.SENT,),
            _I.WITHDRAWN,
            "interest.withdraw",
            when="is_live",
            refusal=_l("It has lapsed already, there is nothing left to withdraw."),
            warning=_l("This answer ends here. While the listing is open you may answer anew."),
            done=_l("Withdrew it"),
        ),
    ),
)


def holding_in_sql() -> TextClause:
    """Return the condition of the partial unique index: one interest that holds its place."""
    return text("released_at IS NULL")
