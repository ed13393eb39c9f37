"""Verbs by which organisations come to take part in a project, and leave it."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, links
from portal.access import require
from portal.accounts.models import Organisation, Person
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Membership
from portal.alliances.queries import people_of
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Refused
from portal.links import ActionLink
from portal.operations import operation
from portal.outbox import send_mail
from portal.regions.models import Region
from portal.research.leaving import end_access
from portal.research.models import Need, Partner, Project
from portal.research.workflow import PARTNER, PartnerState
from portal.workflow import check_version, move

#: What the link is for by which an organisation answers.
PURPOSE = "project.join"
LINK_LIFETIME = timedelta(days=30)
#: More parts than this are no project any more.
MOST_PARTNERS = 30


@operation
def ask_partner(project: Project, organisation: Organisation, *, part: str, by: Actor) -> Partner:
    """Ask an organisation to take part; its manager is sent a link by which it may answer.

    Also while the work goes on, for whoever has left. Raises `Refused` once the project has
    ended, and for one that was asked or takes part.
    """
    require(by, "project.lead", project)
    partner = _add(project, organisation, part, by=by, is_offer=False)
    people = people_of(organisation.id)
    partner.person_id = people[0].id if people else None
    db.session.flush()
    note = {"note": organisation.name}
    journal.note("project.ask", project, by=by, detail=note)
    _send_link(partner)
    return partner


@operation
def offer_part(project: Project, *, part: str, by: Actor) -> Partner:
    """Offer, for the actor's organisation, to take part in a project that calls for partners."""
    require(by, "project.offer", project)
    organisation = db.session.get_one(Organisation, by.organisation_id)
    partner = _add(project, organisation, part, by=by, is_offer=True)
    journal.note("project.offer", project, by=by)
    return partner


def _add(
    project: Project, organisation: Organisation, part: str, *, by: Actor, is_offer: bool
) -> Partner:
    """Add a part that waits for its answer."""
    if not project.is_unfinished:
        raise Refused(_l("Partners are no longer asked for."))
    if not part.strip():
        raise Refused(_l("Say what it would do in the project."), field="part")
    is_member = select(Membership.id).where(
        Membership.alliance_id == project.alliance_id,
        Membership.organisation_id == organisation.id,
        Membership.is_active,
    )
    if db.session.scalar(is_member) is None:
        raise Refused(_l("Choose a member of the alliance."), field="organisation_id")
    held = [p for p in project.partners if p.state in (PartnerState.ASKED, PartnerState.CONFIRMED)]
    if any(each.organisation_id == organisation.id for each in held):
        raise Refused(_l("It takes part or was asked already."), field="organisation_id")
    if len(held) >= MOST_PARTNERS:
        raise Refused(_l("At most %(number)d organisations take part.", number=MOST_PARTNERS))
    partner = Partner(
        project=project,
        organisation=organisation,
        lead_id=project.lead_id,
        person_id=by.person_id if is_offer else None,
        part=part.strip(),
        state=PARTNER.start,
        is_offer=is_offer,
        asked_at=clock.now(),
    )
    db.session.add(partner)
    db.session.flush()
    journal.note("project_partner.ask", partner, by=by, to_state=partner.state)
    return partner


def _send_link(partner: Partner) -> None:
    """Send who was asked a link; the portal makes it, or the lead could confirm for others."""
    asked = db.session.get(Person, partner.person_id) if partner.person_id else None
    if asked is None or not asked.email:
        return
    made = links.make(PURPOSE, partner, by=SYSTEM, lifetime=LINK_LIFETIME, person_id=asked.id)
    body = _(
        "%(name)s, %(lead)s asks you to take part in the joint project %(title)s as: %(part)s. "
        "Look at it and answer at %(address)s (once, within 30 days, for you alone).",
        name=asked.name,
        lead=partner.project.lead.name,
        title=partner.project.title,
        part=partner.part,
        address=links.address("research.answer", token=made.token),
    )
    send_mail(asked.email, _("Take part in a joint project"), body, by=SYSTEM, link_id=made.link.id)


