"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "chat_tokens",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "id", name=op.f("pk_chat_tokens")),
        sa.UniqueConstraint("conversation", "digest", name=op.f("uq_chat_tokens_conversation_digest")),
    )
    op.create_table(
        "conversation_buttons",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.String(length=2000), nullable=False),
        sa.Column("spent_by", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_buttons")),
    )
    op.create_index(
        op.f("ix_conversation_buttons_conversation"), "conversation_buttons", ["conversation"], unique=False
    )
    op.create_table(
        "conversation_errands",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("page", sa.LargeBinary(length=32), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("slots", sa.LargeBinary(), nullable=False),
        sa.Column("deed", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_conversation_errands")),
        sa.UniqueConstraint("page", name=op.f("uq_conversation_errands_page")),
    )
    op.create_table(
        "conversation_keys",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_conversation_keys")),
    )
    op.create_table(
        "conversation_messages",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "number", name=op.f("pk_conversation_messages")),
    )
    op.create_index(op.f("ix_conversation_messages_at"), "conversation_messages", ["at"], unique=False)
    op.create_index(
        "ix_conversation_messages_key", "conversation_messages", ["conversation", "key"], unique=False
    )
    op.create_table(
        "conversation_states",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("sign_in", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_conversation_states")),
    )
    op.create_table(
        "conversation_turns",
        sa.Column("ticket", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_conversation_turns")),
    )
    op.create_index(
        op.f("ix_conversation_turns_conversation"), "conversation_turns", ["conversation"], unique=False
    )
    op.create_table(
        "demo_outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("medium", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_outbox")),
    )
    op.create_index(op.f("ix_demo_outbox_at"), "demo_outbox", ["at"], unique=False)
    op.create_index(op.f("ix_demo_outbox_recipient"), "demo_outbox", ["recipient"], unique=False)
    op.create_table(
        "known_devices",
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_index", "device", name=op.f("pk_known_devices")),
    )
    op.create_index(op.f("ix_known_devices_seen_at"), "known_devices", ["seen_at"], unique=False)
    op.create_table(
        "order_proofs",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("order", sa.LargeBinary(length=32), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", "order", name=op.f("pk_order_proofs")),
    )
    op.create_index(op.f("ix_order_proofs_proved_at"), "order_proofs", ["proved_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("medium", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("transport", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor", sa.String(length=64), nullable=True),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token", name=op.f("uq_sessions_token")),
    )
    op.create_index(op.f("ix_sessions_conversation"), "sessions", ["conversation"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_person", "sessions", ["person_index", "ended_at"], unique=False)
    op.create_table(
        "sign_in_challenges",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_shown", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_sign_in_challenges")),
        sa.UniqueConstraint("link", name=op.f("uq_sign_in_challenges_link")),
    )
    op.create_index(
        op.f("ix_sign_in_challenges_expires_at"), "sign_in_challenges", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_challenges_expires_at"), table_name="sign_in_challenges")
    op.drop_table("sign_in_challenges")
    op.drop_index("ix_sessions_person", table_name="sessions")
    op.drop_index(op.f("ix_sessions_expires_at"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_conversation"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_outbox_state_due_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_order_proofs_proved_at"), table_name="order_proofs")
    op.drop_table("order_proofs")
    op.drop_index(op.f("ix_known_devices_seen_at"), table_name="known_devices")
    op.drop_table("known_devices")
    op.drop_index(op.f("ix_demo_outbox_recipient"), table_name="demo_outbox")
    op.drop_index(op.f("ix_demo_outbox_at"), table_name="demo_outbox")
    op.drop_table("demo_outbox")
    op.drop_index(op.f("ix_conversation_turns_conversation"), table_name="conversation_turns")
    op.drop_table("conversation_turns")
    op.drop_table("conversation_states")
    op.drop_index("ix_conversation_messages_key", table_name="conversation_messages")
    op.drop_index(op.f("ix_conversation_messages_at"), table_name="conversation_messages")
    op.drop_table("conversation_messages")
    op.drop_table("conversation_keys")
    op.drop_table("conversation_errands")
    op.drop_index(op.f("ix_conversation_buttons_conversation"), table_name="conversation_buttons")
    op.drop_table("conversation_buttons")
    op.drop_table("chat_tokens")
    op.drop_table("audit_head")
    op.drop_table("audit_events")
