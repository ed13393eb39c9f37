"""The journal: who did what to which record, when. Append-only and hash-chained.

An operation notes lines while it runs; they are numbered and chained last, just before the
commit, so the chain's head is taken once and briefly. The chained line holds identifiers, the
verb, the states and a digest. Free text and changed values live in a sister row that may be
erased for the sake of a person without breaking the chain. Denials are not journaled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.actors import Actor, ActorKind
from portal.database import TRIGGERS, Model, choice, constraints, db, immutable, is_sqlite

#: What the first line names as its predecessor.
GENESIS = "0" * 64


class JournalLine(Model):
    """One chained line. Rows are numbered without gaps and never changed."""

    __tablename__ = "journal_line"
    __table_args__ = constraints(Index(None, "noun", "record_id", "number"))

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(60))
    noun: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    from_state: Mapped[str | None] = mapped_column(String(24))
    to_state: Mapped[str | None] = mapped_column(String(24))
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind))
    # Plain numbers, no foreign keys: the ground knows no area, and a line outlives everything.
    person_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    on_behalf_of_id: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    detail: Mapped[JournalDetail | None] = relationship(lazy="raise")


class JournalDetail(Model):
    """The free text and the changed values of a line; erasable, never editable."""

    __tablename__ = "journal_detail"

    number: Mapped[int] = mapped_column(
        ForeignKey("journal_line.number"), primary_key=True, autoincrement=False
    )
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class JournalHead(Model):
    """The end of the chain: without it a cut-off tail would look like a shorter history."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    hash: Mapped[str] = mapped_column(String(64))


TRIGGERS += immutable("journal_line") + immutable("journal_detail", deletable=True)


@dataclass(frozen=True)
class Note:
    """A line while its operation is still running."""

    verb: str
    noun: str
    record: Any
    by: Actor
    from_state: str | None
    to_state: str | None
    detail: Mapping[str, Any] | None


_pending: ContextVar[list[Note] | None] = ContextVar("pending_notes", default=None)


@contextmanager
def collecting() -> Iterator[list[Note]]:
    """Collect the notes of one operation; only `operations.py` calls this."""
    notes: list[Note] = []
    token = _pending.set(notes)
    try:
        yield notes
    finally:
        _pending.reset(token)


def note(
    verb: str,
    thing: Any,
    *,
    by: Actor,
    from_state: str | None = None,
    to_state: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note that `by` did `verb` to `thing`, to be chained when the operation commits.

    `detail` is JSON-ready: free text and changed values, which may later be erased.
    Raises RuntimeError outside an operation.
    """
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("the journal is written by operations only")
    pending.append(Note(verb, thing.noun, thing, by, from_state, to_state, detail))


def seal(notes: Sequence[Note], *, at: datetime) -> list[JournalLine]:
    """Number and chain the notes of an operation that is about to commit; return their lines."""
    lines: list[JournalLine] = []
    if not notes:
        return lines
    head = db.session.get(JournalHead, 1)
    if head is None:
        head = JournalHead(id=1, length=0, hash=GENESIS)
        db.session.add(head)
    for pending in notes:
        detail = dict(pending.detail) if pending.detail else None
        line = JournalLine(
            number=head.length + 1,
            at=at,
            verb=pending.verb,
            noun=pending.noun,
            record_id=pending.record.id,
            from_state=pending.from_state,
            to_state=pending.to_state,
            actor_kind=pending.by.kind,
            person_id=pending.by.person_id,
            organisation_id=pending.by.organisation_id,
            on_behalf_of_id=pending.by.on_behalf_of_id,
            digest=digest_of(detail) if detail else None,
            previous=head.hash,
        )
        line.hash = hash_of(line)
        if detail:
            line.detail = JournalDetail(content=detail)
        db.session.add(line)
        lines.append(line)
        head.length, head.hash = line.number, line.hash
    db.session.flush()
    return lines


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a detail's canonical JSON, as hexadecimal."""
    return hashlib.sha256(_canonical(content)).hexdigest()


def hash_of(line: JournalLine) -> str:
    """Return the SHA-256 that chains a line to its predecessor, as hexadecimal."""
    return hashlib.sha256(
        _canonical(
            [
                line.number,
                line.at.astimezone(UTC).isoformat(timespec="microseconds"),
                line.verb,
                line.noun,
                line.record_id,
                line.from_state,
                line.to_state,
                line.actor_kind,
                line.person_id,
                line.organisation_id,
                line.on_behalf_of_id,
                line.digest,
                line.previous,
            ]
        )
    ).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Verdict:
    """What a verification found: the number of lines, of erased details, and every fault."""

    lines: int
    erased: int
    faults: tuple[str, ...]


def verify() -> Verdict:
    """Walk the whole chain and return what is wrong with it.

    Finds a line that was altered, deleted (at the end too), swapped or inserted, and a detail
    that was altered. An erased detail is counted, not faulted. Others may write meanwhile: it
    reads the chain and its head as they stood at one instant, on a connection of its own.
    """
    # SQLite reads one state within a transaction anyway; PostgreSQL does when asked to.
    options = {} if is_sqlite() else {"isolation_level": "REPEATABLE READ"}
    with db.engine.connect().execution_options(**options) as connection, Session(connection) as one:
        return verify_in(one)


def verify_in(session: Session) -> Verdict:
    """Walk the chain that a session reads, which may be that of a copy; see `verify`."""
    faults: list[str] = []
    expected, previous, erased = 1, GENESIS, 0
    head = session.get(JournalHead, 1)
    rows = session.execute(
        select(JournalLine, JournalDetail)
        .outerjoin(JournalDetail, JournalDetail.number == JournalLine.number)
        .order_by(JournalLine.number)
        .execution_options(yield_per=1000)
    )
    for line, detail in rows:
        if line.number != expected:
            faults.append(f"line {expected} is missing")
        if line.previous != previous:
            faults.append(f"line {line.number} does not follow its predecessor")
        if hash_of(line) != line.hash:
            faults.append(f"line {line.number} was altered")
        if detail is not None and digest_of(detail.content) != line.digest:
            faults.append(f"the detail of line {line.number} was altered")
        if detail is None and line.digest is not None:
            erased += 1
        expected, previous = line.number + 1, line.hash
    length, tip = (head.length, head.hash) if head else (0, GENESIS)
    if (length, tip) != (expected - 1, previous):
        faults.append(f"the chain ends at line {expected - 1}, its head says {length}")
    return Verdict(lines=expected - 1, erased=erased, faults=tuple(faults))


def erase_details(noun: str, record_ids: Iterable[int]) -> int:
    """Erase the details of the lines about some records, inside an operation; count them.

    The lines stay and the chain still verifies: it holds digests only.
    """
    about = select(JournalLine.number).where(
        JournalLine.noun == noun, JournalLine.record_id.in_(list(record_ids))
    )
    erased = db.session.execute(delete(JournalDetail).where(JournalDetail.number.in_(about)))
    return int(erased.rowcount)  # type: ignore[attr-defined]


def lines_about(noun: str, record_id: int) -> Sequence[tuple[JournalLine, dict[str, Any] | None]]:
    """Return the lines about one record, oldest first, each with its detail (None if erased)."""
    rows = db.session.execute(
        select(JournalLine, JournalDetail.content)
        .outerjoin(JournalDetail, JournalDetail.number == JournalLine.number)
        .where(JournalLine.noun == noun, JournalLine.record_id == record_id)
        .order_by(JournalLine.number)
    )
    return [(line, content) for line, content in rows]
