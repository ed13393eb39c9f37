"""Papers of members, of the rotation and of a year, and whom a paper concerns

Revision ID: 0020b
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020b"
down_revision = "0020"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
KINDS = (
    "'notice', 'minutes', 'resolution', 'ballot', 'proxy', 'swap', 'handover', 'application', "
    "'certificate', 'report'"
)


def upgrade() -> None:
    with op.batch_alter_table("document", table_kwargs=KEEP) as batch:
        batch.drop_constraint(batch.f("ck_document_document_kind"), type_="check")
        batch.create_check_constraint(batch.f("ck_document_document_kind"), f"kind IN ({KINDS})")
    op.create_table(
        "document_reader",
        sa.Column("document_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_reader_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_document_reader_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("document_id", "organisation_id", name=op.f("pk_document_reader")),
        **KEEP,
    )
    op.create_index(
        op.f("ix_document_reader_organisation_id"), "document_reader", ["organisation_id"]
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
