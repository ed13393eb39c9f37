"""Meetings, resolutions and actions

Revision ID: 0016
Revises: 0015b
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015b"
branch_labels = None
depends_on = None

# Reused ids would corrupt references.
KEEP = {"sqlite_autoincrement": True}
INSTANT = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "charter_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", choice("meeting_kind", "council", "assembly", "working_group"), nullable=False
        ),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column(
            "quorum",
            choice(
                "share",
                "one_third",
                "half",
                "more_than_half",
                "two_thirds",
                "more_than_two_thirds",
                "three_quarters",
                "all",
            ),
            nullable=False,
        ),
        sa.Column("passing", sa.JSON(), nullable=False),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "notice_days BETWEEN 0 AND 90", name=op.f("ck_charter_rule_notice_days_within")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_charter_rule_alliance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_rule")),
        sa.UniqueConstraint("alliance_id", "kind", name=op.f("uq_charter_rule_alliance_id_kind")),
        **KEEP,
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", choice("meeting_kind", "council", "assembly", "working_group"), nullable=False
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("is_written", sa.Boolean(), nullable=False),
        sa.Column("asks_meal", sa.Boolean(), nullable=False),
        sa.Column("asks_hotel", sa.Boolean(), nullable=False),
        sa.Column("asks_plate", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            choice(
                "meeting_state",
                "draft",
                "noticed",
                "in_session",
                "adjourned",
                "no_quorum",
                "minutes_draft",
                "minutes_review",
                "minutes_final",
                "archived",
                "cancelled",
            ),
            nullable=False,
        ),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("called_at", INSTANT, nullable=False),
        sa.Column("noticed_at", INSTANT, nullable=True),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("short_reason", sa.String(length=200), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("minutes_by_id", sa.Integer(), nullable=True),
        sa.Column("minutes_due_at", INSTANT, nullable=True),
        sa.Column("minutes_final_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(noticed_at IS NULL) = (rules IS NULL)", name=op.f("ck_meeting_rules_with_notice")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_meeting_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["called_by_id"], ["person.id"], name=op.f("fk_meeting_called_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_by_id"], ["person.id"], name=op.f("fk_meeting_minutes_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        **KEEP,
    )
    op.create_index(
        op.f("ix_meeting_alliance_id_starts_at"), "meeting", ["alliance_id", "starts_at"]
    )
    op.create_table(
        "minutes_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_comment_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_comment_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_comment_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_comment")),
        **KEEP,
    )
    op.create_index(op.f("ix_minutes_comment_meeting_id"), "minutes_comment", ["meeting_id"])
    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            choice("resolution_kind", "general", "charter", "election", "expulsion", "finance"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_secret", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column(
            "state",
            choice(
                "resolution_state",
                "proposed",
                "tabled",
                "voting",
                "passed",
                "not_passed",
                "void",
                "in_force",
                "implemented",
                "superseded",
                "repealed",
            ),
            nullable=False,
        ),
        sa.Column(
            "quorum",
            choice(
                "quorum",
                "one_third",
                "half",
                "more_than_half",
                "two_thirds",
                "more_than_two_thirds",
                "three_quarters",
                "all",
            ),
            nullable=True,
        ),
        sa.Column(
            "passing",
            choice(
                "passing",
                "one_third",
                "half",
                "more_than_half",
                "two_thirds",
                "more_than_two_thirds",
                "three_quarters",
                "all",
            ),
            nullable=True,
        ),
        sa.Column("base", choice("base", "present", "seats"), nullable=True),
        sa.Column("recusal_lowers", sa.Boolean(), nullable=True),
        sa.Column("article", sa.String(length=200), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("recused", sa.Integer(), nullable=True),
        sa.Column("yes", sa.Integer(), nullable=True),
        sa.Column("no", sa.Integer(), nullable=True),
        sa.Column("abstain", sa.Integer(), nullable=True),
        sa.Column("silent", sa.Integer(), nullable=True),
        sa.Column("verdict", choice("verdict", "passed", "failed", "no_quorum"), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (verdict IS NULL)",
            name=op.f("ck_resolution_closed_with_verdict"),
        ),
        sa.CheckConstraint(
            "(year IS NULL) = (sequence IS NULL)", name=op.f("ck_resolution_numbered_whole")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_resolution_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_resolution_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_resolution_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_resolution_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint(
            "alliance_id", "year", "sequence", name=op.f("uq_resolution_alliance_id_year_sequence")
        ),
        **KEEP,
    )
    op.create_index(op.f("ix_resolution_alliance_id_state"), "resolution", ["alliance_id", "state"])
    op.create_index(op.f("ix_resolution_meeting_id"), "resolution", ["meeting_id"])
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "tier", choice("tier", "chair", "vice_chair", "council", "member"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("answer", choice("answer", "comes", "cannot", "proxy"), nullable=True),
        sa.Column("attendee", sa.String(length=40), nullable=True),
        sa.Column("post", sa.String(length=60), nullable=True),
        sa.Column("wants_meal", sa.Boolean(), nullable=True),
        sa.Column("wants_hotel", sa.Boolean(), nullable=True),
        sa.Column("plate", sa.String(length=20), nullable=True),
        sa.Column("proxy_to_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("signed_in_at", INSTANT, nullable=True),
        sa.Column("arrived_at", INSTANT, nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.CheckConstraint("proxy_to_id <> id", name=op.f("ck_seat_proxy_is_another")),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_seat_contact_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_seat_meeting_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_seat_organisation_id")
        ),
        sa.ForeignKeyConstraint(["proxy_to_id"], ["seat.id"], name=op.f("fk_seat_proxy_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint(
            "meeting_id", "organisation_id", name=op.f("uq_seat_meeting_id_organisation_id")
        ),
        sa.UniqueConstraint("proxy_to_id", name=op.f("uq_seat_proxy_to_id")),
        **KEEP,
    )
    op.create_index(op.f("ix_seat_organisation_id"), "seat", ["organisation_id"])
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            choice("action_state", "open", "reported", "closed_out", "dropped"),
            nullable=False,
        ),
        sa.Column("assigned_by_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_action_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"], ["person.id"], name=op.f("fk_action_assigned_by_id")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_action_meeting_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_action_owner_id")),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_action_reported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_action_resolution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        **KEEP,
    )
    op.create_index(op.f("ix_action_alliance_id_state"), "action", ["alliance_id", "state"])
    op.create_index(op.f("ix_action_owner_id_state"), "action", ["owner_id", "state"])
    op.create_index(op.f("ix_action_resolution_id"), "action", ["resolution_id"])
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column(
            "said", choice("choice", "yes", "no", "abstain", "recused", "silent"), nullable=True
        ),
        sa.Column("way", choice("way", "own", "link", "session", "paper"), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["filed_by_id"], ["person.id"], name=op.f("fk_vote_filed_by_id")),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_vote_resolution_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_vote_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("resolution_id", "seat_id", name=op.f("uq_vote_resolution_id_seat_id")),
        **KEEP,
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alliance_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("presenter", sa.String(length=60), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("declined_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("resolution_id", sa.Integer(), nullable=True),
        sa.Column("minutes_text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(meeting_id IS NULL) = (position IS NULL)",
            name=op.f("ck_agenda_item_placed_somewhere"),
        ),
        sa.CheckConstraint(
            "declined_at IS NULL OR meeting_id IS NULL",
            name=op.f("ck_agenda_item_placed_or_declined"),
        ),
        sa.CheckConstraint("minutes BETWEEN 0 AND 480", name=op.f("ck_agenda_item_minutes_within")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_agenda_item_action_id")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliance.id"], name=op.f("fk_agenda_item_alliance_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_agenda_item_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_agenda_item_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_agenda_item_resolution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint(
            "meeting_id", "action_id", name=op.f("uq_agenda_item_meeting_id_action_id")
        ),
        sa.UniqueConstraint("resolution_id", name=op.f("uq_agenda_item_resolution_id")),
        **KEEP,
    )
    op.create_index(op.f("ix_agenda_item_alliance_id"), "agenda_item", ["alliance_id"])
    op.create_index(
        op.f("ix_agenda_item_meeting_id_position"), "agenda_item", ["meeting_id", "position"]
    )


def downgrade() -> None:
    raise NotImplementedError("a backup taken before the upgrade is the way back")
