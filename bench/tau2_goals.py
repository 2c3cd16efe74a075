"""From a task's reference to what its shopper wants, in terms a shopper could put into words."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = dict[str, Any]

CANCEL, ITEMS, ADDRESS, PAYMENT = "cancel", "items", "order_address", "payment"
RETURN, EXCHANGE, DEFAULT_ADDRESS, ASK = "return", "exchange", "default_address", "ask"
_KINDS = {
    "cancel_pending_order": CANCEL,
    "modify_pending_order_items": ITEMS,
    "modify_pending_order_address": ADDRESS,
    "modify_pending_order_payment": PAYMENT,
    "return_delivered_order_items": RETURN,
    "exchange_delivered_order_items": EXCHANGE,
    "modify_user_address": DEFAULT_ADDRESS,
}
_HAND_OVER = "transfer_to_human_agents"
_ADDRESS_PARTS = {
    "line1": "address1",
    "line2": "address2",
    "city": "city",
    "region": "state",
    "postcode": "zip",
    "country": "country",
}
# The part of a sentence in which the shopper wants to hear something, whatever happens before.
_WANTS_TO_KNOW = re.compile(
    r"\byou(?:['’]d)? (?:also |then )?(?:want|would like|like) to (?:also )?"
    r"(?:know|check|confirm|ask|get the tracking)\b.*"
    r"|(?:\byou (?:first )?)?\bask (?:about|the agent)\b.*",
    re.IGNORECASE,
)
_ASKS_FOR_A_DEED = re.compile(
    r"\b(cancel it|just cancel the|figure out|to do it|add the|split)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Thing:
    """An ordered item or a variant: its product's name and its options."""

    name: str
    options: tuple[tuple[str, str], ...]

    @property
    def values(self) -> Counter[str]:
        return Counter(value.lower() for _, value in self.options)


@dataclass(frozen=True)
class Swap:
    """An item, what comes instead of it, and the options that tell it from the shopper's others."""

    old: Thing
    new: Thing | None
    telling: tuple[tuple[str, str], ...]

    @property
    def changed(self) -> tuple[tuple[str, str], ...]:
        if self.new is None:
            return ()
        had = dict(self.old.options)
        return tuple((name, value) for name, value in self.new.options if had.get(name) != value)


@dataclass
class Goal:
    """One wish. `said` counts how often it was put into words, `closed` says how it ended."""

    kind: str
    number: str = ""
    number_known: bool = False
    landmark: Thing | None = None
    swaps: tuple[Swap, ...] = ()
    method: Record = field(default_factory=dict)
    address: Record = field(default_factory=dict)
    reason: str = ""
    text: str = ""
    said: int = 0
    denied: int = 0
    closed: str = ""

    @property
    def open(self) -> bool:
        return not self.closed

    @property
    def things(self) -> list[Thing]:
        return [swap.old for swap in self.swaps]


@dataclass
class Task:
    """One errand of the file, with the shopper it belongs to."""

    id: str
    reason: str
    known: str
    customer: Record
    goals: list[Goal]
    must_say: list[str]
    final: Record
    hand_over: bool
    forgot_email: bool
    read_orders: list[str]

    @property
    def kinds(self) -> list[str]:
        return sorted({goal.kind for goal in self.goals if goal.kind != ASK}) or ["no write"]


class Shop:
    """The store file, by id."""

    def __init__(self, store: Record) -> None:
        self.store = store
        self.customers: dict[str, Record] = {customer["id"]: customer for customer in store["customers"]}
        self.orders: dict[str, Record] = {order["id"]: order for order in store["orders"]}
        self.variants = {
            variant["id"]: Thing(product["name"], _pairs(variant["options"]))
            for product in store["products"]
            for variant in product["variants"]
        }

    def orders_of(self, customer: Record) -> list[Record]:
        return [self.orders[number] for number in customer["orders"] if number in self.orders]


def load(path: Path) -> list[Record]:
    tasks: list[Record] = json.loads(path.read_text(encoding="utf-8"))
    return tasks


