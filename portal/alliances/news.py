"""News of an alliance: what its secretariat tells, changes and takes back; how it is listed."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_

from portal import clock, journal
from portal.access import require, visible_to
from portal.actors import Actor, Standing
from portal.alliances.models import Alliance, News
from portal.database import db
from portal.errors import Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.workflow import check_version

#: Pieces on a page of the list.
PAGE = 20


@operation
def write_news(
    alliance: Alliance, *, title: str, body: str, by: Actor, receipt: str | None = None
) -> News:
    """Tell something on the alliance's page, now; plain text, paragraphs by empty lines."""
    require(by, "news.write", alliance)
    earlier = earlier_result(News, receipt)
    if earlier is not None:
        return earlier
    news = News(
        alliance_id=alliance.id,
        title=title,
        body=body,
        author_id=by.person_id,
        published_at=clock.now(),
    )
    db.session.add(news)
    db.session.flush()
    journal.note("news.write", news, by=by)
    keep_receipt(receipt, news)
    return news


@operation
def edit_news(news: News, *, title: str, body: str, by: Actor, expected: int | None = None) -> None:
    """Change what a piece of news says; its day stays.

    Raises `Stale` for an old version, `Refused` where it was taken back.
    """
    require(by, "news.edit", news)
    check_version(news, expected)
    _refuse_where_withdrawn(news)
    before = {"title": news.title, "body": news.body}
    news.title, news.body = title, body
    journal.note("news.edit", news, by=by, detail={"before": before})


@operation
def withdraw_news(news: News, *, by: Actor, expected: int | None = None) -> None:
    """Take a piece of news back: only the secretariat sees it any more."""
    require(by, "news.withdraw", news)
    check_version(news, expected)
    _refuse_where_withdrawn(news)
    news.withdrawn_at = clock.now()
    journal.note("news.withdraw", news, by=by)


def _refuse_where_withdrawn(news: News) -> None:
    if not news.is_standing:
        raise Refused(_l("It was taken back already."))


def news_of(
    standing: Standing, alliance_id: int, limit: int, after: News | None = None
) -> Sequence[News]:
    """Return the newest news of an alliance that a person may see, those before `after`."""
    query = select(News).where(
        News.alliance_id == alliance_id, visible_to(standing, "news.view", News)
    )
    if after is not None:
        query = query.where(tuple_(News.published_at, News.id) < (after.published_at, after.id))
    newest_first = query.order_by(News.published_at.desc(), News.id.desc())
    return db.session.scalars(newest_first.limit(limit)).all()


def news_page(
    standing: Standing, alliance_id: int, after: int | None = None, *, size: int | None = None
) -> tuple[Sequence[News], int | None]:
    """Return a page of the news of an alliance, newest first, and the key of the next page."""
    last = db.session.get(News, after) if after is not None else None
    size = size or PAGE
    rows = news_of(standing, alliance_id, size + 1, last)
    return rows[:size], rows[size - 1].id if len(rows) > size else None
