"""The page of officers: lost second factors, asked for by one and taken away by another."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import current_standing, requires
from portal.forms import refusals
from portal.sign_in import factor_resets
from portal.sign_in.factor_forms import FactorResetForm
from portal.sign_in.factor_views import bp
from portal.sign_in.models import FactorReset

__all__ = ["bp"]


@bp.route("/factor-resets", methods=["GET", "POST"])
@requires("factor_reset.request", fresh=True)
def list_factor_resets() -> tuple[str, int] | Response:
    """Show what waits for a second officer; take a new request."""
    form = FactorResetForm()
    if form.validate_on_submit():
        with refusals(form):
            factor_resets.request_reset(
                form.account.data or "", reason=form.reason.data or "", by=current_user.actor
            )
            flash(_("Requested. Another officer must confirm it within three days."), "success")
            return redirect(url_for("factors.list_factor_resets"))
    waiting = factor_resets.waiting_resets(current_standing())
    page = render_template(
        "sign_in/factor_resets.html", form=form, waiting=waiting, my_id=current_user.person_id
    )
    return page, form.status


@bp.post("/factor-resets/<int:factor_reset_id>/confirm")
@requires("factor_reset.confirm", FactorReset, fresh=True)
def confirm_factor_reset(factor_reset: FactorReset) -> Response:
    """Take the second factor away, as the second officer."""
    factor_resets.confirm_reset(factor_reset, by=current_user.actor)
    flash(_("The second factor was taken away, and the person was told."), "success")
    return redirect(url_for("factors.list_factor_resets"))
