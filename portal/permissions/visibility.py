"""TABLE: which fields not everyone who sees the record may see: (noun, field) -> lines."""

from __future__ import annotations

from portal.conditions import (
    CONTACT_AUDIENCE,
    CONVENERS,
    delegate_of,
    is_accepted,
    is_banded,
    is_exact,
    is_named,
    is_verified,
    secretary_of,
    was_introduced,
    was_submitted,
)
from portal.words import Line

VISIBILITY: dict[tuple[str, str], tuple[Line, ...]] = {
    # The contacts of both sides follow the state: they open when the answer is accepted.
    ("interest", "contacts"): (
        (is_accepted, delegate_of("organisation_id")),
        (is_accepted, delegate_of("owner_id")),
    ),
    # Posted anonymously it is nobody's until an answer is accepted.
    ("listing", "owner"): (
        (is_named,),
        (delegate_of("organisation_id"),),
        (secretary_of("alliance_id"),),
        (was_introduced,),
    ),
    # The secretariat calls the guest; the owner may once it is verified.
    ("guest_answer", "mobile"): (
        (secretary_of("alliance_id"),),
        (is_verified, delegate_of("owner_id")),
    ),
    # Reasons and names of reviewers are between the owner and the secretariat.
    ("listing", "history"): (
        (delegate_of("organisation_id"),),
        (secretary_of("alliance_id"),),
    ),
    ("listing", "interests"): (
        (delegate_of("organisation_id"),),
        (secretary_of("alliance_id"),),
    ),
    # What the two sides write, send and say to each other, and whom they speak to.
    ("matter", "lines"): ((delegate_of("owner_id"),), (delegate_of("partner_id"),)),
    # Its values: as they are to the two sides, to others as far as both chose; the evidence and
    # who did what stay between the two.
    ("outcome", "value"): ((delegate_of("from_id"),), (delegate_of("to_id"),), (is_exact,)),
    ("outcome", "band"): (
        (delegate_of("from_id"),),
        (delegate_of("to_id"),),
        (is_exact,),
        (is_banded,),
    ),
    ("outcome", "evidence"): ((delegate_of("from_id"),), (delegate_of("to_id"),)),
    # Who comes, with whom, in which car: between those who prepare the meeting.
    ("meeting", "replies"): CONVENERS,
    ("resolution", "votes"): CONVENERS,
    ("contact_point", "value"): CONTACT_AUDIENCE,
    # Who was asked, who gave a term up and why: between the member and the secretariat.
    ("turn", "history"): ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
    # What an applicant wrote, whom it named, and why it was sent back.
    ("membership", "history"): (
        (delegate_of("organisation_id"),),
        (was_submitted, secretary_of("alliance_id")),
    ),
}
