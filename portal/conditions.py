"""The conditions of which the table of permissions is made: each word under the name it reads by.

What a word is, and how it is asked of a record, in SQL and in the search index, stands in
`words.py`. `at` names the column of the record that says where the role must be held.
"""

from __future__ import annotations

from portal.belonging import HeldBeside
from portal.roles import Role
from portal.words import (
    Anywhere,
    ByActor,
    Fact,
    HeldAmong,
    HeldAt,
    InPerson,
    Line,
    Mine,
    NotMine,
    RepresentsAnother,
)

administrator = Anywhere(Role.ADMINISTRATOR)
by_system = ByActor("system")
signed_in = ByActor("person")
a_member = Anywhere(Role.MEMBER)
a_delegate = Anywhere(Role.DELEGATE)
a_secretary = Anywhere(Role.SECRETARY)
a_chair = Anywhere(Role.CHAIR)
a_liaison = Anywhere(Role.LIAISON)
in_person = InPerson()

is_active = Fact("is_active")
is_published = Fact("is_published")
is_public = Fact("is_public")
is_members_only = Fact("is_members_only")
was_published = Fact("was_published")
is_answerable = Fact("is_answerable")
is_accepted = Fact("is_accepted")
is_standing = Fact("is_standing")
is_without_manager = Fact("is_without_manager")
is_at_organisation = Fact("is_at_organisation")
is_of_expert = Fact("is_of_expert")
is_office = Fact("is_office")
is_current = Fact("is_current")
was_submitted = Fact("was_submitted")
is_of_portal = Fact("is_of_portal")
is_exact = Fact("is_exact")
is_banded = Fact("is_banded")
is_announced = Fact("is_announced")
is_for_members = Fact("is_for_members")
is_verified = Fact("is_verified")
is_filled_in = Fact("is_filled_in")
is_named = Fact("is_named")
is_called = Fact("is_called")
is_offer = Fact("is_offer")
is_request = Fact("is_request")
is_partner = Fact("is_partner")


def secretary_of(at: str) -> HeldAt:
    return HeldAt(Role.SECRETARY, at)


def chair_of(at: str) -> HeldAt:
    return HeldAt(Role.CHAIR, at)


def member_of(at: str) -> HeldAt:
    return HeldAt(Role.MEMBER, at)


def delegate_of(at: str) -> HeldAt:
    return HeldAt(Role.DELEGATE, at)


def manager_of(at: str) -> HeldAt:
    return HeldAt(Role.MANAGER, at)


def fellow_of(at: str) -> HeldBeside:
    return HeldBeside(Role.MEMBER, at)


def chairs_over(at: str) -> HeldBeside:
    return HeldBeside(Role.CHAIR, at)


def keeper_of(at: str) -> HeldBeside:
    return HeldBeside(Role.SECRETARY, at)


def secretariat_beside(at: str) -> HeldBeside:
    return HeldBeside(Role.SECRETARY, at, "seen_by_secretariat")


#: Named, or with an answer that holds, and a member of the alliance at present.
member_named_on = HeldAmong(Role.DELEGATE, "named_members", "id")
was_introduced = HeldAmong(Role.DELEGATE, "accepted_interests", "organisation_id")
member_has_answered = HeldAmong(Role.DELEGATE, "answering_members", "id")
has_answered = HeldAmong(Role.DELEGATE, "held_interests", "organisation_id")
#: A seat on the roll that was frozen at notice.
seat_held_on = HeldAmong(Role.DELEGATE, "roll", "held_by_id")
#: Of documents: whom a paper concerns.
document_concerns = HeldAmong(Role.DELEGATE, "readers", "organisation_id")
#: Of joint projects: whose organisation takes part, or was asked to.
takes_part = HeldAmong(Role.DELEGATE, "participants", "organisation_id")
was_asked = HeldAmong(Role.DELEGATE, "asked", "organisation_id")
not_the_submitter = (NotMine("submitted_by_id"), NotMine("submitted_for_id"))
not_the_applicant = (NotMine("applied_by_id"), NotMine("applied_for_id"))
not_the_claimant = NotMine("claimed_by_id")
is_mine = Mine("person_id")
is_myself = Mine("id")
is_my_agency = Mine("principal_id")
is_my_errand = Mine("agent_id")
is_written_by_me = Mine("written_by_id")
is_proposed_by_me = Mine("proposed_by_id")
not_the_requester = NotMine("requested_by_id")
not_the_scanner = NotMine("scanned_by_id")
not_the_reporter = NotMine("reported_by_id")
not_the_minute_taker = NotMine("minutes_by_id")
another_organisation = RepresentsAnother("organisation_id")
beside_lead = RepresentsAnother("lead_id")

#: Contacts are shown as far as the organisation consented, contact by contact; its own people
#: always see them. The chair and the secretariat see what the members see.
CONTACT_AUDIENCE: tuple[Line, ...] = (
    (is_public,),
    (is_members_only, fellow_of("organisation_id")),
    (is_members_only, chairs_over("organisation_id")),
    (is_members_only, keeper_of("organisation_id")),
    (delegate_of("organisation_id"),),
)

#: Who prepares and holds what an alliance does together; and whoever belongs to it besides.
CONVENERS: tuple[Line, ...] = ((secretary_of("alliance_id"),), (chair_of("alliance_id"),))
FELLOWS: tuple[Line, ...] = ((member_of("alliance_id"),), *CONVENERS)

#: An empty line holds for everyone; an empty tuple of lines for nobody.
EVERYONE: tuple[Line, ...] = ((),)
