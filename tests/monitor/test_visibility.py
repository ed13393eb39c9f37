"""Each sees their own part in detail and of the others what is published; nobody sees rows of
others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from portal import clock
from portal.access import standing_of
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import operations
from portal.monitor import queries, records
from portal.monitor.counting import Measure, Sums
from portal.monitor.figures import Figures, figures_of
from portal.monitor.flows import flow_rows, tiles
from portal.monitor.indicators import BY_ID
from portal.monitor.part import EVERYTHING, Part, part_of
from portal.monitor.published import published
from portal.monitor.queries import alliance_rows
from portal.monitor.regions import regions
from portal.operations import operation
from portal.outcomes.models import Disclosure, Outcome
from portal.periods import Period, beginning, moved
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.client import Client
from tests.monitor.make import posted, signed
from tests.world import DAY, World, content

pytestmark = pytest.mark.usefixtures("context")

WAN = 1_000_000
TODAY = clock.today()
#: When the acts happen; what they sign is dated back to a quarter before the cast ever met.
ACTED = TODAY - 100 * DAY
QUARTER = beginning(moved(TODAY, -12), 3)
MIDDLE = QUARTER.from_on + 40 * DAY


def flow(world: World, giver: str, taker: str, times: int = 1, on: date = MIDDLE) -> list[Outcome]:
    """Let two of the cast sign so many contracts of 10 each on a day."""
    said = {"value_fen": 10 * WAN, "technology_fen": 0, "signed_on": on}
    return [signed(world, ACTED, giver=giver, taker=taker, **said) for _ in range(times)]


def part_for(world: World, who: str) -> Part:
    return part_of(standing_of(world.actor(who)), regions())


def seen(part: Part, period: Period = QUARTER) -> dict[str, int | None]:
    """Return the flows that a part's page shows, by codes: how many, None where withheld."""
    figures = figures_of(part, period)
    version = figures.count.version
    others = published(part, period, version) if part.is_liaisons else None
    return {
        f"{row.giver.code}{'' if row.is_own else '*'}{row.taker.code}": row.sums.count
        if row.sums
        else None
        for row in flow_rows(figures, others, None)
    }


def seated(region_code: str, name: str, world: World, *codes: str) -> None:
    """Let one of the cast's organisations sit in a district, and somebody be its liaison."""
    place = region_by_code(region_code)
    assert place is not None

    @operation
    def move() -> None:
        db.session.get_one(Organisation, world.organisation[name]).district_id = place.id

    move()
    stranger = db.session.get_one(Person, world.person["stranger"])
    for code in codes or (region_code,):
        region = region_by_code(code)
        assert region is not None
        grant_appointment(stranger, Role.LIAISON, scope_id=region.id, by=SYSTEM)


def test_a_liaison_sees_the_own_part_exactly_and_small_flows_of_others_not(world: World) -> None:
    flow(world, "delegate", "supplier", 1)
    flow(world, "delegate", "chair", 2)
    hebei = part_for(world, "liaison")
    assert seen(hebei) == {"BJHE": 1, "BJ*TJ": None}
    flow(world, "delegate", "chair", 1)
    assert seen(hebei) == {"BJHE": 1, "BJ*TJ": 3}


def test_a_small_flow_takes_others_with_it(world: World) -> None:
    flow(world, "delegate", "chair", 4)
    flow(world, "chair", "delegate", 1)
    hebei = part_for(world, "liaison")
    assert seen(hebei)["TJ*BJ"] is None
    shown = published(hebei, QUARTER, queries.counted_so_far().version).shown
    small = [pair for pair, sums in shown.items() if sums is None]
    # The one itself, the sums that are as small, and a pair of larger sums.
    assert len(small) > 4


def test_what_is_withheld_in_one_quarter_is_withheld_of_the_year(world: World) -> None:
    flow(world, "delegate", "chair", 3)
    flow(world, "delegate", "chair", 2, on=QUARTER.from_on - 10 * DAY)
    two = Period(moved(QUARTER.from_on, -3), QUARTER.until_on)
    hebei = part_for(world, "liaison")
    assert seen(hebei, two)["BJ*TJ"] is None
    assert seen(hebei)["BJ*TJ"] == 3


def test_flows_of_others_are_published_for_whole_quarters_only(world: World) -> None:
    flow(world, "delegate", "chair", 5)
    flow(world, "delegate", "supplier", 1)
    hebei = part_for(world, "liaison")
    month = beginning(MIDDLE, 1)
    assert seen(hebei, month) == {"BJHE": 1}
    one_day_less = Period(QUARTER.from_on, QUARTER.last_on)
    assert seen(hebei, one_day_less) == {"BJHE": 1}
    assert seen(hebei)["BJ*TJ"] == 5


