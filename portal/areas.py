"""TABLE: what the house holds: its rooms floor by floor, its nouns, its lifecycles.

`create_app` (in `__init__.py`) puts them together; a new area is entered here.
"""

from __future__ import annotations

from portal import (
    files,
    jobs,
    links,
    outbox,
)
from portal.accounts import models as accounts_models
from portal.accounts import outbox_views, person_queries, privacy_views
from portal.accounts import queries as accounts_queries
from portal.accounts import views as accounts_views
from portal.alliances import membership_views, news_views, paper_views
from portal.alliances import models as alliances_models
from portal.alliances import queries as alliances_queries
from portal.alliances import views as alliances_views
from portal.alliances import workflow as alliances_workflow
from portal.annual_reports import views as annual_report_views
from portal.chain import models as chain_models
from portal.desk import job_views
from portal.desk import views as desk_views
from portal.directory import views as directory_views
from portal.documents import member_paper_views
from portal.documents import models as documents_models
from portal.documents import views as documents_views
from portal.documents import workflow as documents_workflow
from portal.dues import models as dues_models
from portal.dues import views as dues_views
from portal.dues import workflow as dues_workflow
from portal.exchange import file_views, fill_in_views, interest_views, paste_views, share_views
from portal.exchange import models as exchange_models
from portal.exchange import views as exchange_views
from portal.exchange import workflow as exchange_workflow
from portal.guests import models as guests_models
from portal.guests import personal as guests_personal
from portal.guests import views as guests_views
from portal.guests import workflow as guests_workflow
from portal.imports import models as imports_models
from portal.imports import operations as imports_operations
from portal.imports import running as imports_running
from portal.imports import task_models, task_views
from portal.imports import views as imports_views
from portal.inbox import models as inbox_models
from portal.inbox import personal as inbox_personal
from portal.inbox import views as inbox_views
from portal.introductions import models as introductions_models
from portal.introductions import views as introductions_views
from portal.introductions import workflow as introductions_workflow
from portal.matters import meeting_views, outcome_views
from portal.matters import models as matters_models
from portal.matters import views as matters_views
from portal.matters import workflow as matters_workflow
from portal.meetings import (
    action_views,
    agenda_views,
    minutes_views,
    observer_views,
    proving,
    reply_views,
    resolution_models,
    resolution_views,
    resolution_workflow,
    vote_link_views,
)
from portal.meetings import models as meetings_models
from portal.meetings import paper_views as meeting_paper_views
from portal.meetings import views as meetings_views
from portal.meetings import workflow as meetings_workflow
from portal.monitor import views as monitor_views
from portal.offices import views as offices_views
from portal.organisations import agent_views, contact_views, people_views, qualification_views
from portal.organisations import models as organisations_models
from portal.organisations import views as organisation_views
from portal.outcomes import models as outcomes_models
from portal.outcomes import views as outcomes_views
from portal.outcomes import workflow as outcomes_workflow
from portal.regions import models as regions_models
from portal.regions import place_views
from portal.regions import views as regions_views
from portal.research import board_models, deliverable_views, work_models
from portal.research import models as research_models
from portal.research import pages as research_pages
from portal.research import personal as research_personal
from portal.research import workflow as research_workflow
from portal.robots import models as robots_models
from portal.robots import views as robots_views
from portal.rotation import handover_views, planning_views, swap_views, turn_views
from portal.rotation import models as rotation_models
from portal.rotation import paper_views as rotation_paper_views
from portal.rotation import views as rotation_views
from portal.rotation import workflow as rotation_workflow
from portal.sign_in import (
    device_views,
    factor_reset_views,
    factor_views,
    forgotten,
    forgotten_views,
    invitation_views,
    passkey_views,
    password_views,
    scan_views,
    sso_views,
)
from portal.sign_in import models as sign_in_models
from portal.sign_in import personal as sign_in_personal
from portal.sign_in import views as sign_in_views

#: The rooms of the house, floor by floor, with the views each opens.
AREAS = (
    # reference
    regions_views,
    place_views,
    # people
    accounts_views,
    privacy_views,
    outbox_views,
    sign_in_views,
    device_views,
    invitation_views,
    scan_views,
    sso_views,
    factor_views,
    factor_reset_views,
    passkey_views,
    password_views,
    forgotten_views,
    organisation_views,
    qualification_views,
    contact_views,
    people_views,
    agent_views,
    alliances_views,
    membership_views,
    news_views,
    paper_views,
    # commons
    outcomes_views,
    documents_views,
    member_paper_views,
    dues_views,
    # works
    exchange_views,
    interest_views,
    file_views,
    guests_views,
    introductions_views,
    matters_views,
    meeting_views,
    outcome_views,
    paste_views,
    meetings_views,
    agenda_views,
    reply_views,
    resolution_views,
    vote_link_views,
    action_views,
    minutes_views,
    observer_views,
    meeting_paper_views,
    share_views,
    fill_in_views,
    research_pages,
    deliverable_views,
    rotation_views,
    planning_views,
    turn_views,
    swap_views,
    handover_views,
    rotation_paper_views,
    robots_views,
    # windows
    inbox_views,
    imports_views,
    task_views,
    offices_views,
    directory_views,
    monitor_views,
    annual_report_views,
    desk_views,
    job_views,
)

