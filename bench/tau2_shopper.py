"""The scripted shopper's head: from what was heard to what is said or pressed next.

It sees messages only (texts, buttons, cards, checkpoints), and it knows its goals.
"""

import re
from collections import Counter
from dataclasses import dataclass

from bench import tau2_reading as reading
from bench.tau2_goals import ASK, CANCEL, Goal, Record, Swap, Task
from bench.tau2_phrases import Words, address_words, first_person, method_words
from bench.tau2_reading import Button, Message, Reply

L0, L1, L2 = "L0", "L1", "L2"
MOST_TIMES_SAID, MOST_TIMES_ASKED = 3, 3


@dataclass(frozen=True)
class Move:
    """What the shopper does: says something, or presses a button; and whether that agrees to a read-back."""

    text: str = ""
    button: Button | None = None
    agrees_to: Record | None = None
    last: bool = False


class Shopper:
    """One shopper with a task, at one level, in one manner of speaking."""

    def __init__(self, task: Task, level: str, seed: int) -> None:
        self.task = task
        self.level = level
        self.words = Words(f"{seed}/{level}/{task.id}")
        self.goals = task.goals
        self._current: Goal | None = None
        self._agreed: Goal | None = None
        self._asked: Counter[tuple[str, str, str]] = Counter()
        self._restating: Goal | None = None
        self._pressed: set[tuple[int, int]] = set()
        self._chosen: set[tuple[int, int]] = set()
        self._heard = ""
        self._menu_helps, self._menu_asked = True, False

    def open(self) -> Move:
        if self.level == L2 or self.goals[0].kind == ASK:
            if self.goals[0].kind == ASK:
                self._start(self.goals[0])
            return Move(first_person(self.task.reason))
        return self._wish(self.goals[0], None)

    def hear(self, messages: list[Message]) -> Move | None:
        """The answer to a reply; None when there is nothing more to say."""
        reply = reading.read(messages)
        self._heard += "\n" + reply.whole
        self._settle(reply)
        if (passing := self._sign_in(reply)) is not None:
            return passing
        goal = self._about(reply)
        if reply.question == reading.READ_BACK:
            return self._confirm(reply, goal)
        if self._current is not None and self._current.kind == ASK and self._current.open:
            return self._after_asking(reply, self._current)
        if goal is None or reply.question in (reading.MORE, reading.UNCLEAR, reading.TOLD):
            return self._next(reply)
        self._current = goal
        if self._loops(goal, reply):
            return self._leave(goal, reply)
        return self._answer(goal, reply)

    def _about(self, reply: Reply) -> Goal | None:
        """Who says one wish at a time knows which one is talked about, unless a read-back shows another."""
        current = self._current
        if self.level == L2 or reply.question == reading.READ_BACK or current is None or not current.open:
            return reading.about(reply, self.goals, current)
        fits = reading.can_answer(current, reply.question)
        return current if fits else reading.about(reply, self.goals, current)

    # What became of what was agreed to.

    def _settle(self, reply: Reply) -> None:
        agreed, self._agreed = self._agreed, None
        again = reply.read_back if reply.question == reading.READ_BACK else None
        if agreed is not None and not (again and reading.matches(again, agreed)):
            agreed.closed = "agreed"
            self._current = None
        satisfied = all(_said(self._heard, told) for told in self.task.must_say)
        for goal in self.goals:
            if goal.kind == ASK and goal.text and goal.open and satisfied and self.task.must_say:
                goal.closed = "heard"

    # Signing in.

    def _sign_in(self, reply: Reply) -> Move | None:
        customer = self.task.customer
        if reply.question == reading.EMAIL:
            return Move(customer["email"])
        if reply.question == reading.SIGN_IN:
            button = reply.button(re.compile("^sign in", re.I))
            return Move(button=button) if button else Move(self.words.answer("sign in"))
        if reply.question == reading.POSTCODE:
            return Move(self.words.answer("postcode", postcode=customer["address"]["postcode"]))
        if reply.question == reading.NAME:
            name = f"{customer['name']['first']} {customer['name']['last']}"
            return Move(self.words.answer("name", name=name))
        return None

    # Read-backs.

    def _confirm(self, reply: Reply, goal: Goal | None) -> Move:
        card = reply.read_back or {}
        if goal is not None and reading.matches(card, goal) and not self._loops(goal, reply):
            self._current = self._agreed = goal
            goal.closed = ""
            return self._yes(reply, card)
        if self._current is not None and self._current.kind == ASK:
            self._current.closed = "asked"
        if goal is None or goal.denied:
            return self._leave(goal, reply)
        goal.denied += 1
        self._current = goal
        self._pressed.clear()
        self._chosen.clear()
        if self.level == L0:
            self._restating = goal
            return self._no(reply)
        goal.said += 1
        return Move(f"{self.words.answer('wrong')} {self.words.wish(goal, whole=True)}")

    def _yes(self, reply: Reply, card: Record | None) -> Move:
        button = reply.button(reading.YES_TITLE)
        repeated = self._current is not None and card is not None and self._again(self._current, reply)
        if button and (self.level == L0 or repeated):
            return Move(button=button, agrees_to=card)
        return Move(self.words.answer("yes"), agrees_to=card)

    def _no(self, reply: Reply) -> Move:
        button = reply.button(reading.NO_TITLE)
        return Move(button=button) if button and self.level == L0 else Move(self.words.answer("no"))

    # The course of the conversation.

    def _next(self, reply: Reply) -> Move | None:
        """The next wish, the same once more, or goodbye."""
        if self.level == L0 and self._restating is None and (move := self._menu(reply)):
            return move
        goal = self._restating or (self._current if self._current and self._current.open else None)
        self._restating = None
        for said in self.goals:
            if said.open and said.said >= MOST_TIMES_SAID:
                said.closed = "given up"
        goal = goal if goal and goal.open else next((goal for goal in self.goals if goal.open), None)
        if goal is not None:
            return self._wish(goal, reply)
        words = "done" if reply.question == reading.MORE else "goodbye"
        return Move(self.words.answer(words), last=True)

    def _wish(self, goal: Goal, reply: Reply | None) -> Move:
        again = goal.said > 0
        self._start(goal)
        if self.level == L0 and goal.kind != ASK:
            if reply and (pressed := self._menu(reply)):
                return pressed
            self._menu_asked = self._menu_helps
            return Move(self.words.answer("menu") if self._menu_helps else self.words.kind_only(goal))
        return Move(self.words.wish(goal, whole=again))

    def _start(self, goal: Goal) -> None:
        goal.said += 1
        self._current = goal
        self._asked.clear()

    def _menu(self, reply: Reply) -> Move | None:
        """The menu's button for the wish that is on."""
        goal = self._current if self._current and self._current.open else None
        if goal is None or goal.kind == ASK:
            return None
        patterns = (reading.MENU[goal.kind], *reading.WIDER_MENU)
        offered = [reply.button(re.compile(pattern, re.IGNORECASE)) for pattern in patterns]
        for button in filter(None, offered):
            pressed = (goal.kind, "menu", button.title)
            self._asked[pressed] += 1
            if self._asked[pressed] == 1:
                return Move(button=button)
        if self._menu_asked:
            self._menu_helps = False
        return None

    def _after_asking(self, reply: Reply, goal: Goal) -> Move | None:
        if reply.question == reading.ORDER:
            buttons = [b for n in self.task.read_orders[::-1] if (b := reply.order_button(n)) is not None]
            if buttons and not self._loops(goal, reply):
                return Move(button=buttons[0])
        goal.closed = "asked"
        self._current = None
        if reply.question in (reading.MORE, reading.UNCLEAR, reading.TOLD):
            return self._next(reply)
        return self._leave(None, reply)

    def _leave(self, goal: Goal | None, reply: Reply) -> Move:
        if goal is not None:
            goal.closed = "given up"
        self._current = None
        if reply.question in (reading.READ_BACK, reading.YES_OR_NO):
            return self._no(reply)
        return Move(self.words.answer("leave"))

    def _loops(self, goal: Goal, reply: Reply) -> bool:
        asked = (goal.kind + goal.number, reply.question, reply.text)
        self._asked[asked] += 1
        most = MOST_TIMES_ASKED + len(goal.swaps)
        return self._asked[asked] > most

    def _again(self, goal: Goal, reply: Reply) -> bool:
        """Whether words did not help the last time, so that a button is better."""
        return self.level == L0 or self._asked[(goal.kind + goal.number, reply.question, reply.text)] > 1

    # Answers.

    def _answer(self, goal: Goal, reply: Reply) -> Move:
        answers = {
            reading.ORDER: self._which_order,
            reading.WHICH_ITEMS: self._which_items,
            reading.VARIANT: self._which_variant,
            reading.METHOD: self._which_method,
            reading.REASON: self._why,
            reading.WHERE_TO: self._where_to,
            reading.STOP_OR_CANCEL: self._stop_or_cancel,
        }
        if reply.question in answers:
            return answers[reply.question](goal, reply)
        if _fits_kind(goal, reply.text):
            return self._yes(reply, None)
        return self._no_answer(goal, reply) if reading.UNCLEAR_TEXT.search(reply.text) else self._no(reply)

    def _which_order(self, goal: Goal, reply: Reply) -> Move:
        button = reply.order_button(goal.number)
        if button:
            return Move(button=button)
        if goal.number_known or goal.landmark is None:
            return Move(self.words.answer("number", number=goal.number))
        things = self.words.items(goal) if goal.swaps else f"the {goal.landmark.name.lower()}"
        return Move(self.words.answer("no number", items=things))

    def _which_items(self, goal: Goal, reply: Reply) -> Move:
        if not goal.swaps:
            return self._no_answer(goal, reply)
        if not self._again(goal, reply):
            return Move(self.words.answer("items", items=self.words.items(goal)))
        for place, swap in enumerate(goal.swaps):
            button = reading.item_button(reply, swap.old)
            if button and (id(goal), place) not in self._pressed:
                self._pressed.add((id(goal), place))
                return Move(button=button)
        button = reply.button(reading.ENOUGH_TITLE)
        self._pressed = {pair for pair in self._pressed if pair[0] != id(goal)}
        return (
            Move(button=button) if button else Move(self.words.answer("items", items=self.words.items(goal)))
        )

    def _which_variant(self, goal: Goal, reply: Reply) -> Move:
        another = _asks_of_another(goal, reply.text)
        if another and any(swap.new for swap in goal.swaps):
            return Move(self.words.answer("only", items=self.words.items(goal)))
        swap = None if another else self._asked_swap(goal, reply)
        if swap is None or swap.new is None:
            return self._no_answer(goal, reply)
        if self._again(goal, reply) and (button := reading.variant_button(reply, swap.new)):
            return Move(button=button)
        option = _asked_option(swap, reply.text)
        if option is not None and option not in dict(swap.changed):
            return Move(self.words.answer("the rest"))
        if option is not None:
            return Move(
                self.words.answer("variant", changes=self.words.option(option, dict(swap.changed)[option]))
            )
        return Move(self.words.answer("variant", changes=self.words.changes(swap)))

    def _asked_swap(self, goal: Goal, reply: Reply) -> Swap | None:
        """The item that the question names: by its options when several have the name, else in order."""
        text = reply.text.lower()
        named = [swap for swap in goal.swaps if swap.old.name.lower() in text] or list(goal.swaps)
        if not named:
            return None

        def fit(swap: Swap) -> tuple[int, bool]:
            new = (id(goal), goal.swaps.index(swap)) not in self._chosen
            return sum(value in text for value in swap.old.values), new

        asked = max(named, key=fit)
        self._chosen.add((id(goal), goal.swaps.index(asked)))
        return asked

    def _which_method(self, goal: Goal, reply: Reply) -> Move:
        if not goal.method:
            return self._no_answer(goal, reply)
        buttons = [button for button in reply.buttons if reading.names_method(button.title, goal.method)]
        if buttons and self._again(goal, reply):
            return Move(button=buttons[0])
        return Move(self.words.answer("method", method=method_words(goal.method)))

    def _why(self, goal: Goal, reply: Reply) -> Move:
        if not goal.reason:
            return self._no_answer(goal, reply)
        pattern = "mistake" if "mistake" in goal.reason else "need"
        button = reply.button(re.compile(pattern, re.I))
        return (
            Move(button=button)
            if button and self._again(goal, reply)
            else Move(self.words.answer(goal.reason))
        )

    def _where_to(self, goal: Goal, reply: Reply) -> Move:
        if not goal.address:
            return self._no_answer(goal, reply)
        button = next((b for b in reply.buttons if goal.address["line1"].lower() in b.title.lower()), None)
        if button and self._again(goal, reply):
            return Move(button=button)
        return Move(self.words.answer("address", address=address_words(goal.address)))

    def _stop_or_cancel(self, goal: Goal, reply: Reply) -> Move:
        wanted = "cancel the order" if goal.kind == CANCEL else "leave it"
        button = reply.button(re.compile(f"^{wanted}", re.IGNORECASE))
        return Move(button=button) if button and self.level == L0 else Move(wanted.capitalize())

    def _no_answer(self, goal: Goal, reply: Reply) -> Move:
        """Asked for what the wish knows nothing of: it was taken for another one."""
        if goal.said >= MOST_TIMES_SAID or self.level == L0:
            return self._leave(goal, reply)
        self._start(goal)
        return Move(self.words.wish(goal, whole=True))


def _asks_of_another(goal: Goal, text: str) -> bool:
    """Whether the question is about an item that the goal leaves as it is."""
    named = [name.lower() for name, _ in reading.ITEM.findall(text)]
    return bool(named and goal.swaps) and not any(swap.old.name.lower() in named for swap in goal.swaps)


def _asked_option(swap: Swap, text: str) -> str | None:
    """The one option that is asked for, if it is one; the item's own stand in brackets."""
    bare = re.sub(r"\([^()]*\)", "", text)
    names = [name for name, _ in (swap.new or swap.old).options]
    asked = [name for name in names if re.search(rf"\b{re.escape(name)}\b", bare, re.IGNORECASE)]
    return asked[0] if len(asked) == 1 else None


def _fits_kind(goal: Goal, text: str) -> bool:
    return goal.kind != ASK and bool(re.search(reading.KIND_WORDS[goal.kind], text, re.IGNORECASE))


def _said(heard: str, wanted: str) -> bool:
    return wanted.lower() in heard.lower().replace(",", "")
