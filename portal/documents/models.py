"""Documents, and how an alliance numbers and seals its papers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.alliances.models import Alliance
from portal.database import Model, Versioned, among, choice, constraints
from portal.documents.workflow import DocumentState


class DocumentKind(StrEnum):
    """What a paper is; each kind has a template."""

    NOTICE = "notice"
    MINUTES = "minutes"
    RESOLUTION = "resolution"
    BALLOT = "ballot"
    PROXY = "proxy"
    SWAP = "swap"
    HANDOVER = "handover"
    APPLICATION = "application"
    CERTIFICATE = "certificate"
    REPORT = "report"


#: What every member may read; the others are for those who prepare meetings.
FOR_MEMBERS = (DocumentKind.NOTICE, DocumentKind.MINUTES, DocumentKind.RESOLUTION)


class Letterhead(Versioned, Model):
    """How an alliance numbers its papers, and who seals them."""

    __tablename__ = "letterhead"
    __table_args__ = constraints(UniqueConstraint("alliance_id"))
    noun = "letterhead"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: What stands before the year in a number (发文字号).
    prefix: Mapped[str] = mapped_column(String(20))
    #: The host organisation (依托单位), where the alliance is no legal person of its own.
    seal_holder: Mapped[str] = mapped_column(String(120))


class Document(Versioned, Model):
    """A numbered paper: what it is, the file it was issued as, how far its seal has come."""

    __tablename__ = "document"
    __table_args__ = constraints(
        UniqueConstraint("alliance_id", "year", "sequence"),
        UniqueConstraint("code"),
        Index(None, "about_noun", "about_id"),
        CheckConstraint("(digest IS NULL) = (written_at IS NULL)", name="written_with_digest"),
    )
    noun = "document"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind))
    title: Mapped[str] = mapped_column(String(160))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    seal_holder: Mapped[str] = mapped_column(String(120))
    #: What its QR code leads to: long enough that nobody guesses one.
    code: Mapped[str] = mapped_column(String(24))
    about_noun: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    state: Mapped[DocumentState] = mapped_column(choice(DocumentState))
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    #: SHA-256 of the file that was issued; nothing until it is made.
    digest: Mapped[str | None] = mapped_column(String(64))
    written_at: Mapped[datetime | None]
    scan_digest: Mapped[str | None] = mapped_column(String(64))
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    #: Whom it concerns: their people read it, whatever its kind.
    readers: Mapped[list[DocumentReader]] = relationship()

    @hybrid_property
    def is_for_members(self) -> Any:
        """Whether every member may read it."""
        return self.kind in FOR_MEMBERS

    @is_for_members.inplace.expression
    @classmethod
    def _is_for_members(cls) -> Any:
        return among(cls.kind, FOR_MEMBERS)

    @hybrid_property
    def has_scan(self) -> Any:
        """Whether the sealed paper was scanned."""
        return self.scan_digest != None  # noqa: E711 - the same expression in SQL

    @property
    def is_genuine(self) -> bool:
        """Whether the portal stands by it: issued as a file and not revoked."""
        return self.digest is not None and self.state is not DocumentState.REVOKED

    @property
    def is_sealed(self) -> bool:
        """Whether it was sealed, and somebody else checked that it was: from then on it holds."""
        return self.state is DocumentState.CHECKED


class DocumentReader(Model):
    """An organisation whose people may read a document: the certificate is its, or the exchange."""

    __tablename__ = "document_reader"
    __table_args__ = constraints(Index(None, "organisation_id"))

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id"), primary_key=True, autoincrement=False
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
