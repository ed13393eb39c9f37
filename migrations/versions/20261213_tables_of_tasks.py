"""Tables of tasks that are brought for the board of a joint project

Revision ID: 0021
Revises: 0020b
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sheets", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "done >= 0 AND done <= total", name=op.f("ck_task_import_done_within_total")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_task_import_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["person.id"], name=op.f("fk_task_import_brought_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_import")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_import_brought_by_id"), ["brought_by_id"])
        batch_op.create_index(batch_op.f("ix_task_import_project_id_id"), ["project_id", "id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