@operation
def confirm_partner(
    partner: Partner, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Confirm a part: the organisation that was asked, or the lead that was offered it."""
    require(by, "project_partner.confirm", partner)
    if not partner.project.is_unfinished:
        raise Refused(_l("Partners are no longer asked for."))
    also = {"answered_at": clock.now()}
    move(partner, "confirm", by=by, expected=expected, note=note, also=also)
    journal.note(
        "project.confirm", partner.project, by=by, detail={"note": partner.organisation.name}
    )
    _revoke_links(partner, by=by)


@operation
def decline_partner(
    partner: Partner, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Decline a part, or take back what was asked or offered."""
    require(by, "project_partner.decline", partner)
    also = {"answered_at": clock.now()}
    move(partner, "decline", by=by, expected=expected, note=note, also=also)
    told = " · ".join(p for p in (partner.organisation.name, (note or "").strip()) if p)
    journal.note("project.decline", partner.project, by=by, detail={"note": told})
    _revoke_links(partner, by=by)


@operation
def leave_project(
    partner: Partner, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """End an organisation's part: its people lose access at once, its tasks go to the lead."""
    require(by, "project_partner.leave", partner)
    move(partner, "leave", by=by, expected=expected, note=note, also={"left_at": clock.now()})
    end_access(partner)
    told = f"{partner.organisation.name} · {(note or '').strip()}"
    journal.note("project.leave", partner.project, by=by, detail={"note": told})


@operation
def answer_by_link(link: ActionLink, *, by: Actor, confirms: bool, note: str = "") -> None:
    """Confirm or decline a part by the link one was sent, as the person it is for.

    Raises `Refused` where the link opens nothing any more, `Denied` where that person does not
    act for the organisation now.
    """
    partner = db.session.get_one(Partner, link.record_id)
    require(by, "project_partner.confirm", partner)
    links.use(link, by=by)
    if confirms:
        confirm_partner(partner, by=by)
    else:
        decline_partner(partner, by=by, note=note)


def _revoke_links(partner: Partner, *, by: Actor) -> None:
    for link in db.session.scalars(
        select(ActionLink).where(
            ActionLink.about_noun == partner.noun, ActionLink.record_id == partner.id
        )
    ):
        links.revoke(link, by=by)


def close_open_parts(project: Project, *, by: Actor) -> None:
    """Let nobody wait for an answer in a project that has ended, within its operation."""
    for partner in project.partners:
        if partner.state is PartnerState.ASKED:
            decline_partner(partner, by=by)


@operation
def add_need(
    project: Project,
    *,
    part: str,
    region_id: int | None = None,
    node_id: int | None = None,
    by: Actor,
    expected: int | None = None,
) -> Need:
    """Say whom the project still looks for: a part, a region, a node of the chain."""
    require(by, "project.lead", project)
    check_version(project, expected)
    if not project.is_gathering:
        raise Refused(_l("Partners are no longer asked for."))
    if region_id is not None and db.session.get(Region, region_id) is None:
        raise Refused(_l("Please choose one."), field="region_id")
    node = db.session.get(ChainNode, node_id) if node_id is not None else None
    if node_id is not None and (node is None or node.chain_map_id != project.alliance.chain_map_id):
        raise Refused(_l("This node is not on the alliance's chain."), field="node_id")
    need = Need(project_id=project.id, part=part.strip(), region_id=region_id, node_id=node_id)
    db.session.add(need)
    db.session.flush()
    journal.note("project.need", project, by=by, detail={"note": need.part})
    return need


@operation
def remove_need(project: Project, need_id: int, *, by: Actor) -> None:
    """Say that somebody is no longer looked for."""
    require(by, "project.lead", project)
    need = db.session.get(Need, need_id)
    if need is None or need.project_id != project.id:
        raise Refused(_l("It was taken off already."))
    db.session.delete(need)
    db.session.flush()
    journal.note("project.need", project, by=by)
