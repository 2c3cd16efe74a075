"""Deeds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_deeds",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("order_number", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_store_deeds")),
    )
    op.create_index(op.f("ix_store_deeds_customer_id"), "store_deeds", ["customer_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_store_deeds_customer_id"), table_name="store_deeds")
    op.drop_table("store_deeds")
