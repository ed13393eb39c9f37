"""The papers of the demo world that stand on what other parts of its story did."""

from __future__ import annotations

from portal import clock
from portal.actors import person
from portal.alliances.queries import all_alliances
from portal.annual_reports.drafting import issue_report
from portal.commands.demo_story import Story


def draft_report(story: Story) -> None:
    """Let the secretariat of the hydrogen alliance draft last year's report.

    It tells what the monitor counts, so the figures have to be there.
    """
    (hydrogen,) = (each for each in all_alliances() if each.slug == "hydrogen")
    keeper = person(story.secretaries[hydrogen.id].id)
    issue_report(hydrogen, clock.today().year - 1, by=keeper, receipt="demo-report")
