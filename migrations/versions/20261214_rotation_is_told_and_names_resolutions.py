"""The secretariat is told of what nobody confirms; terms and exchanges name their resolution

Revision ID: 0022
Revises: 0021b
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turn", sa.Column("told_days", sa.Integer(), nullable=True))
    op.add_column("swap", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    # At the column: rebuilding the tables would lose their partial indexes on the way.
    for table in ("turn", "swap"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN resolution_id INTEGER "
            f"CONSTRAINT fk_{table}_resolution_id REFERENCES resolution (id)"
        )
        op.create_index(op.f(f"ix_{table}_resolution_id"), table, ["resolution_id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
