"""People, sign-in and membership

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# Rebuilding would lose AUTOINCREMENT, and reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
STATES = (
    "'draft', 'submitted', 'under_review', 'returned', 'rejected', "
    "'active', 'suspended', 'withdrawn', 'expelled'"
)


def upgrade() -> None:
    op.create_table(
        "action_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_link")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_action_link_code_digest")),
        sa.UniqueConstraint("digest", name=op.f("uq_action_link_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_action_link_noun_record_id"), "action_link", ["noun", "record_id"])

    op.create_table(
        "challenge",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_challenge")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_challenge_expires_at"), "challenge", ["expires_at"])

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "mail",
                "sms",
                "hand",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_message_sent_at_id"), "outbox_message", ["sent_at", "id"])
    op.create_index(op.f("ix_outbox_message_written_by_id"), "outbox_message", ["written_by_id"])

    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "liaison",
                "secretary",
                "chair",
                "expert",
                "member",
                "manager",
                "delegate",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.CheckConstraint("agent_id <> principal_id", name=op.f("ck_agency_two_people")),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_agency_time_runs_forward")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_agency_agent_id")),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["person.id"], name=op.f("fk_agency_principal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_agency_agent_id_principal_id"), "agency", ["agent_id", "principal_id"])
    op.create_index(op.f("ix_agency_principal_id"), "agency", ["principal_id"])

    op.create_table(
        "authenticator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(length=300), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_authenticator_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
        sa.UniqueConstraint("person_id", name=op.f("uq_authenticator_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("person_id", "notice", name=op.f("uq_consent_person_id_notice")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "doorbell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("network", sa.String(length=50), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("is_strong", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["action_link.id"], name=op.f("fk_doorbell_link_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_doorbell_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doorbell")),
        sa.UniqueConstraint("digest", name=op.f("uq_doorbell_digest")),
        sa.UniqueConstraint("link_id", name=op.f("uq_doorbell_link_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "factor_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by_id <> requested_by_id", name=op.f("ck_factor_reset_two_people")
        ),
        sa.CheckConstraint(
            "requested_by_id <> person_id", name=op.f("ck_factor_reset_not_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_factor_reset_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_factor_reset_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_factor_reset_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_factor_reset_person_id"), "factor_reset", ["person_id"])

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "liaison",
                "secretary",
                "chair",
                "expert",
                "member",
                "manager",
                "delegate",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name=op.f("fk_invitation_invited_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["action_link.id"], name=op.f("fk_invitation_link_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("link_id", name=op.f("uq_invitation_link_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_role_scope_id"), "invitation", ["role", "scope_id"])

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential", sa.String(length=400), nullable=False),
        sa.Column("public_key", sa.String(length=1000), nullable=False),
        sa.Column(
            "sign_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"])

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"])

    op.create_table(
        "contact_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "phone",
                "email",
                "wechat",
                "address",
                name="contact_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column(
            "shown_to",
            sa.Enum(
                "nobody",
                "members",
                "public",
                name="contact_audience",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("consented_by_id", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consented_by_id"], ["person.id"], name=op.f("fk_contact_point_consented_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contact_point_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_point_organisation_id"), "contact_point", ["organisation_id"])

    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("normal_name", sa.String(length=120), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_former_name_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_former_name_normal_name"), "former_name", ["normal_name"])
    op.create_index(op.f("ix_former_name_organisation_id"), "former_name", ["organisation_id"])

    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"], name=op.f("fk_news_alliance_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_news_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_news_alliance_id_published_at"), "news", ["alliance_id", "published_at"]
    )

    op.create_table(
        "organisation_node",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("chain_node_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_node_id"], ["chain_node.id"], name=op.f("fk_organisation_node_chain_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_node_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "chain_node_id", name=op.f("pk_organisation_node")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_organisation_node_chain_node_id"), "organisation_node", ["chain_node_id"]
    )

    op.create_table(
        "qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_qualification_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_by_id"], ["person.id"], name=op.f("fk_qualification_seen_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_qualification_organisation_id"), "qualification", ["organisation_id"])

    # Columns are added one by one, without rebuilding the tables on SQLite. The defaults fill the rows there are.
    for statement in (
        "ALTER TABLE alliance ADD COLUMN charter TEXT",
        "ALTER TABLE alliance ADD COLUMN council_admits BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE interest ADD COLUMN listing_title VARCHAR(80) NOT NULL DEFAULT ''",
        "ALTER TABLE interest ADD COLUMN listing_direction VARCHAR(24) NOT NULL DEFAULT 'demand' "
        "CONSTRAINT ck_interest_direction CHECK (listing_direction IN ('demand', 'supply'))",
        "UPDATE interest SET "
        "listing_title = (SELECT title FROM listing WHERE listing.id = interest.listing_id), "
        "listing_direction = (SELECT direction FROM listing WHERE listing.id = interest.listing_id)",
        "ALTER TABLE organisation ADD COLUMN normal_name VARCHAR(120) NOT NULL DEFAULT ''",
        "ALTER TABLE organisation ADD COLUMN website VARCHAR(200)",
        "ALTER TABLE organisation ADD COLUMN position INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE organisation ADD COLUMN headquarters_id INTEGER "
        "CONSTRAINT fk_organisation_headquarters_id REFERENCES organisation (id)",
        "ALTER TABLE organisation ADD COLUMN merged_into_id INTEGER "
        "CONSTRAINT fk_organisation_merged_into_id REFERENCES organisation (id)",
        "CREATE INDEX ix_organisation_normal_name ON organisation (normal_name)",
        "ALTER TABLE person ADD COLUMN language VARCHAR(5)",
        "ALTER TABLE person ADD COLUMN is_large_type BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE session ADD COLUMN network VARCHAR(50)",
        "ALTER TABLE session ADD COLUMN is_own_device BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE session ADD COLUMN is_strong BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE session ADD COLUMN on_behalf_of_id INTEGER "
        "CONSTRAINT fk_session_on_behalf_of_id REFERENCES person (id)",
    ):
        op.execute(statement)
    op.add_column("person", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True)))
    begun = sa.DateTime(timezone=True)
    op.add_column(
        "session",
        sa.Column("proved_at", begun, nullable=False, server_default="1970-01-01 00:00:00"),
    )
    op.execute("UPDATE session SET proved_at = started_at")
    fill_normal_names()
    widen_membership()
    forward = "ck_appointment_time_runs_forward"
    with op.batch_alter_table("appointment", table_kwargs=KEEP) as batch:
        batch.drop_constraint(batch.f(forward), type_="check")
        batch.create_check_constraint(batch.f(forward), "until_at IS NULL OR until_at >= from_at")


def fill_normal_names() -> None:
    """Give every organisation the name it is compared by."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, name FROM organisation")).all()
    for organisation_id, name in rows:
        folded = unicodedata.normalize("NFKC", name).casefold()
        normal = re.sub(r"[\s()\[\]{}<>\"'·.,，。、（）《》〈〉【】“”‘’]", "", folded)[:120]
        connection.execute(
            sa.text("UPDATE organisation SET normal_name = :normal WHERE id = :id"),
            {"normal": normal, "id": organisation_id},
        )


