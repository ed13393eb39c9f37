"""What the pages of a project say about it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.language import day, localised
from portal.research.models import Project

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
