"""One full-text index over every searchable noun, on both engines.

Chinese has no spaces, and dictionaries miss firm names and fragments, so text is indexed as
overlapping pairs of characters and a query is a phrase of such pairs: it finds exactly what a
substring scan finds. Each pair is written as a hexadecimal token, because raw pairs lie on
punctuation. Who may find a document stands in the index as audience tokens, which are the
third rendering of the view permission (`access.audience`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Text,
    UniqueConstraint,
    column,
    delete,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import audience, audience_tokens
from portal.actors import Standing
from portal.database import TRIGGERS, Model, Rows, Trigger, constraints, db, is_sqlite

#: Longer texts are cut for the index: PostgreSQL clamps word positions at 16,383.
LONGEST_TEXT = 12_000
#: A query is cut here: nobody types more, and each character is a term of the phrase.
LONGEST_QUERY = 60
#: Words of a query beyond these are left out: one of a single character is a scan by prefix.
MOST_WORDS = 6
#: Ends every document, so that the last character starts a pair as well.
END = "\n"


class SearchDocument(Model):
    """What the index holds of one record: its pairs, its audience, its labels."""

    __tablename__ = "search_document"
    __table_args__ = constraints(UniqueConstraint("noun", "record_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    grams: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)


#: The index itself, made by the first migration in each engine's way: an FTS5 table with
#: external content on SQLite, a generated tsvector column under a GIN index on PostgreSQL.
_index = table("search_index", column("rowid", Integer))
_ADD = (
    "INSERT INTO search_index(rowid, grams, audience, noun) "
    "VALUES (new.id, new.grams, new.audience, new.noun);"
)
_DROP = (
    "INSERT INTO search_index(search_index, rowid, grams, audience, noun) "
    "VALUES ('delete', old.id, old.grams, old.audience, old.noun);"
)
TRIGGERS += [
    Trigger(
        f"search_document_{action.lower()}",
        "search_document",
        sqlite=(
            f"CREATE TRIGGER search_document_{action.lower()} AFTER {action} ON search_document "
            f"BEGIN {body} END",
        ),
    )
    for action, body in (("INSERT", _ADD), ("DELETE", _DROP), ("UPDATE", _DROP + " " + _ADD))
]


def normalise(written: str) -> str:
    """Return text as it is compared: NFKC, lower case, one space for any run of white space."""
    return " ".join(unicodedata.normalize("NFKC", written).casefold().split())


def pairs(normalised: str) -> list[str]:
    """Return the tokens of every pair of neighbouring characters of a normalised text.

    Each is `x` and eight hexadecimal digits: two UTF-16 units, so that every token has the
    same length and a character beyond the basic plane stays whole.
    """
    units = normalised.encode("utf-16-be")
    hexes = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
    return [f"x{first}{second}" for first, second in pairwise(hexes)]


def put(thing: Any, written: Iterable[str | None], *, move_up: bool = False) -> None:
    """Index a record under the given texts, for exactly those who may view it.

    With `move_up` the document becomes the newest one, for the order of search results.
    """
    found = db.session.scalar(
        select(SearchDocument).where(
            SearchDocument.noun == thing.noun, SearchDocument.record_id == thing.id
        )
    )
    # Texts are kept apart by the end sign, so that no phrase spans two of them.
    body = END.join(normalise(part)[:LONGEST_TEXT] for part in written if part) + END
    grams, seen_by = " ".join(pairs(body)), " ".join(sorted(audience(thing)))
    if found is not None and move_up:
        db.session.delete(found)
        db.session.flush()
        found = None
    if found is None:
        db.session.add(
            SearchDocument(noun=thing.noun, record_id=thing.id, grams=grams, audience=seen_by)
        )
    else:
        found.grams, found.audience = grams, seen_by


def drop(thing: Any) -> None:
    """Take a record out of the index."""
    db.session.execute(
        delete(SearchDocument).where(
            SearchDocument.noun == thing.noun, SearchDocument.record_id == thing.id
        )
    )


def phrases(query: str) -> list[list[str]]:
    """Return the phrases a query asks for: one list of pair tokens per word of the query.

    A word of one character becomes a single prefix token (`x6c22`), which both engines match
    against every pair that begins with it. A word said again asks nothing more.
    """
    found = []
    words = list(dict.fromkeys(normalise(query)[:LONGEST_QUERY].split()))
    for word in words[:MOST_WORDS]:
        tokens = pairs(word)
        found.append(tokens or [f"x{word.encode('utf-16-be').hex()}"])
    return found


def is_whole(tokens: list[str]) -> bool:
    """Tell a phrase of pairs from the prefix that a single character becomes."""
    return len(tokens[0]) == 9


def documents(noun: str, query: str, standing: Standing) -> Rows | None:
    """Return a select of (id, record_id), newest first, of what a person finds.

    None where the query holds nothing to search for. `id` is the paging key.
    """
    wanted = phrases(query)
    if not wanted:
        return None
    may_find = sorted(audience_tokens(standing))
    if is_sqlite():
        terms = [f'grams:"{" ".join(t)}"' if is_whole(t) else f"grams:{t[0]}*" for t in wanted]
        match = f"{' AND '.join(terms)} AND audience:({' OR '.join(may_find)}) AND noun:{noun}"
        return (
            select(SearchDocument.id, SearchDocument.record_id)
            .select_from(_index)
            .join(SearchDocument, SearchDocument.id == _index.c.rowid)
            .where(text("search_index MATCH :match").bindparams(match=match))
            .order_by(_index.c.rowid.desc())
        )
    terms = [f"({' <-> '.join(t)})" if is_whole(t) else f"{t[0]}:*" for t in wanted]
    match = f"{' & '.join(terms)} & ({' | '.join(may_find)}) & {noun}"
    return (
        select(SearchDocument.id, SearchDocument.record_id)
        .where(
            text("search_document.words @@ to_tsquery('simple', :match)").bindparams(match=match)
        )
        .order_by(SearchDocument.id.desc())
    )


def key_column() -> ColumnElement[int]:
    """Return the column that search results are ordered and paged by."""
    return _index.c.rowid if is_sqlite() else SearchDocument.id.expression
