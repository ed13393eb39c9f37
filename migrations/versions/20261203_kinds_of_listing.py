"""Kinds of listing have fields of their own

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listing", sa.Column("particulars", sa.JSON(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
