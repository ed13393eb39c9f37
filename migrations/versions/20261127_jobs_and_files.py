"""Durable jobs, their workers, and files on records

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("about_noun", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(120), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.CheckConstraint(
            "error IS NULL OR ended_at IS NOT NULL", name=op.f("ck_job_failed_has_ended")
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_counts_not_negative")),
        **KEEP,
    )
    op.create_index("ix_job_ended_at_id", "job", ["ended_at", "id"])
    op.create_index("ix_job_about_noun_about_id", "job", ["about_noun", "about_id"])
    op.create_index("ix_job_person_id", "job", ["person_id"])
    op.create_table(
        "worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        sa.UniqueConstraint("name", name=op.f("uq_worker_name")),
        **KEEP,
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about_noun", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_not_empty")),
        **KEEP,
    )
    op.create_index(
        "ix_attachment_about_noun_about_id_id", "attachment", ["about_noun", "about_id", "id"]
    )
    op.create_index("ix_attachment_digest", "attachment", ["digest"])
    op.create_index("ix_attachment_organisation_id", "attachment", ["organisation_id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
