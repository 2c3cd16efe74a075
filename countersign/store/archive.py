"""Taking a whole shop in and giving it out: what the command line calls."""

import json
import os
import sys
import tempfile
from pathlib import Path

from countersign.store.errors import StoreFileUnwritableError
from countersign.store.interfaces import Progress, ShopArchive
from countersign.store.shopfile.document import StoreFile
from countersign.store.shopfile.reader import load_store_file


def import_store(archive: ShopArchive, path: Path, progress: Progress) -> None:
    """Puts the shop of a store file in place of the present one.

    Raises StoreFileInvalidError, with every problem in it, and StoreUnavailableError; nothing has
    changed then.
    """
    archive.replace_shop(load_store_file(path), progress)


def seed_store(archive: ShopArchive, progress: Progress) -> None:
    """Puts the demo shop in place of the present one. Raises StoreUnavailableError."""
    # Here, because Faker takes a second to import and only this command needs it.
    from countersign.store.demo.seed import demo_shop

    archive.replace_shop(demo_shop(), progress)


def dump_store(archive: ShopArchive, path: Path | None) -> None:
    """Writes the shop as a store file to `path`, or to the standard output.

    It holds every customer's data in plaintext, so the file is its owner's alone (mode 0600) and
    there as a whole or not at all. Raises StoreUnavailableError, StoreFileUnwritableError.
    """
    text = as_text(archive.whole_shop())
    if path is None:
        sys.stdout.write(text)
        return
    try:
        _write_private(path, text)
    except OSError as error:
        raise StoreFileUnwritableError(f"{path} cannot be written: {error.strerror}") from error


def as_text(shop: StoreFile) -> str:
    return json.dumps(shop.as_json(), ensure_ascii=False, indent=1) + "\n"


def _write_private(path: Path, text: str) -> None:
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)
