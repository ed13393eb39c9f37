"""The two sides of a matter note their meetings

Revision ID: 0013d
Revises: 0013c
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013d"
down_revision = "0013c"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "matter_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_matter_meeting_time_runs_forward")),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_meeting_matter_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_matter_meeting_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_matter_meeting_uid")),
        **KEEP,
    )
    op.create_index(
        op.f("ix_matter_meeting_matter_id_begins_at"), "matter_meeting", ["matter_id", "begins_at"]
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
