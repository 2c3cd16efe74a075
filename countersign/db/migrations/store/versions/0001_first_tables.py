"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_customers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_customers")),
        sa.UniqueConstraint("email_index", name=op.f("uq_store_customers_email_index")),
    )
    op.create_table(
        "store_personal_index",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("digest", "kind", name=op.f("pk_store_personal_index")),
    )
    op.create_table(
        "store_products",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_products")),
    )
    op.create_index(op.f("ix_store_products_category"), "store_products", ["category"], unique=False)
    op.create_index(op.f("ix_store_products_position"), "store_products", ["position"], unique=False)
    op.create_table(
        "store_shop",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("number_shapes", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_store_shop_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_shop")),
    )
    op.create_table(
        "store_orders",
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("key_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("shipments", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("returned", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("exchange", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["store_customers.id"], name=op.f("fk_store_orders_customer_id_store_customers")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_store_orders")),
    )
    op.create_index(
        op.f("ix_store_orders_customer_id_rank"), "store_orders", ["customer_id", "rank"], unique=False
    )
    op.create_table(
        "store_payment_methods",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("last4", sa.String(length=4), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["store_customers.id"],
            name=op.f("fk_store_payment_methods_customer_id_store_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("pk_store_payment_methods")),
    )
    op.create_table(
        "store_variants",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["store_products.id"],
            name=op.f("fk_store_variants_product_id_store_products"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_variants")),
    )
    op.create_index(
        op.f("ix_store_variants_product_id_position"),
        "store_variants",
        ["product_id", "position"],
        unique=False,
    )
    op.create_table(
        "store_items",
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"],
            ["store_orders.number"],
            name=op.f("fk_store_items_order_number_store_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_number", "position", name=op.f("pk_store_items")),
    )
    op.create_table(
        "store_payments",
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("method_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name=op.f("ck_store_payments_kind")),
        sa.ForeignKeyConstraint(
            ["customer_id", "method_id"],
            ["store_payment_methods.customer_id", "store_payment_methods.id"],
            name=op.f("fk_store_payments_customer_id_method_id_store_payment_methods"),
        ),
        sa.ForeignKeyConstraint(
            ["order_number"],
            ["store_orders.number"],
            name=op.f("fk_store_payments_order_number_store_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_number", "position", name=op.f("pk_store_payments")),
    )


def downgrade() -> None:
    op.drop_table("store_payments")
    op.drop_table("store_items")
    op.drop_index(op.f("ix_store_variants_product_id_position"), table_name="store_variants")
    op.drop_table("store_variants")
    op.drop_table("store_payment_methods")
    op.drop_index(op.f("ix_store_orders_customer_id_rank"), table_name="store_orders")
    op.drop_table("store_orders")
    op.drop_table("store_shop")
    op.drop_index(op.f("ix_store_products_position"), table_name="store_products")
    op.drop_index(op.f("ix_store_products_category"), table_name="store_products")
    op.drop_table("store_products")
    op.drop_table("store_personal_index")
    op.drop_table("store_customers")
