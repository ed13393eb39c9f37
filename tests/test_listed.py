"""A record stands in a list if and only if its door opens: one rule, three renderings."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal import search
from portal.access import can, standing_of, visible_to
from portal.accounts.models import Organisation
from portal.alliances.models import Membership, News
from portal.database import db
from portal.documents.models import Document
from portal.dues.models import Due
from portal.exchange import queries
from portal.exchange.models import Interest, Listing
from portal.exchange.queries import ListingFilter
from portal.exchange.workflow import LISTING
from portal.matters.models import Matter
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Action, Resolution
from portal.outcomes.models import Outcome
from portal.permissions import PERMISSIONS
from portal.research.board_models import Card
from portal.research.models import Partner, Project
from portal.research.work_models import (
    Deliverable,
    ProgressReport,
)
from portal.rotation.models import Handover, Swap, Turn
from tests.world import CAST, World


class TestListedMeansAllowed:
    """A record stands in a list if and only if its door opens: one rule, three renderings."""

    @pytest.mark.parametrize("who", CAST)
    def test_for_every_permission_on_every_noun(
        self, who: str, world: World, context: None
    ) -> None:
        standing = standing_of(world.actor(who))
        nouns: dict[str, Any] = {
            "listing": Listing,
            "interest": Interest,
            "matter": Matter,
            "outcome": Outcome,
            "project": Project,
            "project_partner": Partner,
            "card": Card,
            "deliverable": Deliverable,
            "progress_report": ProgressReport,
            "membership": Membership,
            "news": News,
            "organisation": Organisation,
            "document": Document,
            "due": Due,
            "meeting": Meeting,
            "resolution": Resolution,
            "action": Action,
            "turn": Turn,
            "swap": Swap,
            "handover": Handover,
        }
        checked = 0
        for permission, lines in PERMISSIONS.items():
            model = nouns.get(permission.partition(".")[0])
            if model is None or not all(word.fits(model) for line in lines for word in line):
                continue
            listed = set(
                db.session.scalars(select(model.id).where(visible_to(standing, permission, model)))
            )
            allowed = {
                thing.id
                for thing in db.session.scalars(select(model))
                if can(standing, permission, thing)
            }
            assert listed == allowed, permission
            checked += 1
        assert checked > 10

    @pytest.mark.parametrize("who", CAST)
    def test_for_the_search_index(self, who: str, world: World, context: None) -> None:
        """Every listing of the world says 碳纤维 or 冻干: the bare index gives the viewable."""
        standing = standing_of(world.actor(who))
        found: set[int] = set()
        for query in ("碳纤维", "冻干"):
            rows = search.documents("listing", query, standing)
            assert rows is not None
            found |= {row.record_id for row in db.session.execute(rows)}
        viewable = {
            listing.id
            for listing in db.session.scalars(select(Listing))
            if can(standing, "listing.view", listing)
        }
        assert found == viewable
        assert found, "everybody may see the public ones"

    @pytest.mark.parametrize("who", CAST)
    def test_for_the_pages_of_a_search(self, who: str, world: World, context: None) -> None:
        standing = standing_of(world.actor(who))
        found: set[int] = set()
        for query in ("碳纤维", "冻干"):
            for state in (
                "open",
                "expired",
                *(s.value for s in LISTING.labels if s != "published"),
            ):
                page = queries.list_page(standing, ListingFilter(query=query, state=state))
                found |= {row.id for row in page.rows}
        allowed = {
            listing.id
            for listing in db.session.scalars(select(Listing))
            if can(standing, "listing.view", listing)
        }
        assert found == allowed
