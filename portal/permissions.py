"""TABLE: who may do what, and which fields who may see.

Each permission maps to lines; any one line suffices, and all words on a line must hold. A word
is bound to the record's own scope and has two renderings, one for a record (`holds`) and one
for SQL (`clause`), so that a list and its door are the same rule. A third (`tokens`) puts the
same rule into the search index. The words are bound in `conditions.py` and made
in `words.py`.
"""

from __future__ import annotations

from portal.conditions import (
    CONTACT_AUDIENCE,
    a_delegate,
    a_liaison,
    a_member,
    a_secretary,
    administrator,
    another_organisation,
    beside_lead,
    by_system,
    chair_of,
    delegate_of,
    has_answered,
    in_person,
    is_accepted,
    is_active,
    is_answerable,
    is_at_organisation,
    is_banded,
    is_called,
    is_current,
    is_exact,
    is_members_only,
    is_mine,
    is_my_agency,
    is_my_errand,
    is_myself,
    is_of_expert,
    is_of_portal,
    is_offer,
    is_office,
    is_partner,
    is_public,
    is_published,
    is_request,
    is_standing,
    is_without_manager,
    is_written_by_me,
    manager_of,
    member_has_answered,
    member_named_on,
    member_of,
    not_the_applicant,
    not_the_claimant,
    not_the_requester,
    not_the_submitter,
    secretariat_beside,
    secretary_of,
    signed_in,
    takes_part,
    was_asked,
    was_published,
    was_submitted,
)
from portal.words import Line

#: An empty line holds for everyone; an empty tuple of lines for nobody.
EVERYONE: tuple[Line, ...] = ((),)

PERMISSIONS: dict[str, tuple[Line, ...]] = {
    # reference data and portal
    "portal.load": ((by_system,),),
    "portal.restore": ((by_system,),),
    "portal.desk": ((signed_in,),),
    "job.run": ((by_system,),),
    "job.view": ((is_mine,),),
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
    "membership.change_tier": ((secretary_of("alliance_id"),),),
    "membership.suspend": ((secretary_of("alliance_id"),),),
    "membership.resume": ((secretary_of("alliance_id"),),),
    "membership.withdraw": ((secretary_of("alliance_id"),), (manager_of("organisation_id"),)),
    "membership.expel": ((secretary_of("alliance_id"),),),
    "member_import.view": ((secretary_of("alliance_id"),),),
    "member_import.run": ((secretary_of("alliance_id"),),),
    "news.view": ((is_standing,), (secretary_of("alliance_id"),)),
    "news.write": ((secretary_of("id"),),),
    "news.edit": ((secretary_of("alliance_id"),),),
    "news.withdraw": ((secretary_of("alliance_id"),),),
    "succession.appoint": ((by_system,), (secretary_of("id"),)),
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
    # exchange: listings
    "listing.view": (
        (is_published, is_public),
        (is_published, is_members_only, member_of("alliance_id")),
        (is_published, is_members_only, chair_of("alliance_id")),
        (is_published, member_named_on),
        (was_published, is_public, has_answered),
        (was_published, is_members_only, member_has_answered),
        (secretary_of("alliance_id"),),
        (delegate_of("organisation_id"),),
    ),
    "listing.create": ((a_delegate, a_member),),
    #: A table of listings of members, each laid among its owner's drafts.
    "listing.import": ((secretary_of("id"),),),
    "listing.edit": ((delegate_of("organisation_id"),),),
    "listing.publish": ((secretary_of("alliance_id"), *not_the_submitter),),
    "listing.return": ((secretary_of("alliance_id"), *not_the_submitter),),
    "listing.close": ((delegate_of("organisation_id"),), (secretary_of("alliance_id"),)),
    #: A consequence of a suspended membership; nobody's button.
    "listing.hold": ((by_system,),),
    "listing.respond": (
        (is_answerable, is_public, another_organisation),
        (is_answerable, is_members_only, member_of("alliance_id"), another_organisation),
        (is_answerable, member_named_on, another_organisation),
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
    # joint projects: seen inside by whoever takes part; the secretariat sees what they are
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
    "project.offer": ((is_called, member_of("alliance_id"), beside_lead),),
    "project.approve": ((secretary_of("alliance_id"),),),
    "project.work": ((takes_part,),),
    "card.view": ((takes_part,),),
    "card.work": ((takes_part,),),
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
    "project_partner.decline": ((delegate_of("organisation_id"),), (delegate_of("lead_id"),)),
    "project_partner.leave": (
        (is_partner, delegate_of("organisation_id")),
        (is_partner, delegate_of("lead_id")),
    ),
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
    ("contact_point", "value"): CONTACT_AUDIENCE,
    # What an applicant wrote, whom it named, and why it was sent back.
    ("membership", "history"): (
        (delegate_of("organisation_id"),),
        (was_submitted, secretary_of("alliance_id")),
    ),
}
