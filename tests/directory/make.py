"""Makers for the tests of the directory: an organisation somewhere, with what it says."""

from __future__ import annotations

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.actors import SYSTEM
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import admit_organisation
from portal.database import db
from portal.operations import operation
from portal.organisations.models import OrganisationNode, Qualification
from portal.regions.queries import region_by_code
from tests.world import DAY, World


def organisation(
    name: str, district: str, *, kind: OrganisationKind = OrganisationKind.ENTERPRISE
) -> Organisation:
    """Register an organisation in a district (or in a province as a whole)."""
    place = region_by_code(district)
    province = region_by_code(district.partition("-")[0])
    assert place is not None and province is not None
    return create_organisation(
        name=name,
        kind=kind,
        region=province,
        district=None if place is province else place,
        by=SYSTEM,
    )


def member(world: World, made: Organisation, slug: str = "hydrogen") -> None:
    """Admit an organisation to an alliance."""
    alliance = db.session.get_one(Alliance, world.alliance[slug])
    admit_organisation(alliance, made, Tier.MEMBER, by=SYSTEM)


@operation
def works_at(made: Organisation, node_id: int) -> None:
    """Let an organisation work at a node."""
    db.session.add(OrganisationNode(organisation_id=made.id, chain_node_id=node_id))


@operation
def holds(made: Organisation, name: str, *, valid_days: int | None = None) -> None:
    """Let an organisation hold a certificate, for so many days from now (or for ever)."""
    valid_until = None if valid_days is None else clock.today() + valid_days * DAY
    db.session.add(
        Qualification(
            organisation_id=made.id, name=name, issuer="测试机构", valid_until=valid_until
        )
    )
