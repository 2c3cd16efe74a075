"""The errands of a conversation: begun, talked about, read back, done; and what waits after them.

Every method that reads takes a grant for errand:prepare; doing takes the grant of the deed itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.conversations.proposals import Proposals
from countersign.errands.choosing import choose
from countersign.errands.desk import MOST, Desk, Desks
from countersign.errands.hearing import hear
from countersign.errands.interfaces import Counter
from countersign.errands.models import READ, Asked, Draft, Kind, Proposed
from countersign.errands.reading.tokens import tokens
from countersign.errands.reading.vocabulary import is_just, says
from countersign.errands.steps import Step, Stuck, mended, next_step
from countersign.errands.world import World, alike
from countersign.kit.money import Money
from countersign.store.changes import DEEDS, CancelOrder, subject_of, text_of
from countersign.store.models import Address
from countersign.store.outcomes import Broken, Outcome

_SHORT = 3
"""So few words are an answer, whatever wish they may look like."""
_CHANCES = 2
_ADDRESSES = (Kind.ADDRESS, Kind.DEFAULT_ADDRESS)


Look = Callable[[], World]


class Verdict(StrEnum):
    """What a message was to the errand in hand."""

    AGREED = auto()
    ANSWERED = auto()
    """It, or what takes its place, goes on."""
    DROPPED = auto()
    NOT_MINE = auto()
    """Something else altogether: whoever it is for may answer it."""
    STUCK = auto()


@dataclass(frozen=True)
class Utterance:
    """A message as Rasa understood it. `sealed`: its words as Rasa has them; `kind`: the wish for an errand
    that it is; `choice`: the button that was pressed; `asks`: a wish or question that others answer;
    `denies`, `stops`: as it says."""

    words: str = ""
    sealed: str = ""
    choice: str | None = None
    kind: Kind | None = None
    asks: bool = False
    denies: bool = False
    stops: bool = False


class Errands:
    def __init__(self, desks: Desks, counter: Counter, proposals: Proposals) -> None:
        self._desks = desks
        self._counter = counter
        self._proposals = proposals

    def begin(self, conversation: str, grant: Grant, kind: Kind, words: str) -> Step:
        """Takes up an errand. One that is in hand waits until this one is done."""
        desk, world = self._desks.of(conversation), self._world(grant)
        if desk.draft is not None:
            desk.drafts.insert(0, desk.draft)
        return self._kept(conversation, desk, _taken(desk, Draft(kind, words), world), world, grant)

    def go_on(self, conversation: str, grant: Grant) -> Step | None:
        """The errand in hand, else the next that waits with what is known of it; None: there is none."""
        desk = self._desks.of(conversation)
        draft = desk.draft
        if draft is None and not desk.drafts:
            return None
        world = self._world(grant)
        if draft is None:
            draft = desk.drafts.pop(0)
            if draft.words and not (draft.picks or draft.address):
                _taken(desk, draft, world)
        return self._kept(conversation, desk, draft, world, grant)

    def lost(self, conversation: str) -> bool:
        """Whether there was an errand that this version can't read, until the desk is kept anew."""
        return self._desks.of(conversation).lost

    def draft(self, conversation: str) -> Draft | None:
        return self._desks.of(conversation).draft

    def asked(self, conversation: str, asked: Asked) -> None:
        """Notes what was asked last: the next message may answer it."""
        desk = self._desks.of(conversation)
        if desk.draft is not None and desk.draft.asked is not asked:
            desk.draft.asked = asked
            self._desks.keep(conversation, desk)

    def listen(self, conversation: str, grant: Grant, said: Utterance) -> Verdict:
        """What a message is to the errand in hand, with all that it says filled in."""
        desk = self._desks.of(conversation)
        if desk.draft is None:
            return Verdict.DROPPED
        if self._proposals.agreed(conversation):
            return Verdict.AGREED
        # Read at most once, for it opens all of the shopper's orders; and not for a «stop», which needs none.
        look = cache(lambda: self._world(grant))
        verdict = _listen(desk, desk.draft, said, look)
        if verdict is Verdict.NOT_MINE:
            return verdict
        self._desks.keep(conversation, desk)
        if verdict is Verdict.ANSWERED and desk.draft is not None:
            # On a copy: what is asked next, and why, is worked out once more when it is said.
            step = self._step(Draft.of(desk.draft.text()), look(), grant)
            return Verdict.STUCK if isinstance(step, Stuck) else verdict
        return verdict

    def finish(self, conversation: str) -> None:
        """The errand in hand is over; those that wait stay."""
        desk = self._desks.of(conversation)
        desk.draft = None
        self._desks.keep(conversation, desk)

    def together(self, conversation: str) -> Money | None:
        """What the errands of this conversation came to, below zero when the shopper gets it; None when
        fewer than two of them moved money."""
        sums = self._desks.of(conversation).sums
        several = [(minor, currency) for currency, minor in sums.items() if len(minor) > 1]
        return Money(sum(several[0][0]), several[0][1]) if len(several) == len(sums) == 1 else None

    def clear(self, conversation: str) -> None:
        """Nothing is in hand and nothing waits any more."""
        self._desks.keep(conversation, Desk())

    def apply(self, conversation: str, grant: Grant) -> Outcome | Broken:
        """Does what was agreed to. Of an order that is cancelled nothing waits any more."""
        outcome = self._counter.apply(grant)
        if isinstance(outcome, Outcome):
            desk = self._desks.of(conversation)
            if isinstance(outcome.change, CancelOrder):
                desk.drafts = [one for one in desk.drafts if one.order != outcome.change.number]
            for currency in {move.amount.currency for move in outcome.moves}:
                moved = sum(move.amount.minor for move in outcome.moves if move.amount.currency == currency)
                desk.sums.setdefault(currency, []).append(moved)
            self._desks.keep(conversation, desk)
        return outcome

    def may_have_changed(self, conversation: str) -> bool:
        """Whether something that was agreed to may have been done since the shopper's last message."""
        return self._proposals.spent(conversation)

    def agreed(self, conversation: str) -> tuple[Deed, str | None] | None:
        """The deed and subject that this turn's message agreed to."""
        return self._proposals.agreed_deed(conversation)

    def addresses(self, grant: Grant, draft: Draft) -> list[tuple[int, Address]]:
        """The known addresses that a draft may take, each with its place among all that are known."""
        world = self._world(grant)
        order = world.order(draft.order)
        here = order.address if order else world.prepared.address
        return [(at, one) for at, one in enumerate(world.addresses()) if here is None or not alike(one, here)]

    def propose(self, conversation: str, proposed: Proposed) -> str:
        """The name of the proposal of exactly this change, with what it was said to do."""
        deed, subject = DEEDS[type(proposed.change)], subject_of(proposed.change)
        told = proposed.outcome.told() if proposed.outcome else ""
        return self._proposals.propose(conversation, deed.value, subject, text_of(proposed.change, told))

    # --- what waits

    def queue(self, conversation: str, wishes: list[str]) -> int:
        """Sealed words of wishes that wait for their turn; how many of them do, from the first on."""
        desk = self._desks.of(conversation)
        room = max(0, MOST - len(desk.wishes))
        desk.wishes += wishes[:room]
        self._desks.keep(conversation, desk)
        return min(room, len(wishes))

    def waits(self, conversation: str) -> bool:
        """Whether something waits and nothing is in hand."""
        desk = self._desks.of(conversation)
        return desk.draft is None and not desk.empty

    def next_wish(self, conversation: str) -> str | None:
        """The next waiting wish's sealed words, if no draft waits before it. It waits until it is taken."""
        desk = self._desks.of(conversation)
        return desk.wishes[0] if desk.draft is None and not desk.drafts and desk.wishes else None

    def wish_taken(self, conversation: str, wish: str) -> None:
        """`wish` was understood: it waits no longer."""
        desk = self._desks.of(conversation)
        if desk.wishes[:1] == [wish]:
            del desk.wishes[0]
            desk.failed = 0
            self._desks.keep(conversation, desk)

    def failed(self, conversation: str) -> bool:
        """What waits first could not be taken up; the second time it waits no longer: True.

        False while an errand is in hand: perhaps that is it, and only the answer was lost.
        """
        desk = self._desks.of(conversation)
        if desk.draft is not None:
            return False
        desk.failed += 1
        over = desk.failed >= _CHANCES
        if over:
            del (desk.drafts or desk.wishes)[:1]
            desk.failed = 0
        self._desks.keep(conversation, desk)
        return over

    # --- the inside

    def _world(self, grant: Grant) -> World:
        return World(self._counter.prepare(grant), self._counter)

    def _kept(self, conversation: str, desk: Desk, draft: Draft, world: World, grant: Grant) -> Step:
        step = self._step(draft, world, grant)
        desk.draft, desk.failed = draft, 0
        self._desks.keep(conversation, desk)
        return step

    def _step(self, draft: Draft, world: World, grant: Grant) -> Step:
        step = next_step(draft, world)
        if not isinstance(step, Proposed):
            return step
        outcome = self._counter.preview(grant, step.change)
        if isinstance(outcome, Broken):
            return mended(draft, outcome, world)
        return Proposed(step.change, outcome)


