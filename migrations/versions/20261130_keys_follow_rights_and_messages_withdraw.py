"""Keys follow rights, messages are withdrawn, the chair's person may leave

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("session", sa.Column("keyed_at", INSTANT, nullable=True))
    op.add_column("session", sa.Column("previous_digest", sa.String(64), nullable=True))
    op.create_index("ix_session_previous_digest", "session", ["previous_digest"])
    op.add_column("person", sa.Column("rights_at", INSTANT, nullable=True))
    op.add_column("outbox_message", sa.Column("link_id", sa.Integer(), nullable=True))
    op.create_index("ix_outbox_message_link_id", "outbox_message", ["link_id"])
    # With its CHECK at the column: rebuilding the table would lose AUTOINCREMENT.
    kind = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(
        f"ALTER TABLE outbox_message ADD COLUMN withdrawn_at {kind} "
        "CONSTRAINT ck_outbox_message_one_fate CHECK (sent_at IS NULL OR withdrawn_at IS NULL)"
    )
    op.add_column("chair_term", sa.Column("vacated_at", INSTANT, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
