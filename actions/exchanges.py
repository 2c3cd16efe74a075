"""Other variants of what was delivered."""

from actions.errands import StartErrand
from countersign.errands.models import Kind


class ExchangeItems(StartErrand):
    NAME = "action_exchange_items"
    KIND = Kind.SWAP
