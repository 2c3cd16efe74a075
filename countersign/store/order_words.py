"""What a question about one's orders names: the things in them, apart from the words of the question."""

import re
from collections.abc import Sequence

from countersign.kit.personal_forms import fold
from countersign.store.matching import meant
from countersign.store.models import Item, Order

# Words of what is asked, never of what it is asked of. «address» would pass for a dress with a typing error.
_QUESTION = re.compile(
    r"""(?x)\b(?:adress|addres|address|addresses|all|altogether|amount|back|bill|billed|can\ i|card
    |charge|charged|cheapest|combined|confirmation|cost|costs|costing|could|credited|dearest|deliver
    |delivered|delivering|destination|detail|details|did\ i|each|ever|every|everything|expect|expensive
    |full|give|go|goes|going|got|high|highest|how\ many|how\ much|invoice|invoices|just|keep|keeping|kept
    |least|left|lowest|me|method|money|most|only|other|others|overall|owe|paid|past|pay|payed|paying
    |payment|payments|per|previous|price|priced|prices|priciest|proof|receipt|receipts|refund|refunded
    |refunds|remaining|rest|see|send|sending|sent|ship|shipped|shipping|so\ far|spend|spent|subtotal|sum
    |summary|tell|the|to|together|total|totals|used|using|view|went|worth|write)\b"""
)
_WHICH_ORDER = re.compile(r"\b(?:earliest|first|last|latest|newest|oldest|recent)\b")


def things_of(words: str) -> str:
    """The words without those of the question: «how much was the lamp» asks about «was lamp»."""
    return " ".join(_QUESTION.sub(" ", fold(words).replace("$", " ")).split())


def names_nothing(words: str) -> bool:
    """Whether nothing but the words of a question is there: «how much was it», «which address»."""
    return bool(meant([Order("", items=())], things_of(words)))


def items_named(items: Sequence[Item], words: str) -> list[Item]:
    """Those that the words fit best, or none when they name nothing in particular."""
    # Each item as an order of its own: what an order is found by, an item is found by.
    alone = [Order(str(at), items=(item,)) for at, item in enumerate(items)]
    nothing = Order("", items=())
    found = meant([*alone, nothing], _WHICH_ORDER.sub(" ", things_of(words)))
    return [] if nothing in found else [item for order in found for item in order.items]
