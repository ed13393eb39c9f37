"""What the pages of a project say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.language import day, localised
from portal.research.models import Project, least_regions
from portal.research.plan_queries import StillOpen
from portal.research.workflow import ProjectState
from portal.workflow import Move

Fact = tuple[str, object, str | None]


def project_facts(project: Project) -> list[Fact]:
    """Return (label, value, address) of a project's facts; absent ones have no value."""
    # An endpoint of the floor above.
    basis = (
        url_for("meetings.view_resolution", resolution_id=project.resolution_id)
        if project.resolution_id
        else None
    )
    return [
        (
            _("Lead organisation"),
            project.lead.name,
            url_for("directory.view_organisation", organisation_id=project.lead_id),
        ),
        (_("Answers for it"), project.lead_person.name, None),
        (
            _("Alliance"),
            localised(project.alliance),
            url_for("alliances.view_alliance", alliance_slug=project.alliance.slug),
        ),
        (_("Chain node"), project.node.name if project.node else None, None),
        (_("Begins on"), day(project.begins_on) or None, None),
        (_("Ends on"), day(project.ends_on) or None, None),
        (_("Basis"), project.basis, basis),
        (_("Day of the basis"), day(project.basis_on) or None, None),
    ]


def what_it_spans_no_more(project: Project) -> str | None:
    """Return what a project lacks that was approved and lost partners, and who acts; or None."""
    if project.is_gathering or not project.is_unfinished or not project.lacks_regions:
        return None
    said = _(
        "Those who take part come from %(held)d of at least %(least)d regions: the project no "
        "longer spans what it must. The lead (%(lead)s) asks a member from another region.",
        held=len(project.regions),
        least=least_regions(),
        lead=project.lead.name,
    )
    return str(said)


def moves_with_what_is_open(moves: Sequence[Move], held: StillOpen | None) -> list[Move]:
    """Return the buttons; the one that ends the work says first what is not finished."""
    return [
        replace(each, warning=_what_is_open(each, held))
        if held is not None and each.target is ProjectState.COMPLETED
        else each
        for each in moves
    ]


def _what_is_open(move: Move, held: StillOpen) -> str:
    said = []
    if held.tasks:
        said.append(ngettext("%(num)d task is open", "%(num)d tasks are open", held.tasks))
    if held.late:
        said.append(ngettext("%(num)d of them late", "%(num)d of them late", held.late))
    if held.milestones:
        said.append(
            ngettext(
                "%(num)d milestone is not reached",
                "%(num)d milestones are not reached",
                held.milestones,
            )
        )
    if held.deliverables:
        said.append(
            ngettext(
                "%(num)d deliverable is not accepted",
                "%(num)d deliverables are not accepted",
                held.deliverables,
            )
        )
    if not said:
        return str(move.warning)
    told = _("Not finished: %(what)s. Complete it all the same?", what=_(", ").join(said))
    return f"{told} {move.warning}"


def what_is_missing(project: Project) -> list[str]:
    """Return why a project that forms cannot be approved yet, and who acts next on each.

    The facts are those of `Project.is_ready`: where nothing is missing, it is ready.
    """
    if project.state is not ProjectState.FORMING:
        return []
    lead = project.lead.name
    said = [
        _("%(who)s offered to take part: the lead answers.", who=each.organisation.name)
        if each.is_offer
        else _(
            "%(who)s was asked and has not answered: it answers, or the lead takes it back.",
            who=each.organisation.name,
        )
        for each in project.unanswered
    ]
    if project.lacks_regions:
        said.append(
            _(
                "Those who take part come from %(held)d of at least %(least)d regions: the lead "
                "(%(lead)s) asks a member from another one.",
                held=len(project.regions),
                least=least_regions(),
                lead=lead,
            )
        )
    if not project.ip_terms:
        said.append(
            _(
                "The rules on what is invented are not written down: the lead (%(lead)s) writes "
                "them.",
                lead=lead,
            )
        )
    return said
