"""Chats of messengers, and whose account each belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_codes",
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("chat", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_index", name=op.f("pk_channel_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_channel_codes_code")),
    )
    op.create_index(op.f("ix_channel_codes_expires_at"), "channel_codes", ["expires_at"], unique=False)
    op.create_table(
        "channel_invitations",
        sa.Column("chat", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_channel_invitations")),
        sa.UniqueConstraint("token", name=op.f("uq_channel_invitations_token")),
    )
    op.create_index(
        op.f("ix_channel_invitations_expires_at"), "channel_invitations", ["expires_at"], unique=False
    )
    op.create_table(
        "channel_links",
        sa.Column("chat", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_channel_links")),
        sa.UniqueConstraint("id", name=op.f("uq_channel_links_id")),
    )
    op.create_index(op.f("ix_channel_links_person_index"), "channel_links", ["person_index"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_channel_links_person_index"), table_name="channel_links")
    op.drop_table("channel_links")
    op.drop_index(op.f("ix_channel_invitations_expires_at"), table_name="channel_invitations")
    op.drop_table("channel_invitations")
    op.drop_index(op.f("ix_channel_codes_expires_at"), table_name="channel_codes")
    op.drop_table("channel_codes")
