"""Verbs on documents: issued with a number, written as a file, sealed, checked, revoked.

A file is made between two operations, never within one: filling a template in is slow work, and
the number has to stand in it. A document whose file was not made yet says so and is made anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from portal import clock, files, journal, links
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.alliances.models import Alliance, ChairTerm
from portal.database import db
from portal.documents import rendering
from portal.documents.models import Document, DocumentKind, DocumentReader, Letterhead
from portal.documents.workflow import DOCUMENT
from portal.errors import Refused
from portal.files import Received
from portal.operations import earlier_result, keep_receipt, operation
from portal.store import store
from portal.workflow import check_version, move

#: Papers are written in Chinese, whoever makes them in whichever language.
PAPER_LANGUAGE = "zh"


def letterhead_of(alliance_id: int) -> Letterhead | None:
    """Return how an alliance numbers and seals its papers, or None where nobody said."""
    return db.session.scalar(select(Letterhead).where(Letterhead.alliance_id == alliance_id))


@operation
def edit_letterhead(
    alliance: Alliance,
    *,
    prefix: str,
    seal_holder: str,
    by: Actor,
    expected: int | None = None,
) -> Letterhead:
    """Say how papers are numbered from now on, and who seals them."""
    require(by, "letterhead.edit", alliance)
    found = letterhead_of(alliance.id)
    if found is None:
        found = Letterhead(alliance_id=alliance.id)
        db.session.add(found)
    else:
        check_version(found, expected)
    found.prefix, found.seal_holder = prefix, seal_holder
    db.session.flush()
    journal.note("letterhead.edit", found, by=by)
    return found


@operation
def issue_document(
    alliance: Alliance,
    kind: DocumentKind,
    title: str,
    *,
    about: Any,
    by: Actor,
    receipt: str | None = None,
    readers: Sequence[int] = (),
) -> Document:
    """Give a paper its number, its day and its code; its file is made next (`write_document`).

    `readers` are the organisations whose people may read it, whatever its kind.
    """
    require(by, "document.issue", alliance)
    earlier = earlier_result(Document, receipt)
    if earlier is not None:
        return earlier
    year = clock.today().year
    last = select(func.max(Document.sequence)).where(
        Document.alliance_id == alliance.id, Document.year == year
    )
    sequence = (db.session.scalar(last) or 0) + 1
    head = letterhead_of(alliance.id)
    prefix = head.prefix if head else alliance.name[:20]
    with force_locale(PAPER_LANGUAGE):
        number = _("%(prefix)s[%(year)d] No. %(number)d", prefix=prefix, year=year, number=sequence)
    document = Document(
        alliance_id=alliance.id,
        kind=kind,
        title=title[:160],
        year=year,
        sequence=sequence,
        number=number,
        seal_holder=head.seal_holder if head else alliance.name,
        code=secrets.token_urlsafe(15),
        about_noun=about.noun,
        about_id=about.id,
        state=DOCUMENT.start,
        issued_by_id=by.person_id,
        issued_at=clock.now(),
        readers=[DocumentReader(organisation_id=each) for each in dict.fromkeys(readers)],
    )
    db.session.add(document)
    db.session.flush()
    journal.note("document.issue", document, by=by, to_state=document.state)
    keep_receipt(receipt, document)
    return document


def write_document(document: Document, fields: Mapping[str, Any], *, by: Actor) -> None:
    """Make the file of an issued document from its template, store it, and keep its digest.

    The template is the alliance's own where the secretariat has sent one in.
    """
    day = clock.day_of(document.issued_at)
    said = {
        "alliance": document.alliance.name,
        "number": document.number,
        "title": document.title,
        "seal_holder": document.seal_holder,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        **fields,
    }
    template = own_template(document.alliance, document.kind)
    written = rendering.filled(
        template or rendering.shipped(document.kind.value), said, address=verify_address(document)
    )
    name = f"{document.year}-{document.sequence:03d}-{document.kind.value}.docx"
    received = Received(name, rendering.MIME, len(written), store().put(BytesIO(written)))
    keep_file(document, received, by=by)


def verify_address(document: Document) -> str:
    """Return the address that the code on the paper leads to."""
    return links.address("documents.verify", code=document.code)


def template_name(kind: DocumentKind) -> str:
    """Return the name under which an alliance's own template of a kind hangs on its letterhead."""
    return f"template-{kind.value}.docx"


