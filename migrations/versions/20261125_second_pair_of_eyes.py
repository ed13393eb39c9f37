"""Second pair of eyes over agents, versions of contacts, names of doubles, kinds of alliance

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Rebuilding would lose AUTOINCREMENT, and reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}


def upgrade() -> None:
    for statement in (
        "ALTER TABLE listing ADD COLUMN submitted_for_id INTEGER "
        "CONSTRAINT fk_listing_submitted_for_id REFERENCES person (id)",
        "ALTER TABLE membership ADD COLUMN applied_for_id INTEGER "
        "CONSTRAINT fk_membership_applied_for_id REFERENCES person (id)",
        "ALTER TABLE membership ADD COLUMN submitted_at TIMESTAMP WITH TIME ZONE"
        if op.get_bind().dialect.name == "postgresql"
        else "ALTER TABLE membership ADD COLUMN submitted_at DATETIME",
        # What was taken back may have been a draft: it stays with the organisation.
        "UPDATE membership SET submitted_at = created_at "
        "WHERE state <> 'draft' AND (state <> 'withdrawn' OR since IS NOT NULL)",
        "ALTER TABLE alliance ADD COLUMN kind VARCHAR(24) NOT NULL DEFAULT 'alliance' "
        "CONSTRAINT ck_alliance_alliance_kind CHECK (kind IN ('alliance', 'working_group'))",
        "ALTER TABLE alliance ADD COLUMN chair_title_en VARCHAR(60) NOT NULL "
        "DEFAULT 'Rotating chair'",
        "ALTER TABLE contact_point ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE qualification ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    ):
        op.execute(statement)
    with op.batch_alter_table("organisation", table_kwargs=KEEP) as batch:
        batch.drop_constraint(batch.f("uq_organisation_name"), type_="unique")
    current = sa.text("merged_into_id IS NULL")
    op.create_index(
        "uq_organisation_name",
        "organisation",
        ["name"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
