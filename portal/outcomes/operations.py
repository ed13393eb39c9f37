"""Verbs on outcomes: claimed by one side, confirmed or declined by the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal import clock, files, journal, links
from portal.access import require
from portal.accounts.models import Organisation, Person
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Denied, Refused
from portal.files import Received
from portal.links import ActionLink
from portal.operations import operation
from portal.outbox import send_mail
from portal.outcomes.bands import Band
from portal.outcomes.models import Disclosure, Outcome, OutcomeKind, OutcomeMention
from portal.outcomes.queries import counted_for, open_claim_for
from portal.outcomes.workflow import OUTCOME, OutcomeState
from portal.workflow import move

#: What the action link of a claim is for.
PURPOSE = "outcome.confirm"
#: So long the other side may answer by the link; after that it signs in.
LINK_LIFETIME = timedelta(days=30)


@dataclass(frozen=True)
class Source:
    """The record an outcome comes from: what it is, who its sides are, who is asked."""

    noun: str
    record_id: int
    alliance_id: int
    #: Who gave and who took.
    from_id: int
    to_id: int
    #: The person of the other side who gets the link.
    asked_id: int | None


@dataclass(frozen=True)
class Claim:
    """What one side says of an outcome. Money is integer fen; each value exact or in a band."""

    kind: OutcomeKind
    title: str
    signed_on: date
    disclosure: Disclosure
    value_fen: int | None = None
    value_band: Band | None = None
    technology_fen: int | None = None
    technology_band: Band | None = None
    contract_number: str | None = None
    original_seen: bool = False
    may_publish: bool = False


@operation
def claim_outcome(
    source: Source,
    claim: Claim,
    *,
    by: Actor,
    received: Received | None = None,
    corrects: Outcome | None = None,
) -> Outcome:
    """Claim an outcome for one side of a record; it counts nowhere until the other confirms.

    Raises `Refused` for a day to come, a technology value above the contract's, no evidence at
    all, while a claim for the record is open, and where the record or the contract has its
    outcome already: then only a correction (`corrects`) may be claimed.
    """
    require(by, "outcome.claim", source)
    _refuse_wrong(claim, has_file=received is not None)
    _refuse_twice(source, claim, corrects)
    is_giver = by.organisation_id == source.from_id
    giver = db.session.get_one(Organisation, source.from_id)
    taker = db.session.get_one(Organisation, source.to_id)
    outcome = Outcome(
        kind=claim.kind,
        title=claim.title,
        from_organisation=giver,
        to_organisation=taker,
        # A correction stays in the provinces in which the outcome was achieved.
        from_region_id=corrects.from_region_id if corrects else giver.region_id,
        to_region_id=corrects.to_region_id if corrects else taker.region_id,
        alliance_id=source.alliance_id,
        claimant_id=source.from_id if is_giver else source.to_id,
        other_id=source.to_id if is_giver else source.from_id,
        signed_on=claim.signed_on,
        value_fen=claim.value_fen,
        value_band=claim.value_band,
        technology_fen=claim.technology_fen,
        technology_band=claim.technology_band,
        disclosure=claim.disclosure,
        contract_number=claim.contract_number,
        original_seen=claim.original_seen,
        source_noun=source.noun,
        source_id=source.record_id,
        state=OUTCOME.start,
        claimed_by_id=by.person_id,
        claimed_at=clock.now(),
        from_publishes=claim.may_publish and is_giver,
        to_publishes=claim.may_publish and not is_giver,
        corrects_id=corrects.id if corrects else None,
    )
    db.session.add(outcome)
    db.session.flush()
    journal.note("outcome.claim", outcome, by=by, to_state=outcome.state)
    if received is not None:
        files.attach(outcome, received, organisation_id=by.organisation_id or 0, by=by)
    _ask(outcome, source.asked_id)
    return outcome


@operation
def correct_outcome(
    outcome: Outcome, claim: Claim, *, by: Actor, received: Received | None = None
) -> Outcome:
    """Claim a correction of a confirmed outcome; the old one counts until it is confirmed."""
    require(by, "outcome.correct", outcome)
    is_claimant = by.organisation_id == outcome.claimant_id
    source = Source(
        noun=outcome.source_noun,
        record_id=outcome.source_id,
        alliance_id=outcome.alliance_id,
        from_id=outcome.from_id,
        to_id=outcome.to_id,
        asked_id=outcome.confirmed_by_id if is_claimant else outcome.claimed_by_id,
    )
    return claim_outcome(source, claim, by=by, received=received, corrects=outcome)


def _refuse_wrong(claim: Claim, *, has_file: bool) -> None:
    """Refuse what cannot be so, naming its field."""
    if claim.signed_on > clock.today():
        raise Refused(_l("Choose today or an earlier day."), field="signed_on")
    if claim.value_fen is not None and claim.value_band is not None:
        raise Refused(_l("Give the amount or the band, not both."), field="value_band")
    if claim.technology_fen is not None and claim.technology_band is not None:
        raise Refused(_l("Give the amount or the band, not both."), field="technology_band")
    if (
        claim.technology_fen is not None
        and claim.value_fen is not None
        and claim.technology_fen > claim.value_fen
    ):
        raise Refused(_l("It is a part of the contract value."), field="technology")
    if not has_file and not claim.original_seen:
        raise Refused(_l("Add a file, or say that the original was seen."), field="file")


def _refuse_twice(source: Source, claim: Claim, corrects: Outcome | None) -> None:
    """Refuse a second outcome for one record or one contract."""
    if open_claim_for(source.noun, source.record_id) is not None:
        raise Refused(_l("A claim for this is open already: it waits for the other side."))
    counted = counted_for(source.noun, source.record_id)
    if corrects is None and counted is not None:
        raise Refused(_l("Its outcome is recorded already: correct that one."))
    if corrects is not None and (counted is None or counted.id != corrects.id):
        raise Refused(_l("Only what counts now can be corrected."))
    if not claim.contract_number:
        return
    same = select(Outcome.id).where(
        or_(Outcome.is_standing, Outcome.state == OutcomeState.CLAIMED),
        Outcome.contract_number == claim.contract_number,
        Outcome.from_id.in_((source.from_id, source.to_id)),
        Outcome.to_id.in_((source.from_id, source.to_id)),
        Outcome.id != (corrects.id if corrects else 0),
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise Refused(
            _l("This contract is recorded already: link this record to that outcome instead."),
            field="contract_number",
        )


def _ask(outcome: Outcome, asked_id: int | None) -> None:
    """Send the other side's person a link by which they may answer without signing in.

    The portal makes and sends it: in the hands of whoever claimed, it would confirm itself.
    """
    asked = db.session.get(Person, asked_id) if asked_id is not None else None
    if asked is None or not asked.email:
        return
    made = links.make(PURPOSE, outcome, by=SYSTEM, lifetime=LINK_LIFETIME, person_id=asked.id)
    body = _(
        "%(name)s, the other side says: %(title)s, signed on %(day)s. Is that so? Look at it and "
        "answer at %(address)s (once, within 30 days, for you alone).",
        name=asked.name,
        title=outcome.title,
        day=outcome.signed_on.isoformat(),
        address=links.address("outcomes.answer", token=made.token),
    )
    send_mail(asked.email, _("Confirm an outcome"), body, by=SYSTEM, link_id=made.link.id)


@operation
def confirm_outcome(
    outcome: Outcome,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    may_publish: bool = False,
) -> None:
    """Confirm what the other side claimed; from now on it counts and never changes.

    A confirmed correction reverses the outcome it corrects in the same transaction.
    """
    require(by, "outcome.confirm", outcome)
    also: dict[str, object] = {"confirmed_at": clock.now(), "confirmed_by_id": by.person_id}
    if may_publish:
        also["from_publishes" if outcome.other_id == outcome.from_id else "to_publishes"] = True
    if outcome.corrects_id is not None and outcome.state is OutcomeState.CLAIMED:
        _reverse(db.session.get_one(Outcome, outcome.corrects_id), by=by)
    move(outcome, "confirm", by=by, expected=expected, note=note, also=also)
    _revoke_links(outcome, by=by)


def _reverse(old: Outcome, *, by: Actor) -> None:
    """Take a confirmed outcome out of every figure: the same row once more, counted less."""
    left_out = {"id", "version", "reverses_id", "corrects_id", "confirmed_at", "confirmed_by_id"}
    same = {c.name: getattr(old, c.name) for c in Outcome.__table__.columns}
    reversal = Outcome(
        **{name: value for name, value in same.items() if name not in left_out},
        reverses_id=old.id,
        confirmed_at=clock.now(),
        confirmed_by_id=by.person_id,
    )
    old.released_at = clock.now()
    db.session.add(reversal)
    db.session.flush()
    journal.note("outcome.reverse", old, by=by, detail={"by": reversal.id})


@operation
def decline_outcome(
    outcome: Outcome, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Say that it is not so, with a reason the other side reads; it counts nowhere."""
    require(by, "outcome.confirm", outcome)
    also = {"reason": (note or "").strip() or None}
    move(outcome, "decline", by=by, expected=expected, note=note, also=also)
    _revoke_links(outcome, by=by)


