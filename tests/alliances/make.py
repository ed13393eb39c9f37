"""Makers of what the tests of alliances speak of."""

from __future__ import annotations

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.operations import create_organisation, create_person, grant_appointment
from portal.actors import SYSTEM, Actor, person
from portal.alliances import applying
from portal.alliances.applying import Application
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.operations import appoint_chair
from portal.database import db
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.world import World


def alliance(world: World, slug: str = "hydrogen") -> Alliance:
    return db.session.get_one(Alliance, world.alliance[slug])


def membership(world: World, name: str) -> Membership:
    return db.session.get_one(Membership, world.membership[name])


def newcomer(name: str = "河北己装备有限公司", *, role: Role = Role.MANAGER) -> Actor:
    """Make an organisation that is member nowhere, and somebody who acts for it."""
    region = region_by_code("HE")
    assert region is not None
    made: Organisation = create_organisation(
        name=name, kind=OrganisationKind.ENTERPRISE, region=region, by=SYSTEM
    )
    who: Person = create_person(name=f"{name}的人", email=f"p{made.id}@test.example", by=SYSTEM)
    grant_appointment(who, role, scope_id=made.id, by=SYSTEM)
    return person(who.id, made.id)


def asked(by: Actor, **changed: object) -> Application:
    """Return what a complete application says, with some of it changed."""
    plain: dict[str, object] = {
        "tier": Tier.COUNCIL,
        "statement": "可供阀体加工，求储氢瓶配套。",
        "contact_id": by.person_id,
    }
    return Application(**{**plain, **changed})  # type: ignore[arg-type]


def apply(world: World, by: Actor, *, slug: str = "hydrogen", submit: bool = True) -> Membership:
    return applying.apply_for_membership(
        alliance(world, slug), asked(by), by=by, submit=submit, consents=submit
    )


def under_review(world: World, by: Actor) -> Membership:
    made = apply(world, by)
    applying.review_application(made, by=world.actor("secretary"))
    return made


def seat_by_hand(world: World) -> None:
    """Let the secretary enter chairer by hand: where a planned term ends, another member acts."""
    appoint_chair(
        alliance(world),
        db.session.get_one(Organisation, world.organisation["chairer"]),
        db.session.get_one(Person, world.person["chair"]),
        from_at=clock.now(),
        by=world.actor("secretary"),
    )
