"""Pages of an organisation's contacts, each with the consent to show it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, current_standing, requires
from portal.accounts.models import Organisation
from portal.forms import refusals
from portal.organisations import contacts, queries
from portal.organisations.columns import CONTACTS
from portal.organisations.forms import AUDIENCES, CONTACT_KINDS, ContactForm
from portal.organisations.models import ContactAudience, ContactKind, ContactPoint
from portal.organisations.telephone import with_numbers
from portal.organisations.views import bp, kept_page
from portal.sheets.exporting import exported

__all__ = ["bp"]

bp.add_app_template_filter(with_numbers)


def back(organisation_id: int) -> Response:
    """Return to the list."""
    return redirect(url_for("organisations.list_contacts", organisation_id=organisation_id))


@bp.get("/organisations/<int:organisation_id>/contacts.xlsx")
@requires("organisation.edit", Organisation)
def export_contacts(organisation: Organisation) -> Response:
    """Take along how the organisation is reached, as far as one may see it."""
    rows = queries.contacts_of(current_standing(), organisation.id)
    return exported(_("Contacts"), CONTACTS, rows, narrowed=[organisation.name])


@bp.route("/organisations/<int:organisation_id>/contacts", methods=["GET", "POST"])
@requires("organisation.edit", Organisation)
def list_contacts(organisation: Organisation) -> tuple[str, int] | Response:
    """Show how the organisation is reached and who sees it; add one."""
    form, by = ContactForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            contacts.add_contact(
                organisation,
                kind=ContactKind(form.kind.data),
                value=form.value.data or "",
                label=form.label.data or None,
                shown_to=ContactAudience(form.shown_to.data),
                by=by,
                receipt=form.receipt(by),
            )
            flash(_("Saved."), "success")
            return back(organisation.id)
    return kept_page(
        "list_contacts",
        organisation,
        form,
        contacts=queries.contacts_of(current_standing(), organisation.id),
        kinds=CONTACT_KINDS,
        audiences=AUDIENCES,
    )


@bp.route("/contacts/<int:contact_point_id>/edit", methods=["GET", "POST"])
@requires("contact_point.edit", ContactPoint)
def edit_contact(contact_point: ContactPoint) -> tuple[str, int] | Response:
    """Change a contact, or to whom it is shown."""
    form = ContactForm(contact=contact_point)
    if form.validate_on_submit():
        with refusals(form):
            contacts.edit_contact(
                contact_point,
                value=form.value.data or "",
                label=form.label.data or None,
                shown_to=ContactAudience(form.shown_to.data),
                by=current_actor(),
                expected=form.expected,
            )
            flash(_("Saved."), "success")
            return back(contact_point.organisation_id)
    return kept_page(
        "edit_contact",
        contact_point.organisation,
        form,
        thing=contact_point,
        contact=contact_point,
        kinds=CONTACT_KINDS,
        audiences=AUDIENCES,
    )


@bp.post("/contacts/<int:contact_point_id>/remove")
@requires("contact_point.edit", ContactPoint)
def remove_contact(contact_point: ContactPoint) -> Response:
    """Take a contact away."""
    organisation_id = contact_point.organisation_id
    contacts.remove_contact(contact_point, by=current_actor())
    flash(_("Removed."), "success")
    return back(organisation_id)
