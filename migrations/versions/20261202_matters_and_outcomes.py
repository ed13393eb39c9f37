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


OUTCOME_KIND = ("contract", "landing", "shared_use", "investment")
OUTCOME_STATE = ("claimed", "confirmed", "disputed", "retracted")
DISCLOSURE = ("exact", "band", "confidential")
BAND = (
    "under_10",
    "under_50",
    "under_100",
    "under_500",
    "under_1000",
    "under_5000",
    "under_10000",
    "from_10000",
)
FEN = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", choice("outcome_kind", *OUTCOME_KIND), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("from_region_id", sa.Integer(), nullable=False),
        sa.Column("to_region_id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("claimant_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("value_fen", FEN, nullable=True),
        sa.Column("value_band", choice("band", *BAND), nullable=True),
        sa.Column("technology_fen", FEN, nullable=True),
        sa.Column("technology_band", choice("technology_band", *BAND), nullable=True),
        sa.Column("disclosure", choice("disclosure", *DISCLOSURE), nullable=False),
        sa.Column("contract_number", sa.String(60), nullable=True),
        sa.Column("original_seen", sa.Boolean(), nullable=False),
        sa.Column("source_noun", sa.String(40), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("state", choice("outcome_state", *OUTCOME_STATE), nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("from_publishes", sa.Boolean(), nullable=False),
        sa.Column("to_publishes", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_outcome_{column}"))
            for column, target in (
                ("from_id", "organisation.id"),
                ("to_id", "organisation.id"),
                ("from_region_id", "region.id"),
                ("to_region_id", "region.id"),
                ("alliance_id", "alliance.id"),
                ("claimant_id", "organisation.id"),
                ("other_id", "organisation.id"),
                ("claimed_by_id", "person.id"),
                ("confirmed_by_id", "person.id"),
                ("corrects_id", "outcome.id"),
                ("reverses_id", "outcome.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_outcome_reverses_id")),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_outcome_{name}"))
            for name, rule in (
                ("value_not_negative", "value_fen IS NULL OR value_fen >= 0"),
                ("value_said_once", "value_fen IS NULL OR value_band IS NULL"),
                (
                    "technology_said_once",
                    "technology_fen IS NULL OR (technology_fen >= 0 AND technology_band IS NULL)",
                ),
                ("technology_within_value", "technology_fen <= value_fen"),
                ("confirmed_says_when", "(state = 'confirmed') = (confirmed_at IS NOT NULL)"),
                ("two_sides", "claimant_id <> other_id OR state <> 'claimed'"),
            )
        ),
        **KEEP,
    )
    for side in ("from_id", "to_id", "alliance_id", "other_id"):
        op.create_index(f"ix_outcome_{side}_state", "outcome", [side, "state"])
    for name, condition in (
        ("claimed", "state = 'claimed'"),
        ("counted", "state = 'confirmed' AND released_at IS NULL AND reverses_id IS NULL"),
    ):
        op.create_index(
            f"uq_outcome_{name}",
            "outcome",
            ["source_noun", "source_id"],
            unique=True,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    op.create_table(
        "outcome_mention",
        sa.Column("noun", sa.String(40), nullable=False),
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_mention_outcome_id")
        ),
        sa.PrimaryKeyConstraint("noun", "record_id", name=op.f("pk_outcome_mention")),
    )
    op.create_index("ix_outcome_mention_outcome_id", "outcome_mention", ["outcome_id"])
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
