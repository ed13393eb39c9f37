"""TABLE: who may do what, and which fields who may see.

Each permission maps to lines; any one line suffices, and all words on a line must hold. A word
is bound to the record's own scope and has two renderings, one for a record (`holds`) and one
for SQL (`clause`), so that a list and its door are the same rule. A third (`tokens`) puts the
same rule into the search index. The words are made in `words.py`.
"""

from __future__ import annotations

from portal.roles import Role
from portal.words import (
    Anywhere,
    ByActor,
    Fact,
    HeldAmong,
    HeldAt,
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

is_active = Fact("is_active")
is_published = Fact("is_published")
is_public = Fact("is_public")
is_members_only = Fact("is_members_only")
was_published = Fact("was_published")
is_not_confidential = Fact("is_not_confidential")
is_answerable = Fact("is_answerable")
is_accepted = Fact("is_accepted")


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


named_on = HeldAmong(Role.DELEGATE, "namings", "organisation_id")
has_answered = HeldAmong(Role.DELEGATE, "held_interests", "organisation_id")
not_the_submitter = NotMine("submitted_by_id")
is_mine = Mine("person_id")
another_organisation = RepresentsAnother("organisation_id")

#: An empty line holds for everyone; an empty tuple of lines for nobody.
EVERYONE: tuple[Line, ...] = ((),)

PERMISSIONS: dict[str, tuple[Line, ...]] = {
    # reference data and portal
    "portal.load": ((by_system,),),
    "portal.desk": ((signed_in,),),
    # accounts
    "session.start": EVERYONE,
    "session.own": ((is_mine,),),
    "organisation.view": EVERYONE,
    "organisation.create": ((by_system,), (Anywhere(Role.SECRETARY),)),
    "person.create": ((by_system,),),
    "appointment.grant": ((by_system,),),
    # alliances
    "alliance.view": EVERYONE,
    "membership.view": (
        (is_active,),
        (delegate_of("organisation_id"),),
        (secretary_of("alliance_id"),),
    ),
    "membership.admit": ((by_system,), (secretary_of("id"),)),
    "membership.withdraw": ((secretary_of("alliance_id"),), (manager_of("organisation_id"),)),
    "membership.expel": ((secretary_of("alliance_id"),),),
    "succession.appoint": ((by_system,), (secretary_of("id"),)),
    # exchange: listings
    "listing.view": (
        (is_published, is_public),
        (is_published, is_members_only, member_of("alliance_id")),
        (is_published, is_members_only, chair_of("alliance_id")),
        (is_published, named_on),
        (was_published, is_not_confidential, has_answered),
        (secretary_of("alliance_id"),),
        (delegate_of("organisation_id"),),
    ),
    "listing.create": ((a_delegate, a_member),),
    "listing.edit": ((delegate_of("organisation_id"),),),
    "listing.publish": ((secretary_of("alliance_id"), not_the_submitter),),
    "listing.return": ((secretary_of("alliance_id"), not_the_submitter),),
    "listing.close": ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
    "listing.respond": (
        (is_answerable, is_public, another_organisation),
        (is_answerable, is_members_only, member_of("alliance_id"), another_organisation),
        (is_answerable, named_on, another_organisation),
    ),
    # exchange: interests
    "interest.list": ((a_delegate,),),
    "interest.view": (
        (delegate_of("organisation_id"),),
        (delegate_of("owner_id"),),
        (secretary_of("alliance_id"),),
    ),
    "interest.answer": ((delegate_of("owner_id"),),),
    "interest.withdraw": ((delegate_of("organisation_id"),),),
}

#: Which fields not everyone who sees the record may see: (noun, field) -> lines.
VISIBILITY: dict[tuple[str, str], tuple[Line, ...]] = {
    # The contacts of both sides follow the state: they open when the answer is accepted.
    ("interest", "contacts"): (
        (is_accepted, delegate_of("organisation_id")),
        (is_accepted, delegate_of("owner_id")),
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
    ("membership", "history"): (
        (manager_of("organisation_id"),),
        (secretary_of("alliance_id"),),
    ),
}
