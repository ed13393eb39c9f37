"""What charters ask of meetings: the portal's own default, and what a secretariat enters.

A rule counts from the next notice on: a meeting that was noticed keeps the one it froze.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.database import db
from portal.meetings.counting import Base, Rule, Share
from portal.meetings.models import CharterRule, MeetingKind
from portal.meetings.resolution_models import ResolutionKind
from portal.operations import operation
from portal.workflow import check_version

#: Days of notice where the charter's own are not entered: what charters here commonly ask.
NOTICE_DAYS = {
    MeetingKind.COUNCIL: 3,
    MeetingKind.ASSEMBLY: 10,
    MeetingKind.WORKING_GROUP: 1,
}
#: The quorum and the passing shares where the charter's own are not entered.
QUORUM = Share.TWO_THIRDS
PASSING = {
    ResolutionKind.GENERAL: Share.MORE_THAN_HALF,
    ResolutionKind.CHARTER: Share.TWO_THIRDS,
    ResolutionKind.ELECTION: Share.MORE_THAN_HALF,
    ResolutionKind.EXPULSION: Share.TWO_THIRDS,
    ResolutionKind.FINANCE: Share.MORE_THAN_HALF,
}


@dataclass(frozen=True)
class Asked:
    """What a charter asks of one body's meetings."""

    notice_days: int
    quorum: Share
    passing: dict[ResolutionKind, Share]
    base: Base
    recusal_lowers: bool
    article: str
    #: Whether votes are taken by link in session too; in writing they always are.
    session_links: bool = False

    def frozen(self) -> dict[str, Any]:
        """Return it as it is kept with a meeting."""
        return {
            "notice_days": self.notice_days,
            "quorum": self.quorum.value,
            "base": self.base.value,
            "recusal_lowers": self.recusal_lowers,
            "passing": {kind.value: share.value for kind, share in self.passing.items()},
            "article": self.article,
            "session_links": self.session_links,
        }


def thawed(rules: dict[str, Any]) -> Asked:
    """Return the rule that a meeting froze."""
    return Asked(
        notice_days=rules["notice_days"],
        quorum=Share(rules["quorum"]),
        passing={kind: Share(rules["passing"][kind.value]) for kind in ResolutionKind},
        base=Base(rules["base"]),
        recusal_lowers=rules["recusal_lowers"],
        article=rules["article"],
        session_links=rules.get("session_links", False),
    )


def rule_for(asked: Asked, kind: ResolutionKind) -> Rule:
    """Return the counting rule of one kind of resolution."""
    return Rule(asked.quorum, asked.passing[kind], asked.base, asked.recusal_lowers)


def stored_rule(alliance_id: int, kind: MeetingKind) -> CharterRule | None:
    """Return what the secretariat entered for a body, or None."""
    return db.session.scalar(
        select(CharterRule).where(CharterRule.alliance_id == alliance_id, CharterRule.kind == kind)
    )


def asked_of(alliance_id: int, kind: MeetingKind) -> Asked:
    """Return what is asked of a body's meetings now: the charter's own rule, or the default."""
    stored = stored_rule(alliance_id, kind)
    if stored is None:
        return Asked(NOTICE_DAYS[kind], QUORUM, dict(PASSING), Base.PRESENT, True, "")
    return Asked(
        notice_days=stored.notice_days,
        quorum=stored.quorum,
        passing={each: Share(stored.passing["shares"][each.value]) for each in ResolutionKind},
        base=Base(stored.passing["base"]),
        recusal_lowers=stored.passing["recusal_lowers"],
        article=stored.article,
        session_links=stored.passing.get("session_links", False),
    )


@operation
def edit_rule(
    alliance: Alliance, kind: MeetingKind, asked: Asked, *, by: Actor, expected: int | None = None
) -> CharterRule:
    """Enter what the charter asks of a body's meetings, from the next notice on."""
    require(by, "meeting.rule", alliance)
    stored = stored_rule(alliance.id, kind)
    before = None
    if stored is None:
        stored = CharterRule(alliance_id=alliance.id, kind=kind)
        db.session.add(stored)
    else:
        check_version(stored, expected)
        before = asked_of(alliance.id, kind).frozen()
    stored.notice_days, stored.quorum, stored.article = (
        asked.notice_days,
        asked.quorum,
        asked.article,
    )
    stored.passing = {
        "shares": {each.value: share.value for each, share in asked.passing.items()},
        "base": asked.base.value,
        "recusal_lowers": asked.recusal_lowers,
        "session_links": asked.session_links,
    }
    db.session.flush()
    journal.note("charter_rule.edit", stored, by=by, detail={"before": before})
    return stored
