"""What a shopper reads in a reply: which question it asks, about which wish, and what a read-back says.

All that has to follow the assistant's wording stands in the tables at the top.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.tau2_goals import (
    ADDRESS,
    ASK,
    CANCEL,
    DEFAULT_ADDRESS,
    EXCHANGE,
    ITEMS,
    PAYMENT,
    RETURN,
    Goal,
    Record,
    Thing,
)

Message = dict[str, Any]

READ_BACK, EMAIL, CODE, POSTCODE, NAME, SIGN_IN = "read back", "email", "code", "postcode", "name", "sign in"
ORDER, WHICH_ITEMS, VARIANT, METHOD, REASON = "order", "items", "variant", "method", "reason"
WHERE_TO, MORE, UNCLEAR, YES_OR_NO, TOLD = "address", "more", "unclear", "yes or no", "told"
STOP_OR_CANCEL = "stop or cancel"

# Titles of buttons that give a question away, whatever its text.
BUTTONS: tuple[tuple[str, str], ...] = (
    (REASON, r"need it (any ?more|any longer)|no longer need|by mistake"),
    (WHICH_ITEMS, r"^all of them\b|^that[’']s all\b|^all (of it|items)\b"),
    (METHOD, r"^paypal\b|\bending in \d{4}|^gift card\b"),
    (YES_OR_NO, r"^yes\b"),
    (SIGN_IN, r"^sign in\b"),
)
# Texts; the first that fits counts.
QUESTIONS: tuple[tuple[str, str], ...] = (
    (CODE, r"type the code|code here"),
    (EMAIL, r"type (the|your) e-?mail"),
    (UNCLEAR, r"(not sure|didn[’']t|don[’']t|couldn[’']t) (I )?(quite )?(understood|understand)|pick one"),
    (
        MORE,
        r"(anything|what) else|what would you like( to do)?( instead)?\?|how can I help"
        r"|what can I do for you",
    ),
    (REASON, r"\bwhy\b.*\?|\breason\b.*\?"),
    (STOP_OR_CANCEL, r"cancel the order, or\b.*\?"),
    (METHOD, r"(payment method|refund|pay|paying|difference|money)\b.*\?"),
    (WHERE_TO, r"(which|what|where|new|the) .*address\b.*\?|where (should|shall) .* (go|be sent)"),
    (ORDER, r"(which|what) order|order number|number of (the|your) order|which of (them|your orders)"),
    (VARIANT, r"(which|what) .*(instead|would you like|for it|should it|variant|version|options?)\b.*\?"),
    (WHICH_ITEMS, r"(which|what) .*(items?|of (them|these)|return|exchange|change|send back)\b.*\?"),
    (POSTCODE, r"(postcode|zip)\b.*\?"),
    (NAME, r"your (full )?name\b.*\?"),
)
UNCLEAR_TEXT = re.compile(dict(QUESTIONS)[UNCLEAR], re.IGNORECASE)
REFUSED = re.compile(
    r"\b(can(?:no|['’])t|can not|not possible|isn['’]t possible|not allowed|too late|unable|aren['’]t able"
    r"|none of your orders|can['’]t find|not available|isn['’]t available|nothing was changed)\b",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"(person|people|team|human|colleague)\b.*\b(e-?mail|phone|call|reply|write|reach|answers?)\b"
    r"|\b(e-?mail|phone|call|reply|write|reach|answers?)\b.*\b(person|people|team|human|colleague)",
    re.IGNORECASE | re.DOTALL,
)
# Words and menu buttons by which a kind of errand is recognised.
KIND_WORDS: Mapping[str, str] = {
    CANCEL: r"\bcancel",
    RETURN: r"\breturn|\bsend(ing)? back|\brefund",
    EXCHANGE: r"\bexchang",
    ITEMS: r"\b(chang|swap|modif)(?!.*\baddress)",
    ADDRESS: r"\baddress|\bsent to|\bdeliver",
    PAYMENT: r"\bpayment method|\bpay\b",
    DEFAULT_ADDRESS: r"\b(default|own|account|profile|my) .*address|\baddress .*(profile|account)",
}
MENU: Mapping[str, str] = {
    CANCEL: r"^cancel (it|an order)\b",
    RETURN: r"^return something|send .*back",
    EXCHANGE: r"^exchange something",
    ITEMS: r"^the items\b|change .*\b(items|products)",
    ADDRESS: r"^where it goes|(delivery|shipping) address",
    PAYMENT: r"^how it[’']s paid|way of paying",
    DEFAULT_ADDRESS: r"\b(default|my|own) (own )?address",
}
# Buttons behind which the one for the wish may be, the likeliest first.
WIDER_MENU = (r"^change an order", r"^change or cancel", r"what (else )?can you do")
READ_BACKS: Mapping[str, str] = {
    "proposal_cancel": CANCEL,
    "proposal_items": ITEMS,
    "proposal_order_address": ADDRESS,
    "proposal_payment": PAYMENT,
    "proposal_return": RETURN,
    "proposal_exchange": EXCHANGE,
    "proposal_default_address": DEFAULT_ADDRESS,
}
YES_TITLE, NO_TITLE = re.compile(r"^yes\b", re.I), re.compile(r"^(no\b|leave)", re.I)
ALL_TITLE, ENOUGH_TITLE = re.compile(r"^all of them\b", re.I), re.compile(r"^that[’']s all\b", re.I)
ITEM = re.compile(r"([A-Z][\w-]*(?: [A-Z][\w-]*)*) \(([^()]*)\)")
ORDER_NUMBER = re.compile(r"#?W\d{7}")
# With no difference to pay or get back a read-back names no method.
_METHODS = re.compile(r"paypal|gift card|ending in \d{4}", re.IGNORECASE)
_REASONS = {"no longer needed": r"need|longer", "ordered by mistake": r"mistake"}


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """A reply as a shopper takes it in."""

    messages: tuple[Message, ...]
    question: str
    text: str
    whole: str
    buttons: tuple[Button, ...]
    read_back: Record | None

    def button(self, pattern: re.Pattern[str]) -> Button | None:
        return next((button for button in self.buttons if pattern.search(button.title)), None)

    def order_button(self, number: str) -> Button | None:
        """The button of the order's card, or one that names the order."""
        for card in cards_of(self.messages):
            if number in str(card.get("title", "")) and card.get("buttons"):
                return Button(number, str(card["buttons"][0]["payload"]))
        return next((button for button in self.buttons if number in button.title), None)

    @property
    def refused(self) -> bool:
        return bool(REFUSED.search(self.whole))