def widen_membership() -> None:
    """Let a membership begin as an application."""
    op.drop_index("uq_membership_active", "membership")
    with op.batch_alter_table("membership", table_kwargs=KEEP) as batch:
        batch.drop_constraint(batch.f("ck_membership_membership_state"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_membership_membership_state"), f"state IN ({STATES})"
        )
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True)))
        batch.add_column(
            sa.Column(
                "created_at",
                sa.DateTime(timezone=True),
                nullable=False,
                server_default="1970-01-01 00:00:00",
            )
        )
        batch.add_column(sa.Column("statement", sa.Text()))
        batch.add_column(sa.Column("contact_id", sa.Integer()))
        batch.add_column(sa.Column("applied_by_id", sa.Integer()))
        batch.add_column(sa.Column("basis", sa.String(length=200)))
        batch.alter_column("since", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.create_foreign_key(
            batch.f("fk_membership_applied_by_id"), "person", ["applied_by_id"], ["id"]
        )
        batch.create_foreign_key(
            batch.f("fk_membership_contact_id"), "person", ["contact_id"], ["id"]
        )
    op.execute("UPDATE membership SET created_at = since")
    held = sa.text("state NOT IN ('rejected', 'withdrawn', 'expelled')")
    op.create_index(
        "uq_membership_held",
        "membership",
        ["alliance_id", "organisation_id"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
