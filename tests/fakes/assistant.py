"""An assistant in memory that knows its shopper's wishes and asks for each, in the product's shapes."""

from collections.abc import Iterator
from typing import Any

from bench.tau2_goals import (
    ADDRESS,
    ASK,
    CANCEL,
    DEFAULT_ADDRESS,
    EXCHANGE,
    ITEMS,
    RETURN,
    Goal,
    Record,
    Shop,
    Task,
    Thing,
    thing_of,
)
from bench.tau2_phrases import address_words
from bench.tau2_shopper import Move

_WHAT = {
    CANCEL: ("proposal_cancel", "cancel"),
    RETURN: ("proposal_return", "return"),
    EXCHANGE: ("proposal_exchange", "exchange"),
    ITEMS: ("proposal_items", "change"),
    ADDRESS: ("proposal_order_address", "change the address of"),
    DEFAULT_ADDRESS: ("proposal_default_address", "change your default address"),
}
MENU = (
    "Return something",
    "Exchange something",
    "Cancel an order",
    "Change an order",
    "My address",
)
Messages = list[dict[str, Any]]


class AnswerIgnoredError(AssertionError):
    """What the shopper answered does not answer the question."""


class FakeAssistant:
    """Asks about one wish after the other, and refuses every answer that is not to the point.

    `done` are the wishes that were read back and agreed to.
    """

    def __init__(self, task: Task, shop: Shop) -> None:
        self._task = task
        self._shop = shop
        self._course = self._talk()
        self._payloads = 0
        self.done: list[Goal] = []
        self.asked: list[str] = []

    def hear(self, move: Move) -> Messages:
        """The reply to a move; the first one only opens the conversation."""
        if not self.asked:
            self.asked.append("opened")
            return next(self._course)
        said = move.button.payload if move.button else move.text
        return self._course.send(said)

    def _talk(self) -> Any:
        goals = [goal for goal in self._task.goals if goal.kind != ASK]
        for goal in goals:
            if goal is not goals[0]:
                said = yield self._message("Done. Is there anything else?")
                if "can you" in said.lower() or "help" in said.lower():
                    said = yield self._message("I can do a lot. What would you like to do?", MENU)
                if said == "Change an order":
                    yield self._message("What should be different?", ("The items", "Where it goes"))
            yield from self._errand(goal)
            self.done.append(goal)
        while True:
            yield self._message("Done. Is there anything else?")

    def _errand(self, goal: Goal) -> Iterator[Messages]:
        if goal.number:
            yield from self._ask_order(goal)
        if goal.swaps:
            yield from self._ask_items(goal)
            yield from self._ask_variants(goal)
        if goal.reason:
            titles = ("I don't need it any more", "I ordered it by mistake")
            word = "mistake" if "mistake" in goal.reason else "need"
            yield from self._ask("May I ask why?", titles, word)
        if goal.address:
            text = "Which address shall it be?"
            yield from self._ask(text, (), goal.address["line1"])
        if goal.method:
            yield from self._ask_method(goal)
        said = yield self.read_back(goal)  # type: ignore[misc] # what the shopper sends
        if said != "yes" and not any(word in said.lower() for word in ("yes", "go ahead", "right")):
            raise AnswerIgnoredError(f"{goal.kind}: not agreed but «{said}»")

    def _ask(self, text: str, titles: tuple[str, ...], *wanted: str) -> Any:
        said = yield self._message(text, titles)
        if not all(word.lower() in said.lower() for word in wanted):
            raise AnswerIgnoredError(f"{text} «{said}»")

    def _ask_order(self, goal: Goal) -> Any:
        orders = self._shop.orders_of(self._task.customer)
        cards = [
            {
                "kind": "order",
                "title": order["id"],
                "rows": [{"label": "Status", "value": order["status"]}],
                "buttons": [{"title": "This one", "payload": order["id"]}],
            }
            for order in orders
        ]
        said = yield [{"text": f"Which order would you like to {_WHAT[goal.kind][1]}?", "cards": cards}]
        if goal.number not in said:
            raise AnswerIgnoredError(f"which order? «{said}»")

    def _ask_items(self, goal: Goal) -> Any:
        items = [_words(thing_of(item)) for item in self._shop.orders[goal.number]["items"]]
        left = [_words(thing) for thing in goal.things]
        text = f"What would you like to {_WHAT[goal.kind][1]}?"
        said = yield self._message(text, (*items, "All of them"))
        while said in items:
            left.remove(said)
            said = yield self._message(text, (*items, "That's all"))
        if left and not all(thing.name.lower() in said.lower() for thing in goal.things):
            raise AnswerIgnoredError(f"which items? «{said}»")

    def _ask_variants(self, goal: Goal) -> Any:
        for swap in goal.swaps:
            if swap.new is None:
                return
            wanted = ", ".join(value for _, value in swap.new.options)
            text = f"Which one would you like instead of the {_words(swap.old)}?"
            said = yield self._message(text, ("odd, options · $1.00", f"{wanted} · $2.00"))
            fits = all(value.lower() in said.lower() for _, value in swap.changed if len(value) > 4)
            if not fits:
                raise AnswerIgnoredError(f"{text} «{said}»")

    def _ask_method(self, goal: Goal) -> Any:
        titles = tuple(_method(method) for method in self._task.customer["payment_methods"])
        wanted = {"paypal": "paypal", "gift_card": "gift card"}.get(goal.method["kind"], "")
        yield from self._ask(
            "Which payment method shall I use?", titles, wanted or str(goal.method.get("last4"))
        )

    def read_back(self, goal: Goal) -> Messages:
        kind, verb = _WHAT[goal.kind]
        values = [_words(swap.old) + (f" → {_words(swap.new)}" if swap.new else "") for swap in goal.swaps]
        values += [_method(goal.method)] if goal.method else []
        values += [address_words(goal.address)] if goal.address else []
        values += [goal.reason] if goal.reason else []
        card = {
            "kind": kind,
            "title": f"{verb} {goal.number}".strip(),
            "rows": [{"label": "-", "value": value} for value in values],
        }
        buttons = [{"title": "Yes, do it", "payload": "yes"}, {"title": "No, leave it", "payload": "no"}]
        return [{"text": "This is what I'd do. Is it right?", "cards": [card], "buttons": buttons}]

    def _message(self, text: str, titles: tuple[str, ...] = ()) -> Messages:
        self.asked.append(text)
        buttons = [{"title": title, "payload": title} for title in titles]
        return [{"text": text, **({"buttons": buttons} if buttons else {})}]


def _words(thing: Thing) -> str:
    return f"{thing.name} ({', '.join(value for _, value in thing.options)})"


def _method(method: Record) -> str:
    if method["kind"] == "credit_card":
        return f"{method['brand'].title()} ending in {method['last4']}"
    return "PayPal" if method["kind"] == "paypal" else f"Gift card, ${method['balance'] / 100:,.2f} left"