def read(messages: Iterable[Message]) -> Reply:
    """The reply to one message: the question is its last part that holds one."""
    heard = tuple(messages)
    asking = next((m for m in reversed(heard) if m.get("text") or m.get("buttons") or m.get("cards")), {})
    text = str(asking.get("text") or next((m["text"] for m in reversed(heard) if m.get("text")), ""))
    read_back = next((c for c in reversed(cards_of(heard)) if c.get("kind") in READ_BACKS), None)
    buttons = tuple(
        Button(str(b["title"]), str(b["payload"])) for m in heard[-2:] for b in m.get("buttons") or ()
    )
    return Reply(heard, _question(heard, text, buttons, read_back), text, words_of(heard), buttons, read_back)


def _question(
    heard: tuple[Message, ...], text: str, buttons: tuple[Button, ...], read_back: Record | None
) -> str:
    if read_back is not None and any(YES_TITLE.search(button.title) for button in buttons):
        return READ_BACK
    expected = [m["sensitive"]["kind"] for m in heard if m.get("sensitive")]
    if expected and expected[-1] in (EMAIL, CODE, POSTCODE, NAME, WHERE_TO):
        return str(expected[-1])
    if any(m.get("checkpoint") for m in heard):
        return SIGN_IN
    if any(c.get("kind") == "order" and c.get("buttons") for c in cards_of(heard[-1:])) and "?" in text:
        return ORDER
    return _by_words(text, buttons)


def _by_words(text: str, buttons: tuple[Button, ...]) -> str:
    if any(" · " in button.title for button in buttons):
        return VARIANT
    for question, pattern in BUTTONS:
        if any(re.search(pattern, button.title, re.IGNORECASE) for button in buttons):
            return question
    return next((q for q, pattern in QUESTIONS if re.search(pattern, text, re.IGNORECASE)), TOLD)


def cards_of(messages: Iterable[Message]) -> list[Record]:
    return [c for m in messages for c in [*(m.get("cards") or ()), *([m["card"]] if m.get("card") else ())]]


def words_of(messages: Iterable[Message]) -> str:
    """Everything readable: texts, titles and rows of cards; not the buttons."""
    parts: list[str] = []
    for message in messages:
        parts.append(str(message.get("text") or ""))
        for card in cards_of([message]):
            parts.append(str(card.get("title", "")))
            parts += [f"{row['label']}: {row['value']}" for row in card.get("rows") or ()]
    return "\n".join(part for part in parts if part)


def about(reply: Reply, goals: list[Goal], current: Goal | None) -> Goal | None:
    """The open goal that the last question is about: by its own words, else the one talked about before."""
    wanted = [goal for goal in goals if goal.open]
    if reply.read_back is not None and reply.question == READ_BACK:
        return _read_back_to(reply.read_back, goals, current)
    if not wanted:
        return None
    wanted = [goal for goal in wanted if can_answer(goal, reply.question)] or wanted
    # Not the cards: those of a question show everything that there is to choose from.
    told = " ".join(str(message.get("text") or "") for message in reply.messages)
    for text in (reply.text, told):
        scores = {id(goal): _points(goal, text) for goal in wanted}
        best = max(scores.values())
        if best:
            leading = [goal for goal in wanted if scores[id(goal)] == best]
            return current if current in leading else leading[0]
    return current if current in wanted else wanted[0]


