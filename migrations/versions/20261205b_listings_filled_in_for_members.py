"""The secretariat fills in listings for members, who confirm them

Revision ID: 0013b
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013b"
down_revision = "0013"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
STATES = "'draft', 'submitted', 'returned', 'proposed', 'published', 'paused', 'closed'"


def upgrade() -> None:
    with op.batch_alter_table("listing", table_kwargs=KEEP) as batch:
        batch.drop_constraint(batch.f("ck_listing_listing_state"), type_="check")
        batch.create_check_constraint(batch.f("ck_listing_listing_state"), f"state IN ({STATES})")
        batch.add_column(sa.Column("filled_in_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_listing_filled_in_by_id"), "person", ["filled_in_by_id"], ["id"]
        )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
