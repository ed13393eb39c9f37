"""Plans are changed; a version brings a file, somebody accepts it; columns are called anew

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}


def upgrade() -> None:
    for table in ("work_package", "project_kpi", "project_milestone"):
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("project", sa.Column("basis_on", sa.Date(), nullable=True))
    with op.batch_alter_table("deliverable", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("accepted_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_deliverable_accepted_by_id"), "person", ["accepted_by_id"], ["id"]
        )
    with op.batch_alter_table("deliverable_version", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_deliverable_version_file_id"), "attachment", ["file_id"], ["id"]
        )
    with op.batch_alter_table("board_column", table_kwargs=KEEP) as batch:
        batch.drop_constraint(batch.f("ck_board_column_own_has_a_name"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_board_column_own_has_a_name"), "kind <> 'own' OR name IS NOT NULL"
        )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