def test_tiles_of_others_tell_no_withheld_flow(world: World) -> None:
    flow(world, "delegate", "chair", 2)
    flow(world, "delegate", "supplier", 4)
    hebei = part_for(world, "liaison")
    figures = figures_of(hebei, QUARTER)
    others = published(hebei, QUARTER, figures.count.version)
    found = {tile.region.code: tile for tile in tiles(figures, others)}
    assert found["HE"].is_own and found["HE"].taken is not None
    assert found["HE"].taken.count == 4
    # Of six that Beijing gave four are known: the sum would tell of the two.
    assert found["BJ"].given is None
    assert found["TJ"].taken is None


def test_a_district_sees_its_organisations_and_its_province_as_published(world: World) -> None:
    seated("BJ-HAIDIAN", "maker", world)
    flow(world, "delegate", "supplier", 1)
    flow(world, "supplier", "chair", 2)
    part = part_for(world, "stranger")
    assert part.place_ids and not part.region_ids
    found = seen(part)
    assert found["BJHE"] == 1
    assert found["HE*TJ"] is None
    figures = figures_of(part, QUARTER)
    assert figures.basis.now.total(Measure.OUTCOME).count == 1
    # The one flow from its province is its own: what others have of that flow is nought.
    assert found.get("BJ*HE", 1) == 1
    other = Part(place_ids=frozenset({-1}))
    assert figures_of(other, QUARTER).basis.now.total(Measure.OUTCOME) == Sums()


def test_the_page_of_a_district_shows_its_own_and_says_what_is_published(
    world: World, visit: Callable[..., Client]
) -> None:
    seated("BJ-HAIDIAN", "maker", world)
    own = flow(world, "delegate", "supplier", 1)
    flow(world, "supplier", "chair", 2)
    db.session.remove()
    client = visit("stranger")
    page = client.soup(f"/monitor?period={QUARTER.key}")
    assert "海淀区" in page.select(".page-lead")[0].get_text()
    cells = [row.get_text(" ", strip=True) for row in page.select(".flows-table tbody tr")]
    assert any(row.startswith("北京市 → 河北省 1 ") for row in cells)
    assert any(row.startswith("河北省 → 天津市 * 不公布") for row in cells)
    rows = client.soup(f"/monitor/outcomes?period={QUARTER.key}").select("tbody tr")
    assert len(rows) == len(own)
    assert client.get(f"/monitor.xlsx?period={QUARTER.key}").status_code == 200


def test_a_liaison_of_a_province_is_not_counted_by_its_districts_as_well(world: World) -> None:
    seated("BJ-HAIDIAN", "maker", world, "BJ", "BJ-HAIDIAN")
    flow(world, "delegate", "supplier", 2)
    part = part_for(world, "stranger")
    assert not part.place_ids
    assert figures_of(part, QUARTER).basis.now.total(Measure.OUTCOME).count == 2


def test_a_secretary_sees_the_own_alliance_and_nothing_of_others(world: World) -> None:
    flow(world, "delegate", "chair", 2)
    keeper = part_for(world, "secretary")
    assert seen(keeper) == {"BJTJ": 2, "BJHE": 0}
    other = part_for(world, "other_secretary")
    assert seen(other) == {"BJTJ": 0, "BJHE": 0}
    year = beginning(TODAY, 12)
    assert set(figures_of(other, year).scores) == {world.alliance["biomedicine"]}
    assert set(figures_of(keeper, year).scores) == {world.alliance["hydrogen"]}


def test_whoever_chairs_sees_that_alliance(world: World) -> None:
    assert part_for(world, "chair").alliance_ids == {world.alliance["hydrogen"]}
    assert part_for(world, "delegate") == Part()


def test_the_administrator_has_no_part(world: World) -> None:
    assert part_for(world, "admin") == Part()


def drilled(figures: Figures, indicator_id: str = "outcomes", **ends: str) -> list[int]:
    rows, next_key = records.outcomes_behind(figures, BY_ID[indicator_id], **ends)
    assert next_key is None
    return [row.id for row in rows]


def test_every_figure_drills_down_to_as_many_rows(world: World) -> None:
    flow(world, "delegate", "supplier", 2)
    flow(world, "supplier", "chair", 1)
    flow(world, "delegate", "chair", 3)
    for part in (part_for(world, "liaison"), part_for(world, "secretary"), EVERYTHING):
        figures = figures_of(part, QUARTER)
        for name, counting in (("outcomes", "outcomes"), ("contract-value", "contract-count")):
            assert len(drilled(figures, name)) == figures.values[counting].value, part