@operation
def retract_outcome(
    outcome: Outcome, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take back one's own claim while nobody answered it."""
    require(by, "outcome.retract", outcome)
    move(outcome, "retract", by=by, expected=expected, note=note)
    _revoke_links(outcome, by=by)


@operation
def answer_by_link(
    link: ActionLink, *, by: Actor, confirms: bool, may_publish: bool = False, note: str = ""
) -> None:
    """Confirm or decline by the link one was sent, as the person it is for.

    Raises `Refused` where the link opens nothing any more, `Denied` where that person does not
    act for the other side now.
    """
    outcome = db.session.get_one(Outcome, link.record_id)
    require(by, "outcome.confirm", outcome)
    links.use(link, by=by)
    if confirms:
        confirm_outcome(outcome, by=by, may_publish=may_publish)
    else:
        decline_outcome(outcome, by=by, note=note)


def _revoke_links(outcome: Outcome, *, by: Actor) -> None:
    for link in db.session.scalars(
        select(ActionLink).where(
            ActionLink.about_noun == outcome.noun, ActionLink.record_id == outcome.id
        )
    ):
        links.revoke(link, by=by)


@operation
def agree_to_show(outcome: Outcome, *, by: Actor, agrees: bool) -> None:
    """Agree, or no longer agree, that everyone may see it; it is shown while both sides do."""
    require(by, "outcome.publish", outcome)
    if by.organisation_id == outcome.from_id:
        outcome.from_publishes = agrees
    else:
        outcome.to_publishes = agrees
    journal.note("outcome.publish" if agrees else "outcome.conceal", outcome, by=by)


@operation
def mention_outcome(outcome: Outcome, source: Source, *, by: Actor) -> None:
    """Link a further record of the same two sides to an outcome, which is still counted once.

    Raises `Refused` where the record has an outcome, `Denied` for a record of other sides.
    """
    require(by, "outcome.claim", source)
    if {outcome.from_id, outcome.to_id} != {source.from_id, source.to_id}:
        raise Denied("outcome.claim on a record of other sides")
    if counted_for(source.noun, source.record_id) or open_claim_for(source.noun, source.record_id):
        raise Refused(_l("Its outcome is recorded already."))
    if not outcome.is_standing:
        raise Refused(_l("Only what counts now can be linked."))
    db.session.add(
        OutcomeMention(noun=source.noun, record_id=source.record_id, outcome_id=outcome.id)
    )
    db.session.flush()
    journal.note("outcome.mention", outcome, by=by)


@operation
def move_outcomes(double: Organisation, *, by: Actor) -> None:
    """Let the outcomes of a double speak of the survivor (a consequence); regions stay.

    A claim between the two is taken back: nobody does business with itself.
    """
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    mine = or_(Outcome.from_id == double.id, Outcome.to_id == double.id)
    moved = db.session.scalars(select(Outcome).where(mine)).all()
    for outcome in moved:
        both = {outcome.from_id, outcome.to_id}
        if both == {double.id, into_id} and outcome.state is OutcomeState.CLAIMED:
            move(outcome, "retract", by=SYSTEM)
            _revoke_links(outcome, by=by)
        for column in ("from_id", "to_id", "claimant_id", "other_id"):
            if getattr(outcome, column) == double.id:
                setattr(outcome, column, into_id)
        db.session.flush()
        db.session.expire(outcome)
    detail = {"outcome": [each.id for each in moved]}
    journal.note("organisation.merge_outcomes", double, by=by, detail=detail)
