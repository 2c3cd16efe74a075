"""Changes of an order that is not yet sent, and of the shopper's own address."""

from actions.errands import StartErrand
from countersign.errands.models import Kind


class ChangeOrderItems(StartErrand):
    NAME = "action_change_order_items"
    KIND = Kind.SWAP


class ChangeOrderAddress(StartErrand):
    NAME = "action_change_order_address"
    KIND = Kind.ADDRESS


class ChangeOrderPayment(StartErrand):
    NAME = "action_change_order_payment"
    KIND = Kind.PAYMENT


class ChangeDefaultAddress(StartErrand):
    NAME = "action_change_default_address"
    KIND = Kind.DEFAULT_ADDRESS
