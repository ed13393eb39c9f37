"""TABLE: who may do what with documents, meetings, resolutions and actions."""

from __future__ import annotations

from portal.conditions import (
    CONVENERS,
    EVERYONE,
    FELLOWS,
    by_system,
    chair_of,
    delegate_of,
    document_concerns,
    is_announced,
    is_for_members,
    member_of,
    not_the_minute_taker,
    not_the_reporter,
    not_the_scanner,
    seat_held_on,
    secretary_of,
)
from portal.words import Line

MEETINGS: dict[str, tuple[Line, ...]] = {
    # documents: issued and kept by the secretariat, a scan checked by somebody else
    "document.list": ((member_of("id"),), (secretary_of("id"),), (chair_of("id"),)),
    "document.view": (
        (is_for_members, member_of("alliance_id")),
        (document_concerns,),
        *CONVENERS,
    ),
    "document.issue": ((secretary_of("id"),),),
    "document.keep": ((secretary_of("alliance_id"),),),
    "document.check": tuple((*line, not_the_scanner) for line in CONVENERS),
    "letterhead.edit": ((secretary_of("id"),),),
    "meeting.erase_plates": ((by_system,),),
    # meetings: called and held by chair and secretariat, seen by members once noticed
    "meeting.list": ((member_of("id"),), (secretary_of("id"),), (chair_of("id"),)),
    "meeting.call": ((secretary_of("id"),), (chair_of("id"),)),
    "meeting.rule": ((secretary_of("id"),),),
    "meeting.propose": ((member_of("id"),), (secretary_of("id"),), (chair_of("id"),)),
    "meeting.view": ((is_announced, member_of("alliance_id")), *CONVENERS),
    "meeting.edit": CONVENERS,
    "meeting.notice": CONVENERS,
    "meeting.hold": CONVENERS,
    # One held in writing ends by itself too, once its deadline has passed.
    "meeting.conclude": (*CONVENERS, (by_system,)),
    "meeting.end_due": ((by_system,),),
    #: By the link of the notice: whoever holds it.
    "meeting.reply": EVERYONE,
    "meeting.take_minutes": ((secretary_of("alliance_id"),),),
    "meeting.comment": FELLOWS,
    "meeting.finish_minutes": tuple((*line, not_the_minute_taker) for line in CONVENERS),
    # resolutions: the chair tables and opens, seats vote, the secretariat counts and has no vote
    # One that is prepared for a meeting members do not know of yet is not theirs to see.
    "resolution.view": ((is_announced, member_of("alliance_id")), *CONVENERS),
    # Asked of the meeting at which it is to be decided.
    "resolution.propose": ((is_announced, member_of("alliance_id")), *CONVENERS),
    "resolution.table": ((chair_of("alliance_id"),),),
    "resolution.vote": ((seat_held_on,),),
    "resolution.record": ((secretary_of("alliance_id"),),),
    # The portal counts what is open where a meeting held in writing ends.
    "resolution.count": ((secretary_of("alliance_id"),), (by_system,)),
    # Asked of the meeting that asks for it.
    "action.assign": CONVENERS,
    "action.remind": ((by_system,),),
    "action.view": (*FELLOWS, (delegate_of("owner_id"),)),
    "action.report": ((delegate_of("owner_id"),), (secretary_of("alliance_id"),)),
    "action.check": tuple((*line, not_the_reporter) for line in CONVENERS),
}
