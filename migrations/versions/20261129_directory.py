"""The directory: names in pinyin, centres of regions

Revision ID: 0007
Revises: 0005
"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op
from pypinyin import Style, lazy_pinyin

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

KEEP = {"sqlite_autoincrement": True}


def upgrade() -> None:
    # Columns are added one by one, without rebuilding the table on SQLite.
    for statement in (
        "ALTER TABLE organisation ADD COLUMN sort_key VARCHAR(240) NOT NULL DEFAULT ''",
        "ALTER TABLE organisation ADD COLUMN initials VARCHAR(120) NOT NULL DEFAULT ''",
        "ALTER TABLE organisation ADD COLUMN pinyin VARCHAR(720) NOT NULL DEFAULT ''",
        "CREATE INDEX ix_organisation_sort_key_id ON organisation (sort_key, id)",
    ):
        op.execute(statement)
    spell_names()
    with op.batch_alter_table("region", table_kwargs=KEEP) as batch:
        batch.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        for name, rule in (
            ("latitude_on_earth", "latitude BETWEEN -90 AND 90"),
            ("longitude_on_earth", "longitude BETWEEN -180 AND 180"),
            ("centre_is_whole", "(latitude IS NULL) = (longitude IS NULL)"),
        ):
            batch.create_check_constraint(batch.f(f"ck_region_{name}"), rule)


def spell_names() -> None:
    """Give every organisation its name as it sounds, in the way of this revision."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, name FROM organisation")).all()
    for organisation_id, name in rows:
        folded = unicodedata.normalize("NFKC", name).casefold()
        written = re.sub(r"[\s()\[\]{}<>\"'·.,，。、（）《》〈〉【】“”‘’]", "", folded)[:120]
        toned = lazy_pinyin(written, style=Style.TONE3, neutral_tone_with_five=True)
        first = "".join(lazy_pinyin(written, style=Style.FIRST_LETTER))
        whole = "".join(lazy_pinyin(written))
        connection.execute(
            sa.text(
                "UPDATE organisation SET sort_key = :key, initials = :first, pinyin = :whole "
                "WHERE id = :id"
            ),
            {
                "key": " ".join([*toned, written])[:240],
                "first": re.sub(r"[^a-z0-9]", "", first)[:120],
                "whole": re.sub(r"[^a-z0-9]", "", whole)[:720],
                "id": organisation_id,
            },
        )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
