"""Verbs on dues: rates set, lines adjusted, payments and invoices noted, lines waived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance, Membership, Tier
from portal.database import db
from portal.dues.models import Due, DuesRate, DuesYear, PaymentMethod
from portal.dues.queries import year_of
from portal.dues.workflow import DUE, DueState
from portal.errors import Refused
from portal.operations import operation
from portal.workflow import check_version, move

#: So many members a refusal names.
MOST_NAMED = 5


@dataclass(frozen=True)
class Payment:
    """Money that came in: on which day, how much (fen), by which way."""

    paid_on: date
    amount_fen: int
    method: PaymentMethod


@operation
def set_dues(
    alliance: Alliance,
    year: int,
    *,
    due_on: date,
    rates: Mapping[Tier, int],
    by: Actor,
    expected: int | None = None,
    waives: bool = False,
) -> DuesYear:
    """Say what each tier pays for a year (fen); every member of that year gets a line.

    May be said anew: whoever joined since, but not after the year, gets a line, and lines that
    are open, without a payment and not adjusted follow the rates and the tier of today. Raises
    `Refused` without any rate, and where lines of tiers that pay nothing would be waived, unless
    `waives` says that they are meant.
    """
    require(by, "due.set", alliance)
    if not rates or any(amount <= 0 for amount in rates.values()):
        raise Refused(_l("Say what at least one tier pays."))
    found = year_of(alliance.id, year)
    if found is None:
        found = DuesYear(alliance_id=alliance.id, year=year, due_on=due_on)
        db.session.add(found)
    else:
        check_version(found, expected)
        found.due_on = due_on
    said = {rate.tier: rate for rate in found.rates}
    found.rates = [said.get(tier) or DuesRate(tier=tier) for tier in rates]
    for rate in found.rates:
        rate.amount_fen = rates[rate.tier]
    # Its version grows also where only an amount changed: a page opened before is stale now.
    flag_modified(found, "due_on")
    db.session.flush()
    detail = {"year": year, "rates": {tier.value: fen for tier, fen in rates.items()}}
    journal.note("dues_year.set", found, by=by, detail=detail)
    _demand(found, rates, waives=waives, by=by)
    return found


def _demand(dues_year: DuesYear, rates: Mapping[Tier, int], *, waives: bool, by: Actor) -> None:
    """Give every member that has none a line, and let the untouched lines follow the rates."""
    members = db.session.execute(
        select(Membership.organisation_id, Membership.tier, Membership.since)
        .where(Membership.alliance_id == dues_year.alliance_id, Membership.is_active)
        .order_by(Membership.organisation_id)
    ).all()
    lines = db.session.scalars(select(Due).where(Due.dues_year_id == dues_year.id))
    there = {each.organisation_id: each for each in lines}
    given_up = [
        there[organisation_id]
        for organisation_id, tier, _since in members
        if tier not in rates and organisation_id in there and _is_untouched(there[organisation_id])
    ]
    if given_up and not waives:
        raise Refused(_what_is_waived(given_up), field="waives")
    for organisation_id, tier, since in members:
        amount, due = rates.get(tier), there.get(organisation_id)
        # Who joined after the year owes nothing for it.
        is_later = since is not None and clock.day_of(since).year > dues_year.year
        if due is None and amount is not None and not is_later:
            due = Due(
                alliance_id=dues_year.alliance_id,
                dues_year_id=dues_year.id,
                organisation_id=organisation_id,
                tier=tier,
                amount_fen=amount,
                state=DUE.start,
                paid_fen=0,
            )
            db.session.add(due)
            db.session.flush()
            journal.note("due.demand", due, by=by, detail={"note": in_yuan(amount)})
        elif due is not None and _is_untouched(due):
            if amount is None:
                move(due, "waive", by=by, note=_("This tier pays nothing."))
            elif (due.tier, due.amount_fen) != (tier, amount):
                due.tier, due.amount_fen = tier, amount
                journal.note("due.demand", due, by=by, detail={"note": in_yuan(amount)})


def _what_is_waived(given_up: Sequence[Due]) -> str:
    """Return the sentence that says which lines would be asked for no more."""
    names = [due.organisation.name for due in given_up]
    named = _(", ").join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        named = _("%(names)s and %(count)d more", names=named, count=len(names) - MOST_NAMED)
    return str(
        _(
            "Tiers left empty pay nothing: what is asked of %(names)s would be waived. Enter the "
            "rate, or say that it is meant.",
            names=named,
        )
    )


def _is_untouched(due: Due) -> bool:
    return due.state is DUE.start and due.reason is None and due.paid_fen == 0


def in_yuan(fen: int) -> str:
    """Return an amount as the record of steps keeps it, in no language."""
    return f"¥{fen / 100:,.2f}"


@operation
def adjust_due(
    due: Due, amount_fen: int, *, reason: str, by: Actor, expected: int | None = None
) -> None:
    """Let a member owe another amount than its tier (fen), with the reason.

    Raises `Refused` where it is not open any more, or where more than the amount came in.
    """
    require(by, "due.keep", due)
    check_version(due, expected)
    if due.state is not DUE.start:
        raise Refused(_l("Open it again first."))
    if amount_fen <= due.paid_fen:
        raise Refused(
            _l("It must be more than what came in already. Waive the rest instead."),
            field="amount",
        )
    due.amount_fen, due.reason = amount_fen, reason
    note = f"{in_yuan(amount_fen)} · {reason}"
    journal.note("due.adjust", due, by=by, detail={"note": note})


@operation
def pay_due(
    due: Due,
    payment: Payment | None = None,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
) -> None:
    """Note money that came in; the line is paid once all of it did.

    Raises `Refused` without a payment, for a day ahead, and for more than what is left.
    """
    require(by, "due.keep", due)
    check_version(due, expected)
    if payment is None:
        raise Refused(_l("Say on which day how much came in."))
    if due.state is not DUE.start:
        raise Refused(_l("Open it again first."))
    if payment.paid_on > clock.today():
        raise Refused(_l("This day is still to come."), field="paid_on")
    if not 0 < payment.amount_fen <= due.left_fen:
        raise Refused(
            _l("It must be more than nothing and no more than what is left."), field="paid"
        )
    told = f"{payment.paid_on.isoformat()} · {in_yuan(payment.amount_fen)}"
    _receive(due, payment.amount_fen, payment.paid_on, payment.method, told=told, by=by)


def _receive(
    due: Due, amount_fen: int, paid_on: date, method: PaymentMethod, *, told: str, by: Actor
) -> None:
    """Add what came in to a line; it is paid where nothing is left."""
    also = {"paid_fen": due.paid_fen + amount_fen, "paid_on": paid_on, "method": method}
    if amount_fen == due.left_fen:
        move(due, "pay", by=by, basis=told, also=also)
        return
    for column, value in also.items():
        setattr(due, column, value)
    journal.note("due.receive", due, by=by, detail={"note": told})


@operation
def invoice_due(due: Due, number: str, *, by: Actor, expected: int | None = None) -> None:
    """Note the number of the invoice that the member was given; empty takes it away."""
    require(by, "due.keep", due)
    check_version(due, expected)
    due.invoice = number or None
    journal.note("due.invoice", due, by=by, detail={"note": number} if number else None)


@operation
def waive_due(due: Due, *, by: Actor, expected: int | None = None, note: str | None = None) -> None:
    """Ask no more for what has not come in."""
    require(by, "due.keep", due)
    move(due, "waive", by=by, expected=expected, note=note)


@operation
def reopen_due(
    due: Due, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take back that it was paid or waived: it was noted in error."""
    require(by, "due.keep", due)
    also = {"paid_fen": 0, "paid_on": None, "method": None} if due.left_fen == 0 else {}
    move(due, "reopen", by=by, expected=expected, note=note, also=also)


