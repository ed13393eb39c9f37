"""Secretariats and liaisons propose introductions

Revision ID: 0013c
Revises: 0013b
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013c"
down_revision = "0013b"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)
HOLDING = sa.text("released_at IS NULL")
STATE = ("asked", "agreed", "accepted", "declined", "withdrawn")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("supply_id", sa.Integer(), nullable=False),
        sa.Column("demand_owner_id", sa.Integer(), nullable=False),
        sa.Column("supply_owner_id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(300), nullable=False),
        sa.Column("state", choice("introduction_state", *STATE), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("waiting_id", sa.Integer(), nullable=True),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("interest_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('declined', 'withdrawn') OR released_at IS NOT NULL",
            name=op.f("ck_introduction_ended_is_released"),
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (interest_id IS NOT NULL)",
            name=op.f("ck_introduction_accepted_is_an_answer"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_introduction_{column}"))
            for column, target in (
                ("demand_id", "listing.id"),
                ("supply_id", "listing.id"),
                ("demand_owner_id", "organisation.id"),
                ("supply_owner_id", "organisation.id"),
                ("alliance_id", "alliance.id"),
                ("proposed_by_id", "person.id"),
                ("waiting_id", "organisation.id"),
                ("agreed_by_id", "person.id"),
                ("interest_id", "interest.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
        sa.UniqueConstraint("interest_id", name=op.f("uq_introduction_interest_id")),
        **KEEP,
    )
    with op.batch_alter_table("introduction") as batch:
        batch.create_index(
            "uq_introduction_holding",
            ["demand_id", "supply_id"],
            unique=True,
            sqlite_where=HOLDING,
            postgresql_where=HOLDING,
        )
        for side in ("demand_owner_id", "supply_owner_id", "alliance_id"):
            batch.create_index(batch.f(f"ix_introduction_{side}_state"), [side, "state"])
        batch.create_index(batch.f("ix_introduction_proposed_by_id"), ["proposed_by_id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
