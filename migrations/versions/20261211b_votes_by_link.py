"""A vote is filed by a signed link too

Revision ID: 0019b
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019b"
down_revision = "0019"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "vote_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("spoken_by_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("handed_to", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_vote_link_resolution_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_vote_link_seat_id")),
        sa.ForeignKeyConstraint(
            ["spoken_by_id"], ["seat.id"], name=op.f("fk_vote_link_spoken_by_id")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["action_link.id"], name=op.f("fk_vote_link_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_link")),
        sa.UniqueConstraint("link_id", name=op.f("uq_vote_link_link_id")),
        **KEEP,
    )
    op.create_index(
        op.f("ix_vote_link_resolution_id_seat_id"), "vote_link", ["resolution_id", "seat_id"]
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
