"""Connections to the shop's database, with every failure of it named StoreUnavailableError."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from countersign.db.engine import Database
from countersign.db.errors import DatabaseUnavailableError
from countersign.store.errors import StoreSealBrokenError, StoreUnavailableError
from countersign.vault.errors import TamperedError


@contextmanager
def reading(database: Database) -> Iterator[Connection]:
    with _named(), database.read() as connection:
        yield connection


@contextmanager
def writing(database: Database) -> Iterator[Connection]:
    with _named(), database.begin() as connection:
        yield connection


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailableError as error:
        raise StoreUnavailableError(f"the shop's database: {error}") from error
    except DBAPIError as error:
        # Not an outage to SQLAlchemy: the file is no database, or a page of it is damaged.
        raise StoreUnavailableError(f"the shop's database: {error.orig}") from error
    except TamperedError as error:
        raise StoreSealBrokenError(f"the shop was sealed with other keys, or altered: {error}") from error
