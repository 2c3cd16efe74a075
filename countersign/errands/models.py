"""What the core keeps of an errand while it is talked about, and what there is to ask or to say."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from countersign.errands.errors import DraftUnreadableError
from countersign.store.changes import Change
from countersign.store.models import Order, PaymentMethod, Variant
from countersign.store.outcomes import Broken, Outcome


class Kind(StrEnum):
    """What a shopper wants done. Whether other items mean a change or an exchange, the order's status
    says."""

    ADDRESS = "address"
    """Another address for one order."""
    CANCEL = "cancel"
    DEFAULT_ADDRESS = "default_address"
    PAYMENT = "payment"
    RETURN = "return"
    SWAP = "swap"
    """Other variants of what was bought."""


class Asked(StrEnum):
    ADDRESS = "address"
    CONFIRM = "confirm"
    FIX = "fix"
    """What was wrong with what was read back."""
    ITEMS = "items"
    METHOD = "method"
    ORDER = "order"
    REASON = "reason"
    STOP_OR_CANCEL = "stop_or_cancel"
    VARIANT = "variant"


READ = (Asked.CONFIRM, Asked.FIX)
"""Asked about all of it, once it was read back."""


@dataclass
class Pick:
    """An item of the order by its place in it, and the variant that is wanted instead."""

    place: int
    new: str | None = None
    said: str = ""
    """What was said of the new one so far."""


@dataclass
class Draft:
    """One errand. Numbers, variant ids and method ids are the shop's; `address` is the text of a
    change's address, and personal: a draft is kept sealed."""

    kind: Kind
    words: str = ""
    order: str | None = None
    orders: list[str] = field(default_factory=list)
    """Those that fit what was said equally well."""
    picks: list[Pick] = field(default_factory=list)
    picked: bool = False
    """No more items are to be asked for."""
    method: str | None = None
    reason: str | None = None
    address: dict[str, str] | None = None
    asked: Asked | None = None
    misses: int = 0
    """Answers in a row that answered nothing."""
    held: bool = False
    """`asked` is to be asked, before anything that is missing."""
    unfit: list[int] = field(default_factory=list)
    """Places whose wish nothing that is available fits."""
    unclear: list[int] = field(default_factory=list)
    """Places of which one is meant beside those picked, and nothing tells which."""
    unclear_said: str = ""
    """What was said of the one that is meant."""
    stranger: str | None = None
    """An order number just said that is none of the shopper's."""

    def turn_to(self, order: str) -> None:
        """Another order: what was said of the items and payments of the one before says nothing of it."""
        if self.order != order:
            self.order, self.picks, self.picked, self.method = order, [], False, None
            self.unfit, self.unclear, self.unclear_said = [], [], ""

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> "Draft":
        """Raises DraftUnreadableError for one that another version kept, unless only fields came since."""
        try:
            content: dict[str, Any] = json.loads(text)
            content["kind"] = Kind(content["kind"])
            content["asked"] = Asked(content["asked"]) if content.get("asked") else None
            content["picks"] = [Pick(**pick) for pick in content.get("picks", ())]
            return cls(**content)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DraftUnreadableError("kept by another version") from error


@dataclass
class Heard:
    """`some` when anything was understood. `others` are drafts for what was named beside; `stranger` a
    number that is none of the shopper's; `dropped` when nothing is left to be done."""

    some: bool = False
    dropped: bool = False
    others: list[Draft] = field(default_factory=list)
    stranger: str | None = None


@dataclass(frozen=True)
class Question:
    """What is missing. Only the options that fit `asked` are there."""

    asked: Asked
    order: Order | None = None
    orders: Sequence[Order] = ()
    place: int = -1
    variants: Sequence[Variant] = ()
    methods: Sequence[PaymentMethod] = ()
    unfit: bool = False
    """Nothing that is available is as it was wished."""
    broken: Broken | None = None
    """Why the last answer would not do."""


@dataclass(frozen=True)
class Proposed:
    """All is known: this is what would be done. `outcome` is None until the shop has looked at it."""

    change: Change
    outcome: Outcome | None = None
