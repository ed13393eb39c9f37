"""Membership dues

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
LARGE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIERS = ("chair", "vice_chair", "council", "member")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "dues_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_dues_year_alliance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_year")),
        sa.UniqueConstraint("alliance_id", "year", name=op.f("uq_dues_year_alliance_id_year")),
        **KEEP,
    )
    op.create_table(
        "dues_rate",
        sa.Column("dues_year_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tier", choice("dues_rate_tier", *TIERS), nullable=False),
        sa.Column("amount_fen", LARGE, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_dues_rate_amount_positive")),
        sa.ForeignKeyConstraint(
            ["dues_year_id"], ["dues_year.id"], name=op.f("fk_dues_rate_dues_year_id")
        ),
        sa.PrimaryKeyConstraint("dues_year_id", "tier", name=op.f("pk_dues_rate")),
        **KEEP,
    )
    op.create_table(
        "due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("dues_year_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("tier", choice("due_tier", *TIERS), nullable=False),
        sa.Column("amount_fen", LARGE, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("state", choice("due_state", "open", "paid", "waived"), nullable=False),
        sa.Column("paid_fen", LARGE, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column(
            "method",
            choice("payment_method", "transfer", "cheque", "cash", "other"),
            nullable=True,
        ),
        sa.Column("invoice", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_due_amount_positive")),
        sa.CheckConstraint(
            "paid_fen >= 0 AND paid_fen <= amount_fen", name=op.f("ck_due_paid_within_amount")
        ),
        sa.CheckConstraint(
            "(paid_fen > 0) = (paid_on IS NOT NULL)", name=op.f("ck_due_paid_on_a_day")
        ),
        sa.CheckConstraint(
            "(paid_on IS NULL) = (method IS NULL)", name=op.f("ck_due_paid_by_a_method")
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_fen = amount_fen)", name=op.f("ck_due_paid_in_full")
        ),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"], name=op.f("fk_due_alliance_id")),
        sa.ForeignKeyConstraint(
            ["dues_year_id"], ["dues_year.id"], name=op.f("fk_due_dues_year_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_due_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint(
            "dues_year_id", "organisation_id", name=op.f("uq_due_dues_year_id_organisation_id")
        ),
        **KEEP,
    )
    op.create_index(op.f("ix_due_organisation_id"), "due", ["organisation_id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