def _taken(desk: Desk, draft: Draft, world: World) -> Draft:
    """The draft with what its own words say; what they name beside it waits."""
    heard = hear(draft, draft.words, world)
    draft.stranger = heard.stranger
    desk.drafts += heard.others
    return draft


def _listen(desk: Desk, draft: Draft, said: Utterance, look: Look) -> Verdict:
    if said.choice is not None:
        return _chosen(desk, draft, said.choice, look)
    if said.stops and not is_just(said.words, "cancel"):
        return Verdict.DROPPED
    if is_just(said.words, "cancel"):
        draft.misses += draft.asked is Asked.STOP_OR_CANCEL
        draft.asked, draft.held = Asked.STOP_OR_CANCEL, True
        return Verdict.ANSWERED
    if draft.asked is Asked.STOP_OR_CANCEL and said.kind is Kind.CANCEL:
        return _chosen(desk, draft, "cancel", look)
    return _answered(desk, draft, said, look)


def _answered(desk: Desk, draft: Draft, said: Utterance, look: Look) -> Verdict:
    words = tokens(said.words)
    if said.kind is not None and not _answers(draft, said.kind, words):
        return _another(desk, draft, said.kind, said, look)
    if said.asks and not (draft.asked is Asked.ITEMS and says(words, "that_is_all")):
        return Verdict.NOT_MINE
    if said.kind is draft.kind and draft.asked in READ and says(words, "wrong"):
        # «That's wrong. I want to …»: said anew from the beginning, not one thing corrected.
        draft.picks, draft.picked = [], False
    heard = hear(draft, said.words, look())
    desk.drafts += heard.others
    draft.stranger = heard.stranger
    if (heard.some or heard.stranger) and not heard.dropped:
        draft.misses, draft.held = 0, False
        return Verdict.ANSWERED
    if said.kind is not None and draft.asked in READ:
        # The same wish said anew, and nothing of it fits what was read back.
        return _another(desk, draft, said.kind, said, look)
    if heard.dropped or (said.denies and not (draft.asked is Asked.CONFIRM and says(words, "wrong"))):
        return Verdict.DROPPED
    if said.denies:
        draft.held, draft.asked = True, Asked.FIX
    else:
        draft.misses += 1
    return Verdict.ANSWERED


