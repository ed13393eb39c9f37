"""Questions about documents: which a person may see, which one a code proves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from portal import clock
from portal.access import visible_to
from portal.actors import Standing
from portal.alliances.models import Membership, Tier
from portal.database import db, plain
from portal.documents.models import Document, DocumentKind
from portal.documents.workflow import DocumentState
from portal.registry import registry

#: Documents of one list.
PAGE = 200


def documents_of(standing: Standing, alliance_id: int) -> Sequence[Document]:
    """Return the documents of an alliance that a person may see, the newest first."""
    return db.session.scalars(
        select(Document)
        .where(Document.alliance_id == alliance_id, visible_to(standing, "document.view", Document))
        .order_by(Document.year.desc(), Document.sequence.desc())
        .limit(PAGE)
    ).all()


class Paper(NamedTuple):
    """A paper as it stands beside the record it was made from."""

    id: int
    number: str
    title: str
    state: DocumentState


def papers_of(standing: Standing, thing: Any) -> list[Paper]:
    """Return the papers made from a record that a person may see, the newest first."""
    found = plain(
        select(Document.id, Document.number, Document.title, Document.state)
        .where(
            Document.about_noun == thing.noun,
            Document.about_id == thing.id,
            visible_to(standing, "document.view", Document),
        )
        .order_by(Document.id.desc())
        .limit(PAGE)
    )
    return [Paper(*row) for row in found]


def made_already(thing: Any, kind: DocumentKind, title: str | None = None) -> Document | None:
    """Return the newest paper of a kind (and of a title, if any) about a record, or None."""
    return db.session.scalar(
        select(Document)
        .where(
            Document.about_noun == thing.noun,
            Document.about_id == thing.id,
            Document.kind == kind,
            Document.digest.is_not(None),
            Document.state != DocumentState.REVOKED,
            *((Document.title == title,) if title else ()),
        )
        .order_by(Document.id.desc())
        .limit(1)
    )


def document_of_code(code: str) -> Document | None:
    """Return the document that a code stands on, or None."""
    return db.session.scalar(select(Document).where(Document.code == code[:24]))


class Said(NamedTuple):
    """What is so by now of the record that a paper is about, and keeps it from being the last word.

    The heading stands where the page would say that the paper is genuine.
    """

    heading: str
    sentence: str


def said_today(document: Document | None) -> Said | None:
    """Return what the room of a paper's record says against it by now, or None."""
    if document is None or not document.is_genuine:
        return None
    told = registry().said_of_papers.get(document.about_noun)
    found: Said | None = told(document) if told else None
    return found


class Certified(NamedTuple):
    """A membership that a certificate certifies, as it is today; days are those of Shanghai."""

    is_active: bool
    is_ended: bool
    tier: Tier
    since_on: date | None
    ended_on: date | None


def membership_certified(document: Document | None) -> Certified | None:
    """Return the membership that a certificate certifies, as it is now; None for other papers."""
    if document is None or document.kind is not DocumentKind.CERTIFICATE:
        return None
    found = db.session.get(Membership, document.about_id)
    if found is None:
        return None
    return Certified(
        found.is_active,
        found.is_ended,
        found.tier,
        clock.day_of(found.since) if found.since else None,
        clock.day_of(found.ended_at) if found.ended_at else None,
    )
