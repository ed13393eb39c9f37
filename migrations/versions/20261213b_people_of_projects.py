"""Who of an organisation does what in a joint project; the resolution a project rests on

Revision ID: 0021b
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021b"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "head",
                "contact",
                "member",
                "adviser",
                "finance",
                name="project_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_person_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["project_partner.id"], name=op.f("fk_project_person_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_project_person_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["person.id"], name=op.f("fk_project_person_named_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_person")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_person", schema=None) as batch_op:
        batch_op.create_index(
            "uq_project_person_role",
            ["partner_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_project_person_project_id"), ["project_id"])
        batch_op.create_index(batch_op.f("ix_project_person_person_id"), ["person_id"])
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resolution_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_project_resolution_id"), ["resolution_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_project_resolution_id"), "resolution", ["resolution_id"], ["id"]
        )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
