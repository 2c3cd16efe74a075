"""Sessions and sign-in on a real database, vault, outbox, limits and audit log; only the shop is played."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from countersign.audit.repository import AuditRepository
from countersign.audit.service import Audit
from countersign.db.engine import Database
from countersign.identity.models import Opened, Session
from countersign.identity.service import Sessions
from countersign.identity.sign_in import SignIn
from countersign.kit.hidden import Personal
from countersign.notify.models import Message
from countersign.notify.repository import OutboxRepository
from countersign.notify.service import Notify
from countersign.risk.limits import Limits
from tests.fakes.clock import FakeClock
from tests.fakes.identity import CountingVault, FakeDirectory, FakeWords

ADA = Personal("ada@example.org")
BOB = Personal("bob@example.org")
NOBODY = Personal("nix@example.org")


class Mailbox:
    """A sender that keeps what it is handed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)


@dataclass(repr=False)
class House:
    database: Database
    vault: CountingVault
    audit: Audit
    sessions: Sessions
    sign_in: SignIn
    clock: FakeClock
    notify: Notify
    mailbox: Mailbox

    def open(self, device_key: str | None = None) -> Opened:
        return self.sessions.open("web", "en", "bearer", device_key)

    def mails(self) -> list[Message]:
        self.notify.deliver_pending()
        return self.mailbox.messages

    def code(self) -> str:
        """The code of the newest mail."""
        code = self.mails()[-1].code
        assert code is not None
        return code.reveal()

    def link_token(self) -> str:
        link = self.mails()[-1].link
        assert link is not None
        return urlsplit(link.reveal()).fragment

    def asked(self, email: Personal = ADA, address: str = "192.0.2.1") -> Session:
        session = self.open().session
        self.sign_in.start(session, email, address)
        return session


def build_house(database: Database, clock: FakeClock) -> House:
    """`database` must have its tables."""
    vault = CountingVault(clock)
    audit = Audit(vault, AuditRepository(database), clock)
    sessions = Sessions(database, vault, audit, clock)
    mailbox = Mailbox()
    notify = Notify(vault, OutboxRepository(database), mailbox, clock)
    sign_in = SignIn(
        database,
        sessions,
        FakeDirectory(cus_ada=ADA.reveal(), cus_bob=BOB.reveal()),
        Limits(clock),
        notify,
        FakeWords(),
        vault,
        audit,
        clock,
        link_start="https://shop.example/sign-in#",
        shop="Shop",
    )
    return House(database, vault, audit, sessions, sign_in, clock, notify, mailbox)
