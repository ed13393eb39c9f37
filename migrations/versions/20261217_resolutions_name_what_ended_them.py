"""A resolution that was superseded or repealed says when, and by which one

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
# By which one stood in words alone until now; when, the journal knows.
ENDED = """
UPDATE resolution SET ended_at = (
    SELECT max(journal_line.at) FROM journal_line
    WHERE journal_line.noun = 'resolution' AND journal_line.record_id = resolution.id
    AND journal_line.verb IN ('resolution.supersede', 'resolution.repeal')
) WHERE state IN ('superseded', 'repealed')
"""


def upgrade() -> None:
    with op.batch_alter_table("resolution", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_resolution_ended_by_id"), "resolution", ["ended_by_id"], ["id"]
        )
        batch.create_check_constraint(
            batch.f("ck_resolution_ended_by_another"),
            "ended_by_id IS NULL OR (ended_by_id <> id AND ended_at IS NOT NULL)",
        )
        batch.create_index(batch.f("ix_resolution_ended_by_id"), ["ended_by_id"])
    op.execute(ENDED)


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
