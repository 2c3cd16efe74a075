"""What a hijacked Rasa holds: both inner secrets and, here, the core's own mint of tickets."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import yaml

from countersign.conversations.repository import ConversationRepository
from countersign.conversations.turns import Turns
from countersign.db.engine import Database
from countersign.kit.clock import SystemClock
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.chat_client import ROOT, Chat, secrets_of
from tests.conftest import Shop

ACTIONS = sorted(
    {
        action
        for path in (ROOT / "domain.yml", *ROOT.glob("data/*/domain.yml"))
        for action in yaml.safe_load(path.read_text(encoding="utf-8")).get("actions", ())
    }
)
# What a refusal may write: that it refused, and turns of this file's own.
WRITTEN_ANYHOW = {"audit_events", "audit_head", "conversation_turns"}


@dataclass(frozen=True)
class Victim:
    chat: Chat
    person: dict[str, Any]
    conversation: str
    session: str


@dataclass(frozen=True)
class Hijacked:
    """The two halves' addresses and secrets, and the core's own mint."""

    shop: Shop
    http: httpx.Client
    turns: Turns

    def act(
        self,
        action: str,
        conversation: str,
        ticket: str | None,
        *,
        told: str | None = None,
        slots: Mapping[str, Any] | None = None,
        **message: Any,
    ) -> Any:
        """Rasa's call of an action. `told`: the sender that the tracker names instead; `message`: what the
        shopper would have said, by default a question for an order."""
        said = {
            "text": "where is my order",
            "intent": {"name": "track_order"},
            "entities": [{"entity": "order_number", "value": "#W1000001"}],
            **message,
        }
        tracker = {
            "sender_id": told or conversation,
            "slots": {"orders_number": "#W1000001", "orders_hint": "last"} if slots is None else dict(slots),
            "latest_message": {**said, "metadata": {} if ticket is None else {"ticket": ticket}},
            "events": [],
        }
        call = {"next_action": action, "sender_id": conversation, "tracker": tracker, "domain": {}}
        return self.http.post("/actions/webhook", json=call)

    def lend(self, conversation: str, ticket: str) -> httpx.Response:
        return self.http.post("/keys/lend", json={"conversation": conversation, "ticket": ticket})


@contextmanager
def hijacking(shop: Shop) -> Iterator[Hijacked]:
    secret = secrets_of(shop.home)["COUNTERSIGN_INNER_SECRET"]
    database = Database(f"sqlite:///{shop.home / 'core.db'}")
    vault = Vault(KeyRing.load(shop.home / "keys.json"), SystemClock())
    turns = Turns(ConversationRepository(database), vault, SystemClock())
    with httpx.Client(
        base_url=shop.instance.inner, headers={"Authorization": f"Bearer {secret}"}, trust_env=False
    ) as http:
        yield Hijacked(shop, http, turns)
    database.dispose()


def living(shop: Shop) -> dict[str, str]:
    """Session by conversation of all who are signed in."""
    return dict(rows_of(shop, "SELECT conversation, id FROM sessions WHERE ended_at IS NULL AND level > 0"))


def rows_of(shop: Shop, query: str, name: str = "core.db") -> list[Any]:
    with closing(sqlite3.connect(shop.home / name)) as database:
        return database.execute(query).fetchall()


def everything(shop: Shop) -> dict[str, list[Any]]:
    """Every row of the shop and of the core but the audit log."""
    tables = {}
    for name in ("core.db", "store.db"):
        for (table,) in rows_of(shop, "SELECT name FROM sqlite_master WHERE type = 'table'", name):
            if table not in WRITTEN_ANYHOW:
                rows = rows_of(shop, f"SELECT * FROM {table}", name)  # noqa: S608
                tables[f"{name} {table}"] = sorted(rows, key=repr)
    return tables


def signed_in(shop: Shop, person: dict[str, Any]) -> Victim:
    """A shopper in a new chat; whoever gets it closes it."""
    before, chat = living(shop), Chat(shop.url)
    chat.sign_in(person["email"])
    conversation, session = (set(living(shop).items()) - set(before.items())).pop()
    return Victim(chat, person, conversation, session)
