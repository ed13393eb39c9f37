"""Rules of rotation, turns, exchanges of turns, hand-overs

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blackout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.CheckConstraint("from_on < until_on", name=op.f("ck_blackout_days_in_order")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_blackout_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_blackout_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blackout")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_blackout_alliance_id_organisation_id"),
        "blackout",
        ["alliance_id", "organisation_id"],
        unique=False,
    )

    op.create_table(
        "charter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("first_chair_id", sa.Integer(), nullable=True),
        sa.Column(
            "order_rule",
            sa.Enum(
                "manual",
                "region_cycle",
                "least_recent",
                "alphabetical",
                name="order",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tiers", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("cooling_off_terms", sa.Integer(), nullable=False),
        sa.Column("max_region_run", sa.Integer(), nullable=True),
        sa.Column("everyone_before_anyone_twice", sa.Boolean(), nullable=False),
        sa.Column("max_at_once", sa.Integer(), nullable=False),
        sa.Column(
            "acting",
            sa.Enum(
                "incoming",
                "vice_chair",
                name="acting_rule",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("cooling_off_terms >= 0", name=op.f("ck_charter_cooling_not_negative")),
        sa.CheckConstraint("max_at_once > 0", name=op.f("ck_charter_at_once_positive")),
        sa.CheckConstraint(
            "max_region_run IS NULL OR max_region_run > 0", name=op.f("ck_charter_run_positive")
        ),
        sa.CheckConstraint("term_months BETWEEN 1 AND 36", name=op.f("ck_charter_months_in_range")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_charter_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_chair_id"], ["organisation.id"], name=op.f("fk_charter_first_chair_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_charter_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter")),
        sa.UniqueConstraint("alliance_id", "number", name=op.f("uq_charter_alliance_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "confirmed",
                "acting",
                "handed_over",
                "deferred",
                "swapped",
                "vacated",
                "replaced",
                name="turn_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_acting", sa.Boolean(), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("charter_id", sa.Integer(), nullable=True),
        sa.Column("chair_term_id", sa.Integer(), nullable=True),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("programme_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'acting' OR is_acting", name=op.f("ck_turn_acting_is_marked")),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_turn_days_in_order")),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"], name=op.f("fk_turn_alliance_id")),
        sa.ForeignKeyConstraint(
            ["chair_term_id"], ["chair_term.id"], name=op.f("fk_turn_chair_term_id")
        ),
        sa.ForeignKeyConstraint(["charter_id"], ["charter.id"], name=op.f("fk_turn_charter_id")),
        sa.ForeignKeyConstraint(["instead_of_id"], ["turn.id"], name=op.f("fk_turn_instead_of_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_turn_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_turn_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_turn_organisation_id_state"), "turn", ["organisation_id", "state"], unique=False
    )
    op.create_index(
        "uq_turn_live",
        "turn",
        ["alliance_id", "starts_on"],
        unique=True,
        sqlite_where=sa.text("state IN ('planned', 'confirmed', 'acting', 'handed_over')"),
        postgresql_where=sa.text("state IN ('planned', 'confirmed', 'acting', 'handed_over')"),
    )

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("outgoing_id", sa.Integer(), nullable=False),
        sa.Column("incoming_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "signed",
                "accepted",
                "closed",
                name="handover_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ticked", sa.JSON(), nullable=False),
        sa.Column("open_actions", sa.Text(), nullable=True),
        sa.Column("unfinished_agenda", sa.Text(), nullable=True),
        sa.Column("key_contacts", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["person.id"], name=op.f("fk_handover_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_handover_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["incoming_id"], ["organisation.id"], name=op.f("fk_handover_incoming_id")
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_id"], ["organisation.id"], name=op.f("fk_handover_outgoing_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name=op.f("fk_handover_signed_by_id")
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name=op.f("fk_handover_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_handover_turn_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("other_turn_id", sa.Integer(), nullable=False),
        sa.Column("asking_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "agreed",
                "approved",
                "declined",
                "withdrawn",
                name="swap_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("turn_id <> other_turn_id", name=op.f("ck_swap_two_turns")),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"], name=op.f("fk_swap_alliance_id")),
        sa.ForeignKeyConstraint(["asked_id"], ["organisation.id"], name=op.f("fk_swap_asked_id")),
        sa.ForeignKeyConstraint(["asking_id"], ["organisation.id"], name=op.f("fk_swap_asking_id")),
        sa.ForeignKeyConstraint(["other_turn_id"], ["turn.id"], name=op.f("fk_swap_other_turn_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name=op.f("fk_swap_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_swap_open_other_turn_id",
        "swap",
        ["other_turn_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'agreed')"),
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )
    op.create_index(
        "uq_swap_open_turn_id",
        "swap",
        ["turn_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'agreed')"),
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
