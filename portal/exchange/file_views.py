"""Pages of the files of a listing: add after the secrecy question, fetch, remove."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import current_actor, requires
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.exchange import attaching, operations
from portal.exchange.forms import FileForm
from portal.exchange.models import Listing
from portal.exchange.views import bp, secrecy_answer
from portal.forms import refusals
from portal.sniffing import ACCEPTED
from portal.uploads import takes_upload


@bp.route("/listings/<int:listing_id>/files/new", methods=["GET", "POST"])
@requires("listing.edit", Listing)
@takes_upload("FILE_LARGEST_BYTES")
def new_file(listing: Listing) -> str | tuple[str, int] | Response:
    """Ask the secrecy question, then take one file."""
    if listing.state not in operations.EDITABLE and request.method == "GET":
        return redirect(url_for("exchange.view_listing", listing_id=listing.id))
    answer = secrecy_answer()
    if answer != "none":
        status = 422 if request.method == "POST" else 200
        page = render_template(
            "exchange/check_secrecy.html",
            answer=answer,
            alliances=[listing.alliance],
            ask=url_for("exchange.new_file", listing_id=listing.id),
            go_on=_("Go on to choose the file. Whoever may see the listing may fetch it."),
        )
        return page, status
    form = FileForm()
    if form.validate_on_submit():
        with refusals(form):
            _add(listing, form)
            return redirect(url_for("exchange.view_listing", listing_id=listing.id))
    page = render_template("exchange/new_file.html", form=form, listing=listing, accepted=ACCEPTED)
    return page, form.status


def _add(listing: Listing, form: FileForm) -> None:
    """Add the file that was sent, and say so; the very same one hangs there once."""
    received = files.receive(form.file.data.stream, form.file.data.filename or "")
    present = {each.id for each in files.files_of(listing)}
    try:
        made = attaching.attach_to_listing(listing, received, by=current_actor())
    except Refused:
        files.forget(received, by=SYSTEM)
        raise
    if made.id in present:
        flash(_("This very file is here already; it was not added again."), "success")
    else:
        flash(_("The file was added."), "success")


@bp.get("/listings/<int:listing_id>/files/<int:file_id>")
@requires("listing.view", Listing)
def fetch_file(listing: Listing, file_id: int) -> Response:
    """Hand out a file of a listing: its door is the listing's own."""
    return files.send_of(listing, file_id)


@bp.post("/listings/<int:listing_id>/files/<int:file_id>/remove")
@requires("listing.edit", Listing)
def remove_file(listing: Listing, file_id: int) -> Response:
    """Take a file off a listing; a second press on the button finds it gone, and is content."""
    found = files.file_of(listing, file_id)
    if found is not None:
        attaching.detach_from_listing(listing, found, by=current_actor())
    flash(_("The file was removed."), "success")
    return redirect(url_for("exchange.view_listing", listing_id=listing.id))
