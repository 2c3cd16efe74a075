"""What the gateway may send to Rasa: a shopper's words, a button that we offered, or «resume»."""

import json
import re
from typing import Any, NoReturn

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from rasa_ext.errors import BadBodyError

_FIELDS = {"conversation", "metadata", "text", "payload", "event"}
_CONVERSATION = re.compile(r"cnv_[A-Za-z0-9_-]{8,60}")
_PAYLOAD = re.compile(r"/(?P<intent>[a-z][a-z0-9_]*)(?P<entities>\{.*\})?", re.DOTALL)
_REFUSED = {"back", "restart", "session_start"}
_SLASHES = "/\uff0f"  # ／ becomes / under NFKC
_RESUME = {"name": "EXTERNAL_resume", "confidence": 1.0}


def read(body: bytes, domain: Domain) -> UserMessage:
    """The message of a request's JSON, its ticket in `metadata`. Raises BadBodyError."""
    content = _json(body)
    if not isinstance(content, dict) or not set(content) <= _FIELDS:
        raise BadBodyError("not an object of known fields")
    conversation, metadata = str(content.get("conversation")), content.get("metadata")
    if not _CONVERSATION.fullmatch(conversation):
        raise BadBodyError("conversation")
    if not isinstance(metadata, dict) or type(metadata.get("ticket")) is not str:
        raise BadBodyError("metadata without a ticket")
    given = [(kind, content[kind]) for kind in ("text", "payload", "event") if kind in content]
    if len(given) != 1 or not isinstance(given[0][1], str):
        raise BadBodyError("not exactly one of text, payload and event")
    kind, value = given[0]
    if kind == "event":
        return _message(conversation, metadata, "", _resume(value))
    return _message(conversation, metadata, _words(value) if kind == "text" else _payload(value, domain))


def _message(conversation: str, metadata: dict[str, Any], text: str, parsed: Any = None) -> UserMessage:
    return UserMessage(text, sender_id=conversation, parse_data=parsed, metadata=metadata)


def _words(text: str) -> str:
    """Rasa strips every Unicode space and then obeys a leading slash; so the same is done here first."""
    words = text.strip()
    rest = words.lstrip(_SLASHES)
    if not words:
        raise BadBodyError("empty text")
    return "\u2215" * (len(words) - len(rest)) + rest


def _payload(payload: str, domain: Domain) -> str:
    """Rasa quotes in a warning what it cannot read in a payload; so it gets nothing of the kind."""
    match = _PAYLOAD.fullmatch(payload)
    if not match or match["intent"] in _REFUSED or match["intent"] not in domain.intents:
        raise BadBodyError("payload")
    values = _json(match["entities"] or "{}")
    if not set(values) <= set(domain.entities) or not all(type(v) in (str, int) for v in values.values()):
        raise BadBodyError("a payload's entities")
    return payload


def _resume(event: str) -> dict[str, Any]:
    if event != "resume":
        raise BadBodyError("event")
    return {"text": "", "intent": _RESUME, "intent_ranking": [_RESUME], "entities": []}


def _json(text: bytes | str) -> Any:
    try:
        content = json.loads(text, parse_constant=_refuse)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair breaks what comes after
    except (ValueError, RecursionError):
        raise BadBodyError("not JSON") from None
    return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
