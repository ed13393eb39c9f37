"""What an import will do with each row is kept; one head of a project

Revision ID: 0025
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
# A table that was begun without its rows being kept is shown anew: what it made already stands
# on the board and stays as it is.
SHOWN_ANEW = (
    "UPDATE task_import SET started_at = NULL, done = 0, counts = '{}', refused = '[]' "
    "WHERE started_at IS NOT NULL AND finished_at IS NULL AND discarded_at IS NULL"
)
ERASED = (
    "UPDATE task_import SET erased_at = created_at "
    "WHERE sheets IS NULL AND finished_at IS NULL AND discarded_at IS NULL"
)
# A role holds as long as its person acts for the organisation without a gap.
GONE = """
UPDATE project_person SET ended_at = CURRENT_TIMESTAMP
WHERE ended_at IS NULL AND EXISTS (
    SELECT 1 FROM project_partner JOIN appointment AS over_now
    ON over_now.scope_id = project_partner.organisation_id
    WHERE project_partner.id = project_person.partner_id
    AND over_now.person_id = project_person.person_id
    AND over_now.role IN ('delegate', 'manager')
    AND over_now.until_at > project_person.named_at
    AND over_now.until_at <= CURRENT_TIMESTAMP
    AND NOT EXISTS (
        SELECT 1 FROM appointment AS other
        WHERE other.person_id = over_now.person_id
        AND other.scope_id = over_now.scope_id
        AND other.role IN ('delegate', 'manager')
        AND other.from_at <= over_now.until_at
        AND (other.until_at IS NULL OR other.until_at > over_now.until_at)
    )
)
"""
# Of several heads the lead's stays, else the first that was named; the others become contacts.
HEADS = """
UPDATE project_person SET role = 'contact'
WHERE role = 'head' AND ended_at IS NULL AND id <> (
    SELECT other.id FROM project_person AS other
    JOIN project_partner ON project_partner.id = other.partner_id
    JOIN project ON project.id = other.project_id
    WHERE other.project_id = project_person.project_id
    AND other.role = 'head' AND other.ended_at IS NULL
    ORDER BY CASE WHEN project_partner.organisation_id = project.lead_id THEN 0 ELSE 1 END, other.id
    LIMIT 1
)
"""


def upgrade() -> None:
    with op.batch_alter_table("task_import", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("layouts", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("newest_card_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(SHOWN_ANEW)
    op.execute(ERASED)
    op.create_table(
        "task_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                "new",
                "same",
                "changed",
                "refused",
                "other_alliance",
                name="fate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("column_id", sa.Integer(), nullable=True),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_import_id"], ["task_import.id"], name=op.f("fk_task_import_row_task_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["column_id"], ["board_column.id"], name=op.f("fk_task_import_row_column_id")
        ),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_task_import_row_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_import_row")),
        sa.UniqueConstraint(
            "task_import_id", "position", name=op.f("uq_task_import_row_task_import_id_position")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task_import_row", schema=None) as batch:
        batch.create_index(batch.f("ix_task_import_row_card_id"), ["card_id"])
        batch.create_index(batch.f("ix_task_import_row_column_id"), ["column_id"])
    with op.batch_alter_table("member_import", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("plan", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("member_import_row", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("left_version", sa.Integer(), nullable=True))
    op.execute(GONE)
    op.execute(HEADS)
    with op.batch_alter_table("project_person", table_kwargs=KEEP) as batch:
        batch.create_index(
            "uq_project_person_head",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("role = 'head' AND ended_at IS NULL"),
            postgresql_where=sa.text("role = 'head' AND ended_at IS NULL"),
        )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
