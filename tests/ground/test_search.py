"""Search finds exactly what a substring scan finds, for exactly those who may see it."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from portal import search
from portal.access import standing_of
from portal.accounts.models import Organisation
from portal.actors import SYSTEM
from portal.database import db
from portal.engines import WRITING
from portal.exchange.models import Listing
from portal.operations import operation
from tests.conftest import both_engines
from tests.world import World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]

TEXTS = [
    "70MPa IV型储氢瓶碳纤维缠绕",
    "储氢 材料，固态储氢合金",
    "ＰＥＭ电解槽（10 MW）m-10",
    'pem 10 kw; "quoted" OR AND NOT *',
    "氢",
    "𠮷野 rare plane 𠮷",
    "a\nb\tc  d",
    "100% 100％ it's -x",
]


@operation
def put_all() -> dict[int, str]:
    """Give each text to one organisation's document, under its own id."""
    from_id = 1
    found = {}
    for organisation, written in zip(
        db.session.scalars(select(Organisation).order_by(Organisation.id)), TEXTS, strict=False
    ):
        search.put(organisation, [written])
        found[organisation.id] = written
        from_id += 1
    return found


def results(query: str) -> set[int]:
    found = search.documents("organisation", query, standing_of(SYSTEM))
    return set() if found is None else {row.record_id for row in db.session.execute(found)}


def scan(texts: dict[int, str], query: str) -> set[int]:
    words = search.normalise(query)[: search.LONGEST_QUERY].split()[: search.MOST_WORDS]
    return {i for i, t in texts.items() if words and all(w in search.normalise(t) for w in words)}


@pytest.mark.parametrize(
    "query",
    ["储氢", "氢", "IV型", "iv型", "ｐｅｍ", "m-10", "pem 10", "10 MW", "𠮷", "𠮷野", "\"quoted\"",
     "OR", "*", "-x", "100%", "it's", "b c", "纤维 70", "不存在", "", "  ", "瓶碳", "合金"],
)  # fmt: skip
def test_a_query_finds_what_a_scan_finds(world: World, query: str) -> None:
    texts = put_all()
    assert results(query) == scan(texts, query)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_piece_of_any_text_is_found(world: World, app: Flask, data: st.DataObject) -> None:
    texts = put_all()
    whole = data.draw(st.sampled_from(list(texts.values())))
    start = data.draw(st.integers(0, len(whole) - 1))
    piece = whole[start : start + data.draw(st.integers(1, 8))]
    other = data.draw(st.text(max_size=3))
    for query in (piece, other, piece + other):
        assert results(query) == scan(texts, query), query


def test_a_word_said_again_is_asked_once_and_words_are_bounded() -> None:
    """Each word of one character is a scan over all pairs that begin with it."""
    assert search.phrases("a a a b A ａ") == search.phrases("a b")
    assert len(search.phrases(" ".join("abcdefghijklmnopqrstuvwxyz"))) == search.MOST_WORDS == 6


def test_a_document_taken_out_is_found_no_more(world: World) -> None:
    put_all()
    (found,) = results("缠绕")

    @operation
    def drop() -> None:
        search.drop(db.session.get_one(Organisation, found))

    drop()
    assert results("缠绕") == set()


def test_a_changed_document_is_found_by_its_new_words_only(world: World) -> None:
    put_all()
    (found,) = results("缠绕")

    @operation
    def change() -> None:
        search.put(db.session.get_one(Organisation, found), ["甲醇重整"])

    change()
    assert results("缠绕") == set()
    assert results("甲醇") == {found}


def test_a_phrase_does_not_reach_across_two_texts(world: World) -> None:
    @operation
    def put() -> None:
        search.put(db.session.get_one(Organisation, 1), ["甲乙", "丙丁"])

    put()
    assert results("乙丙") == set()
    assert results("丙丁") == {1}


def test_the_index_is_sound_after_everything(world: World) -> None:
    put_all()
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.connect().execution_options(**{WRITING: True})
        with connection, connection.begin():
            connection.execute(
                text("INSERT INTO search_index(search_index, rank) VALUES('integrity-check', 1)")
            )
    documents = db.session.scalar(text("SELECT count(*) FROM search_document"))
    assert documents == db.session.scalar(
        text("SELECT (SELECT count(*) FROM listing) + (SELECT count(*) FROM organisation)")
    )
    assert world.get(Listing, "draft")
