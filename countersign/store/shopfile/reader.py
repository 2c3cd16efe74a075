"""Reads a store file, or says everything that is wrong with it."""

import json
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from countersign.store.errors import Problem, StoreFileInvalidError, StoreFileUnreadableError
from countersign.store.shopfile.checks import Partial, cross_check
from countersign.store.shopfile.document import (
    FORMS,
    CustomerRecord,
    OrderRecord,
    ProductRecord,
    Record,
    StoreFile,
)

MAX_BYTES = 64 * 1024 * 1024
_PARTS: dict[str, type[Record]] = {
    "products": ProductRecord,
    "customers": CustomerRecord,
    "orders": OrderRecord,
}


class _DuplicateKeyError(ValueError):
    pass


def load_store_file(path: Path) -> StoreFile:
    """The shop in the file, checked as a whole.

    Raises StoreFileUnreadableError (missing, a directory, empty, above 64 MB, not UTF-8, not JSON) or
    StoreFileInvalidError with every problem and its path.
    """
    return parse_store_file(_read(path), name=str(path))


def parse_store_file(content: bytes, *, name: str) -> StoreFile:
    """The same from bytes; `name` stands in error messages."""
    document = _json(content, name)
    if not isinstance(document, dict):
        raise StoreFileUnreadableError(
            name, "a store file is one JSON object, {currency, products, customers, orders}"
        )
    problems, shop = _validated(document)
    problems += cross_check(_partial(document, problems))
    if problems or shop is None:
        raise StoreFileInvalidError(name, problems)
    return shop


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise StoreFileUnreadableError(str(path), "is a directory, not a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise StoreFileUnreadableError(str(path), f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise StoreFileUnreadableError(
            str(path), f"is larger than {MAX_BYTES // 1024**2} MB, which is the limit"
        )
    return content


def _json(content: bytes, name: str) -> Any:
    if not content.strip():
        raise StoreFileUnreadableError(name, "is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StoreFileUnreadableError(name, f"is not UTF-8 text (byte {error.start})") from None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except _DuplicateKeyError as error:
        reason = f"is not sound JSON: {error}"
    except RecursionError:
        reason = "is not a store file: nested too deeply"
    except ValueError:
        reason = "is not sound JSON: NaN, Infinity or a number of absurd length"
    raise StoreFileUnreadableError(name, reason) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _DuplicateKeyError(f"the key {twice[:60]!r} stands twice in one object")
    return members


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _validated(document: dict[str, Any]) -> tuple[list[Problem], StoreFile | None]:
    try:
        return [], StoreFile.of(document)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    return [Problem(_path(fault["loc"]), _words(fault)) for fault in faults], None


def _path(location: tuple[int | str, ...]) -> str:
    """('orders', 3, 'items', 0, 'price') is `orders[3].items[0].price`."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location]
    return "".join(parts).removeprefix(".")


def _words(fault: Any) -> str:
    kind, limits = fault["type"], fault.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return FORMS[limits["pattern"]]
    if kind in ("int_type", "int_from_float"):
        return "must be a whole number (amounts: minor units, such as cents)"
    if kind == "extra_forbidden":
        return "is not a field of a store file"
    return str(fault["msg"])


def _partial(document: dict[str, Any], problems: list[Problem]) -> Partial:
    """The records that are sound in themselves, so that what refers to what is checked in the same run."""
    broken = {problem.path.split("]")[0] + "]" for problem in problems if "[" in problem.path}
    sound: dict[str, dict[int, Any]] = {part: {} for part in _PARTS}
    doubtful: dict[str, set[str]] = {part: set() for part in _PARTS}
    for part, model in _PARTS.items():
        records = document.get(part)
        for index, record in enumerate(records if isinstance(records, list) else []):
            if f"{part}[{index}]" not in broken:
                sound[part][index] = model.model_validate(record)
            elif isinstance(record, dict):
                doubtful[part].add(str(record.get("id")))
    whole = not any(problem.path in _PARTS for problem in problems)
    return Partial(**sound, doubtful=doubtful, currency=document.get("currency"), whole=whole)
