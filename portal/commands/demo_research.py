"""The joint projects of the demo world: an idea, a call, one that forms, one under way.

Planned while the story is told, each step an operation of the person who may take it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal import clock
from portal.accounts.models import Organisation
from portal.actors import Actor, person
from portal.alliances.models import Alliance
from portal.alliances.queries import all_alliances
from portal.commands.demo_board import tell_board, tell_plan
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.research import operations, partnering, staffing
from portal.research.models import Partner, Project
from portal.research.staff_models import ProjectRole
from portal.research.team import people_in
from portal.research.workflow import PartnerState


def tell_projects(story: Story) -> None:
    """Plan the joint projects of the hydrogen alliance."""
    told = read("projects")
    alliance = next(each for each in all_alliances() if each.slug == "hydrogen")
    for row in told["projects"]:
        when = story.now - row["days"] * DAY
        story.at(when, lambda row=row, when=when: _begin(story, alliance, row, when))  # type: ignore[misc]


def _members(story: Story, alliance: Alliance, lead: Organisation) -> list[Organisation]:
    """Return the other members, so that one of each region comes before a second of any."""
    met: dict[int, int] = {lead.region_id: 1}
    ranked = []
    for each in story.members[alliance.id]:
        if each.id != lead.id:
            met[each.region_id] = met.get(each.region_id, 0) + 1
            ranked.append((met[each.region_id], each.id, each))
    return [each for _rank, _id, each in sorted(ranked, key=lambda row: row[:2])]


def _begin(story: Story, alliance: Alliance, row: Any, when: datetime) -> None:
    lead = story.roles[row["lead"]]
    by = story.acting(lead)
    said = operations.ProjectContent(
        title=row["title"],
        aim=row["aim"],
        ip_terms=row.get("terms"),
        begins_on=clock.day_of(when + 30 * DAY),
        ends_on=clock.day_of(when + 570 * DAY),
    )
    project = operations.create_project(alliance, said, part=row["part"], by=by)
    for need in row.get("needs", ()):
        partnering.add_need(project, part=need, by=by)
    until = row["until"]
    if until == "idea":
        return
    story.at(when + 2 * DAY, lambda: operations.call_project(project, by=by))
    partners = _members(story, alliance, lead)[row.get("skip", 0) :]
    for number, part in enumerate(row["parts"]):
        partner, later = partners[number], when + (3 + number) * DAY
        story.at(later, lambda p=partner, part=part: _ask(story, project, p, part, by))  # type: ignore[misc]
    if until in ("forming", "active"):
        story.at(when + 14 * DAY, lambda: operations.form_project(project, by=by))
    if until == "active":
        keeper = person(story.secretaries[alliance.id].id)
        story.at(
            when + 20 * DAY,
            lambda: operations.approve_project(
                project, by=keeper, note=row["basis"], basis_on=clock.day_of(when + 18 * DAY)
            ),
        )
        story.at(when + 30 * DAY, lambda: _start(story, project, by))


def _start(story: Story, project: Project, by: Actor) -> None:
    operations.start_project(project, by=by)
    _name_people(project, by)
    tell_board(story, project, clock.now())
    tell_plan(story, project, clock.now())


def _name_people(project: Project, by: Actor) -> None:
    """Let the lead have the head, each partner a contact; whoever else acts for it takes part."""
    sides = people_in(project.id)
    for part in project.partners:
        if part.state is PartnerState.CONFIRMED:
            for number, each in enumerate(sides[part.organisation_id].people[:3]):
                is_lead = part.organisation_id == project.lead_id
                first = ProjectRole.HEAD if is_lead else ProjectRole.CONTACT
                role = ProjectRole.MEMBER if number else first
                staffing.name_person(part, each.id, role, by=by)


def _ask(story: Story, project: Project, partner: Organisation, part: str, by: Actor) -> None:
    made = partnering.ask_partner(project, partner, part=part, by=by)
    story.at(clock.now() + 30 * HOUR, lambda: _confirm(story, made, partner))


def _confirm(story: Story, made: Partner, partner: Organisation) -> None:
    if made.state is PartnerState.ASKED and made.project.is_gathering:
        partnering.confirm_partner(made, by=story.acting(partner))
