"""Pages of documents: the list, one paper and its seal, letterhead and templates, the proof."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import can, current_actor, current_standing, public, requires
from portal.accounts.queries import timeline_of
from portal.alliances.forms import TIERS
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.documents import operations, queries, rendering, sealing
from portal.documents.columns import DOCUMENTS
from portal.documents.forms import DOCUMENT_KINDS, LetterheadForm, ScanForm, TemplateForm
from portal.documents.models import Document, DocumentKind, Letterhead
from portal.documents.workflow import DOCUMENT
from portal.errors import Missing
from portal.forms import Form, refusals
from portal.language import localised
from portal.moves import attempt
from portal.sheets.exporting import exported
from portal.sniffing import kind_of
from portal.uploads import takes_upload
from portal.workflow import open_to

bp = Blueprint("documents", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "scan": operations.send_scan,
    "check": operations.check_document,
    "send_back": operations.send_back_document,
    "revoke": operations.revoke_document,
}
WORDS = {"states": DOCUMENT.labels, "kinds": DOCUMENT_KINDS, "tiers": TIERS}


@bp.app_template_global()
def papers_about(thing: Any) -> list[dict[str, Any]]:
    """Return the papers made from a record, as far as whoever looks at it may see them.

    Pages of rooms below this one show them, too.
    """
    found = queries.papers_of(current_standing(), thing)
    return [{**each._asdict(), "label": DOCUMENT.labels[each.state]} for each in found]


def asked_once_more(
    thing: Any, kind: DocumentKind, *, title: str | None = None, **sent: str
) -> tuple[str, int] | None:
    """Return the page that asks whether another paper is wanted, where one stands already.

    None: none stands, or the person said so there. Each paper takes a number for good. A title
    tells papers of a kind apart where a record has several; `sent` is sent once more.
    """
    made = None if request.form.get("another") else queries.made_already(thing, kind, title)
    if made is None or not can(current_standing(), "document.view", made):
        return None
    page = render_template(
        "documents/make_another.html", made=made, form=Form(), sent=sent, words=WORDS
    )
    return page, 409


@bp.get("/alliances/<alliance_slug>/documents")
@requires("document.list", Alliance)
def list_documents(alliance: Alliance) -> str:
    """Show the papers of an alliance, the newest first."""
    rows = queries.documents_of(current_standing(), alliance.id)
    return alliance_page("documents/list_documents.html", alliance, rows=rows, words=WORDS)


@bp.get("/alliances/<alliance_slug>/documents.xlsx")
@requires("document.list", Alliance)
def export_documents(alliance: Alliance) -> Response:
    """Take along the papers that the list shows."""
    rows = queries.documents_of(current_standing(), alliance.id)
    title = _("Documents of %(alliance)s", alliance=localised(alliance))
    return exported(title, DOCUMENTS, rows)


@bp.get("/documents/<int:document_id>")
@requires("document.view", Document)
def view_document(document: Document) -> str:
    """Show a paper, its file, and how far its seal has come."""
    return document_page(document)


def document_page(document: Document, **more: Any) -> str:
    """Render a paper's page; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    is_keeping = can(standing, "document.keep", document)
    moves = [each for each in open_to(standing, document) if each.name != "scan"]
    values: dict[str, Any] = {
        "document": document,
        "words": WORDS,
        "moves": moves,
        "files": files.files_of(document),
        "takes_scan": is_keeping and document.state is DOCUMENT.start,
        "is_electronic": sealing.is_electronic(),
        "form": ScanForm(),
        "address": operations.verify_address(document),
        "certified": queries.membership_certified(document),
        "said": queries.said_today(document),
        "timeline": timeline_of(document) if is_keeping else (),
    }
    return render_template("documents/view_document.html", **{**values, **more})


@bp.post("/documents/<int:document_id>/moves/<move>")
@requires("document.view", Document)
def move_document(document: Document, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, document)
    if failed:
        return document_page(document, failed=failed), failed.status
    return redirect(url_for("documents.view_document", document_id=document.id))


@bp.post("/documents/<int:document_id>/scan")
@requires("document.keep", Document)
@takes_upload("FILE_LARGEST_BYTES")
def scan_document(document: Document) -> Response | tuple[str, int]:
    """Take the scan or photograph of the sealed paper."""
    form = ScanForm()
    if form.validate_on_submit():
        with refusals(form):
            received = files.receive(form.file.data.stream, form.file.data.filename or "")
            operations.scan_document(document, received, by=current_actor())
            flash(_("The scan was sent in. Somebody else checks it."), "success")
            return redirect(url_for("documents.view_document", document_id=document.id))
    return document_page(document, form=form), form.status


@bp.post("/documents/<int:document_id>/seal")
@requires("document.keep", Document)
def seal_document(document: Document) -> Response | tuple[str, int]:
    """Have a paper sealed by the adapter; what comes back is checked by somebody else."""
    form = ScanForm()
    with refusals(form):
        name = next((each.name for each in files.files_of(document)), "")
        sealed = sealing.sealed(document, name)
        received = files.receive(BytesIO(sealed.content), sealed.name)
        operations.scan_document(document, received, by=current_actor())
        flash(_("It was sealed electronically. Somebody else checks it."), "success")
        return redirect(url_for("documents.view_document", document_id=document.id))
    return document_page(document, form=form), form.status


