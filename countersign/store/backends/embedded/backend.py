"""The shop that Countersign keeps itself, in a database of its own: SQLite, or PostgreSQL by URL."""

from countersign.db.engine import Database
from countersign.store.backends.embedded.changes import EmbeddedChanges
from countersign.store.backends.embedded.dumper import whole_shop
from countersign.store.backends.embedded.importer import replace_shop
from countersign.store.backends.embedded.orders import EmbeddedOrderBook
from countersign.store.backends.embedded.people import EmbeddedPeople
from countersign.store.backends.embedded.sealing import Sealing
from countersign.store.backends.embedded.shelves import EmbeddedShelves
from countersign.store.interfaces import Progress
from countersign.store.shopfile.document import StoreFile
from countersign.vault.service import Vault


class EmbeddedStore(EmbeddedPeople, EmbeddedOrderBook, EmbeddedShelves, EmbeddedChanges):
    """A `Shop` and a `ShopArchive`. The database must have been migrated (tree `store`)."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._sealing = Sealing(vault)

    def replace_shop(self, shop: StoreFile, progress: Progress) -> None:
        replace_shop(self._database, self._sealing, shop, progress)

    def whole_shop(self) -> StoreFile:
        return whole_shop(self._database, self._sealing)
