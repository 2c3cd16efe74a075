"""Sending things back."""

from actions.errands import StartErrand
from countersign.errands.models import Kind


class ReturnItems(StartErrand):
    NAME = "action_return_items"
    KIND = Kind.RETURN
