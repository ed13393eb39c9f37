"""Members are imported from spreadsheets

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)
FATES = ("new", "same", "changed", "refused", "other_alliance")
EFFECTS = ("created", "changed", "unchanged", "nothing")


def chosen(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "member_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sheets", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("layouts", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("discarded_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_import")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_member_import_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["person.id"], name=op.f("fk_member_import_brought_by_id")
        ),
        sa.CheckConstraint(
            "done >= 0 AND done <= total", name=op.f("ck_member_import_done_within_total")
        ),
        **KEEP,
    )
    op.create_index("ix_member_import_alliance_id_id", "member_import", ["alliance_id", "id"])
    op.create_index("ix_member_import_brought_by_id", "member_import", ["brought_by_id"])
    op.create_table(
        "member_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_import_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(64), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fate", chosen("fate", *FATES), nullable=False),
        sa.Column("effect", chosen("effect", *EFFECTS), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cells", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("chain_node", sa.String(60), nullable=True),
        sa.Column("chain_node_id", sa.Integer(), nullable=True),
        sa.Column("is_left_as_text", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_import_row")),
        sa.ForeignKeyConstraint(
            ["member_import_id"],
            ["member_import.id"],
            name=op.f("fk_member_import_row_member_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_member_import_row_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_member_import_row_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["chain_node_id"], ["chain_node.id"], name=op.f("fk_member_import_row_chain_node_id")
        ),
        sa.UniqueConstraint(
            "member_import_id",
            "sheet",
            "row",
            name=op.f("uq_member_import_row_member_import_id_sheet_row"),
        ),
        **KEEP,
    )
    op.create_index(
        "ix_member_import_row_organisation_id", "member_import_row", ["organisation_id"]
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
