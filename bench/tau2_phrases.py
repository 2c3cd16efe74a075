"""The scripted shopper's words: every answer in at least five wordings, drawn by a seed."""

import random
import re
from collections.abc import Iterable, Mapping

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
    Swap,
    Thing,
)

# {order} {items} {swaps} {address} {method} stand for what the goal says.
WISHES: Mapping[str, tuple[str, ...]] = {
    CANCEL: (
        "I'd like to cancel {order}.",
        "Please cancel {order}.",
        "Can you cancel {order} for me?",
        "I want to cancel {order}.",
        "I need to cancel {order}.",
    ),
    RETURN: (
        "I'd like to return {items}.",
        "I want to send back {items}.",
        "Please take back {items}, I want to return it all.",
        "Can I return {items}?",
        "I need to return {items}.",
    ),
    EXCHANGE: (
        "I'd like to exchange {swaps}.",
        "I want to exchange {swaps}.",
        "Can I exchange {swaps}?",
        "Please exchange {swaps}.",
        "I need to exchange {swaps}.",
    ),
    ITEMS: (
        "I'd like to change my pending order: {swaps}.",
        "Please change the items of my order that hasn't been sent: {swaps}.",
        "In my pending order, please swap {swaps}.",
        "I want to modify {swaps} in my pending order.",
        "Can you change {swaps} in the order I just placed?",
    ),
    ADDRESS: (
        "Please change the shipping address of {order} to {address}.",
        "I'd like {order} to go to another address: {address}.",
        "Can you send {order} to {address} instead?",
        "I want to change where {order} is delivered to: {address}.",
        "The delivery address of {order} should be {address}.",
    ),
    PAYMENT: (
        "The payment method of {order} should become {method}, please.",
        "I'd like to pay {order} with {method} instead.",
        "Can you switch {order} to {method}?",
        "I want to use {method} for {order}.",
        "Change how I pay for {order}: {method}, please.",
    ),
    DEFAULT_ADDRESS: (
        "Please change my default address to {address}.",
        "I'd like to update the address in my profile to {address}.",
        "My new default address is {address}, please change it.",
        "Can you set the address of my account to {address}?",
        "I want to change my own address to {address}.",
    ),
}
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "yes": ("Yes", "Yes, please", "Yes, do it", "Go ahead", "That's right"),
    "no": ("No", "No, thanks", "No, leave it", "Please don't", "No, don't do that"),
    "wrong": (
        "No, that's wrong.",
        "No, that isn't right.",
        "No, that's not what I want.",
        "That's wrong.",
        "No, not like that.",
    ),
    "number": (
        "It's {number}",
        "{number}",
        "The number is {number}",
        "Order {number}",
        "My order number is {number}",
    ),
    "no number": (
        "I don't have the number, it's the order with {items}",
        "I don't know the number. It's the one with {items}",
        "No idea about the number, but {items} was in it",
        "It's the order with {items}",
        "The one that has {items} in it",
    ),
    "items": ("{items}", "It's {items}", "I mean {items}", "Just {items}, please", "That would be {items}"),
    "only": (
        "Leave that one, only {items}",
        "No, only {items}",
        "Only {items}, please",
        "Keep that as it is, only {items}",
        "Not that one, just {items}",
    ),
    "variant": (
        "{changes}",
        "One with {changes}",
        "I'd like {changes}",
        "{changes}, please",
        "It should be {changes}",
    ),
    "the rest": (
        "Keep the rest the same",
        "The rest the same",
        "Everything else as it is",
        "Same as before for the rest",
        "Keep the others the same, please",
    ),
    "method": ("{method}", "{method}, please", "Use {method}", "I'd prefer {method}", "With {method}"),
    "address": (
        "{address}",
        "It's {address}",
        "The address is {address}",
        "To {address}, please",
        "Please use {address}",
    ),
    "no longer needed": (
        "I don't need it any more",
        "It's no longer needed",
        "I no longer need it",
        "I don't need this order anymore",
        "Because I don't need it any longer",
    ),
    "ordered by mistake": (
        "I ordered it by mistake",
        "It was ordered by mistake",
        "That was a mistake, I didn't mean to order it",
        "I placed the order by mistake",
        "By mistake",
    ),
    "postcode": (
        "{postcode}",
        "It's {postcode}",
        "My zip code is {postcode}",
        "The postcode is {postcode}",
        "{postcode}, please",
    ),
    "name": ("{name}", "My name is {name}", "It's {name}", "I'm {name}", "{name} is my name"),
    "sign in": (
        "I want to sign in",
        "Sign in, please",
        "I'd like to sign in",
        "Let me sign in",
        "Please sign me in",
    ),
    "leave": (
        "Never mind, leave that",
        "Forget it, leave that one",
        "Leave it, please",
        "Never mind",
        "Then leave it",
    ),
    "done": (
        "No, that's all",
        "No, thank you, that's all",
        "That's everything, thanks",
        "Nothing else, thank you",
        "No, I'm done, thanks",
    ),
    "goodbye": ("Goodbye", "Bye", "Bye then", "Goodbye then", "OK, bye"),
    "person": (
        "I want to talk to a person",
        "Can I speak to a human?",
        "Get me a human representative",
        "I'd like to speak with a real person, please",
        "Transfer me to a human agent",
    ),
    "menu": (
        "What can you do?",
        "what can you do",
        "What can you do for me?",
        "Help, what can you do?",
        "What can you help with?",
    ),
}
# Where no button starts an errand: its kind in words, and nothing else.
KINDS_ONLY: Mapping[str, str] = {
    CANCEL: "I want to cancel an order",
    RETURN: "I want to return something",
    EXCHANGE: "I want to exchange something",
    ITEMS: "I want to change the items of an order",
    ADDRESS: "I want to change the address of an order",
    PAYMENT: "I want to change how I pay for an order",
    DEFAULT_ADDRESS: "I want to change my default address",
}
_AGREES = {"is": "am", "has": "have", "does": "do", "wants": "want", "was": "was"}
_FIRST_PERSON = (
    # The shopper as an object: after a preposition, or after a verb that is done to somebody.
    (r"\b(to|for|of|with|from|by|about|at|on|than) you\b(?!['’])", r"\1 me"),
    (
        r"\b(ask|tell|give|offer|let|allow|help|charge|send|save|refund|contact|inform|provide)(s|ed|ing)?"
        r" you\b"
        r"(?! (?:should|can|could|will|would|want|have|are|paid|get))",
        r"\1\2 me",
    ),
    (r"\b(are|were) you\b", lambda found: "am I" if found[1].lower() == "are" else "was I"),
    (r"\byou(?:['’]re| are)\b", "I am"),
    (r"\byou were\b", "I was"),
    (r"\byou (is|has|does|wants|was)\b", lambda found: f"I {_AGREES[found[1].lower()]}"),
    (r"\byou(['’](?:d|ve|ll))\b", r"I\1"),
    (r"\byourself\b", "myself"),
    (r"\byours\b", "mine"),
    (r"\byour\b", "my"),
    (r"\byou\b", "I"),
)
# A value that tells its option by itself: «clicky», not «medium».
_PLAIN_WORD = re.compile(r"(?!medium|small|large|light|fixed|metal)[a-z][a-z-]{4,}")