def task_of(record: Record, shop: Shop) -> Task:
    """The task with its goals. Raises LookupError when nobody in the shop could be its shopper."""
    customer = _shopper(record, shop)
    writes = [action for action in record["actions"] if action["name"] in _KINDS]
    goals = [_goal(action, record, customer, shop) for action in writes]
    hand_over = any(action["name"] == _HAND_OVER for action in record["actions"])
    if not goals:
        goals = [Goal(ASK, text=record["reason_for_call"])]
    if record["must_say"]:
        told = [goal.text for goal in goals]
        goals += [
            Goal(ASK, text=asked) for asked in _questions(record["reason_for_call"]) if asked not in told
        ]
    if hand_over:
        goals.append(Goal(ASK))
    arguments = [action["arguments"].get("order_id") for action in record["actions"]]
    return Task(
        id=record["id"],
        reason=record["reason_for_call"],
        known=record["known"] or "",
        customer=customer,
        goals=goals,
        must_say=list(record["must_say"]),
        final=record["final"],
        hand_over=hand_over,
        forgot_email="email" in (record["unknown"] or ""),
        read_orders=[number for number in dict.fromkeys(arguments) if number in shop.orders],
    )


def _shopper(record: Record, shop: Shop) -> Record:
    for action in record["actions"]:
        arguments = action["arguments"]
        order = shop.orders.get(arguments.get("order_id", ""))
        owner = order["customer_id"] if order else arguments.get("user_id")
        if owner in shop.customers:
            return shop.customers[owner]
    for customer in shop.customers.values():
        name = f"{customer['name']['first']} {customer['name']['last']}"
        if customer["id"] in record["known"] or customer["email"] in record["known"]:
            return customer
        if name in record["known"] and customer["address"]["postcode"] in record["known"]:
            return customer
    raise LookupError(f"task {record['id']}: nobody in the shop is its shopper")


def _goal(action: Record, record: Record, customer: Record, shop: Shop) -> Goal:
    arguments, number = action["arguments"], action["arguments"].get("order_id", "")
    goal = Goal(
        kind=_KINDS[action["name"]],
        number=number,
        number_known=bool(number) and number.lstrip("#W") in record["reason_for_call"],
        reason=arguments.get("reason", ""),
    )
    if "address1" in arguments:
        goal.address = {part: arguments[name] for part, name in _ADDRESS_PARTS.items()}
    if "payment_method_id" in arguments:
        methods = {method["id"]: method for method in customer["payment_methods"]}
        goal.method = methods[arguments["payment_method_id"]]
    if number:
        goal.landmark = _landmark(shop.orders[number], customer, record["reason_for_call"].lower(), shop)
    if "item_ids" in arguments:
        goal.swaps = _swaps(arguments, shop.orders[number], customer, shop)
    return goal


def _swaps(arguments: Record, order: Record, customer: Record, shop: Shop) -> tuple[Swap, ...]:
    items = {item["variant_id"]: thing_of(item) for item in order["items"]}
    new = [shop.variants[variant] for variant in arguments.get("new_item_ids", ())]
    old = [items[variant] for variant in arguments["item_ids"]]
    return tuple(
        Swap(thing, new[place] if new else None, _telling(thing, customer, shop))
        for place, thing in enumerate(old)
    )


def _telling(thing: Thing, customer: Record, shop: Shop) -> tuple[tuple[str, str], ...]:
    """The fewest options that no other thing of that name has which the shopper ordered."""
    all_things = [thing_of(item) for order in shop.orders_of(customer) for item in order["items"]]
    others = [dict(other.options) for other in all_things if other.name == thing.name and other != thing]
    told: list[tuple[str, str]] = []
    while others and len(told) < len(thing.options):
        left = [pair for pair in thing.options if pair not in told]
        best = min(left, key=lambda pair: sum(other.get(pair[0]) == pair[1] for other in others))
        told.append(best)
        others = [other for other in others if other.get(best[0]) == best[1]]
    return tuple(told)


def _landmark(order: Record, customer: Record, reason: str, shop: Shop) -> Thing:
    """The thing by which a shopper would name the order: named by the scenario, and in few of the orders."""
    orders = shop.orders_of(customer)

    def unlikely(item: Record) -> tuple[bool, bool, int]:
        unnamed = item["name"].lower().split()[-1].rstrip("s") not in reason
        count = sum(any(other["name"] == item["name"] for other in each["items"]) for each in orders)
        return count > 1, unnamed, count

    return thing_of(min(order["items"], key=unlikely))


def _questions(reason: str) -> list[str]:
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(reason.split()))
    clauses = [found[0] for sentence in sentences if (found := _WANTS_TO_KNOW.search(sentence))]
    clauses = [clause for clause in clauses if not _ASKS_FOR_A_DEED.search(clause)]
    return [re.sub(r"^(you )?(first )?ask (the agent )?", "you want to ask ", c, flags=re.I) for c in clauses]


def thing_of(item: Record) -> Thing:
    return Thing(item["name"], _pairs(item["options"]))


def _pairs(options: Record) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in options.items())