#: Every noun that a permission, a journal line or a search document can speak of.
NOUNS = (
    regions_models.Region,
    chain_models.ChainMap,
    chain_models.ChainNode,
    accounts_models.Organisation,
    accounts_models.Person,
    accounts_models.Appointment,
    accounts_models.Agency,
    links.ActionLink,
    outbox.OutboxMessage,
    jobs.Job,
    files.Attachment,
    sign_in_models.Session,
    sign_in_models.Authenticator,
    sign_in_models.Passkey,
    sign_in_models.FactorReset,
    sign_in_models.Invitation,
    sign_in_models.Doorbell,
    organisations_models.Qualification,
    organisations_models.ContactPoint,
    alliances_models.Alliance,
    alliances_models.Membership,
    alliances_models.ChairTerm,
    alliances_models.News,
    outcomes_models.Outcome,
    documents_models.Letterhead,
    documents_models.Document,
    dues_models.DuesYear,
    dues_models.Due,
    exchange_models.Listing,
    exchange_models.Interest,
    guests_models.GuestAnswer,
    introductions_models.Introduction,
    matters_models.Matter,
    meetings_models.CharterRule,
    meetings_models.Meeting,
    meetings_models.Seat,
    meetings_models.AgendaItem,
    meetings_models.Observer,
    meetings_models.MinutesComment,
    resolution_models.Resolution,
    resolution_models.Vote,
    resolution_models.VoteLink,
    resolution_models.Action,
    matters_models.MatterMeeting,
    research_models.Project,
    research_models.Partner,
    board_models.Card,
    work_models.Deliverable,
    work_models.ProgressReport,
    rotation_models.Charter,
    rotation_models.Blackout,
    rotation_models.Turn,
    rotation_models.Swap,
    rotation_models.Handover,
    imports_models.MemberImport,
    task_models.TaskImport,
    inbox_models.Message,
    robots_models.Robot,
    robots_models.RobotPost,
)

STANDING = (
    accounts_queries.appointments_standing,
    accounts_queries.agencies_standing,
    alliances_queries.members_standing,
    alliances_queries.chairs_standing,
)

WORKFLOWS = (
    alliances_workflow.MEMBERSHIP,
    exchange_workflow.LISTING,
    exchange_workflow.INTEREST,
    guests_workflow.GUEST_ANSWER,
    introductions_workflow.INTRODUCTION,
    matters_workflow.MATTER,
    documents_workflow.DOCUMENT,
    dues_workflow.DUE,
    meetings_workflow.MEETING,
    resolution_workflow.RESOLUTION,
    resolution_workflow.ACTION,
    research_workflow.PROJECT,
    research_workflow.PARTNER,
    rotation_workflow.TURN,
    rotation_workflow.SWAP,
    rotation_workflow.HANDOVER,
    outcomes_workflow.OUTCOME,
)

#: What runs the jobs of each kind, and what the page of such a job says.
JOBS: dict[str, jobs.Handler] = {
    imports_operations.JOB: imports_running.run_import,
    forgotten.JOB: forgotten.run_job,
}
JOB_PAGES: dict[str, jobs.JobPage] = {imports_operations.JOB: imports_views.JOB_PAGE}

#: What is so by now of a record whose paper somebody proves by its code (`documents/queries.py`).
SAID_OF_PAPERS = {
    "meeting": proving.said_of_meeting,
    "resolution": proving.said_of_resolution,
}

#: Everything the portal holds of a person: the copy they may ask for (`accounts/views.py`).
PERSONAL_DATA = (
    person_queries.person_data,
    person_queries.appointments_data,
    person_queries.agencies_data,
    person_queries.consents_data,
    person_queries.messages_data,
    sign_in_personal.sign_in_data,
    person_queries.mentions(organisations_models.Qualification, "seen_by_id"),
    person_queries.mentions(organisations_models.ContactPoint, "consented_by_id"),
    person_queries.mentions(alliances_models.ChairTerm, "person_id"),
    person_queries.mentions(
        alliances_models.Membership, "contact_id", "applied_by_id", "applied_for_id"
    ),
    person_queries.mentions(alliances_models.News, "author_id"),
    person_queries.mentions(
        exchange_models.Listing,
        "contact_id",
        "submitted_by_id",
        "submitted_for_id",
        "filled_in_by_id",
    ),
    person_queries.mentions(exchange_models.Interest, "person_id"),
    guests_personal.guests_data,
    person_queries.mentions(introductions_models.Introduction, "proposed_by_id", "agreed_by_id"),
    person_queries.mentions(matters_models.Matter, "owner_person_id", "partner_person_id"),
    person_queries.mentions(matters_models.MatterStep, "person_id"),
    person_queries.mentions(outcomes_models.Outcome, "claimed_by_id", "confirmed_by_id"),
    person_queries.mentions(documents_models.Document, "issued_by_id", "scanned_by_id"),
    person_queries.mentions(meetings_models.Meeting, "called_by_id", "minutes_by_id"),
    person_queries.mentions(meetings_models.Seat, "contact_id"),
    person_queries.mentions(meetings_models.AgendaItem, "proposed_by_id"),
    person_queries.mentions(meetings_models.MinutesComment, "person_id"),
    person_queries.mentions(resolution_models.Resolution, "proposed_by_id"),
    person_queries.mentions(resolution_models.Vote, "filed_by_id"),
    person_queries.mentions(resolution_models.Action, "assigned_by_id", "reported_by_id"),
    person_queries.mentions(rotation_models.Charter, "made_by_id"),
    person_queries.mentions(rotation_models.Turn, "person_id"),
    person_queries.mentions(rotation_models.Handover, "signed_by_id", "accepted_by_id"),
    person_queries.mentions(files.Attachment, "added_by_id"),
    person_queries.mentions(jobs.Job, "person_id", "on_behalf_of_id"),
    person_queries.mentions(imports_models.MemberImport, "brought_by_id"),
    person_queries.mentions(task_models.TaskImport, "brought_by_id"),
    person_queries.mentions(robots_models.Robot, "set_by_id"),
    *research_personal.PERSONAL_DATA,
    inbox_personal.inbox_data,
    person_queries.journal_data,
)
