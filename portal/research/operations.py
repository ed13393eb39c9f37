"""Verbs on joint projects: written down, formed, approved, worked on, ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.alliances.queries import held_membership
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.research.board_changing import open_board
from portal.research.models import Partner, Project
from portal.research.partnering import close_open_parts
from portal.research.workflow import PROJECT, PartnerState
from portal.roles import Role
from portal.workflow import check_version, move

#: A figure, or the Chinese word for "the ...th" before a numeral in words.
_NUMBERED = re.compile(
    r"\d|\u7b2c[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e]"
)


@dataclass(frozen=True)
class ProjectContent:
    """What a project says of itself; the days are days in Shanghai."""

    title: str
    aim: str
    node_id: int | None = None
    ip_terms: str | None = None
    begins_on: date | None = None
    ends_on: date | None = None


@operation
def create_project(
    alliance: Alliance,
    content: ProjectContent,
    *,
    by: Actor,
    part: str = "",
    receipt: str | None = None,
) -> Project:
    """Write down the idea of a project that the actor's organisation would lead.

    Raises `Refused` for what `edit_project` refuses too, `Denied` where the organisation is no
    member of the alliance.
    """
    standing = require(by, "project.create")
    if alliance.id not in standing[Role.MEMBER]:
        raise Denied("project.create in an alliance the organisation does not belong to")
    earlier = earlier_result(Project, receipt)
    if earlier is not None:
        return earlier
    lead = db.session.get_one(Organisation, by.organisation_id)
    project = Project(
        alliance=alliance,
        lead=lead,
        lead_person_id=by.person_id,
        state=PROJECT.start,
        created_at=clock.now(),
    )
    _write(project, content)
    db.session.add(project)
    db.session.flush()
    db.session.add(
        Partner(
            project=project,
            organisation=lead,
            lead_id=lead.id,
            person_id=by.person_id,
            part=part.strip(),
            state=PartnerState.CONFIRMED,
            is_offer=False,
            asked_at=clock.now(),
            answered_at=clock.now(),
        )
    )
    open_board(project)
    # Proof that the secrecy question was answered before anything was stored.
    secrecy = {"secrecy": "none"}
    journal.note("project.create", project, by=by, to_state=project.state, detail=secrecy)
    keep_receipt(receipt, project)
    return project


@operation
def edit_project(
    project: Project, content: ProjectContent, *, by: Actor, expected: int | None = None
) -> None:
    """Change what a project says of itself, until it is approved.

    Raises `Refused` later, for an end before the beginning, and for a node of another chain.
    """
    require(by, "project.lead", project)
    check_version(project, expected)
    if not project.is_gathering:
        raise Refused(_l("It is approved: what it says changes no more."))
    _write(project, content)
    db.session.flush()
    journal.note("project.edit", project, by=by)


def _write(project: Project, content: ProjectContent) -> None:
    if content.ends_on is not None and (
        content.begins_on is None or content.ends_on < content.begins_on
    ):
        raise Refused(_l("It ends before it begins."), field="ends_on")
    if content.node_id is not None:
        node = db.session.get(ChainNode, content.node_id)
        if node is None or node.chain_map_id != project.alliance.chain_map_id:
            raise Refused(_l("This node is not on the alliance's chain."), field="node_id")
    project.title, project.aim = content.title, content.aim
    project.node_id, project.ip_terms = content.node_id, content.ip_terms
    project.begins_on, project.ends_on = content.begins_on, content.ends_on


@operation
def call_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Call for partners: from now on the members of the alliance see it and may offer."""
    require(by, "project.lead", project)
    move(project, "call", by=by, expected=expected, note=note)


@operation
def form_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """End the call and form the project with those who take part."""
    require(by, "project.lead", project)
    move(project, "form", by=by, expected=expected, note=note)


@operation
def approve_project(
    project: Project,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    basis_on: date | None = None,
) -> None:
    """Approve a project on a paper, which the note names: a resolution, or another with its day.

    Raises `Refused` for a basis that names no paper, for a day to come, and, where no day is
    given, for what quotes no resolution of the alliance that holds (`meetings.approvals`).
    """
    require(by, "project.approve", project)
    basis = (note or "").strip()
    if len(basis) > 200:
        raise Refused(_l("At most %(max)d characters.", max=200), field="paper")
    if not _names_a_paper(basis):
        raise Refused(
            _l("Name the resolution, or the other paper, with its number or its day."),
            field="paper",
        )
    if basis_on is not None and basis_on > clock.today():
        raise Refused(_l("This day is still to come."), field="paper_on")
    told = f"{basis} · {basis_on.isoformat()}" if basis_on else basis
    also = {"basis": basis, "basis_on": basis_on}
    move(project, "approve", by=by, expected=expected, note=told, also=also)


def _names_a_paper(basis: str) -> bool:
    """Tell whether a basis says which paper: by a number or a day, or by which one of several."""
    return _NUMBERED.search(basis) is not None


@operation
def rest_on(project: Project, resolution_id: int, *, by: Actor) -> None:
    """Let an approved project point at the resolution it rests on."""
    require(by, "project.approve", project)
    project.resolution_id = resolution_id
    db.session.flush()
    journal.note("project.rest", project, by=by, detail={"resolution": resolution_id})


@operation
def start_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Start the work on an approved project."""
    require(by, "project.lead", project)
    move(project, "start", by=by, expected=expected, note=note)


@operation
def hold_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Put a project on hold: its board can be read but not changed."""
    require(by, "project.hold", project)
    move(project, "hold", by=by, expected=expected, note=note)


@operation
def resume_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Go on with a project on hold. Raises `Refused` while its lead is no member."""
    require(by, "project.lead", project)
    membership = held_membership(project.alliance_id, project.lead_id)
    if membership is None or not membership.is_active:
        raise Refused(_l("Its lead is no member of the alliance now."))
    move(project, "resume", by=by, expected=expected, note=note)


@operation
def complete_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Say that the work is done; who was asked and has not answered is asked no more."""
    require(by, "project.lead", project)
    move(project, "complete", by=by, expected=expected, note=note)
    close_open_parts(project, by=by)


@operation
def transfer_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Record that the result of a completed project went to where it is used."""
    require(by, "project.lead", project)
    move(project, "transfer", by=by, expected=expected, note=note)


@operation
def archive_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Archive a completed project."""
    require(by, "project.lead", project)
    move(project, "archive", by=by, expected=expected, note=note)


@operation
def drop_project(
    project: Project, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Give a project up, with a reason the partners read; what was asked is asked no more."""
    require(by, "project.lead", project)
    move(project, "drop", by=by, expected=expected, note=note)
    close_open_parts(project, by=by)
