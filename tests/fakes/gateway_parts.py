"""The whole core as bootstrap wires it, on a test's database; Rasa, the shop and the clock are played."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any

from countersign.bootstrap import Core
from countersign.checkpoints.table import Deed
from countersign.config import Settings
from countersign.conversations.models import Entry
from countersign.db.engine import Database
from countersign.gateway.models import Incoming, Reply
from countersign.gateway.phrases import Phrases
from countersign.identity.models import Opened, Redeemed, Session
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.rasa import FakeRasa
from tests.fakes.store import FakeStore, small_store

ROOT = Path(__file__).parents[2]
UNA = Personal("una.lark@post.example")
JOERG = Personal("joerg@post.example")
INNER_SECRET = "inner-secret-of-the-tests-0123456789"
RASA_SECRET = "rasa-secret-of-the-tests-01234567890"
EMBEDDER = "https://shop.example"


@cache
def _words(folder: Path) -> Phrases:
    """Read once for all tests: nobody changes them."""
    return Phrases(folder)


class Stage(Core):
    """Una Lark's orders are #W1000001 and #W1000002, Jörg Böhm's is #W1000003 (tests/fakes/store.py)."""

    def __init__(
        self, database: Database, vault: Vault, clock: FakeClock, home: Path, **settings: Any
    ) -> None:
        given: dict[str, Any] = {
            "home": home,
            "demo": True,
            "base_url": "http://testserver",
            "inner_secret": INNER_SECRET,
            "rasa_secret": RASA_SECRET,
            "embed_origins": EMBEDDER,
            "words": ROOT / "data",
            **settings,
        }
        super().__init__(Settings(**given), clock)
        # Set before bootstrap would make its own.
        self.database, self.vault = database, vault
        self.store = FakeStore(vault, small_store())
        self.phrases = _words(self.settings.words)
        self.rasa = FakeRasa()
        self.clock: FakeClock = clock

    def open(self, transport: str = "bearer") -> Opened:
        return self.sessions.open("web", "en", transport)

    def guest(self) -> Session:
        return self.open().session

    def code(self, email: Personal = UNA) -> str:
        """The code of the newest mail to `email` that holds one."""
        return [str(mail["code"]) for mail in self.demo_outbox.messages(email.reveal()) if "code" in mail][-1]

    def not_me(self, email: Personal = UNA) -> str:
        """What stands behind the # of the newest link «not me» in a mail."""
        links = [str(mail.get("link", "")) for mail in self.demo_outbox.messages(email.reveal())]
        return [link for link in links if "/not-me#" in link][-1].partition("#")[2]

    def sign_in_of(self, session: Session, email: Personal = UNA) -> Opened:
        self.clock.advance(milliseconds=1)  # so that the newest mail is this one
        self.sign_in.start(session, email)
        self.notify.deliver_pending()
        redeemed = self.sign_in.redeem_code(session, self.code(email))
        assert isinstance(redeemed, Redeemed)
        return redeemed.opened

    def signed_in(self, email: Personal = UNA) -> Session:
        return self.sign_in_of(self.guest(), email).session

    def suspend(self, conversation: str, action: str = "action_list_orders", **slots: str) -> Secret:
        """An errand of this conversation waits for a sign-in; the name of its page."""
        return self.errands.suspend(
            conversation, action, slots, deed="order:list", level="signed_in", reason="sign_in"
        )

    def read_back(self, session: Session, subject: str = "#W1000002") -> str:
        """A proposal that stands before the shopper of this session; its name."""
        conversation = session.conversation
        name = self.proposals.propose(
            conversation, Deed.ORDER_CANCEL.value, subject, Personal("exactly this")
        )
        self.proposals.drawn(conversation, name)
        self.proposals.seen(conversation)
        return name

    async def say(self, session: Session, text: str, key: str | None = None) -> Reply:
        return await self.gateway.receive(session, Incoming("text", text, key or new_id("key")), "")

    async def press(self, session: Session, button: str, key: str | None = None) -> Reply:
        return await self.gateway.receive(session, Incoming("payload", button, key or new_id("key")), "")

    def history(self, session: Session) -> list[tuple[str, str]]:
        """(sender, text) of all that stands in the conversation."""
        entries = self.conversations.history(session.conversation)
        return [(entry.sender, entry.body.get("text", "")) for entry in entries]


def texts(reply: Reply | list[Entry]) -> list[str]:
    entries = reply.entries if isinstance(reply, Reply) else reply
    return [entry.body.get("text", "") for entry in entries]


def run[T](coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)
