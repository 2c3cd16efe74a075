"""Actions as the executor runs them: a real core behind them, a tracker as Rasa sends it before them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import GuardedAction
from actions.scene import Services
from countersign.conversations.models import Entry
from countersign.db.engine import Database
from countersign.gateway.cards import CardDrawer
from countersign.gateway.unseal import Unsealer
from countersign.identity.models import Session
from countersign.store.accounts import Accounts
from countersign.store.refunds import Refunds
from countersign.store.service import Orders
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import Stage, run
from tests.fakes.shop_to_change import shop_to_change
from tests.fakes.store import FakeStore

_OURS = {"text", "buttons", "elements", "custom", "template", "response", "image", "attachment"}


@dataclass
class Played:
    """What an action did: the responses it said, its words, cards and checkpoints opened."""

    said: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    """The payloads of those whose titles Rasa does not see."""
    slots: dict[str, Any] = field(default_factory=dict)
    followup: str | None = None
    raw: str = ""
    """All that Rasa gets of it."""


class Scenes:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.services = Services(
            stage.turns,
            stage.sessions,
            stage.guard,
            Orders(stage.store),
            stage.catalogue,
            stage.tokens,
            stage.conversations,
            stage.errands,
            stage.errand_desk,
            stage.counter,
            Accounts(stage.store, stage.store),
            Refunds(stage.store, stage.change_desk.policy),
            stage.feedbacks,
        )

    def play(
        self,
        action: type[GuardedAction],
        session: Session,
        intent: str = "",
        text: str = "",
        *,
        slots: Mapping[str, str | None] | None = None,
        ticket: str | None = None,
        before: str = "action_listen",
        earlier: str = "",
        opens_form: bool = False,
        wishes: Sequence[tuple[str, str]] = (),
        **entities: str,
    ) -> Played:
        """Runs `action` in a living turn of `session`; further keywords are the message's entities.

        `earlier`: the message before it, which the action `before` answered.
        `opens_form`: it is this message that opened the form.
        `wishes` are (intent, part of the text) of a message that holds several.
        """
        mine = self.stage.turns.begin(session.conversation, session.id, "")
        parts = [
            {"entity": "wish", "value": wish, "start": text.index(part), "end": text.index(part) + len(part)}
            for wish, part in wishes
        ]
        latest = {
            "text": text,
            "intent": {"name": intent},
            "message_id": "this",
            "entities": [*parts, *({"entity": name, "value": value} for name, value in entities.items())],
            "metadata": {"ticket": mine.reveal() if ticket is None else ticket},
        }
        past = [{"event": "action", "name": name} for name in (before, "action_listen")]
        events_before = [{"event": "user", "text": earlier}, *past, {"event": "user", "text": text}]
        opener = {"message_id": "this" if opens_form else "before"}
        loop = {"name": "errand_form", "trigger_message": opener}
        tracker = Tracker(
            session.conversation, dict(slots or {}), latest, events_before, False, None, loop, None
        )
        dispatcher = CollectingDispatcher()
        events = run(action(self.services).run(dispatcher, tracker, {}))
        return self._played(session, dispatcher.messages, events)

    def _played(
        self, session: Session, messages: list[dict[str, Any]], events: list[dict[str, Any]]
    ) -> Played:
        played = Played(raw=json.dumps([messages, events], ensure_ascii=False))
        for message in messages:
            custom = message.get("custom") or {}
            if name := message.get("response"):
                values = {key: value for key, value in message.items() if key not in _OURS}
                played.said.append(name)
                # As Rasa fills them: fails when the action left a placeholder empty.
                words = self.stage.phrases.say(name, **values)
                played.words.append(Unsealer(self.stage.tokens).open(session.conversation, words))
            if "card" in custom:
                played.cards.append(self._opened(session, custom["card"]))
            if "choices" in custom:
                choices = self._opened(session, custom["choices"])["choices"]
                played.buttons += [payload for _, payload in choices]
            if "checkpoint" in custom:
                played.checkpoints.append(self._opened(session, custom["checkpoint"]))
        for event in events:
            if event["event"] == "slot":
                played.slots[event["name"]] = event["value"]
            elif event["event"] == "followup":
                played.followup = event["name"]
        return played

    def _opened(self, session: Session, token: str) -> dict[str, Any]:
        value = self.stage.tokens.open(session.conversation, token)
        assert value is not None, token
        content: dict[str, Any] = json.loads(value.reveal())
        if "kind" in content:
            CardDrawer(self.stage.phrases).draw(content)  # fails when a label is missing
        return content

    def stale(self, session: Session) -> None:
        """The shopper signed in 35 minutes ago and has been busy since."""
        for _ in range(7):
            self.stage.clock.advance(minutes=5)
            self.stage.sessions.seen(session.conversation)

    def history(self, session: Session) -> list[Entry]:
        return self.stage.conversations.history(session.conversation)


@pytest.fixture
def scenes(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Scenes:
    return Scenes(Stage(database, vault, clock, tmp_path))


@pytest.fixture
def shop(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Scenes:
    """With orders in every state (tests/fakes/shop_to_change.py)."""
    stage = Stage(database, vault, clock, tmp_path)
    stage.store = FakeStore(vault, shop_to_change())
    return Scenes(stage)


@pytest.fixture
def una(shop: Scenes) -> Session:
    return shop.stage.signed_in()
