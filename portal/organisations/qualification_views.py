"""Pages of an organisation's qualifications: the manager lists them, a secretary saw them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, requires
from portal.accounts.models import Organisation
from portal.errors import Refused
from portal.forms import refusals, version_in
from portal.organisations import qualifications, queries
from portal.organisations.columns import QUALIFICATIONS
from portal.organisations.forms import QualificationForm
from portal.organisations.models import Qualification
from portal.organisations.views import bp, kept_page, sentence_of
from portal.sheets.exporting import exported

__all__ = ["bp"]


def back(organisation_id: int) -> Response:
    """Return to the list."""
    return redirect(url_for("organisations.list_qualifications", organisation_id=organisation_id))


@bp.get("/organisations/<int:organisation_id>/qualifications")
@requires("organisation.list_qualifications", Organisation)
def list_qualifications(organisation: Organisation) -> tuple[str, int]:
    """Show the certificates, what was seen of them, and the form for a new one."""
    standing = current_standing()
    return kept_page(
        "list_qualifications",
        organisation,
        QualificationForm(),
        qualifications=queries.qualifications_of(organisation.id),
        may_edit=can(standing, "organisation.edit", organisation),
        may_confirm=can(standing, "organisation.keep", organisation),
    )


@bp.get("/organisations/<int:organisation_id>/qualifications.xlsx")
@requires("organisation.list_qualifications", Organisation)
def export_qualifications(organisation: Organisation) -> Response:
    """Take along the certificates."""
    rows = queries.qualifications_of(organisation.id)
    return exported(_("Qualifications"), QUALIFICATIONS, rows, narrowed=[organisation.name])


@bp.post("/organisations/<int:organisation_id>/qualifications")
@requires("organisation.edit", Organisation)
def add_qualification(organisation: Organisation) -> tuple[str, int] | Response:
    """Add a certificate."""
    form, by = QualificationForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            qualifications.add_qualification(
                organisation, form.certificate(), by=by, receipt=form.receipt(by)
            )
            flash(_("Saved."), "success")
            return back(organisation.id)
    return kept_page(
        "list_qualifications",
        organisation,
        form,
        qualifications=queries.qualifications_of(organisation.id),
        may_edit=True,
        may_confirm=False,
    )


@bp.route("/qualifications/<int:qualification_id>/edit", methods=["GET", "POST"])
@requires("qualification.edit", Qualification)
def edit_qualification(qualification: Qualification) -> tuple[str, int] | Response:
    """Change what a certificate says."""
    form = QualificationForm(qualification=qualification)
    if form.validate_on_submit():
        with refusals(form):
            qualifications.edit_qualification(
                qualification, form.certificate(), by=current_actor(), expected=form.expected
            )
            flash(_("Saved."), "success")
            return back(qualification.organisation_id)
    return kept_page(
        "edit_qualification",
        qualification.organisation,
        form,
        thing=qualification,
        qualification=qualification,
    )


@bp.post("/qualifications/<int:qualification_id>/remove")
@requires("qualification.edit", Qualification)
def remove_qualification(qualification: Qualification) -> Response:
    """Take a certificate off the list."""
    organisation_id = qualification.organisation_id
    qualifications.remove_qualification(qualification, by=current_actor())
    flash(_("Removed."), "success")
    return back(organisation_id)


@bp.post("/qualifications/<int:qualification_id>/seen")
@requires("qualification.confirm", Qualification)
def confirm_qualification(qualification: Qualification) -> Response:
    """Record that the original was seen and no copy kept."""
    try:
        expected = version_in(request.form.get("version", ""))
        qualifications.confirm_qualification(qualification, by=current_actor(), expected=expected)
        flash(_("Recorded: original seen, no copy kept."), "success")
    except Refused as refused:
        sentence_of(refused)
    return back(qualification.organisation_id)
