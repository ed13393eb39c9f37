"""Cells of the indicators, and the days by which rows are counted

Revision ID: 0014
Revises: 0013e
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013e"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
LARGE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEASURES = (
    "outcome",
    "posted",
    "answered",
    "contacted",
    "tested",
    "signed",
    "answered_after",
    "contacted_after",
    "tested_after",
    "signed_after",
)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "indicator_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grain", choice("grain", "day", "month"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", choice("measure", *MEASURES), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("from_region_id", sa.Integer(), nullable=False),
        sa.Column("to_region_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("valued", sa.Integer(), nullable=False),
        sa.Column("value_fen", LARGE, nullable=False),
        sa.Column("technical", sa.Integer(), nullable=False),
        sa.Column("technology_fen", LARGE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_cell"),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name="fk_indicator_cell_alliance_id"
        ),
        sa.ForeignKeyConstraint(
            ["from_region_id"], ["region.id"], name="fk_indicator_cell_from_region_id"
        ),
        sa.ForeignKeyConstraint(
            ["to_region_id"], ["region.id"], name="fk_indicator_cell_to_region_id"
        ),
        sa.UniqueConstraint(
            "grain",
            "day",
            "measure",
            "alliance_id",
            "from_region_id",
            "to_region_id",
            "kind",
            name="uq_indicator_cell_whole",
        ),
        **KEEP,
    )
    op.create_table(
        "indicator_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("journal_number", LARGE, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_state"),
        **KEEP,
    )
    op.create_index("ix_outcome_alliance_id_signed_on", "outcome", ["alliance_id", "signed_on"])
    op.create_index("ix_listing_alliance_id_created_at", "listing", ["alliance_id", "created_at"])
    op.create_index("ix_interest_listing_id", "interest", ["listing_id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
