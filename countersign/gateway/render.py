"""From what Rasa says to what a shopper sees: unsealed, drawn, with one-time buttons."""

import json
import re
from typing import Any

import structlog

from countersign.conversations.models import Message
from countersign.conversations.proposals import Proposals
from countersign.conversations.service import Conversations
from countersign.gateway.cards import CardDrawer
from countersign.gateway.phrases import Phrases
from countersign.gateway.rasa_client import Item
from countersign.gateway.unseal import Unsealer
from countersign.vault.tokens import ChatTokens

log = structlog.get_logger()
_UNFILLED = re.compile(r"\{[a-zA-Z_]\w*\}")
_TROUBLE = "utter_shared_trouble"
_UNSURE = "utter_shared_trouble_unsure"


class Renderer:
    """Only here do tokens become values, and only those of the conversation that asked."""

    def __init__(
        self,
        conversations: Conversations,
        tokens: ChatTokens,
        unsealer: Unsealer,
        cards: CardDrawer,
        phrases: Phrases,
        base_url: str,
        proposals: Proposals,
    ) -> None:
        self._proposals = proposals
        self._conversations = conversations
        self._tokens = tokens
        self._unsealer = unsealer
        self._cards = cards
        self._phrases = phrases
        self._base_url = base_url.rstrip("/")

    def draw(self, conversation: str, items: list[Item]) -> list[Message]:
        """The messages for `items`.

        Nothing at all, a text with an unfilled placeholder or a card that is not this conversation's is
        trouble: it is said politely and logged as an alert, and the raw text goes nowhere.
        """
        messages: list[Message] = []
        for item in items:
            try:
                self._draw(conversation, item, messages)
            except LookupError:
                log.error("alert.unknown_card", conversation=conversation)
                messages.append(self.trouble(conversation))
        if not messages:
            log.error("alert.empty_reply", conversation=conversation)
            messages.append(self.trouble(conversation))
        return messages

    def trouble(self, conversation: str) -> Message:
        """Something went wrong; that nothing was changed is said only when that is sure."""
        return {"text": self._phrases.say(_UNSURE if self._proposals.spent(conversation) else _TROUBLE)}

    def _draw(self, conversation: str, item: Item, messages: list[Message]) -> None:
        custom = item.get("custom")
        if isinstance(custom, dict):
            self._draw_custom(conversation, custom, messages)
        text = str(item.get("text") or "")
        choices = [(str(b.get("title", "")), str(b.get("payload", ""))) for b in item.get("buttons") or ()]
        if any(_UNFILLED.search(words) for words in (text, *(title for title, _ in choices))):
            log.error("alert.unfilled_placeholder", conversation=conversation)
            messages.append(self.trouble(conversation))
            return
        if text.strip():
            messages.append({"text": self._unsealer.open(conversation, text)})
        if item.get("image"):
            messages.append({"image": str(item["image"])})
        if choices:
            _last(messages)["buttons"] = self._offer(conversation, choices)

    def _draw_custom(self, conversation: str, custom: dict[str, Any], messages: list[Message]) -> None:
        if kind := custom.get("expects"):
            self._conversations.expect_answer(conversation, str(kind))
            _last(messages)["sensitive"] = {"kind": str(kind)}
        if token := custom.get("card"):
            data = self._opened(conversation, "card", token)
            card = self._cards.draw(data)
            if name := data.get("proposal"):
                # In the card itself: nobody can have a proposal agreed to whose card is not drawn.
                self._proposals.drawn(conversation, name, {"title": card["title"], "rows": card["rows"]})
            card["buttons"] = self._offer(conversation, card.pop("choices"))
            _last(messages).setdefault("cards", []).append(card)
        if token := custom.get("choices"):
            choices = self._cards.choices(self._opened(conversation, "choices", token)["choices"])
            _last(messages).setdefault("buttons", []).extend(self._offer(conversation, choices))
        if token := custom.get("checkpoint"):
            checkpoint = self._opened(conversation, "checkpoint", token)
            page = checkpoint.pop("page")
            checkpoint["url"] = f"{self._base_url}/portal/checkpoint/{page}"
            _last(messages)["checkpoint"] = checkpoint

    def _offer(self, conversation: str, choices: list[tuple[str, str]]) -> list[dict[str, str]]:
        known = [(self._unsealer.open(conversation, title), payload) for title, payload in choices]
        return self._conversations.offer(conversation, known)

    def _opened(self, conversation: str, kind: str, token: object) -> dict[str, Any]:
        # What an action sealed as such, and not what a shopper wrote: their comment may look like a card.
        ours = str(token).startswith(f"⟦{kind}:")
        value = self._tokens.open(conversation, str(token)) if ours else None
        if value is None:
            raise LookupError("a sealed card that this conversation does not know")
        content: dict[str, Any] = json.loads(value.reveal())
        return content


def _last(messages: list[Message]) -> Message:
    if not messages:
        messages.append({})
    return messages[-1]
