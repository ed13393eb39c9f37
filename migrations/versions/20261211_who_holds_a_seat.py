"""Who holds a seat now, and who attends a meeting without one

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "observer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("post", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_observer_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observer")),
        **KEEP,
    )
    op.create_index(op.f("ix_observer_meeting_id_position"), "observer", ["meeting_id", "position"])
    with op.batch_alter_table("seat", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("held_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("joined_to_id", sa.Integer(), nullable=True))
    op.execute("UPDATE seat SET held_by_id = organisation_id")
    with op.batch_alter_table("seat", table_kwargs=KEEP) as batch:
        batch.alter_column("held_by_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(op.f("fk_seat_held_by_id"), "organisation", ["held_by_id"], ["id"])
        batch.create_foreign_key(op.f("fk_seat_joined_to_id"), "seat", ["joined_to_id"], ["id"])
        batch.create_check_constraint(op.f("ck_seat_joined_to_another"), "joined_to_id <> id")
        batch.create_index(op.f("ix_seat_held_by_id"), ["held_by_id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
