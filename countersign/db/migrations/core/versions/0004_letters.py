"""Mails about changes that were made."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("proposal", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("proposal", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_at"), "letters", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_letters_at"), table_name="letters")
    op.drop_table("letters")
