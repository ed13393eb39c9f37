"""A listing may be posted anonymously

Revision ID: 0013e
Revises: 0013d
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013e"
down_revision = "0013d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        sa.text("ALTER TABLE listing ADD COLUMN is_anonymous BOOLEAN NOT NULL DEFAULT false")
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
