"""TABLE: the part of `permissions.py` that is about the chair: its rotation and its powers.

Apart because a file holds some 300 lines; it is read as one table with the rest.
"""

from __future__ import annotations

from portal.conditions import EVERYONE, by_system, chair_of, delegate_of, secretary_of
from portal.words import Line

CHAIR_PERMISSIONS: dict[str, tuple[Line, ...]] = {
    "succession.appoint": ((by_system,), (secretary_of("id"),)),
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
    #: The portal does where one of the terms is given up.
    "swap.withdraw": ((by_system,), (delegate_of("asking_id"),)),
    "swap.approve": ((secretary_of("alliance_id"),),),
    "handover.view": (
        (delegate_of("outgoing_id"),),
        (delegate_of("incoming_id"),),
        (chair_of("alliance_id"),),
        (secretary_of("alliance_id"),),
    ),
    "handover.write": ((delegate_of("outgoing_id"),),),
    "handover.accept": ((delegate_of("incoming_id"),),),
    "handover.close": ((secretary_of("alliance_id"),),),
}

CHAIR_VISIBILITY: dict[tuple[str, str], tuple[Line, ...]] = {
    # Who was asked, who gave a term up and why: between the member and the secretariat.
    ("turn", "history"): ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
}
