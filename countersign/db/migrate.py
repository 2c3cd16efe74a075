"""Two trees of migrations, `core` and `store`, each with a version table of its own, so that both may
live in one database or in two.

Every script is explicit (`op.create_table` …) and imports nothing of the subjects. The development
command `python -m countersign.db revision TREE -m "what changes"` drafts the next script.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.types import TypeDecorator

from countersign.db.engine import Database
from countersign.db.schema import metadata, store_metadata

TREES: Mapping[str, MetaData] = MappingProxyType({"core": metadata, "store": store_metadata})
_PACKAGE = Path(__file__).parent.parent
_SCRIPTS = Path(__file__).parent / "migrations"
FIRST = "0001"
_DECLARING = ("repository.py", "tables.py")
_LOCK = 0x436F756E74  # any constant: PostgreSQL's advisory lock that lets one process migrate


def upgrade(database: Database, tree: str) -> None:
    """Brings `tree` (core or store) to its newest version, in one transaction: wholly or not at all.

    Safe to call at each start and from several processes. Raises DatabaseUnavailableError, KeyError
    for another tree.
    """
    with database.begin() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(tree, connection), "head")


def differences(database: Database, tree: str) -> list[Any]:
    """What the migrated database and the declared tables disagree on; empty when they are equal.

    Only tables that were imported are declared: call `load_tables()` first.
    """
    with database.read() as connection:
        options = {**_options(tree), "target_metadata": TREES[tree]}
        compared = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(compared, TREES[tree]))


def load_tables() -> None:
    """Imports every `repository.py` and `tables.py`, so that all tables are declared. For development
    and tests: at run time the bootstrap imports what it needs, and the scripts need nothing."""
    for file in sorted(file for name in _DECLARING for file in _PACKAGE.rglob(name)):
        parts = file.relative_to(_PACKAGE.parent).with_suffix("").parts
        importlib.import_module(".".join(parts))


def config(tree: str, connection: Connection) -> Config:
    """Alembic's settings, without an ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS / tree).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes["connection"] = connection
    settings.attributes["tree"] = tree
    return settings


def next_number(settings: Config) -> str:
    """The number of the next script: 0001, 0002, …"""
    scripts = ScriptDirectory.from_config(settings).walk_revisions()
    return f"{sum(1 for _ in scripts) + 1:04d}"


def run() -> None:
    """What each tree's `env.py` calls, inside Alembic's context."""
    attributes = context.config.attributes
    tree = attributes["tree"]
    context.configure(
        connection=attributes["connection"],
        target_metadata=TREES[tree],
        # SQLite alters a table by copying it; the first script only creates.
        render_as_batch=next_number(context.config) != FIRST,
        **_options(tree),
    )
    context.run_migrations()


def _options(tree: str) -> dict[str, Any]:
    return {
        "version_table": f"migrations_{tree}",
        "include_object": _is_of(TREES[tree]),
        "compare_type": True,
        "render_item": _rendered,
        "transactional_ddl": True,
    }


def _is_of(tables: MetaData) -> Any:
    others = {name for tree in TREES.values() if tree is not tables for name in tree.tables}

    def included(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        foreign = name in others or (name or "").startswith("migrations_")
        return not (kind == "table" and reflected and foreign)

    return included


def _rendered(kind: str, item: object, context: AutogenContext) -> str | bool:
    # A script must stay true when our own types change, so it names what they are stored as.
    return f"sa.{item.impl_instance!r}" if kind == "type" and isinstance(item, TypeDecorator) else False
