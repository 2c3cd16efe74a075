"""What an action sees of one turn: its slots, its guard, and the only ways to answer."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Guard, Reason, Refusal
from countersign.checkpoints.table import Deed
from countersign.conversations.errands import Errands
from countersign.conversations.models import Turn
from countersign.conversations.service import Conversations
from countersign.conversations.turns import Turns
from countersign.errands.interfaces import Terms
from countersign.errands.service import Errands as ErrandDesk
from countersign.feedback.service import Feedbacks
from countersign.identity.models import Level, Session
from countersign.identity.service import Sessions
from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.accounts import Accounts
from countersign.store.catalogue import Catalogue
from countersign.store.refunds import Refunds
from countersign.store.service import Orders
from countersign.vault.tokens import TOKEN, ChatTokens


@dataclass(frozen=True)
class Services:
    """What actions may use; `bootstrap` fills it."""

    turns: Turns
    sessions: Sessions
    guard: Guard
    orders: Orders
    catalogue: Catalogue
    tokens: ChatTokens
    conversations: Conversations
    errands: Errands
    desk: ErrandDesk
    counter: Terms
    accounts: Accounts
    refunds: Refunds
    feedbacks: Feedbacks


_LOCALE = "en_US"
_LONGEST = 2000
"""Characters: no more than the gateway takes, whatever Rasa says was said."""
_UNDERSTOOD = frozenset(("address", "comment", "name", "postcode"))
"""Kinds of tokens that may say what is wanted; a phone number's digits would pass for an order's."""
_ASKED_BACK = "utter_fallback_did_you_mean"
REFUSALS: Mapping[Reason, str] = {
    Reason.SIGN_IN: "utter_checkpoint_signed_in",
    Reason.STALE: "utter_checkpoint_stale",
    Reason.PROVE_ORDER: "utter_checkpoint_order",
    Reason.STEP_UP: "utter_checkpoint_stepped_up",
}
"""What is said at a checkpoint that can be passed. All other refusals are the action's to word."""


