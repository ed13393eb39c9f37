"""Makers of what the tests of imports speak of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.access import standing_of
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance, Membership
from portal.chain.models import ChainNode
from portal.database import db
from portal.imports import queries
from portal.imports.fates import Verdict
from portal.imports.models import MemberImport, MemberImportRow
from portal.imports.operations import begin, bring_workbook
from portal.imports.plans import Kept
from portal.imports.recognising import guess_layouts
from portal.imports.running import opened, planned, preview
from portal.imports.taking_over import take_over
from portal.regions.queries import region_by_code
from portal.sheets.reading import ReadSheet
from tests.imports.tables import sheet
from tests.world import World

#: A member of hydrogen whom nobody manages, and one who keeps itself.
QUIET, MAKER = "河北戊制造有限公司", "北京甲氢能有限公司"

HEADER = (
    "单位名称",
    "统一社会信用代码",
    "类别",
    "省份",
    "城市",
    "联盟",
    "环节",
    "级别",
    "简介",
    "网址",
)
#: Codes that pass the check, of nobody in this world.
CODE, OTHER_CODE = "91110000600037341L", "91350100M000100Y43"


def alliance(world: World, slug: str = "hydrogen") -> Alliance:
    return db.session.get_one(Alliance, world.alliance[slug])


def row(name: str, **said: str) -> tuple[str, ...]:
    """Return a row of the plain table; without a word it is an enterprise of Hebei."""
    values = {"类别": "企业", "省份": "河北", **said, "单位名称": name}
    return tuple(values.get(label, "") for label in HEADER)


def table(*rows: Sequence[Any]) -> ReadSheet:
    return sheet([HEADER, *rows], name="成员")


def brought(world: World, *rows: Sequence[Any], who: str = "secretary") -> MemberImport:
    """Return an import of hydrogen that waits to be begun."""
    sheets = [table(*rows)]
    layouts = guess_layouts(sheets, queries.reference().lexicon)
    by = world.actor(who)
    return bring_workbook(alliance(world), "名单.xlsx", sheets, layouts, by=by)


def judged(world: World, *rows: Sequence[Any]) -> list[Verdict]:
    """Return what would become of rows, and leave nothing."""
    made = brought(world, *rows)
    return preview(opened(made), made.alliance, standing_of_secretary(world)).verdicts


def plan(made: MemberImport, by: Actor) -> list[Kept]:
    """Return what is kept of an import when somebody begins it."""
    return planned(opened(made), made.alliance, standing_of(by))


def standing_of_secretary(world: World) -> Any:
    return standing_of(world.actor("secretary"))


def taken_over(
    world: World, *rows: Sequence[Any], by: Actor | None = None
) -> list[MemberImportRow]:
    """Take rows over as hydrogen's secretary, and return what was stored of each."""
    by = by or world.actor("secretary")
    made = brought(world, *rows)
    source = opened(made)
    begin(made, plan(made, by), by=by)
    while made.finished_at is None:
        take_over(made, source.records, source.shared, by=by)
    return list(queries.rows_of(made.id, limit=made.total))


def organisation(name: str, **said: Any) -> Organisation:
    region = region_by_code("HE")
    assert region is not None
    kind = OrganisationKind.ENTERPRISE
    return create_organisation(name=name, kind=kind, region=region, by=SYSTEM, **said)


def named(name: str) -> Organisation:
    db.session.rollback()
    return db.session.execute(select(Organisation).where(Organisation.name == name)).scalar_one()


def member(world: World, name: str) -> Membership | None:
    """Return the active membership of hydrogen that an organisation of this name holds."""
    return db.session.scalar(
        select(Membership)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Organisation.name == name,
            Membership.alliance_id == world.alliance["hydrogen"],
            Membership.is_active,
        )
    )


def node(name: str) -> ChainNode:
    return db.session.execute(select(ChainNode).where(ChainNode.name == name).limit(1)).scalar_one()