@operation
def move_dues(double: Organisation, *, by: Actor) -> None:
    """Let the lines of a double be the survivor's, but for years in which that has its own.

    One organisation pays once: of two lines for a year one is asked for at most.
    """
    require(by, "organisation.merge", double)
    lines = select(Due).where(Due.organisation_id == double.merged_into_id)
    own = {each.dues_year_id: each for each in db.session.scalars(lines)}
    moved = []
    for due in db.session.scalars(select(Due).where(Due.organisation_id == double.id)).all():
        beside = own.get(due.dues_year_id)
        if beside is None:
            due.organisation_id = double.merged_into_id or 0
            moved.append(due.id)
            continue
        # Where all came in for the double, nothing more is asked; a part is the survivor's.
        asked = beside if due.state is DueState.PAID else due
        if asked is due:
            _credit(due, beside)
        if asked.state is DUE.start:
            move(asked, "waive", by=SYSTEM, note=_("Two records of one organisation became one."))
    journal.note("organisation.merge_dues", double, by=by, detail={"due": moved})


def _credit(double: Due, own: Due) -> None:
    """Let what came in of a double's line count for the survivor's own, as far as that is open."""
    amount = min(double.paid_fen, own.left_fen) if own.state is DUE.start else 0
    paid_on, method = double.paid_on, double.method
    if not amount or paid_on is None or method is None:
        return
    double.paid_fen -= amount
    if not double.paid_fen:
        double.paid_on = double.method = None
    db.session.flush()
    told = f"{paid_on.isoformat()} · {in_yuan(amount)}"
    journal.note("due.credit", double, by=SYSTEM, detail={"note": told})
    if own.paid_on is not None and own.paid_on > paid_on:
        paid_on, method = own.paid_on, own.method or method
    _receive(own, amount, paid_on, method, told=told, by=SYSTEM)