def _another(desk: Desk, draft: Draft, kind: Kind, said: Utterance, look: Look) -> Verdict:
    """A wish in the middle of an errand: instead of it, after it, or before it."""
    words = tokens(said.words)
    if says(words, "afterwards"):
        desk.wishes.append(said.sealed)
        return Verdict.ANSWERED
    if draft.asked not in READ and not (says(words, "rather") or words[:1] == ["no"]):
        desk.drafts.insert(0, draft)
    desk.draft = _taken(desk, Draft(kind, said.words), look())
    return Verdict.ANSWERED


def _chosen(desk: Desk, draft: Draft, choice: str, look: Look) -> Verdict:
    if choice == "stop":
        return Verdict.DROPPED
    if choice == "cancel" and draft.kind is not Kind.CANCEL:
        desk.draft = Draft(Kind.CANCEL, order=draft.order)
        return Verdict.ANSWERED
    draft.held = False
    known = choice == "cancel" or choose(draft, choice, look())
    draft.misses = 0 if known else draft.misses + 1
    return Verdict.ANSWERED


def _answers(draft: Draft, kind: Kind, said: list[str]) -> bool:
    """Whether what looks like a wish of `kind` is rather an answer to, or a correction of, this errand."""
    if draft.asked is Asked.ADDRESS and kind in _ADDRESSES:
        return True
    return kind is draft.kind or len(said) <= _SHORT
