"""Numbered documents and their seals

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            choice("document_kind", "notice", "minutes", "resolution", "ballot", "proxy"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("seal_holder", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("about_noun", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            choice("document_state", "for_seal", "scanned", "checked", "revoked"),
            nullable=False,
        ),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("written_at", INSTANT, nullable=True),
        sa.Column("scan_digest", sa.String(length=64), nullable=True),
        sa.Column("scanned_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(digest IS NULL) = (written_at IS NULL)", name=op.f("ck_document_written_with_digest")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_document_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_document_issued_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["scanned_by_id"], ["person.id"], name=op.f("fk_document_scanned_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "alliance_id", "year", "sequence", name=op.f("uq_document_alliance_id_year_sequence")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_document_code")),
        **KEEP,
    )
    op.create_index(op.f("ix_document_about_noun_about_id"), "document", ["about_noun", "about_id"])
    op.create_table(
        "letterhead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("seal_holder", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_letterhead_alliance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterhead")),
        sa.UniqueConstraint("alliance_id", name=op.f("uq_letterhead_alliance_id")),
        **KEEP,
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
