"""Second factors and step-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "factors",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.LargeBinary(length=32), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_me", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factors")),
        sa.UniqueConstraint("credential", name=op.f("uq_factors_credential")),
        sa.UniqueConstraint("not_me", name=op.f("uq_factors_not_me")),
    )
    op.create_index(op.f("ix_factors_person_index"), "factors", ["person_index"], unique=False)
    op.create_table(
        "factor_challenges",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("bound", sa.LargeBinary(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", "purpose", name=op.f("pk_factor_challenges")),
    )
    op.create_index(
        op.f("ix_factor_challenges_expires_at"), "factor_challenges", ["expires_at"], unique=False
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_index", "code", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "step_ups",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("target", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", "target", name=op.f("pk_step_ups")),
    )
    op.create_index(op.f("ix_step_ups_at"), "step_ups", ["at"], unique=False)
    op.create_table(
        "proven_devices",
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_index", "device", name=op.f("pk_proven_devices")),
    )
    op.create_index(op.f("ix_proven_devices_at"), "proven_devices", ["at"], unique=False)
    op.add_column("conversation_proposals", sa.Column("shown", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("conversation_proposals", "shown")
    op.drop_index(op.f("ix_proven_devices_at"), table_name="proven_devices")
    op.drop_table("proven_devices")
    op.drop_index(op.f("ix_step_ups_at"), table_name="step_ups")
    op.drop_table("step_ups")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_factor_challenges_expires_at"), table_name="factor_challenges")
    op.drop_table("factor_challenges")
    op.drop_index(op.f("ix_factors_person_index"), table_name="factors")
    op.drop_table("factors")
