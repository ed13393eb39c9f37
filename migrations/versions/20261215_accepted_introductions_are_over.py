"""An accepted introduction holds its pair no longer; a step may bring a file

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
# Those accepted before acceptance let go of the pair: it was accepted before it would have lapsed.
RELEASE = (
    "UPDATE introduction SET released_at = expires_at "
    "WHERE state = 'accepted' AND released_at IS NULL"
)


def upgrade() -> None:
    op.execute(RELEASE)
    with op.batch_alter_table("introduction", table_kwargs=KEEP) as batch:
        batch.drop_constraint(op.f("ck_introduction_ended_is_released"), type_="check")
        batch.create_check_constraint(
            op.f("ck_introduction_ended_is_released"),
            "state NOT IN ('accepted', 'declined', 'withdrawn') OR released_at IS NOT NULL",
        )
    with op.batch_alter_table("matter_step", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_matter_step_file_id"), "attachment", ["file_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
