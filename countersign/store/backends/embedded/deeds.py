"""What was done under which key, so that it is done once. The outcome may hold an address: it is sealed."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.backends.embedded.sealing import OUTCOME, Sealing
from countersign.store.backends.embedded.tables import deeds
from countersign.store.changes import Change, change_of, subject_of, text_of
from countersign.store.errors import DeedKeyReusedError
from countersign.store.models import Item, Order
from countersign.store.outcomes import Done, Line, Move, Outcome

_ITEMS = TypeAdapter(tuple[Item, ...])
_LINES = TypeAdapter(tuple[Line, ...])
_MOVES = TypeAdapter(tuple[Move, ...])


class Deeds:
    def __init__(self, connection: Connection, sealing: Sealing) -> None:
        self._connection = connection
        self._sealing = sealing

    def of(self, key: str) -> Done | None:
        row = self._connection.execute(select(deeds).where(deeds.c.key == key)).one_or_none()
        if row is None:
            return None
        return Done(row.customer_id, _read(self._sealing.open(row.outcome, OUTCOME, key).reveal()))

    def of_change(self, key: str, change: Change, customer: str) -> Outcome | None:
        """Raises DeedKeyReusedError when the key has done something else."""
        done = self.of(key)
        if done is None:
            return None
        if done.customer != customer or done.outcome.change != change:
            kind = type(done.outcome.change).__name__
            raise DeedKeyReusedError(f"the key of a {kind} was given for something else")
        return done.outcome

    def note(self, key: str, customer: str, outcome: Outcome, now: datetime) -> None:
        row = {
            "key": key,
            "customer_id": customer,
            "order_number": subject_of(outcome.change),
            "kind": type(outcome.change).__name__,
            "at": now,
            "outcome": self._sealing.seal(_written(outcome), OUTCOME, key),
        }
        self._connection.execute(insert(deeds).values(row))


def _written(outcome: Outcome) -> str:
    before = outcome.order
    document = {
        "change": text_of(outcome.change).reveal(),
        "order": before and {"status": before.status, "items": _ITEMS.dump_python(before.items)},
        "status": outcome.status,
        "lines": _LINES.dump_python(outcome.lines),
        "moves": _MOVES.dump_python(outcome.moves),
    }
    return json.dumps(document)


def _read(text: str) -> Outcome:
    document: dict[str, Any] = json.loads(text)
    change = change_of(Personal(document["change"]))
    outcome = Outcome(
        change,
        status=document["status"],
        lines=_LINES.validate_python(document["lines"]),
        moves=_MOVES.validate_python(document["moves"]),
    )
    number, before = subject_of(change), document["order"]
    if number is None or before is None:
        return outcome
    items = _ITEMS.validate_python(before["items"])
    total = Money(sum(item.price.minor for item in items), items[0].price.currency)
    return replace(outcome, order=Order(number, status=before["status"], items=items, total=total))
