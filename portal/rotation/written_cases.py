"""A case as somebody writes it into a file (JSON), and a plan as it is written for them.

    {"members": [{"id", "region", "blackouts": [[from, until], …], "last_chaired_on"}],
     "terms": [[start, end], …],
     "rules": {"order", "max_region_run", "cooling_off_terms", "everyone_before_anyone_twice"}}

Days are `YYYY-MM-DD`, stretches half-open. What may be left out: of a member `blackouts`,
`last_chaired_on`, `name`, `has_served`; every rule; and beside them `before` (id and region of
who chaired just before, oldest first) and `current` (who was to take each term so far, null for
nobody). Anything else is refused with a sentence that names the field.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.rotation.cases import Case, Member, Order, Rules, Span
from portal.rotation.planning import Conflict, Plan
from portal.rotation.wording import Wording

#: More than any charter asks, and still planned within a minute.
MOST_MEMBERS, MOST_TERMS = 500, 120


class Unreadable(Exception):
    """A file that is no case; the sentence names the field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")


def read_case(written: Any) -> Case:
    """Return the case that a parsed file holds. Raises `Unreadable`."""
    whole = _object(written, "file", {"members", "terms", "rules", "before", "current"})
    for field in ("members", "terms"):
        if field not in whole:
            raise Unreadable(field, _("is missing."))
    members = tuple(
        _member(each, f"members[{number}]")
        for number, each in enumerate(_list(whole["members"], "members", MOST_MEMBERS))
    )
    known = [each.id for each in members]
    for number, each in enumerate(known):
        if each in known[:number]:
            raise Unreadable(f"members[{number}].id", _("stands there twice: %(id)s.", id=each))
    terms = tuple(
        _span(each, f"terms[{number}]")
        for number, each in enumerate(_list(whole["terms"], "terms", MOST_TERMS))
    )
    for number, term in enumerate(terms[1:], start=1):
        if term.start < terms[number - 1].until:
            raise Unreadable(f"terms[{number}]", _("begins before the term ahead of it ends."))
    return Case(
        members=members,
        terms=terms,
        rules=_rules(whole.get("rules", {})),
        before=_before(whole.get("before", [])),
        current=_current(whole.get("current"), known, len(terms)),
    )


def written_answer(case: Case, answer: Plan | Conflict) -> dict[str, Any]:
    """Return a plan, or why there is none, as it is written for whoever asked."""
    wording = Wording()
    if isinstance(answer, Conflict):
        sentences = [wording.say(each) for each in answer.reasons]
        return {"conflict": sentences, "is_proved": answer.is_proved}
    fair = answer.fairness
    return {
        "plan": [
            {
                "term": [term.start.isoformat(), term.until.isoformat()],
                "number": each.term + 1,
                "member": each.member,
                "why": wording.say(each.why),
            }
            for term, each in zip(case.terms, answer.assignments, strict=True)
        ],
        "fairness": vars(fair),
        "optimal": answer.is_optimal,
    }


def _member(written: Any, field: str) -> Member:
    found = _object(
        written, field, {"id", "region", "blackouts", "last_chaired_on", "name", "has_served"}
    )
    blackouts = _list(found.get("blackouts") or [], f"{field}.blackouts", 1000)
    last = found.get("last_chaired_on")
    return Member(
        id=_text(found.get("id"), f"{field}.id"),
        region=_text(found.get("region"), f"{field}.region"),
        blackouts=tuple(
            _span(each, f"{field}.blackouts[{number}]") for number, each in enumerate(blackouts)
        ),
        last_chaired_on=None if last is None else _day(last, f"{field}.last_chaired_on"),
        name=_text(found["name"], f"{field}.name") if "name" in found else "",
        has_served=_truth(found.get("has_served", False), f"{field}.has_served"),
    )


def _rules(written: Any) -> Rules:
    found = _object(
        written,
        "rules",
        {"order", "max_region_run", "cooling_off_terms", "everyone_before_anyone_twice"},
    )
    order = found.get("order", Order.LEAST_RECENT.value)
    if order not in list(Order):
        raise Unreadable("rules.order", _("is one of %(names)s.", names=", ".join(Order)))
    run = found.get("max_region_run")
    return Rules(
        order=Order(order),
        max_region_run=None if run is None else _number(run, "rules.max_region_run", 1),
        cooling_off_terms=_number(
            found.get("cooling_off_terms") or 0, "rules.cooling_off_terms", 0
        ),
        everyone_before_anyone_twice=_truth(
            found.get("everyone_before_anyone_twice", False), "rules.everyone_before_anyone_twice"
        ),
    )


def _before(written: Any) -> tuple[tuple[str, str], ...]:
    found = []
    for number, each in enumerate(_list(written, "before", 1000)):
        field = f"before[{number}]"
        pair = _list(each, field, 2)
        if len(pair) != 2:
            raise Unreadable(field, _("is the id and the region of a member."))
        found.append((_text(pair[0], f"{field}[0]"), _text(pair[1], f"{field}[1]")))
    return tuple(found)


def _current(written: Any, known: list[str], terms: int) -> tuple[str | None, ...]:
    if written is None:
        return ()
    found = _list(written, "current", MOST_TERMS)
    if len(found) != terms:
        raise Unreadable("current", _("names somebody, or null, for each term."))
    return tuple(
        None if each is None else _known(_text(each, f"current[{number}]"), known, number)
        for number, each in enumerate(found)
    )


def _known(member: str, known: list[str], number: int) -> str | None:
    """Return the member, or nobody where they are none any more."""
    return member if member in known else None


def _object(written: Any, field: str, allowed: set[str]) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise Unreadable(field, _("is an object: {…}."))
    for name in written:
        if name not in allowed:
            names = ", ".join(sorted(allowed))
            raise Unreadable(f"{field}.{name}", _("is unknown; known are %(names)s.", names=names))
    return written


def _list(written: Any, field: str, most: int) -> list[Any]:
    if not isinstance(written, list):
        raise Unreadable(field, _("is a list: […]."))
    if len(written) > most:
        raise Unreadable(field, _("holds at most %(max)d entries.", max=most))
    return written


def _text(written: Any, field: str) -> str:
    if isinstance(written, int) and not isinstance(written, bool):
        return str(written)
    if not isinstance(written, str) or not written.strip():
        raise Unreadable(field, _("is missing, or no text."))
    return written


def _number(written: Any, field: str, least: int) -> int:
    if not isinstance(written, int) or isinstance(written, bool) or not least <= written <= 1000:
        raise Unreadable(field, _("is a whole number from %(min)d to 1000.", min=least))
    return written


def _truth(written: Any, field: str) -> bool:
    if not isinstance(written, bool):
        raise Unreadable(field, _("is true or false."))
    return written


def _day(written: Any, field: str) -> date:
    try:
        if isinstance(written, str) and len(written) == 10:
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise Unreadable(field, _("is no day of the calendar: write YYYY-MM-DD."))


def _span(written: Any, field: str) -> Span:
    pair = _list(written, field, 2)
    if len(pair) != 2:
        raise Unreadable(field, _("has a first day and the first day after it."))
    found = Span(_day(pair[0], f"{field}[0]"), _day(pair[1], f"{field}[1]"))
    if found.start >= found.until:
        raise Unreadable(field, _("ends before it begins, or on the same day."))
    return found
