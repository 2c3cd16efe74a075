"""The tables of a shop that Countersign keeps itself.

Personal columns hold envelopes of the vault, or keyed digests to find and compare by. A customer's
id is a pseudonym: the shop's own id, which may spell the name, is sealed too. Each `position` keeps
the order of the store file. The names begin with `store_`: core tables may share the database.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from countersign.db.schema import UtcDateTime, store_metadata
from countersign.vault.repository import SealedColumn

DIGEST = LargeBinary(32)

# One row: what holds for the whole shop.
shop = Table(
    "store_shop",
    store_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("currency", String(3), nullable=False),
    Column("number_shapes", JSON, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

products = Table(
    "store_products",
    store_metadata,
    Column("id", String(100), primary_key=True),
    Column("position", Integer, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("category", Text, index=True),
    # Folded text of everything a search may hit.
    Column("words", Text, nullable=False),
)

variants = Table(
    "store_variants",
    store_metadata,
    Column("id", String(100), primary_key=True),
    Column("product_id", ForeignKey("store_products.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("options", JSON, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("stock", BigInteger),
    Index(None, "product_id", "position"),
)

customers = Table(
    "store_customers",
    store_metadata,
    Column("id", String(40), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("reference", SealedColumn, nullable=False),
    Column("name", SealedColumn, nullable=False),
    Column("email", SealedColumn, nullable=False),
    Column("email_index", DIGEST, nullable=False, unique=True),
    Column("phone", SealedColumn),
    Column("address", SealedColumn, nullable=False),
)

payment_methods = Table(
    "store_payment_methods",
    store_metadata,
    Column("customer_id", ForeignKey("store_customers.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("brand", Text),
    Column("last4", String(4)),
    Column("balance", BigInteger),
)

orders = Table(
    "store_orders",
    store_metadata,
    Column("number", String(100), primary_key=True),
    Column("customer_id", ForeignKey("store_customers.id"), nullable=False),
    Column("position", Integer, nullable=False),
    # The place among the customer's own orders; the highest is the newest.
    Column("rank", Integer, nullable=False),
    Column("status", String(64), nullable=False),
    Column("placed_at", UtcDateTime),
    Column("address", SealedColumn, nullable=False),
    # A keyed hash of number and postcode together, so equal postcodes do not look equal.
    Column("key_mac", DIGEST, nullable=False),
    Column("shipments", JSON(none_as_null=True)),
    Column("returned", JSON(none_as_null=True)),
    Column("exchange", JSON(none_as_null=True)),
    Column("cancel_reason", Text),
    Index(None, "customer_id", "rank"),
)

items = Table(
    "store_items",
    store_metadata,
    Column("order_number", ForeignKey("store_orders.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # No foreign keys: an order may hold what the catalogue no longer has.
    Column("variant_id", String(100), nullable=False),
    Column("product_id", String(100), nullable=False),
    Column("name", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("options", JSON, nullable=False),
)

payments = Table(
    "store_payments",
    store_metadata,
    Column("order_number", ForeignKey("store_orders.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", String(40), nullable=False),
    Column("method_id", String(100), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("amount", BigInteger, nullable=False),
    ForeignKeyConstraint(
        ["customer_id", "method_id"], ["store_payment_methods.customer_id", "store_payment_methods.id"]
    ),
    CheckConstraint("kind IN ('payment', 'refund')", name="kind"),
)

# Which values belong to some customer, as digests that name no one.
personal_index = Table(
    "store_personal_index",
    store_metadata,
    # First the digest: it is looked up without its kind, which it holds already.
    Column("digest", DIGEST, primary_key=True),
    Column("kind", String(16), primary_key=True),
)

# What was changed at a shopper's wish. Not part of the shop: an import leaves it, else a key could do its
# change once more.
deeds = Table(
    "store_deeds",
    store_metadata,
    Column("key", String(100), primary_key=True),
    Column("customer_id", String(40), nullable=False, index=True),
    Column("order_number", String(100)),
    Column("kind", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", SealedColumn, nullable=False),
)

# The shop, parents first.
ALL = (shop, products, variants, customers, payment_methods, orders, items, payments, personal_index)
