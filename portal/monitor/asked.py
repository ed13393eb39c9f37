"""What an address of the monitor asks for: a period, an alliance, a kind, values or counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from portal.outcomes.models import OutcomeKind
from portal.periods import MONTHS_OF_YEAR, Period, beginning, between, read

#: How a flow is measured.
BY_VALUE, BY_COUNT = "value", "count"


@dataclass(frozen=True)
class Asked:
    """The choices of a page; what an address does not say is the year so far, all of it."""

    period: Period
    #: As written: the address of an alliance, and codes of regions.
    alliance: str = ""
    kind: OutcomeKind | None = None
    by: str = BY_VALUE
    giver: str = ""
    taker: str = ""
    #: Whether the days that were typed make no period.
    is_wrong: bool = False

    def address(self, path: str, **changed: object) -> str:
        """Return the address of a page of the monitor with these choices, some of them changed."""
        other = replace(self, **changed)  # type: ignore[arg-type]
        said = {
            "period": other.period.key,
            "alliance": other.alliance,
            "kind": other.kind.value if other.kind else "",
            "by": other.by if other.by != BY_VALUE else "",
            "giver": other.giver,
            "taker": other.taker,
        }
        return f"{path}?{urlencode({name: value for name, value in said.items() if value})}"


def read_asked(arguments: Mapping[str, str], today: date) -> Asked:
    """Return what the arguments of an address ask for; what they do not make clear is left out."""
    period, is_wrong = read(arguments.get("period", "")), False
    first, last = arguments.get("from", ""), arguments.get("to", "")
    if first or last:
        period = between(first, last)
        is_wrong = period is None
    period = period or beginning(today, MONTHS_OF_YEAR)
    by = arguments.get("by")
    return Asked(
        period=period,
        alliance=arguments.get("alliance", "")[:40],
        kind=next((kind for kind in OutcomeKind if kind == arguments.get("kind")), None),
        by=BY_COUNT if by == BY_COUNT else BY_VALUE,
        giver=arguments.get("giver", "")[:40],
        taker=arguments.get("taker", "")[:40],
        is_wrong=is_wrong,
    )
