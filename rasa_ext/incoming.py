"""What the gateway may send to Rasa: a shopper's words, a button that we offered, or «resume»."""

import json
import re
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from rasa_ext.errors import RefusedError

_CONVERSATION = re.compile(r"cnv_[A-Za-z0-9_-]{8,60}")
_PAYLOAD = re.compile(r"/(?P<intent>[a-z][a-z0-9_]*)(?P<entities>\{.*\})?", re.DOTALL)
_REFUSED = {"back", "restart", "session_start"}
_RESUME = {"name": "EXTERNAL_resume", "confidence": 1.0}


def read(body: bytes, domain: Domain) -> UserMessage:
    """The message of a request's JSON; its metadata has the ticket. Raises RefusedError."""
    content = _object(body)
    conversation, metadata = content.pop("conversation", None), content.pop("metadata", None)
    if type(conversation) is not str or not _CONVERSATION.fullmatch(conversation):
        raise RefusedError("conversation")
    if type(metadata) is not dict or type(metadata.get("ticket")) is not str:
        raise RefusedError("metadata without a ticket")
    parsed = None
    match list(content.items()):
        case [("text", str(text))]:
            text = _words(text)
        case [("payload", str(text))]:
            _check(text, domain)
        case [("event", "resume")]:
            text, parsed = "", {"text": "", "intent": _RESUME, "intent_ranking": [_RESUME], "entities": []}
        case _:
            raise RefusedError("not exactly one of text, payload and event")
    return UserMessage(text, sender_id=conversation, parse_data=parsed, metadata=metadata)


def _words(text: str) -> str:
    """Rasa strips every Unicode space and then obeys a leading slash; so the same is done here first."""
    words = text.strip()
    if not words:
        raise RefusedError("empty text")
    rest = words.lstrip("/\uff0f")  # ／ is one too, after NFKC
    return "\u2215" * (len(words) - len(rest)) + rest


def _check(payload: str, domain: Domain) -> None:
    """Rasa quotes in a warning what it cannot read in a payload; so it gets nothing of the kind."""
    match = _PAYLOAD.fullmatch(payload)
    if not match or match["intent"] in _REFUSED or match["intent"] not in domain.intents:
        raise RefusedError("payload")
    values = _object(match["entities"] or "{}")
    if not set(values) <= set(domain.entities) or not {type(value) for value in values.values()} <= {
        str,
        int,
    }:
        raise RefusedError("a payload's entities")


def _object(text: bytes | str) -> dict[str, Any]:
    try:
        content = json.loads(text)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()  # half a surrogate pair breaks Rasa
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise RefusedError("not a JSON object")
    return content
