"""TABLE: who may do what with accounts, organisations, offices and the portal itself."""

from __future__ import annotations

from portal.conditions import (
    CONTACT_AUDIENCE,
    EVERYONE,
    a_secretary,
    administrator,
    by_system,
    delegate_of,
    in_person,
    is_at_organisation,
    is_current,
    is_mine,
    is_my_agency,
    is_my_errand,
    is_myself,
    is_of_expert,
    is_of_portal,
    is_office,
    is_without_manager,
    is_written_by_me,
    manager_of,
    not_the_requester,
    secretariat_beside,
    secretary_of,
    signed_in,
)
from portal.words import Line

PEOPLE: dict[str, tuple[Line, ...]] = {
    # reference data and portal
    "portal.load": ((by_system,),),
    "portal.restore": ((by_system,),),
    "portal.desk": ((signed_in,),),
    # the inbox
    "message.list": ((signed_in,),),
    "message.view": ((is_mine,),),
    "digest.send": ((by_system,),),
    "job.run": ((by_system,),),
    "job.view": ((is_mine,),),
    "delivery.run": ((by_system,),),
    #: What a mail server refused for good: that it did, and to whom, never what it said.
    "delivery.watch": ((administrator,),),
    # Who may see, add or remove a file is who may see or change the record it hangs on.
    "attachment.sweep": ((by_system,),),
    # accounts
    "session.start": EVERYONE,
    "session.own": ((is_mine,),),
    "session.view": ((is_mine,),),
    "organisation.view": EVERYONE,
    "organisation.create": ((by_system,), (a_secretary,)),
    # organisations: what its manager keeps, and what the secretariat helps with
    "organisation.edit": ((manager_of("id"), is_current),),
    "organisation.keep": ((secretariat_beside("id"), is_current),),
    "organisation.rename": ((manager_of("id"), is_current), (secretariat_beside("id"), is_current)),
    "organisation.complete": (
        (manager_of("id"), is_current),
        (secretariat_beside("id"), is_current),
    ),
    #: Where the last manager cannot be reached any more: by a letter of the organisation.
    "organisation.release": ((administrator, is_current, in_person),),
    "organisation.list_qualifications": ((manager_of("id"),), (secretariat_beside("id"),)),
    "organisation.list_dues": ((manager_of("id"),),),
    "organisation.list_people": ((delegate_of("id"),),),
    "organisation.invite": (
        (manager_of("id"), is_current, in_person),
        (a_secretary, is_without_manager, is_current, in_person),
        (administrator, is_without_manager, is_current, in_person),
    ),
    #: Work on the registry, no approval of business: nobody gains a right by it.
    "organisation.merge": ((administrator,),),
    "qualification.view": EVERYONE,
    "qualification.edit": ((manager_of("organisation_id"),),),
    "qualification.confirm": ((secretariat_beside("organisation_id"),),),
    "contact_point.view": CONTACT_AUDIENCE,
    "contact_point.edit": ((manager_of("organisation_id"),),),
    "agency.view": ((is_my_agency,), (is_my_errand,)),
    "agency.list": ((signed_in,),),
    "agency.end": ((is_my_agency,), (is_my_errand,)),
    "person.create": ((by_system,),),
    # accounts: what proves who somebody is
    "person.secure": ((is_myself,),),
    "person.edit": ((is_myself,),),
    "person.close": ((is_myself,),),
    "person.erase": ((is_myself,), (administrator,)),
    "person.erase_closed": ((administrator,),),
    # What waits may carry a link that opens an account: whoever wrote it hands it over, and an
    # administrator only what the portal wrote itself.
    "outbox_message.view": ((administrator, is_of_portal), (is_written_by_me,)),
    "outbox_message.send": ((administrator, is_of_portal), (is_written_by_me,)),
    "factor_reset.view": ((administrator,), (a_secretary,)),
    "factor_reset.request": ((administrator,), (a_secretary,)),
    "factor_reset.confirm": ((administrator, not_the_requester), (a_secretary, not_the_requester)),
    #: Whose: `forgotten.may_hand_out`. Never as an agent, who and whose link it is would blur.
    "password_link.make": ((by_system,), (administrator, in_person), (a_secretary, in_person)),
    "appointment.view": (
        (is_mine,),
        (is_at_organisation, delegate_of("scope_id")),
        (is_of_expert, secretary_of("scope_id")),
        (is_office, administrator),
    ),
    # An agent appoints nobody and ends nobody's role: who else acts is for the named person.
    "appointment.end": (
        (by_system,),
        (is_mine,),
        (is_at_organisation, manager_of("scope_id"), in_person),
        (is_of_expert, secretary_of("scope_id"), in_person),
        (is_office, administrator, in_person),
    ),
    "invitation.view": ((is_office, administrator), (is_of_expert, secretary_of("scope_id"))),
    "invitation.revoke": (
        (is_office, administrator, in_person),
        (is_of_expert, secretary_of("scope_id"), in_person),
    ),
    #: The pages of the offices of a place; which of them one may give stands below.
    "portal.appoint": ((administrator,),),
    "region.view": EVERYONE,
    "region.list": ((administrator,),),
    "region.place": ((administrator,),),
    "region.appoint": ((administrator,),),
    "alliance.appoint": ((administrator,), (secretary_of("id"),)),
    "appointment.pass_on": ((is_mine, is_at_organisation, manager_of("scope_id")),),
    # Which of these a role asks for stands in accounts/granting.py.
    "appointment.grant_office": ((by_system,), (administrator, in_person)),
    "appointment.grant_expert": ((by_system,), (secretary_of("scope_id"), in_person)),
    "appointment.grant_manager": (
        (by_system,),
        (manager_of("scope_id"), is_current, in_person),
        (a_secretary, is_without_manager, is_current, in_person),
        (administrator, is_without_manager, is_current, in_person),
    ),
    "appointment.grant_delegate": ((by_system,), (manager_of("scope_id"), is_current, in_person)),
    #: The chair and the member are derived: nobody appoints to them.
    "appointment.grant_derived": (),
}
