"""Robots of chat groups

Revision ID: 0015b
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015b"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(500), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name="fk_robot_alliance_id_alliance"
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name="fk_robot_set_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_robot"),
        sa.UniqueConstraint("alliance_id", name="uq_robot_alliance_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "robot_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("robot_id", sa.Integer(), nullable=False),
        sa.Column("about_noun", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.String(300), nullable=True),
        sa.Column("undeliverable_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["robot_id"], ["robot.id"], name="fk_robot_post_robot_id_robot"),
        sa.PrimaryKeyConstraint("id", name="pk_robot_post"),
        sa.UniqueConstraint(
            "robot_id", "about_noun", "about_id", name="uq_robot_post_robot_id_about_noun_about_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_robot_post_next_attempt_at_id", "robot_post", ["next_attempt_at", "id"])


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
