"""For developers: `python -m countersign.db revision core -m "what changes"` drafts a migration.

It migrates a throw-away SQLite database to the newest version, compares it with the tables that
every `repository.py` declares, and writes the difference to `migrations/TREE/versions/`. Read it,
rename it, format it, commit it. `python -m countersign.db check` says whether one is missing.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.script import Script

from countersign.db.engine import Database
from countersign.db.migrate import TREES, config, differences, load_tables, next_number, upgrade


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m countersign.db", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    revision = verbs.add_parser("revision", help="draft the next migration of a tree")
    revision.add_argument("tree", choices=sorted(TREES))
    revision.add_argument("-m", "--message", required=True)
    verbs.add_parser("check", help="name the tables that no migration makes yet")
    options = parser.parse_args(arguments)
    load_tables()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'draft.db'}")
        try:
            for tree in TREES:
                upgrade(database, tree)
            return _revision(database, options) if options.verb == "revision" else _check(database)
        finally:
            database.dispose()


def _revision(database: Database, options: argparse.Namespace) -> int:
    if not differences(database, options.tree):
        sys.stdout.write(f"{options.tree}: nothing to migrate\n")
        return 0
    with database.begin() as connection:
        settings = config(options.tree, connection)
        number = next_number(settings)
        script = command.revision(settings, options.message, autogenerate=True, rev_id=number)
    _tidy(Path(cast(Script, script).path))
    return 0


def _tidy(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")))


def _check(database: Database) -> int:
    missing = [_line(tree, change) for tree in sorted(TREES) for change in differences(database, tree)]
    sys.stdout.write("".join(f"{line}\n" for line in missing) or "every table has its migration\n")
    return 1 if missing else 0


def _line(tree: str, change: Any) -> str:
    # A change of columns comes as a list of its parts.
    what, *on = change[0] if isinstance(change, list) else change
    return f"{tree}: {what} {' '.join(str(getattr(item, 'name', item)) for item in on)}"


if __name__ == "__main__":
    sys.exit(main())
