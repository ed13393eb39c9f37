"""TABLE: who may do what with listings, answers, guests, introductions and matters."""

from __future__ import annotations

from portal.conditions import (
    a_delegate,
    a_liaison,
    a_member,
    a_secretary,
    another_organisation,
    by_system,
    chair_of,
    delegate_of,
    has_answered,
    is_answerable,
    is_filled_in,
    is_members_only,
    is_named,
    is_proposed_by_me,
    is_public,
    is_published,
    is_verified,
    member_has_answered,
    member_named_on,
    member_of,
    not_the_submitter,
    secretary_of,
    was_published,
)
from portal.words import Line

EXCHANGE: dict[str, tuple[Line, ...]] = {
    # exchange: listings
    "listing.view": (
        (is_published, is_public),
        (is_published, is_members_only, member_of("alliance_id")),
        (is_published, is_members_only, chair_of("alliance_id")),
        (secretary_of("alliance_id"),),
        (delegate_of("organisation_id"),),
        # Last, for these ask the database about one record.
        (is_published, member_named_on),
        (was_published, is_public, has_answered),
        (was_published, is_members_only, member_has_answered),
    ),
    "listing.create": ((a_delegate, a_member),),
    #: A table of listings of members, each laid among its owner's drafts.
    "listing.import": ((secretary_of("id"),),),
    "listing.edit": ((delegate_of("organisation_id"),),),
    # What the secretariat fills in for a member, the member confirms.
    "alliance.fill_in": ((secretary_of("id"),),),
    "listing.propose": ((secretary_of("alliance_id"), is_filled_in),),
    "listing.confirm": ((delegate_of("organisation_id"), *not_the_submitter),),
    "listing.publish": ((secretary_of("alliance_id"), *not_the_submitter),),
    "listing.return": ((secretary_of("alliance_id"), *not_the_submitter),),
    "listing.close": ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
    #: A consequence of a suspended membership; nobody's button.
    "listing.hold": ((by_system,),),
    "listing.remind": ((by_system,),),
    "listing.respond": (
        (is_answerable, is_public, another_organisation),
        (is_answerable, is_members_only, member_of("alliance_id"), another_organisation),
        (is_answerable, another_organisation, member_named_on),
    ),
    "listing.share": ((is_answerable, is_public),),
    #: From its public page or poster, by somebody without an account.
    "listing.take_guest": ((is_answerable, is_public),),
    # guests: what they left is verified, then taken up by an organisation
    "guest_answer.list": ((a_delegate,), (a_secretary,)),
    "guest_answer.view": (
        (secretary_of("alliance_id"),),
        (delegate_of("owner_id"),),
        (is_verified, delegate_of("organisation_id")),
    ),
    "guest_answer.verify": ((secretary_of("alliance_id"),), (delegate_of("owner_id"),)),
    "guest_answer.record": ((secretary_of("alliance_id"),),),
    "guest_answer.take_up": ((delegate_of("organisation_id"),),),
    "guest_answer.erase": ((by_system,),),
    # exchange: interests
    "interest.list": ((a_delegate,),),
    "interest.view": (
        (delegate_of("organisation_id"),),
        (delegate_of("owner_id"),),
        (secretary_of("alliance_id"),),
    ),
    "interest.remind": ((by_system,),),
    "interest.answer": ((delegate_of("owner_id"),),),
    "interest.withdraw": ((delegate_of("organisation_id"),),),
    # introductions: proposed by who sees both listings, decided by both owners
    "listing.introduce": (
        (is_answerable, is_named, a_secretary),
        (is_answerable, is_named, a_liaison),
        (is_answerable, secretary_of("alliance_id")),
    ),
    "introduction.propose": ((a_secretary,), (a_liaison,)),
    "introduction.list": ((a_delegate,), (a_secretary,), (a_liaison,)),
    "introduction.view": (
        (delegate_of("demand_owner_id"),),
        (delegate_of("supply_owner_id"),),
        (is_proposed_by_me, a_secretary),
        (is_proposed_by_me, a_liaison),
        (secretary_of("alliance_id"),),
    ),
    "introduction.answer": (
        (delegate_of("demand_owner_id"),),
        (delegate_of("supply_owner_id"),),
    ),
    "introduction.complete": ((delegate_of("waiting_id"),),),
    "introduction.withdraw": (
        (is_proposed_by_me, a_secretary),
        (is_proposed_by_me, a_liaison),
    ),
    # matters: moved by either side; the secretariat sees how far they have come
    "matter.list": ((a_delegate,), (a_secretary,)),
    "matter.view": (
        (delegate_of("owner_id"),),
        (delegate_of("partner_id"),),
        (secretary_of("alliance_id"),),
    ),
    "matter.move": ((delegate_of("owner_id"),), (delegate_of("partner_id"),)),
    #: A consequence of a membership that ended; nobody's button.
    "matter.halt": ((by_system,),),
    "matter.remind": ((by_system,),),
}
