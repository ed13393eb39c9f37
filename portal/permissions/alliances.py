"""TABLE: who may do what in an alliance: membership, the chair and its rotation, outcomes."""

from __future__ import annotations

from portal.conditions import (
    EVERYONE,
    a_delegate,
    a_secretary,
    by_system,
    chair_of,
    delegate_of,
    is_active,
    is_published,
    is_standing,
    manager_of,
    not_the_applicant,
    not_the_claimant,
    secretary_of,
    was_submitted,
)
from portal.words import Line

ALLIANCES: dict[str, tuple[Line, ...]] = {
    # alliances
    "alliance.view": EVERYONE,
    "membership.view": (
        (is_active,),
        (delegate_of("organisation_id"),),
        (was_submitted, secretary_of("alliance_id")),
    ),
    "alliance.edit": ((secretary_of("id"),),),
    "membership.list": ((secretary_of("id"),),),
    "membership.admit": ((by_system,), (secretary_of("id"),)),
    # Asked before there is a record: for whom one applies is whom one acts for.
    "membership.apply": ((a_delegate,),),
    "membership.edit": ((delegate_of("organisation_id"),),),
    "membership.submit": ((delegate_of("organisation_id"),),),
    # The portal takes back the draft of a record that is merged into another.
    "membership.retract": ((by_system,), (delegate_of("organisation_id"),)),
    "membership.review": ((secretary_of("alliance_id"), *not_the_applicant),),
    "membership.approve": ((secretary_of("alliance_id"), *not_the_applicant),),
    "membership.return": ((secretary_of("alliance_id"), *not_the_applicant),),
    "membership.reject": ((secretary_of("alliance_id"), *not_the_applicant),),
    #: Its application and certificate as numbered papers.
    "membership.paper": ((secretary_of("alliance_id"),),),
    "membership.change_tier": ((secretary_of("alliance_id"),),),
    "membership.suspend": ((secretary_of("alliance_id"),),),
    "membership.resume": ((secretary_of("alliance_id"),),),
    "membership.withdraw": ((secretary_of("alliance_id"),), (manager_of("organisation_id"),)),
    "membership.expel": ((secretary_of("alliance_id"),),),
    "member_import.view": ((secretary_of("alliance_id"),),),
    "member_import.run": ((secretary_of("alliance_id"),),),
    "member_import.erase": ((by_system,),),
    "news.view": ((is_standing,), (secretary_of("alliance_id"),)),
    "news.write": ((secretary_of("id"),),),
    "news.edit": ((secretary_of("alliance_id"),),),
    "news.withdraw": ((secretary_of("alliance_id"),),),
    "robot.set": ((secretary_of("id"),),),
    "succession.appoint": ((by_system,), (secretary_of("id"),)),
    # dues: the secretariat keeps them, a member's manager sees the own lines; nobody else does
    "due.list": ((secretary_of("id"),),),
    "due.set": ((secretary_of("id"),),),
    "due.view": ((secretary_of("alliance_id"),), (manager_of("organisation_id"),)),
    "due.remind": ((by_system,),),
    # The portal waives the second line where two records become one.
    "due.keep": ((by_system,), (secretary_of("alliance_id"),)),
    # outcomes: one side claims, the other confirms; shown to all where both agree
    "outcome.list": ((a_delegate,), (a_secretary,)),
    "outcome.follow": (
        (delegate_of("from_id"),),
        (delegate_of("to_id"),),
        (secretary_of("alliance_id"),),
    ),
    "outcome.view": (
        (is_published,),
        (delegate_of("from_id"),),
        (delegate_of("to_id"),),
        (secretary_of("alliance_id"),),
    ),
    # Asked of the record it comes from, before there is an outcome.
    "outcome.claim": ((delegate_of("from_id"),), (delegate_of("to_id"),)),
    #: Whoever acts for both organisations does not confirm what they claimed.
    "outcome.confirm": ((delegate_of("other_id"), not_the_claimant),),
    # The portal takes back a claim between two records that are merged into one.
    "outcome.retract": ((by_system,), (delegate_of("claimant_id"),)),
    "outcome.correct": ((is_standing, delegate_of("from_id")), (is_standing, delegate_of("to_id"))),
    "outcome.publish": ((delegate_of("from_id"),), (delegate_of("to_id"),)),
    # rotation: the secretariat plans, members confirm, defer and exchange, the chair chairs
    "charter.view": EVERYONE,
    "charter.write": ((secretary_of("id"),),),
    "rotation.plan": ((secretary_of("id"),),),
    "blackout.view": ((secretary_of("alliance_id"),),),
    "blackout.remove": ((secretary_of("alliance_id"),),),
    "turn.view": EVERYONE,
    "turn.confirm": ((delegate_of("organisation_id"),),),
    "turn.defer": ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
    "turn.exchange": ((delegate_of("organisation_id"),),),
    #: By the secretariat, or because the membership ended.
    "turn.vacate": ((by_system,), (secretary_of("alliance_id"),)),
    #: What follows from a plan, an exchange, a vacancy or a hand-over; nobody's button.
    "turn.keep": ((by_system,),),
    "turn.remind": ((by_system,),),
    #: Whom a term concerns that nobody confirms.
    "turn.follow": ((secretary_of("alliance_id"),),),
    "turn.hand_over": ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
    "turn.draft": ((delegate_of("organisation_id"),),),
    #: The powers of the chair, from the succession at the instant of the operation.
    "turn.chair": ((chair_of("alliance_id"),),),
    "alliance.chair": ((chair_of("id"),),),
    "swap.view": (
        (delegate_of("asking_id"),),
        (delegate_of("asked_id"),),
        (secretary_of("alliance_id"),),
    ),
    "swap.answer": ((delegate_of("asked_id"),),),
    # The portal does where one of the terms is given up.
    "swap.withdraw": ((by_system,), (delegate_of("asking_id"),)),
    "swap.paper": ((secretary_of("alliance_id"),),),
    "swap.approve": ((secretary_of("alliance_id"),),),
    "handover.view": (
        (delegate_of("outgoing_id"),),
        (delegate_of("incoming_id"),),
        (chair_of("alliance_id"),),
        (secretary_of("alliance_id"),),
    ),
    "handover.write": ((delegate_of("outgoing_id"),),),
    "handover.accept": ((delegate_of("incoming_id"),),),
    "handover.paper": ((secretary_of("alliance_id"),),),
    "handover.close": ((secretary_of("alliance_id"),),),
}
