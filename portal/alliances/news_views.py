"""Pages of news: the list, a piece, writing, changing, taking back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, requires
from portal.alliances import news as newsroom
from portal.alliances.columns import NEWS
from portal.alliances.forms import NewsForm
from portal.alliances.models import Alliance, News
from portal.alliances.views import alliance_page, bp
from portal.database import db
from portal.forms import refusals, version_in
from portal.language import localised
from portal.sheets.exporting import MOST_ROWS, exported


@bp.get("/alliances/<alliance_slug>/news")
@requires("alliance.view", Alliance)
def list_news(alliance: Alliance) -> str:
    """Show the news of an alliance, the newest first."""
    written = request.args.get("after", "")
    is_key = written.isascii() and written.isdecimal() and len(written) < 10
    rows, next_key = newsroom.news_page(
        current_standing(), alliance.id, int(written) if is_key else None
    )
    return alliance_page(
        "alliances/list_news.html", alliance, news=rows, is_first=not is_key, next_key=next_key
    )


@bp.get("/alliances/<alliance_slug>/news.xlsx")
@requires("alliance.view", Alliance)
def export_news(alliance: Alliance) -> Response:
    """Take along the news that the list shows."""
    rows, next_key = newsroom.news_page(current_standing(), alliance.id, size=MOST_ROWS)
    title = _("News of %(alliance)s", alliance=localised(alliance))
    return exported(title, NEWS, rows, has_more=next_key is not None)


@bp.route("/alliances/<alliance_slug>/news/new", methods=["GET", "POST"])
@requires("news.write", Alliance)
def write_news(alliance: Alliance) -> tuple[str, int] | Response:
    """Tell something on the alliance's page."""
    form, by = NewsForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            made = newsroom.write_news(
                alliance,
                title=form.title.data or "",
                body=form.body.data or "",
                by=by,
                receipt=form.receipt(by),
            )
            flash(_("It stands on the alliance's page now."), "success")
            return redirect(url_for("alliances.view_news", news_id=made.id))
    page = render_template("alliances/edit_news.html", alliance=alliance, form=form, news=None)
    return page, form.status


@bp.get("/news/<int:news_id>")
@requires("news.view", News)
def view_news(news: News) -> str:
    """Show a piece of news."""
    return news_page(news)


def news_page(news: News, refusal: str | None = None) -> str:
    """Render the page of a piece of news, with what a refused form is told."""
    return alliance_page(
        "alliances/view_news.html",
        news.alliance,
        tab="alliances.list_news",
        news=news,
        refusal=refusal,
        may_edit=news.is_standing and can(current_standing(), "news.edit", news),
    )


@bp.route("/news/<int:news_id>/edit", methods=["GET", "POST"])
@requires("news.edit", News)
def edit_news(news: News) -> tuple[str, int] | Response:
    """Change what a piece of news says."""
    if not news.is_standing and request.method == "GET":
        return redirect(url_for("alliances.view_news", news_id=news.id))
    form = NewsForm(news=news)
    if form.validate_on_submit():
        with refusals(form):
            newsroom.edit_news(
                news,
                title=form.title.data or "",
                body=form.body.data or "",
                by=current_actor(),
                expected=form.expected,
            )
            flash(_("Saved."), "success")
            return redirect(url_for("alliances.view_news", news_id=news.id))
    is_stale = form.status == 409
    if is_stale:
        # What they typed stays; sending it again replaces the version now shown beside it.
        db.session.refresh(news)
        form.version.data = str(news.version)
    page = render_template(
        "alliances/edit_news.html",
        alliance=news.alliance,
        form=form,
        news=news,
        is_stale=is_stale,
    )
    return page, form.status


@bp.post("/news/<int:news_id>/withdraw")
@requires("news.withdraw", News)
def withdraw_news(news: News) -> tuple[str, int] | Response:
    """Take a piece of news back."""
    form = NewsForm()
    with refusals(form):
        newsroom.withdraw_news(
            news, by=current_actor(), expected=version_in(request.form.get("version", ""))
        )
        flash(_("Taken back. Only the secretariat sees it now."), "success")
        return redirect(url_for("alliances.list_news", alliance_slug=news.alliance.slug))
    db.session.refresh(news)
    return news_page(news, form.refusal), form.status
