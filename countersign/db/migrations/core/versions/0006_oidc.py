"""Signing in with the shop's account: rounds under way, and whose account is whose."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oidc_links",
        sa.Column("account", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issuer", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_oidc_links")),
        sa.UniqueConstraint("issuer", "person_index", name=op.f("uq_oidc_links_issuer_person_index")),
    )
    op.create_index(op.f("ix_oidc_links_person_index"), "oidc_links", ["person_index"], unique=False)
    op.create_table(
        "oidc_rounds",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser", sa.LargeBinary(length=32), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_oidc_rounds")),
        sa.UniqueConstraint("state", name=op.f("uq_oidc_rounds_state")),
    )
    op.create_index(op.f("ix_oidc_rounds_expires_at"), "oidc_rounds", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_oidc_rounds_expires_at"), table_name="oidc_rounds")
    op.drop_table("oidc_rounds")
    op.drop_index(op.f("ix_oidc_links_person_index"), table_name="oidc_links")
    op.drop_table("oidc_links")
