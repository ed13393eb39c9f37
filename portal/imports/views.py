"""Pages of imports: bring a workbook, say how it is read, see each row's fate, take it over."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from portal.access import current_actor, current_standing, requires
from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Refused
from portal.forms import Form, refusals, version_in
from portal.imports import operations, queries, workbooks
from portal.imports.forms import FIELDS, UploadForm, sample_of
from portal.imports.models import MemberImport
from portal.imports.pages import import_page, sheet_forms
from portal.imports.recognising import guess_layouts
from portal.imports.running import opened, planned
from portal.imports.side_by_side import separated
from portal.jobs import JobPage
from portal.sheets.exporting import ENDING, download
from portal.sheets.reading import column_letter, read_workbook
from portal.sheets.writing import MIMETYPE
from portal.uploads import takes_upload

bp = Blueprint("imports", __name__)

#: What the page of an import's job says.
JOB_PAGE = JobPage(
    _l("Import of members"),
    lambda job: url_for("imports.view_import", member_import_id=job.about_id),
)
#: Seconds after which the page of a running import asks anew.
RENEW_SECONDS = 3


def _page(member_import: MemberImport) -> Answer:
    return redirect(url_for("imports.view_import", member_import_id=member_import.id))


def _download(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MIMETYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.route("/alliances/<alliance_slug>/imports", methods=["GET", "POST"])
@requires("membership.list", Alliance)
@takes_upload("WORKBOOK_BYTES")
def list_imports(alliance: Alliance) -> tuple[str, int] | Answer:
    """Take a workbook of members, and show what was brought before."""
    form, by = UploadForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            lexicon = queries.reference().lexicon
            sheets = separated(read_workbook(form.content), lexicon)
            layouts = guess_layouts(sheets, lexicon)
            made = operations.bring_workbook(
                alliance, form.file_name, sheets, layouts, by=by, receipt=form.receipt(by)
            )
            return redirect(url_for("imports.edit_columns", member_import_id=made.id))
    imports = queries.imports_of(alliance.id)
    page = render_template(
        "imports/list_imports.html",
        alliance=alliance,
        form=form,
        imports=imports,
        taken=queries.taken_in(imports),
    )
    return page, form.status


@bp.get("/alliances/<alliance_slug>/imports/template")
@requires("membership.list", Alliance)
def download_template(alliance: Alliance) -> Response:
    """Hand out the workbook to fill in."""
    return _download(workbooks.template(), f"{alliance.slug}-members.xlsx")


@bp.route("/imports/<int:member_import_id>/columns", methods=["GET", "POST"])
@requires("member_import.run", MemberImport)
def edit_columns(member_import: MemberImport) -> tuple[str, int] | Answer:
    """Show how each sheet is read, and take corrections."""
    if not member_import.is_open:
        return _page(member_import)
    source, form = opened(member_import), Form(thing=member_import)
    sheets = sheet_forms(source)
    # Every one is checked, so that each shows what is wrong in it.
    valid = [each.validate() for each in (form, *sheets)] if form.is_submitted() else [False]
    if all(valid):
        with refusals(form):
            layouts = [each.layout() for each in sheets]
            operations.correct_layouts(
                member_import, source.sheets, layouts, by=current_actor(), expected=form.expected
            )
            return _page(member_import)
    if form.status == 409:
        db.session.refresh(member_import)
        form.version.data = str(member_import.version)
    page = render_template(
        "imports/edit_columns.html",
        member_import=member_import,
        alliance=member_import.alliance,
        form=form,
        sheets=[
            (sheet, each, sample_of(sheet, layout))
            for sheet, each, layout in zip(source.sheets, sheets, source.layouts, strict=True)
        ],
        letter=column_letter,
        field_names=[each.value for each in FIELDS],
    )
    return page, max(form.status, *(each.status for each in sheets))


@bp.get("/imports/<int:member_import_id>")
@requires("member_import.view", MemberImport)
def view_import(member_import: MemberImport) -> tuple[str, dict[str, str]]:
    """Show what would become of each row, how far the import is, or what came of it."""
    shown = import_page(member_import, current_standing(), request.args)
    page = render_template("imports/view_import.html", **shown)
    # The page renews itself while there is something to wait for, also without scripts.
    return page, {"Refresh": str(RENEW_SECONDS)} if shown.get("is_running") else {}


@bp.post("/imports/<int:member_import_id>/start")
@requires("member_import.run", MemberImport)
def start_import(member_import: MemberImport) -> Answer:
    """Have the rows taken over as they were shown."""
    plan = planned(opened(member_import), member_import.alliance, current_standing())
    seal, expected = request.form.get("seal", ""), version_in(request.form.get("version", ""))
    operations.start_import(member_import, plan, by=current_actor(), expected=expected, seal=seal)
    return _page(member_import)


@bp.post("/imports/<int:member_import_id>/discard")
@requires("member_import.run", MemberImport)
def discard_import(member_import: MemberImport) -> Answer:
    """Drop an import that was not begun."""
    expected = version_in(request.form.get("version", ""))
    operations.discard_import(member_import, by=current_actor(), expected=expected)
    flash(_("Discarded: nothing was taken over."), "success")
    slug = member_import.alliance.slug
    return redirect(url_for("imports.list_imports", alliance_slug=slug))


@bp.get("/imports/<int:member_import_id>/refused")
@requires("member_import.view", MemberImport)
def download_refused(member_import: MemberImport) -> Response:
    """Hand out the rows that were not taken over, with the reasons."""
    source = member_import.file_name.rpartition(".")[0] or member_import.file_name
    name = _("%(source)s – not taken over", source=source)
    return download(f"{name}{ENDING}", workbooks.refused_rows(member_import))


@bp.post("/imports/<int:member_import_id>/nodes")
@requires("member_import.run", MemberImport)
def place_node(member_import: MemberImport) -> Answer:
    """Place a text on the chain map, or leave it as text."""
    slug, written = request.form.get("alliance", ""), request.form.get("node", "")
    alliance = db.session.scalar(select(Alliance).where(Alliance.slug == slug))
    node = (
        db.session.get(ChainNode, int(written))
        if written.isdecimal() and len(written) < 10
        else None
    )
    if alliance is None or (node is None and "leave" not in request.form):
        raise Refused(_("Choose a node, or leave it as text."))
    node = None if "leave" in request.form else node
    text = request.form.get("text", "")
    count = operations.place_node(member_import, alliance, text, node, by=current_actor())
    flash(
        ngettext("Done for %(num)d member.", "Done for %(num)d members.", count)
        if node
        else _("It stays as text."),
        "success",
    )
    return _page(member_import)