class Scene:
    def __init__(
        self,
        services: Services,
        session: Session,
        turn: Turn,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
    ) -> None:
        self.services = services
        self.session = session
        self.conversation = turn.conversation
        self.origin = turn.origin
        self._dispatcher = dispatcher
        self._latest: dict[str, Any] = tracker.latest_message or {}
        self._slots = tracker.slots
        self._events: list[dict[str, Any]] = tracker.events
        self.turn = len(tracker.events)
        """Grows with every turn."""
        opener = (tracker.active_loop or {}).get("trigger_message") or {}
        self.opens_form = bool(opener) and opener.get("message_id") == self._latest.get("message_id")
        """Whether the message of this turn is the one that opened the form."""

    @property
    def intent(self) -> str:
        return str((self._latest.get("intent") or {}).get("name") or "")

    @property
    def words(self) -> str:
        """The shopper's sealed words, as Rasa knows them; empty for a button or an internal turn."""
        text = str(self._latest.get("text") or "")
        return "" if text.startswith("/") else text

    @property
    def meant(self) -> str:
        """The sealed words of the wish of this turn. A yes to «did you mean …» means the words that it was
        asked about, and what was said with it."""
        another = self.intent == "EXTERNAL_resume" or (self.words and self.intent != "affirm")
        if another or self.before != _ASKED_BACK:
            return self.words
        heard = [str(one.get("text") or "") for one in self._events if one.get("event") == "user"]
        asked_about = [text for text in heard[-2:-1] if not text.startswith("/")]
        return ". ".join(text for text in (*asked_about, self.words) if text)

    def slot(self, name: str) -> str | None:
        """A slot's text. It is what was said, never evidence of who said it."""
        value = self._slots.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def before(self) -> str:
        """The last action of the turn before this one, or ""."""
        events = reversed(self._events)
        for event in events:
            if event.get("event") == "user":
                break
        names = (str(event.get("name")) for event in events if event.get("event") == "action")
        return next((name for name in names if name != "action_listen"), "")

    def said(self, entity: str) -> str | None:
        """The entity's value if the message of this very turn holds it."""
        for found in self._latest.get("entities") or ():
            if found.get("entity") == entity:
                return str(found.get("value"))
        return None

    def opened(self, token: str | None) -> Personal | None:
        """The value behind a sealed token of this conversation."""
        return self.services.tokens.open(self.conversation, token) if token else None

    def require(self, deed: Deed, subject: str | None = None) -> Grant | Refusal:
        return self.services.guard.require(deed, self.session, subject, self.origin)

    def say(self, response: str, **values: Any) -> None:
        self._dispatcher.utter_message(response=response, **values)

    def amount(self, money: Money) -> str:
        """What stands in a response for an amount of the shopper's own."""
        return self.sealed(money.shown(_LOCALE))

    def card(
        self,
        kind: str,
        title: object,
        fields: Sequence[tuple[str, object]],
        choices: Sequence[tuple[str, str]] = (),
        picture: str | None = None,
    ) -> None:
        """A card of data only (`gateway/cards.py` says how), without the fields that are None. Rasa gets a
        token; the gateway draws it."""
        more = {} if picture is None else {"picture": picture}
        self._drawn(kind, title, fields, choices, **more)

    def read_back(self, kind: str, number: str, fields: Sequence[tuple[str, object]], proposal: str) -> None:
        """The card of a proposal; its title is the response `card_<kind>_title`. Drawn, a yes counts."""
        title = {"say": f"card_{kind}_title", "with": {"number": number}}
        self._drawn(kind, title, fields, proposal=proposal)

    def choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Buttons whose titles Rasa does not see: (title, payload), a title as a card's value."""
        if choices:
            data = {"choices": list(choices)}
            self._dispatcher.utter_message(json_message={"choices": self._sealed("choices", data)})

    def sealed(self, text: str) -> str:
        """A text that stands in a response as a token; only the gateway opens it."""
        return self.services.tokens.issue(self.conversation, "told", Personal(text))

    def opened_text(self, text: str) -> str:
        """A shopper's words with what they wrote behind the tokens: for understanding in the core only."""
        return TOKEN.sub(self._value, text)[:_LONGEST]

    def wishes(self) -> list[tuple[str, str]]:
        """(intent, sealed words) of each wish in a message that holds several."""
        found = [one for one in self._latest.get("entities") or () if one.get("entity") == "wish"]
        return [(str(one["value"]), self.words[int(one["start"]) : int(one["end"])]) for one in found]

    def _drawn(
        self,
        kind: str,
        title: object,
        fields: Sequence[tuple[str, object]],
        choices: Sequence[tuple[str, str]] = (),
        **more: str,
    ) -> None:
        told = [(name, value) for name, value in fields if value is not None]
        data = {"kind": kind, "title": title, "fields": told, "choices": list(choices), **more}
        self._dispatcher.utter_message(json_message={"card": self._sealed("card", data)})

    def _value(self, found: re.Match[str]) -> str:
        value = self.opened(found[0]) if found["kind"] in _UNDERSTOOD else None
        return value.reveal() if value else ""

    def stop_at(self, refusal: Refusal, deed: Deed, action: str, slots: Mapping[str, str]) -> None:
        """Says what is missing and keeps the errand, which goes on once the checkpoint is passed."""
        # Whoever is signed in already reaches more by a second factor only: no mailed code helps.
        steps_up = refusal.level is Level.STEPPED_UP and self.session.level >= Level.SIGNED_IN
        self.say(REFUSALS[Reason.STEP_UP] if steps_up else REFUSALS[refusal.reason])
        level = refusal.level.name.lower()
        reason = refusal.reason.name.lower()
        page = self.services.errands.suspend(
            self.conversation, action, slots, deed=deed.value, level=level, reason=reason
        )
        self.services.conversations.expect_sign_in(self.conversation, None if steps_up else "email")
        data = {"level": level, "reason": reason, "page": page.reveal()}
        self._dispatcher.utter_message(json_message={"checkpoint": self._sealed("checkpoint", data)})

    def _sealed(self, kind: str, data: Mapping[str, object]) -> str:
        text = json.dumps(data, ensure_ascii=False)
        return self.services.tokens.issue(self.conversation, kind, Personal(text))
