"""Run by Alembic; see countersign/db/migrate.py."""

from countersign.db.migrate import run

run()
