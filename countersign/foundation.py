"""The concrete world, lower half: keys, databases, the store, mail, and every way to be known."""

from datetime import timedelta
from functools import cached_property

from countersign import ways_in
from countersign.audit.repository import AuditRepository
from countersign.audit.service import Audit
from countersign.checkpoints.table import Deed
from countersign.config import Settings
from countersign.console.side import StaffSide
from countersign.db.engine import Database
from countersign.db.migrate import upgrade
from countersign.gateway.phrases import Phrases
from countersign.identity.factors.models import Site
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.service import Sessions
from countersign.identity.sign_in import SignIn
from countersign.identity.staff.passwords import Cost
from countersign.kit.clock import Clock, SystemClock
from countersign.kit.hidden import Secret
from countersign.notify.interfaces import Sender
from countersign.notify.repository import DemoRepository, OutboxRepository
from countersign.notify.senders.demo import DemoOutbox
from countersign.notify.senders.smtp import Server, SmtpSender
from countersign.notify.service import Notify
from countersign.risk.limits import Limits
from countersign.risk.table import RATES, one_machine
from countersign.store.backends.embedded.backend import EmbeddedStore
from countersign.store.catalogue import Catalogue
from countersign.store.changing import ChangeDesk
from countersign.store.contacts import CustomerContacts
from countersign.store.policy import load_policy
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault


class Foundation:
    """What the whole core stands on, and who is there; each part is made once, when first asked for."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()

    # What everything stands on.

    @cached_property
    def vault(self) -> Vault:
        """Raises the KeyRingError that names what is wrong. In demo mode the first start makes the keys."""
        path = self.settings.keys
        first = self.settings.demo and not path.exists() and not self._has_data()
        return Vault(KeyRing.create(path) if first else KeyRing.load(path), self.clock)

    @cached_property
    def database(self) -> Database:
        self.vault  # noqa: B018 - keys first: a new database without them would look like lost keys
        database = Database(self.settings.database_url)
        upgrade(database, "core")
        return database

    @cached_property
    def store(self) -> EmbeddedStore:
        vault = self.vault
        database = Database(self.settings.store_url)
        upgrade(database, "store")
        return EmbeddedStore(database, vault)

    @cached_property
    def change_desk(self) -> ChangeDesk:
        policy = load_policy(self.settings.policy)
        return ChangeDesk(self.store, policy, self.audit, self.vault, self.clock)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.store)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.vault, AuditRepository(self.database), self.clock)

    @cached_property
    def phrases(self) -> Phrases:
        return Phrases(self.settings.words)

    # Who is there, and what they may.

    @cached_property
    def limits(self) -> Limits:
        rates = one_machine() if self.settings.demo else RATES
        return Limits(self.clock, rates=rates)

    @cached_property
    def demo_outbox(self) -> DemoOutbox:
        return DemoOutbox(self.vault, DemoRepository(self.database), self.clock)

    @cached_property
    def notify(self) -> Notify:
        return Notify(self.vault, OutboxRepository(self.database), self._sender(), self.clock)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.database, self.vault, self.audit, self.clock)

    @cached_property
    def sign_in(self) -> SignIn:
        return SignIn(
            self.database,
            self.sessions,
            self.store,
            self.limits,
            self.notify,
            self.phrases,
            self.vault,
            self.audit,
            self.clock,
            link_start=f"{self.settings.base_url.rstrip('/')}/portal/sign-in#",
            shop=self.settings.shop_name,
        )

    @cached_property
    def ways_in(self) -> ways_in.WaysIn:
        return ways_in.build(
            self.settings,
            self.database,
            self.sessions,
            self.store,
            self.limits,
            self.vault,
            self.audit,
            self.clock,
        )

    @cached_property
    def factors(self) -> SecondFactors:
        settings = self.settings
        return SecondFactors(
            self.database,
            self.sessions,
            CustomerContacts(self.store),
            self.limits,
            self.notify,
            self.phrases,
            self.vault,
            self.audit,
            self.clock,
            Site(settings.passkey_site, settings.passkey_origin, settings.shop_name),
            wait=timedelta(hours=settings.factor_wait_hours or 0),
            link_start=f"{settings.base_url.rstrip('/')}/portal/security/not-me#",
            recoverable=frozenset({Deed.FACTOR_CHANGE}),
        )

    @cached_property
    def staff(self) -> StaffSide:
        its = self.settings
        cost = Cost(
            its.staff_hash_memory_kib, its.staff_hash_rounds, its.staff_hash_lanes, its.staff_hashes_at_once
        )
        shared = (self.database, self.vault, self.audit, self.limits, self.clock)
        return StaffSide(*shared, cost=cost, url=its.staff_url, listen=its.staff, shop_name=its.shop_name)

    def _sender(self) -> Sender:
        url = self.settings.smtp_url.get_secret_value()
        if not url:
            return self.demo_outbox
        return SmtpSender(Server.from_url(Secret(url)), self.settings.mail_from)

    def _has_data(self) -> bool:
        """Sealed data without its keys is lost: then new keys would only hide that."""
        return any((self.settings.home / name).exists() for name in ("core.db", "store.db"))
