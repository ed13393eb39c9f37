"""What the pages of a project say about it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.language import day, localised
from portal.research.models import Project, least_regions
from portal.research.workflow import ProjectState

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
    ]


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
