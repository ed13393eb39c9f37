"""Joint projects: their partners, boards, plans, deliverables and reports

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("lead_person_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "idea",
                "calling",
                "forming",
                "approved",
                "active",
                "on_hold",
                "completed",
                "transferred",
                "archived",
                name="project_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ip_terms", sa.Text(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= begins_on", name=op.f("ck_project_time_runs_forward")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_project_alliance_id")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["organisation.id"], name=op.f("fk_project_lead_id")),
        sa.ForeignKeyConstraint(
            ["lead_person_id"], ["person.id"], name=op.f("fk_project_lead_person_id")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["chain_node.id"], name=op.f("fk_project_node_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_alliance_id_state"), ["alliance_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_project_lead_id_state"), ["lead_id", "state"], unique=False
        )

    op.create_table(
        "board",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_board_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_board")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "board_column",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "todo",
                "doing",
                "review",
                "done",
                "own",
                name="column_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("card_limit", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'own') = (name IS NOT NULL)", name=op.f("ck_board_column_own_has_a_name")
        ),
        sa.CheckConstraint(
            "card_limit IS NULL OR card_limit > 0", name=op.f("ck_board_column_limit_lets_one_in")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_board_column_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_column")),
        sa.UniqueConstraint(
            "project_id", "position", name=op.f("uq_board_column_project_id_position")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deliverable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "patent",
                "standard",
                "prototype",
                "paper",
                "software",
                name="deliverable_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("accepted_number", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisation.id"], name=op.f("fk_deliverable_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_deliverable_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deliverable", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliverable_project_id"), ["project_id"], unique=False)

    op.create_table(
        "progress_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by_id", sa.Integer(), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quarter BETWEEN 1 AND 4", name=op.f("ck_progress_report_quarter_of_a_year")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["organisation.id"], name=op.f("fk_progress_report_lead_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_progress_report_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by_id"], ["person.id"], name=op.f("fk_progress_report_sealed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint(
            "project_id", "year", "quarter", name=op.f("uq_progress_report_project_id_year_quarter")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "project_fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "fiscal",
                "own",
                "fund",
                "other",
                name="fund_source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "planned_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "received_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "spent_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "planned_fen >= 0 AND received_fen >= 0 AND spent_fen >= 0",
            name=op.f("ck_project_fund_not_negative"),
        ),
        sa.CheckConstraint(
            "spent_fen <= received_fen", name=op.f("ck_project_fund_spent_what_came")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_project_fund_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_fund_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_fund")),
        sa.UniqueConstraint(
            "project_id",
            "organisation_id",
            "source",
            name=op.f("uq_project_fund_project_id_organisation_id_source"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "project_kpi",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column(
            "target_milli", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "actual_milli", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_kpi_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_kpi")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_kpi", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_kpi_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_milestone_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_milestone")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_milestone", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_milestone_project_id_due_on"),
            ["project_id", "due_on"],
            unique=False,
        )

    op.create_table(
        "project_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=120), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["node_id"], ["chain_node.id"], name=op.f("fk_project_need_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_need_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_project_need_region_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_need")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_need", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_need_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "project_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "confirmed",
                "declined",
                "left",
                name="partner_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_offer", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["organisation.id"], name=op.f("fk_project_partner_lead_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_project_partner_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_project_partner_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_partner_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_partner")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_partner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_partner_organisation_id_state"),
            ["organisation_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            "uq_project_partner_part",
            ["project_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'confirmed')"),
            postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
        )

    op.create_table(
        "work_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_work_package_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_work_package_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_package")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("work_package", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_package_project_id"), ["project_id"], unique=False
        )

    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["column_id"], ["board_column.id"], name=op.f("fk_card_column_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_card_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_card_owner_id")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["work_package.id"], name=op.f("fk_card_package_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_card_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("column_id", "place", name=op.f("uq_card_column_id_place")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_card_project_id_due_on"), ["project_id", "due_on"], unique=False
        )

    op.create_table(
        "deliverable_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deliverable_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_id"],
            ["deliverable.id"],
            name=op.f("fk_deliverable_version_deliverable_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deliverable_version_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_version")),
        sa.UniqueConstraint(
            "deliverable_id", "number", name=op.f("uq_deliverable_version_deliverable_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "progress_countersignature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_progress_countersignature_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_progress_countersignature_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["progress_report.id"],
            name=op.f("fk_progress_countersignature_report_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_countersignature")),
        sa.UniqueConstraint(
            "report_id",
            "organisation_id",
            name=op.f("uq_progress_countersignature_report_id_organisation_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "card_block",
        sa.Column("card_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("blocker_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.CheckConstraint("card_id <> blocker_id", name=op.f("ck_card_block_waits_for_another")),
        sa.ForeignKeyConstraint(["blocker_id"], ["card.id"], name=op.f("fk_card_block_blocker_id")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_block_card_id")),
        sa.PrimaryKeyConstraint("card_id", "blocker_id", name=op.f("pk_card_block")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("card_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_block_blocker_id"), ["blocker_id"], unique=False)

    op.create_table(
        "card_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_comment_card_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_card_comment_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_card_comment_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_comment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("card_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_comment_card_id"), ["card_id"], unique=False)

    op.create_table(
        "card_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_item_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_item")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("card_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_item_card_id"), ["card_id"], unique=False)

    op.create_table(
        "card_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_column_id", sa.Integer(), nullable=False),
        sa.Column("from_before_id", sa.Integer(), nullable=True),
        sa.Column("to_column_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_move_card_id")),
        sa.ForeignKeyConstraint(
            ["from_before_id"], ["card.id"], name=op.f("fk_card_move_from_before_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_column_id"], ["board_column.id"], name=op.f("fk_card_move_from_column_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_move_person_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_card_move_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_column_id"], ["board_column.id"], name=op.f("fk_card_move_to_column_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_move")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("card_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_move_card_id"), ["card_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_card_move_project_id_person_id"),
            ["project_id", "person_id"],
            unique=False,
        )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
