"""Matters, their steps, and outcomes

Revision ID: 0010
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


DIRECTION = ("demand", "supply")
KIND = ("technology", "product", "capacity", "service", "talent", "finance", "data", "site")
STEP = ("contacted", "talks", "offer", "samples", "audit", "pilot", "signed", "delivered")


def upgrade() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("owner_person_id", sa.Integer(), nullable=False),
        sa.Column("partner_person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("direction", choice("direction", *DIRECTION), nullable=False),
        sa.Column("kind", choice("listing_kind", *KIND), nullable=True),
        sa.Column("state", choice("matter_state", "open", "on_hold", "ended"), nullable=False),
        sa.Column("step", choice("step", *STEP), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("moved_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_matter_{column}"))
            for column, target in (
                ("interest_id", "interest.id"),
                ("alliance_id", "alliance.id"),
                ("owner_id", "organisation.id"),
                ("partner_id", "organisation.id"),
                ("owner_person_id", "person.id"),
                ("partner_person_id", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("interest_id", name=op.f("uq_matter_interest_id")),
        sa.CheckConstraint(
            "told_at IS NULL OR asked_at IS NOT NULL", name=op.f("ck_matter_asked_before_told")
        ),
        **KEEP,
    )
    for side in ("owner_id", "partner_id", "alliance_id"):
        op.create_index(f"ix_matter_{side}_state", "matter", [side, "state"])
    op.create_table(
        "matter_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("step", choice("step", *STEP), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("line", sa.String(200), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_matter_step_{column}"))
            for column, target in (
                ("matter_id", "matter.id"),
                ("organisation_id", "organisation.id"),
                ("person_id", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_step")),
        sa.UniqueConstraint("matter_id", "step", name=op.f("uq_matter_step_matter_id_step")),
        **KEEP,
    )
    # Every answer accepted so far becomes a matter that no step was recorded of. The journal,
    # which the running portal alone writes, begins with its first step.
    op.execute(
        "INSERT INTO matter (interest_id, alliance_id, owner_id, partner_id, owner_person_id, "
        "partner_person_id, title, direction, kind, state, created_at, moved_at, version) "
        "SELECT interest.id, interest.alliance_id, interest.owner_id, interest.organisation_id, "
        "listing.contact_id, interest.person_id, interest.listing_title, "
        "interest.listing_direction, listing.kind, 'open', "
        "COALESCE(interest.answered_at, interest.sent_at), "
        "COALESCE(interest.answered_at, interest.sent_at), 1 "
        "FROM interest JOIN listing ON listing.id = interest.listing_id "
        "WHERE interest.state = 'accepted' ORDER BY interest.id"
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