def own_template(alliance: Alliance, kind: DocumentKind) -> BytesIO | None:
    """Return the alliance's own template of a kind, or None."""
    head = letterhead_of(alliance.id)
    named = template_name(kind)
    found = [each for each in files.files_of(head) if each.name == named] if head else []
    if not found:
        return None
    with store().open(found[-1].digest) as file:
        return BytesIO(file.read())


@operation
def keep_template(alliance: Alliance, kind: DocumentKind, received: Received, *, by: Actor) -> None:
    """Keep an alliance's own template of a kind; the one before it goes."""
    require(by, "letterhead.edit", alliance)
    head = letterhead_of(alliance.id)
    if head is None:
        raise Refused(_l("Say first how papers are numbered and who seals them."))
    for each in files.files_of(head):
        if each.name == template_name(kind):
            files.detach(head, each, by=by)
    named = Received(template_name(kind), received.mime, received.size, received.digest)
    files.attach(head, named, organisation_id=_charged(alliance.id), by=by)


@operation
def drop_template(alliance: Alliance, kind: DocumentKind, *, by: Actor) -> None:
    """Make papers of a kind from the portal's own template again; the alliance's own goes."""
    require(by, "letterhead.edit", alliance)
    head = letterhead_of(alliance.id)
    for each in files.files_of(head) if head else ():
        if each.name == template_name(kind):
            files.detach(head, each, by=by)


def _charged(alliance_id: int) -> int:
    """Return whose quota papers count against: the organisation in the chair's."""
    chair = db.session.scalar(
        select(ChairTerm.organisation_id)
        .where(ChairTerm.alliance_id == alliance_id, ChairTerm.from_at <= clock.now())
        .order_by(ChairTerm.from_at.desc())
        .limit(1)
    )
    return chair or 0


@operation
def keep_file(document: Document, received: Received, *, by: Actor) -> None:
    """Keep the file a document was issued as; from then on its digest stands."""
    require(by, "document.keep", document)
    if document.digest is not None:
        raise Refused(_l("Its file was made already."))
    files.attach(document, received, organisation_id=_charged(document.alliance_id), by=by)
    document.digest, document.written_at = received.digest, clock.now()
    journal.note("document.write", document, by=by, detail={"sha256": received.digest})


@operation
def scan_document(document: Document, received: Received, *, by: Actor) -> None:
    """Send in the scan or photograph of the sealed paper."""
    require(by, "document.keep", document)
    if received.mime == rendering.MIME:
        raise Refused(_l("Add the scan or photograph of the sealed paper first."), field="file")
    files.attach(document, received, organisation_id=_charged(document.alliance_id), by=by)
    document.scan_digest = received.digest
    db.session.flush()
    move(document, "scan", by=by, also={"scanned_by_id": by.person_id})


@operation
def send_scan(
    document: Document, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Send the scan in that hangs on the document already."""
    require(by, "document.keep", document)
    also = {"scanned_by_id": by.person_id}
    move(document, "scan", by=by, expected=expected, note=note, also=also)


@operation
def check_document(
    document: Document, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Say that the scan is in order: another person than who sent it in."""
    require(by, "document.check", document)
    move(document, "check", by=by, expected=expected, note=note)


@operation
def send_back_document(
    document: Document, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Have it sealed again, with what is wrong."""
    require(by, "document.check", document)
    also = {"scan_digest": None, "scanned_by_id": None}
    move(document, "send_back", by=by, expected=expected, note=note, also=also)


@operation
def revoke_document(
    document: Document, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Revoke a document: whoever scans its code reads that it holds no more."""
    require(by, "document.keep", document)
    move(document, "revoke", by=by, expected=expected, note=note)


@operation
def move_readers(double: Organisation, *, by: Actor) -> None:
    """Let what a double may read be the survivor's to read (a consequence)."""
    require(by, "organisation.merge", double)
    column, document = DocumentReader.organisation_id, DocumentReader.document_id
    moved = list(db.session.scalars(select(document).where(column == double.id)))
    both = select(document).where(column == double.merged_into_id)
    db.session.execute(delete(DocumentReader).where(column == double.id, document.in_(both)))
    db.session.execute(
        update(DocumentReader)
        .where(column == double.id)
        .values(organisation_id=double.merged_into_id)
    )
    db.session.expire_all()
    journal.note("organisation.merge_documents", double, by=by, detail={"document": moved})