@bp.get("/documents/<int:document_id>/files/<int:file_id>")
@requires("document.view", Document)
def fetch_file(document: Document, file_id: int) -> Response:
    """Hand out a file of a paper."""
    return files.send_of(document, file_id)


@bp.route("/alliances/<alliance_slug>/letterhead", methods=["GET", "POST"])
@requires("letterhead.edit", Alliance)
def edit_letterhead(alliance: Alliance) -> tuple[str, int] | Response:
    """Say how papers are numbered and who seals them."""
    head = operations.letterhead_of(alliance.id)
    form = LetterheadForm(thing=head)
    if head is None and not form.is_submitted():
        form.seal_holder.data = alliance.name
    if form.validate_on_submit():
        with refusals(form):
            operations.edit_letterhead(
                alliance,
                prefix=form.prefix.data or "",
                seal_holder=form.seal_holder.data or "",
                by=current_actor(),
                expected=form.expected,
            )
            flash(_("Saved."), "success")
            return redirect(url_for("documents.edit_letterhead", alliance_slug=alliance.slug))
    return letterhead_page(alliance, head, form, TemplateForm()), form.status


def letterhead_page(
    alliance: Alliance, head: Letterhead | None, form: LetterheadForm, template: TemplateForm
) -> str:
    """Render letterhead and templates; the one form that was sent keeps its errors."""
    return render_template(
        "documents/edit_letterhead.html",
        alliance=alliance,
        form=form,
        template=template,
        head=head,
        kinds=DOCUMENT_KINDS,
        own={each.name for each in files.files_of(head)} if head else set(),
    )


@bp.post("/alliances/<alliance_slug>/letterhead/templates")
@requires("letterhead.edit", Alliance)
@takes_upload("FILE_LARGEST_BYTES")
def send_template(alliance: Alliance) -> Response | tuple[str, int]:
    """Take an alliance's own template; it is tried before it is kept."""
    form = TemplateForm()
    if form.validate_on_submit():
        with refusals(form):
            sent = form.file.data.stream
            kind_of(sent)  # a bomb goes off where it is filled in
            sent.seek(0)
            kind = DocumentKind(form.kind.data)
            must = rendering.must_show(kind.value)
            rendering.filled(BytesIO(sent.read()), {}, address="https://example.org/", must=must)
            sent.seek(0)
            received = files.receive(sent, form.file.data.filename or "")
            operations.keep_template(alliance, kind, received, by=current_actor())
            flash(_("Kept. Papers of this kind are made from it from now on."), "success")
            return redirect(url_for("documents.edit_letterhead", alliance_slug=alliance.slug))
    head = operations.letterhead_of(alliance.id)
    return letterhead_page(alliance, head, LetterheadForm(thing=head), form), form.status


@bp.get("/alliances/<alliance_slug>/letterhead/templates/<kind>")
@requires("letterhead.edit", Alliance)
def fetch_template(alliance: Alliance, kind: str) -> Response:
    """Hand out the template that papers of a kind are made from, to be changed in Word.

    With `?portal=1` it is the one that comes with the portal, also where the alliance has its own.
    """
    if kind not in list(DocumentKind):
        raise Missing(f"template at {request.path}")
    is_portals = "portal" in request.args
    own = None if is_portals else operations.own_template(alliance, DocumentKind(kind))
    found = own or rendering.shipped(kind)
    name = operations.template_name(DocumentKind(kind))
    return send_file(found, mimetype=rendering.MIME, as_attachment=True, download_name=name)


@bp.post("/alliances/<alliance_slug>/letterhead/templates/<kind>/drop")
@requires("letterhead.edit", Alliance)
def drop_template(alliance: Alliance, kind: str) -> Response:
    """Go back to the portal's own template of a kind."""
    if kind not in list(DocumentKind):
        raise Missing(f"template at {request.path}")
    operations.drop_template(alliance, DocumentKind(kind), by=current_actor())
    flash(_("Papers of this kind are made from the portal's own template again."), "success")
    return redirect(url_for("documents.edit_letterhead", alliance_slug=alliance.slug))


@bp.get("/verify/<code>")
@public
def verify(code: str) -> tuple[str, int]:
    """Say what a paper is whose code was scanned, and whether it is genuine.

    A certificate says no more than what is so today: the membership may have ended since. So do a
    resolution that was repealed and minutes that are not final. A paper whose seal nobody checked
    yet is the portal's, but not in force.
    """
    document = queries.document_of_code(code)
    certified = queries.membership_certified(document)
    said = queries.said_today(document)
    page = render_template(
        "documents/verify.html", document=document, certified=certified, said=said, words=WORDS
    )
    return page, 200 if document else 404