def first_person(text: str) -> str:
    """A scenario's text, which speaks to its shopper, as the shopper would say it."""
    for pattern, instead in _FIRST_PERSON:
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return re.sub(r"(^|[.!?]\s+)(my|mine|myself|am)\b", lambda f: f[1] + f[2].capitalize(), text)


class Words:
    """One shopper's manner of speaking: the same seed draws the same wordings."""

    def __init__(self, seed: str) -> None:
        self._rng = random.Random(seed)

    def answer(self, what: str, **values: str) -> str:
        return _fill(self._rng.choice(ANSWERS[what]), values)

    def wish(self, goal: Goal, *, whole: bool = False) -> str:
        """The goal in one sentence; `whole`: with the method and the reason too."""
        if goal.kind == ASK:
            said = first_person(goal.text) if goal.text else self.answer("person")
            return said[:1].upper() + said[1:]
        wish = _fill(
            self._rng.choice(WISHES[goal.kind]),
            {
                "order": self.order(goal),
                "items": self.items(goal) + self._of_order(goal),
                "swaps": self.swaps(goal) + self._of_order(goal),
                "address": address_words(goal.address) if goal.address else "",
                "method": method_words(goal.method) if goal.method else "",
            },
        )
        return wish + self._rest(goal) if whole else wish

    def kind_only(self, goal: Goal) -> str:
        return KINDS_ONLY[goal.kind]

    def order(self, goal: Goal) -> str:
        if goal.number_known or goal.landmark is None:
            return f"order {goal.number}"
        return f"the order with the {goal.landmark.name.lower()}"

    def items(self, goal: Goal) -> str:
        return _listed(f"the {self.thing(swap.old, swap.telling)}" for swap in goal.swaps)

    def swaps(self, goal: Goal) -> str:
        return _listed(
            f"the {self.thing(swap.old, swap.telling)} for "
            + (f"one {self.described(swap.changed)}" if swap.changed else "exactly the same one")
            for swap in goal.swaps
        )

    def thing(self, thing: Thing, telling: Iterable[tuple[str, str]]) -> str:
        return f"{thing.name.lower()} {self.described(telling)}".strip()

    def changes(self, swap: Swap) -> str:
        """The options that change, on their own: the answer to a question."""
        said = _listed(self.option(name, value) for name, value in swap.changed)
        return said or "exactly the same"

    def described(self, options: Iterable[tuple[str, str]]) -> str:
        """«with red color that is waterproof»: options behind what has them."""
        pairs = list(options)
        kept = [pair for pair in pairs if not _is_quality(*pair)]
        having = _listed(self.option(*pair) for pair in kept)
        being = _listed(self.option(*pair) for pair in pairs if pair not in kept)
        return " ".join(filter(None, (having and f"with {having}", being and f"that is {being}")))

    def option(self, name: str, value: str) -> str:
        """An option in words; a telling word alone, now and then («clicky»)."""
        lowered, option = value.lower(), name.lower()
        if lowered in ("yes", "no"):
            return (
                f"{'' if lowered == 'yes' else 'no '}{option}"
                if " " in option
                else _adjective(option, lowered)
            )
        if lowered == "none":
            return f"no {option}"
        if option == "size":
            return f"size {value}"
        if (
            "/" in option
            or _named_by(option, lowered)
            or (_PLAIN_WORD.fullmatch(value) and self._rng.random() < 0.5)
        ):
            return value
        return f"{value} {option}"

    def _of_order(self, goal: Goal) -> str:
        return f" (order {goal.number})" if goal.number_known else ""

    def _rest(self, goal: Goal) -> str:
        parts = [f"Use {method_words(goal.method)}."] if goal.method and goal.kind != PAYMENT else []
        parts += [self.answer(goal.reason) + "."] if goal.reason in ANSWERS else []
        return "".join(f" {part}" for part in parts)


def method_words(method: Record) -> str:
    if method["kind"] == "credit_card":
        return f"the card ending {method['last4']}"
    return "my gift card" if method["kind"] == "gift_card" else "PayPal"


def address_words(address: Record) -> str:
    street = ", ".join(part for part in (address["line1"], address.get("line2")) if part)
    return f"{street}, {address['city']}, {address['region']} {address['postcode']}, {address['country']}"


def _is_quality(option: str, value: str) -> bool:
    """Whether the option is something that a thing is, not something that it has."""
    return value.lower() in ("yes", "no") and " " not in option


def _named_by(option: str, value: str) -> bool:
    """Whether the value says its option already: «Brand A», «2-piece»."""
    return any(len(word) > 3 and word[:6] in value for word in option.split())


def _adjective(option: str, value: str) -> str:
    return option if value == "yes" else f"not {option}"


def _listed(parts: Iterable[str]) -> str:
    said = list(parts)
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _fill(wording: str, values: Mapping[str, str]) -> str:
    """`str.format` would stumble over braces in a scenario's words."""
    for name, value in values.items():
        wording = wording.replace(f"{{{name}}}", value)
    return wording