def _read_back_to(card: Record, goals: list[Goal], current: Goal | None) -> Goal | None:
    """The goal that a read-back is of, exactly or by mistake; what was given up may still come right."""
    fitting = [goal for goal in goals if goal.closed in ("", "given up") and matches(card, goal)]
    same = [g for g in goals if g.open and g.kind == READ_BACKS[card["kind"]] and _concerns(card, g)]
    named = [goal for goal in same if goal.number in _card_words(card)]
    return next(iter([*fitting, *named, *([current] if current in same else []), *same]), None)


def _concerns(card: Record, goal: Goal) -> bool:
    """Whether a read-back is of one of the goal's items at least, if it is about items."""
    words = _card_words(card).lower()
    return not goal.things or any(thing.name.lower() in words for thing in goal.things)


def can_answer(goal: Goal, question: str) -> bool:
    """Whether the question can be about the wish at all."""
    needed: Mapping[str, object] = {
        ORDER: goal.number,
        WHICH_ITEMS: goal.swaps,
        VARIANT: goal.swaps and goal.swaps[0].new,
        METHOD: goal.method,
        REASON: goal.reason,
        WHERE_TO: goal.address,
    }
    return bool(needed.get(question, True))


def _points(goal: Goal, text: str) -> int:
    if goal.kind == ASK:
        return 0
    points = 3 if goal.number and goal.number in text else 0
    points += 2 if re.search(KIND_WORDS[goal.kind], text, re.IGNORECASE) else 0
    return points + (1 if any(thing.name.lower() in text.lower() for thing in goal.things) else 0)


def matches(card: Record, goal: Goal) -> bool:
    """Whether a read-back says exactly what the goal wants: nothing else, nothing less."""
    if READ_BACKS.get(card.get("kind", "")) != goal.kind:
        return False
    words = _card_words(card)
    numbers = {number.lstrip("#") for number in ORDER_NUMBER.findall(words)}
    if numbers != ({goal.number.lstrip("#")} if goal.number else set()):
        return False
    return (
        (not goal.swaps or _things(card) == _wanted_things(goal))
        and (not goal.method or names_method(words, goal.method) or not _METHODS.search(words))
        and (not goal.address or _names_address(card, goal.address))
        and (not goal.reason or bool(re.search(_REASONS[goal.reason], words, re.IGNORECASE)))
    )


def names_method(text: str, method: Record) -> bool:
    said = text.lower()
    if method["kind"] == "credit_card":
        return f"{method['last4']}" in said
    return ("gift card" if method["kind"] == "gift_card" else "paypal") in said


def _names_address(card: Record, address: Record) -> bool:
    """Whether a row is the address and nothing more; its country may be left out."""
    parts = [address.get(part) for part in ("line1", "line2", "city", "region", "postcode", "country")]
    whole = _plain(" ".join(part for part in parts if part))
    said = [_plain(str(row["value"])) for row in card.get("rows") or ()]
    return whole in said or whole.removesuffix(_plain(address["country"])).strip() in said


def _things(card: Record) -> Counter[str]:
    """Each item row as «old» or «old > new», with its options in a fixed order."""
    found: Counter[str] = Counter()
    for row in card.get("rows") or ():
        named = [_key(name, options.split(",")) for name, options in ITEM.findall(str(row["value"]))]
        if not named:
            continue
        pairs = "→" in str(row["value"])
        found.update([" > ".join(named[i : i + 2]) for i in range(0, len(named), 2)] if pairs else named)
    return found


def _wanted_things(goal: Goal) -> Counter[str]:
    return Counter(
        " > ".join(_key(thing.name, thing.values.elements()) for thing in (swap.old, swap.new) if thing)
        for swap in goal.swaps
    )


def _key(name: str, values: Iterable[str]) -> str:
    return f"{name.lower()} ({', '.join(sorted(_value(value) for value in values))})"


def _value(said: str) -> str:
    """An option's value; a bare yes or no says of what: «waterproof: yes»."""
    return said.rpartition(": ")[2].strip().lower()


def variant_button(reply: Reply, wanted: Thing) -> Button | None:
    """The button whose options are all wanted ones; of several, the one that names the most."""
    fitting = []
    for button in reply.buttons:
        values = Counter(_value(value) for value in button.title.split(" · ")[0].split(","))
        if values and not values - wanted.values:
            fitting.append((values.total(), button))
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def item_button(reply: Reply, wanted: Thing) -> Button | None:
    """The button that names the item; of several of that name, the one with its options."""
    named = [button for button in reply.buttons if wanted.name.lower() in button.title.lower()]
    return next((button for button in named if _is(button.title, wanted)), None)


def _is(title: str, thing: Thing) -> bool:
    """Whether a title that names the thing has its options too, if it has any."""
    inside = re.search(r"\(([^()]*)\)", title)
    return inside is None or Counter(_value(value) for value in inside[1].split(",")) == thing.values


def _card_words(card: Record) -> str:
    return "\n".join([str(card.get("title", "")), *(str(row["value"]) for row in card.get("rows") or ())])


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()
