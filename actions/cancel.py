"""Cancelling an order."""

from actions.errands import StartErrand
from countersign.errands.models import Kind


class CancelOrder(StartErrand):
    NAME = "action_cancel_order"
    KIND = Kind.CANCEL
