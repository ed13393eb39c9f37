"""Messages, how they are mailed, and the robots of chat groups

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("notice", sa.String(60), nullable=False),
        sa.Column("about_noun", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_message_person_id_person"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_message_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("line", "person_id", name="uq_message_line_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_person_id_id", "message", ["person_id", "id"])
    op.create_index(
        "ix_message_unread",
        "message",
        ["person_id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
    op.create_table(
        "inbox_preference",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("mails_urgent", sa.Boolean(), nullable=False),
        sa.Column("digest_at", INSTANT, nullable=True),
        sa.CheckConstraint("digest IN ('daily', 'weekly', 'never')", name="rhythm"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_inbox_preference_person_id_person"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_inbox_preference"),
    )
    op.add_column("outbox_message", sa.Column("message_key", sa.String(64), nullable=True))
    op.add_column(
        "outbox_message", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("outbox_message", sa.Column("next_attempt_at", INSTANT, nullable=True))
    op.add_column("outbox_message", sa.Column("last_error", sa.String(300), nullable=True))
    op.add_column("outbox_message", sa.Column("undeliverable_at", INSTANT, nullable=True))
    op.create_index(
        "ix_outbox_message_next_attempt_at_id", "outbox_message", ["next_attempt_at", "id"]
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
