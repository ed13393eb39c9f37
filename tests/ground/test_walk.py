def test_everyone_of_the_cast_reaches_the_front_page(visit, world):
    from tests.world import CAST

    for who in CAST:
        assert visit(who).get("/").status_code == 200
