"""Operations: verbs that are one transaction each.

`@operation` makes a verb take the one write lock, fix its instant, run, seal the journal and
commit. Operations call operations; nobody else commits. The actor always comes as `by=`.
Receipts make a verb answer a repeated request with its first result.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, overload

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, journal
from portal.database import Model, db
from portal.engines import PATIENCE, WRITING
from portal.registry import registry

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Noun = TypeVar("Noun", bound=Model)

_running: ContextVar[bool] = ContextVar("operation_running", default=False)
_reading: ContextVar[bool] = ContextVar("reading_only", default=False)


Verb = Callable[Parameters, Result]


@overload
def operation(verb: Verb[Parameters, Result]) -> Verb[Parameters, Result]: ...


@overload
def operation(
    *, even_when_reading: bool = False
) -> Callable[[Verb[Parameters, Result]], Verb[Parameters, Result]]: ...


def operation(verb: Any = None, *, even_when_reading: bool = False) -> Any:
    """Make a verb one transaction; see the module's first lines.

    `even_when_reading` is for the few tiny verbs that a safe request (GET) may run, such as
    the touch of "last seen". Raises `Busy` when the write lock cannot be had within 5 seconds.
    """

    def decorate(verb: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @functools.wraps(verb)
        def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            if _running.get():
                return verb(*args, **kwargs)
            if _reading.get() and not even_when_reading:
                raise RuntimeError(f"{verb.__name__} writes, but this request only reads")
            return _transact(verb, *args, **kwargs)

        run.is_operation = True  # type: ignore[attr-defined]
        return run

    return decorate(verb) if verb else decorate


def _transact(
    verb: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was written outside an operation")
    # What was read before the lock may be old: end that read and forget it. The rollback
    # alone would re-read nothing where no transaction was running.
    session.rollback()
    session.expire_all()
    token = _running.set(True)
    try:
        with journal.collecting() as notes:
            # Whoever only reads never waits for a writer.
            options = {WRITING: True, PATIENCE: 0.0 if _reading.get() else None}
            session.connection(execution_options=options)
            at = clock.now()  # after the lock: everything is judged and journaled at it
            with clock.standing_still(at):
                result = verb(*args, **kwargs)
                session.flush()
                lines = journal.seal(notes, at=at)
                _tell(list(zip(notes, lines, strict=True)))
                # What was written to people is journaled too, after the events it speaks of.
                journal.seal(notes[len(lines) :], at=at)
                session.commit()
            return result
    except BaseException:
        session.rollback()
        raise
    finally:
        _running.reset(token)


def _tell(events: Sequence[tuple[journal.Note, journal.JournalLine]]) -> None:
    """Let whoever is concerned hear of what happened, in the same transaction."""
    if events:
        for tell in registry().tellings:
            tell(events)


def read_only() -> Callable[[], None]:
    """Refuse operations until what is returned is called: a safe request must change nothing."""
    token = _reading.set(True)
    return lambda: _reading.reset(token)


class Receipt(Model):
    """Proof that a request was answered, so that a double click is answered the same way.

    The key is person + form + digest of the content: without the digest, going back, editing
    and sending again would be swallowed.
    """

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    noun: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int | None]
    at: Mapped[datetime]


def earlier_result(kind: type[Noun], receipt: str | None) -> Noun | None:
    """Return the record that the request with this receipt made before, or None."""
    if receipt is None:
        return None
    noun: str = kind.__dict__["noun"]
    record_id = db.session.scalar(
        select(Receipt.record_id).where(Receipt.key == receipt, Receipt.noun == noun)
    )
    return db.session.get(kind, record_id) if record_id else None


def keep_receipt(receipt: str | None, thing: Any) -> None:
    """Remember that the request with this receipt made `thing`."""
    if receipt is None:
        return
    db.session.flush()
    db.session.add(Receipt(key=receipt, noun=thing.noun, record_id=thing.id, at=clock.now()))