def test_nobody_drills_into_rows_of_others(world: World, visit: Callable[..., Client]) -> None:
    foreign = flow(world, "delegate", "chair", 4)
    own = flow(world, "delegate", "supplier", 1)
    figures = figures_of(part_for(world, "liaison"), QUARTER)
    assert drilled(figures) == [each.id for each in own]
    assert drilled(figures, giver="BJ", taker="TJ") == []
    ids = {each.id for each in foreign}
    db.session.remove()
    client = visit("liaison")
    for address in (
        f"/monitor/outcomes?period={QUARTER.key}",
        f"/monitor/outcomes?period={QUARTER.key}&giver=BJ",
        f"/monitor?period={QUARTER.key}",
    ):
        links = [str(a["href"]) for a in client.soup(address).select("main a[href]")]
        assert not [link for link in links if any(link == f"/outcomes/{i}" for i in ids)]
    for address in ("/monitor/outcomes", "/monitor/outcomes.xlsx"):
        ends = f"period={QUARTER.key}&giver=BJ&taker=TJ"
        assert client.open(f"{address}?{ends}", method="GET").status_code == 404


def test_rows_that_are_not_shown_to_all_keep_their_title_and_their_value(
    world: World, visit: Callable[..., Client]
) -> None:
    said = {"value_fen": 777 * WAN, "technology_fen": 0, "signed_on": MIDDLE}
    signed(world, ACTED, title="机密项目", disclosure=Disclosure.CONFIDENTIAL, **said)
    db.session.remove()
    page = visit("liaison").soup(f"/monitor/outcomes?period={QUARTER.key}")
    row = page.select_one("tbody tr")
    assert row is not None
    assert "机密项目" not in page.get_text()
    assert "777" not in row.get_text()
    assert "未公开" in row.get_text()
    # To the secretary of its alliance the record is open, but for the value.
    text = visit("secretary").soup(f"/monitor/outcomes?period={QUARTER.key}").get_text()
    assert "机密项目" in text


def test_an_alliance_of_others_cannot_be_asked_for(
    world: World, visit: Callable[..., Client]
) -> None:
    flow(world, "delegate", "supplier", 4)
    db.session.remove()
    client = visit("other_secretary", language="en")
    page = client.soup(f"/monitor?period={QUARTER.key}&alliance=hydrogen")
    assert "4" not in [cell.get_text(strip=True) for cell in page.select("tbody td")]


def test_nothing_of_others_is_told_where_it_is_narrowed_down(
    world: World, visit: Callable[..., Client]
) -> None:
    flow(world, "delegate", "chair", 5)
    db.session.remove()
    client = visit("liaison")
    whole = client.soup(f"/monitor?period={QUARTER.key}").get_text()
    assert "北京市 → 天津市 *" in whole
    for narrowed in ("&alliance=hydrogen", "&kind=contract"):
        text = client.soup(f"/monitor?period={QUARTER.key}{narrowed}").get_text()
        assert "北京市 → 天津市" not in text


def test_alliances_are_told_apart(world: World) -> None:
    flow(world, "delegate", "supplier", 2)
    rows = {each.slug: each for each in alliance_rows()}
    hebei = part_for(world, "liaison")
    counts = [
        figures_of(hebei, QUARTER, rows[slug]).values["outcomes"].value
        for slug in ("hydrogen", "biomedicine")
    ]
    assert counts == [2, 0]


def test_a_score_tells_others_no_count_of_outcomes(world: World) -> None:
    flow(world, "delegate", "chair", 1, on=ACTED)
    for _ in range(2):
        posted(world, ACTED)
    hydrogen, period = world.alliance["hydrogen"], Period(ACTED - 41 * DAY, ACTED + 30 * DAY)
    exact = figures_of(part_for(world, "secretary"), period).scores[hydrogen]
    told = figures_of(part_for(world, "liaison"), period).scores[hydrogen]
    assert exact.total % 1, "a score of whole points would prove nothing"
    assert None not in exact.parts.values()
    assert set(told.parts.values()) == {None}
    assert told.total == round(exact.total)
    assert told.band is exact.band


def test_nobody_is_told_whose_an_anonymous_listing_is(
    world: World, visit: Callable[..., Client]
) -> None:
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    said = content(is_anonymous=True, title="匿名求购阀门")
    made = operations.post_listing(hydrogen, said, by=world.actor("supplier"), submit=True)
    operations.publish_listing(made, by=world.actor("secretary"))
    seated("HE-SHIJIAZHUANG", "supplier", world)
    db.session.remove()
    address = f"/monitor/listings?period={TODAY.year}"
    for who, knows in (("liaison", False), ("secretary", True)):
        rows = visit(who).soup(address).select("tbody tr")
        row = next(each for each in rows if "匿名求购阀门" in each.get_text())
        assert ("河北乙材料" in row.get_text()) is knows, who
    # To a district it would be told by standing there at all.
    assert "匿名求购阀门" not in visit("stranger").soup(address).get_text()
