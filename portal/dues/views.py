"""Pages of dues: the ledger of an alliance, its rates, one line, the lines of an organisation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.access import can, current_actor, current_standing, requires
from portal.accounts.models import Organisation
from portal.accounts.queries import timeline_of
from portal.alliances.forms import TIERS
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.database import db
from portal.dues import operations, queries, wording
from portal.dues.columns import DUES, OWN_DUES
from portal.dues.forms import (
    METHODS,
    AdjustForm,
    InvoiceForm,
    PaymentForm,
    RatesForm,
    in_fen,
    years_offered,
)
from portal.dues.models import Due
from portal.dues.workflow import DUE
from portal.forms import Form, refusals
from portal.language import localised
from portal.moves import attempt
from portal.navigation import ORGANISATION_TABS, entries
from portal.sheets.exporting import exported
from portal.workflow import open_to

bp = Blueprint("dues", __name__)
bp.add_app_template_filter(wording.yuan, "yuan")
bp.add_app_template_filter(wording.standing_words, "due_standing")

TAB = "dues.list_dues"
#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "pay": operations.pay_due,
    "waive": operations.waive_due,
    "reopen": operations.reopen_due,
}
WORDS = {"states": DUE.labels, "tiers": TIERS, "methods": METHODS}


@bp.get("/alliances/<alliance_slug>/dues")
@requires("due.list", Alliance)
def list_dues(alliance: Alliance) -> str:
    """Show the ledger of a year: what is due, what came in, whom to remind."""
    ledger = queries.ledger_of(alliance.id, request.args.get("year"))
    shown, every = ledger.shown, ledger.rows
    chosen = queries.chosen(every, request.args)
    rows = queries.narrowed(every, chosen)
    return alliance_page(
        "dues/list_dues.html",
        alliance,
        years=ledger.years,
        shown=shown,
        rows=rows,
        totals=queries.totals(rows),
        groups=wording.facet_groups(alliance, shown.year, every, chosen) if shown else [],
        chase=wording.chase_text(alliance, shown, rows) if shown else "",
        words=WORDS,
    )


@bp.get("/alliances/<alliance_slug>/dues.xlsx")
@requires("due.list", Alliance)
def export_dues(alliance: Alliance) -> Response:
    """Take along the ledger as the list shows it."""
    ledger = queries.ledger_of(alliance.id, request.args.get("year"))
    shown, every = ledger.shown, ledger.rows
    chosen = queries.chosen(every, request.args)
    narrowed = [str(shown.year)] if shown else []
    narrowed += wording.chosen_words(every, chosen)
    title = _("Dues of %(alliance)s", alliance=localised(alliance))
    return exported(title, DUES, queries.narrowed(every, chosen), narrowed=narrowed)


@bp.route("/alliances/<alliance_slug>/dues/rates", methods=["GET", "POST"])
@requires("due.set", Alliance)
def edit_rates(alliance: Alliance) -> tuple[str, int] | Response:
    """Say what each tier pays for a year; every member gets its line."""
    years = queries.years_of(alliance.id)
    offered, asked = years_offered(years), request.args.get("year", "")
    year = int(asked) if asked in map(str, offered) else clock.today().year
    known = queries.year_of(alliance.id, year)
    form = RatesForm(year, known, years[0] if years else None)
    if form.validate_on_submit():
        with refusals(form):
            operations.set_dues(
                alliance,
                year,
                due_on=form.due_on.data or clock.today(),
                rates=form.rates(),
                by=current_actor(),
                # A page that knew of no rates overwrites none that were set meanwhile.
                expected=form.expected or 0,
                waives=bool(form.waives.data),
            )
            flash(_("Saved."), "success")
            return redirect(url_for("dues.list_dues", alliance_slug=alliance.slug, year=year))
    if form.status == 409 and (known := queries.year_of(alliance.id, year)):
        form.version.data = str(known.version)
    values = {"form": form, "year": year, "offered": offered, "known": known}
    page = alliance_page("dues/edit_rates.html", alliance, tab=TAB, **values)
    return page, form.status


@bp.get("/dues/<int:due_id>")
@requires("due.view", Due)
def view_due(due: Due) -> str:
    """Show one line: to the secretariat, and to the manager of the member."""
    return due_page(due)


def due_page(due: Due, **more: Any) -> str:
    """Render the page of a line; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    is_keeping = can(standing, "due.keep", due)
    is_open = due.state is DUE.start
    values: dict[str, Any] = {
        "due": due,
        "words": WORDS,
        "moves": [each for each in open_to(standing, due) if each.name != "pay"],
        "payment": PaymentForm(due) if is_keeping and is_open else None,
        "adjustment": AdjustForm(due) if is_keeping and is_open else None,
        "invoice": InvoiceForm(due) if is_keeping else None,
        "timeline": timeline_of(due),
    }
    return render_template("dues/view_due.html", **{**values, **more})


@bp.post("/dues/<int:due_id>/moves/<move>")
@requires("due.view", Due)
def move_due(due: Due, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, due)
    if failed:
        return due_page(due, failed=failed), failed.status
    return redirect(url_for("dues.view_due", due_id=due.id))


def _kept(due: Due, name: str, form: Form) -> Response | tuple[str, int]:
    """Go back to the line, or show it with a form that was refused."""
    if form.status == 200:
        flash(_("Saved."), "success")
        return redirect(url_for("dues.view_due", due_id=due.id))
    if form.status == 409:
        db.session.refresh(due)
        form.version.data = str(due.version)
    return due_page(due, **{name: form}), form.status


@bp.post("/dues/<int:due_id>/payments")
@requires("due.keep", Due)
def pay_due(due: Due) -> Response | tuple[str, int]:
    """Note money that came in."""
    form = PaymentForm(due)
    if form.validate_on_submit():
        with refusals(form):
            operations.pay_due(due, form.payment(), by=current_actor(), expected=form.expected)
    return _kept(due, "payment", form)


@bp.post("/dues/<int:due_id>/amount")
@requires("due.keep", Due)
def adjust_due(due: Due) -> Response | tuple[str, int]:
    """Let the member owe another amount."""
    form = AdjustForm(due)
    if form.validate_on_submit():
        with refusals(form):
            operations.adjust_due(
                due,
                in_fen(form.amount.data),
                reason=form.reason.data or "",
                by=current_actor(),
                expected=form.expected,
            )
    return _kept(due, "adjustment", form)


@bp.post("/dues/<int:due_id>/invoice")
@requires("due.keep", Due)
def invoice_due(due: Due) -> Response | tuple[str, int]:
    """Note the invoice that the member was given."""
    form = InvoiceForm(due)
    if form.validate_on_submit():
        with refusals(form):
            operations.invoice_due(
                due, form.number.data or "", by=current_actor(), expected=form.expected
            )
    return _kept(due, "invoice", form)


@bp.get("/organisations/<int:organisation_id>/dues")
@requires("organisation.list_dues", Organisation)
def list_own_dues(organisation: Organisation) -> str:
    """Show a member's manager what their organisation owes, and what came in."""
    return render_template(
        "dues/list_own_dues.html",
        organisation=organisation,
        rows=queries.dues_of(current_standing(), organisation.id),
        tabs=entries(ORGANISATION_TABS, current_standing(), organisation),
        words=WORDS,
    )


@bp.get("/organisations/<int:organisation_id>/dues.xlsx")
@requires("organisation.list_dues", Organisation)
def export_own_dues(organisation: Organisation) -> Response:
    """Take along what the organisation owes."""
    rows = queries.dues_of(current_standing(), organisation.id)
    return exported(_("Membership dues"), OWN_DUES, rows, narrowed=[organisation.name])
