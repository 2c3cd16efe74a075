"""Signed identities from the shop's own page: those that were used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_assertions",
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_identity_assertions")),
    )
    op.create_index(
        op.f("ix_identity_assertions_expires_at"), "identity_assertions", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_identity_assertions_expires_at"), table_name="identity_assertions")
    op.drop_table("identity_assertions")
