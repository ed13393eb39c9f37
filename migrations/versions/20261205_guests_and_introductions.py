"""Guests answer public listings

Revision ID: 0013
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("state IN ('held', 'verified')")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "guest_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("mobile", sa.String(20), nullable=True),
        sa.Column("message", sa.String(200), nullable=True),
        sa.Column(
            "state",
            choice("guest_answer_state", "held", "verified", "taken_up", "rejected"),
            nullable=False,
        ),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("interest_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(mobile IS NULL) = (erased_at IS NOT NULL)",
            name=op.f("ck_guest_answer_kept_or_erased"),
        ),
        sa.CheckConstraint(
            "state <> 'taken_up' OR interest_id IS NOT NULL",
            name=op.f("ck_guest_answer_taken_up_is_an_answer"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_guest_answer_{column}"))
            for column, target in (
                ("listing_id", "listing.id"),
                ("owner_id", "organisation.id"),
                ("alliance_id", "alliance.id"),
                ("organisation_id", "organisation.id"),
                ("interest_id", "interest.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_answer")),
        sa.UniqueConstraint("interest_id", name=op.f("uq_guest_answer_interest_id")),
        **KEEP,
    )
    with op.batch_alter_table("guest_answer") as batch:
        batch.create_index(
            "uq_guest_answer_waiting",
            ["listing_id", "mobile"],
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )
        for side in ("alliance_id", "owner_id", "organisation_id"):
            batch.create_index(batch.f(f"ix_guest_answer_{side}_state"), [side, "state"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
