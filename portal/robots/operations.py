"""Verbs on robots: setting and removing the address, and posting what became public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock, hooks, journal, links
from portal.access import require
from portal.actors import ANONYMOUS, Actor, Standing
from portal.alliances.models import Alliance, News
from portal.database import db
from portal.errors import Refused
from portal.exchange.anonymity import owner_words
from portal.exchange.forms import DIRECTIONS
from portal.exchange.models import Listing
from portal.journal import JournalLine, Note
from portal.operations import operation
from portal.robots.models import Robot, RobotPost


@operation
def set_robot(alliance: Alliance, url: str, *, by: Actor) -> Robot:
    """Give an alliance's robot its address. Raises `Refused` for one that is never called.

    Whether the name leads to a public address is asked each time it is called, not here.
    """
    require(by, "robot.set", alliance)
    try:
        hooks.target_of(url)
    except hooks.Unsafe:
        raise Refused(
            _l("Give the https address that the chat group shows."), field="url"
        ) from None
    robot = db.session.scalar(select(Robot).where(Robot.alliance_id == alliance.id))
    if robot is None:
        robot = Robot(alliance_id=alliance.id, set_by_id=by.person_id)
        db.session.add(robot)
    robot.url, robot.set_at = url, clock.now()
    robot.set_by_id = by.person_id or robot.set_by_id
    db.session.flush()
    journal.note("robot.set", robot, by=by)
    return robot


@operation
def remove_robot(alliance: Alliance, *, by: Actor) -> None:
    """Forget the address of an alliance's robot; what waits is not posted any more."""
    require(by, "robot.set", alliance)
    robot = db.session.scalar(select(Robot).where(Robot.alliance_id == alliance.id))
    if robot is None or robot.url is None:
        return
    robot.url = None
    db.session.execute(
        update(RobotPost)
        .where(RobotPost.robot_id == robot.id, RobotPost.next_attempt_at.is_not(None))
        .values(next_attempt_at=None, body="")
    )
    journal.note("robot.remove", robot, by=by)


def post_what_is_public(events: Sequence[tuple[Note, JournalLine]]) -> None:
    """Let the robots tell what became public, in the transaction of the event; each once."""
    for note, _line in events:
        write = _TEXTS.get(note.verb)
        if write is None:
            continue
        robot = db.session.scalar(
            select(Robot).where(Robot.alliance_id == note.record.alliance_id, Robot.is_on)
        )
        if robot is None:
            continue
        post = _earlier_post(robot, note)
        if post is not None and post.sent_at is not None:
            continue
        # The group reads Chinese, whoever published.
        with force_locale("zh"):
            text = write(robot.alliance, note.record)
        if text is None:
            continue
        if post is None:
            post = RobotPost(robot_id=robot.id, about_noun=note.noun, about_id=note.record.id)
            db.session.add(post)
        # What waited, or was given up because it had been changed meanwhile, says what it says now.
        post.body = text
        post.created_at = post.next_attempt_at = clock.now()
        post.attempts, post.last_error, post.undeliverable_at = 0, None, None
        db.session.flush()


def _earlier_post(robot: Robot, note: Note) -> RobotPost | None:
    return db.session.scalar(
        select(RobotPost).where(
            RobotPost.robot_id == robot.id,
            RobotPost.about_noun == note.noun,
            RobotPost.about_id == note.record.id,
        )
    )


def is_still_true(post: RobotPost) -> bool:
    """Tell whether what a post tells may still be seen by everybody, and reads the same."""
    model, write = _NOUNS[post.about_noun]
    record = db.session.get(model, post.about_id)
    with force_locale("zh"):
        return record is not None and write(post.robot.alliance, record) == post.body


def _text_of_listing(alliance: Alliance, listing: Listing) -> str | None:
    """Return what is said of a listing that everybody may see, else None."""
    if not (listing.is_published and listing.is_public):
        return None
    said: str = _(
        "%(alliance)s · %(direction)s: %(title)s (%(organisation)s, until %(day)s) %(address)s",
        alliance=alliance.name,
        direction=DIRECTIONS[listing.direction],
        title=listing.title,
        organisation=owner_words(Standing(ANONYMOUS, {}), listing),
        day=listing.valid_until.isoformat(),
        address=links.address("exchange.view_listing", listing_id=listing.id),
    )
    return said


def _text_of_news(alliance: Alliance, news: News) -> str | None:
    """Return what is said of news that everybody may read, None once it was taken back."""
    if not news.is_standing:
        return None
    said: str = _(
        "%(alliance)s · news: %(title)s %(address)s",
        alliance=alliance.name,
        title=news.title,
        address=links.address("alliances.view_news", news_id=news.id),
    )
    return said


#: What is told, and how it is said.
_TEXTS: dict[str, Callable[[Alliance, Any], str | None]] = {
    "listing.publish": _text_of_listing,
    "listing.confirm": _text_of_listing,
    "news.write": _text_of_news,
}
#: By which noun a post finds again what it tells.
_NOUNS: dict[str, tuple[Any, Callable[[Alliance, Any], str | None]]] = {
    "listing": (Listing, _text_of_listing),
    "news": (News, _text_of_news),
}
