"""TABLE: who may do what in joint projects: seen inside by whoever takes part.

The secretariat sees what they are, and a liaison how many.
"""

from __future__ import annotations

from portal.conditions import (
    a_delegate,
    a_liaison,
    a_member,
    a_secretary,
    beside_lead,
    by_system,
    delegate_of,
    is_called,
    is_offer,
    is_partner,
    is_request,
    manager_of,
    member_of,
    secretary_of,
    takes_part,
    was_asked,
)
from portal.words import Line

RESEARCH: dict[str, tuple[Line, ...]] = {
    "project.list": ((a_delegate,), (a_secretary,)),
    "project.count": ((a_liaison,), (a_secretary,)),
    "project.create": ((a_delegate, a_member),),
    "project.view": (
        (takes_part,),
        (was_asked,),
        (is_called, member_of("alliance_id")),
        (secretary_of("alliance_id"),),
    ),
    "project.lead": ((delegate_of("lead_id"),),),
    "project.hold": ((by_system,), (delegate_of("lead_id"),)),
    "project.offer": ((is_called, member_of("alliance_id"), beside_lead),),
    "project.approve": ((secretary_of("alliance_id"),),),
    "project.work": ((takes_part,),),
    "card.view": ((takes_part,),),
    "card.work": ((takes_part,),),
    "card.remind": ((by_system,),),
    "task_import.view": ((takes_part,),),
    "task_import.run": ((takes_part,),),
    "progress_report.view": ((takes_part,),),
    "progress_report.write": ((delegate_of("lead_id"),),),
    "progress_report.countersign": ((takes_part, beside_lead),),
    "deliverable.view": ((takes_part,),),
    "deliverable.work": ((takes_part,),),
    "project_partner.view": ((delegate_of("organisation_id"),), (delegate_of("lead_id"),)),
    #: Whoever was asked answers: the organisation, or the lead where it was offered.
    "project_partner.confirm": (
        (is_request, delegate_of("organisation_id")),
        (is_offer, delegate_of("lead_id")),
    ),
    "project_partner.decline": (
        (by_system,),
        (delegate_of("organisation_id"),),
        (delegate_of("lead_id"),),
    ),
    #: Who of an organisation does what: its manager says so, or the lead.
    "project_partner.staff": ((manager_of("organisation_id"),), (delegate_of("lead_id"),)),
    "project_partner.leave": (
        (by_system,),
        (is_partner, delegate_of("organisation_id")),
        (is_partner, delegate_of("lead_id")),
    ),
}
