"""The one file that knows the concrete world: it builds the core from settings, and nothing else does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from fastapi import FastAPI
from rasa_sdk.executor import ActionExecutor
from starlette.types import ASGIApp

from actions.registry import ACTIONS
from actions.scene import Services
from countersign.audit.repository import AuditRepository
from countersign.audit.service import Audit
from countersign.checkpoints.guard import Guard
from countersign.checkpoints.table import Deed
from countersign.config import Settings
from countersign.conversations.errands import Errands
from countersign.conversations.proposals import Proposals
from countersign.conversations.repository import ConversationRepository
from countersign.conversations.service import Conversations
from countersign.conversations.turns import Turns
from countersign.db.engine import Database
from countersign.db.migrate import upgrade
from countersign.errands.counter import ShopCounter
from countersign.errands.desk import Desks
from countersign.errands.letters import Letters
from countersign.errands.service import Errands as ErrandDesk
from countersign.feedback.repository import FeedbackRepository
from countersign.feedback.service import Feedbacks
from countersign.gateway import problems
from countersign.gateway.access import Access
from countersign.gateway.agreement import Agreement
from countersign.gateway.cards import CardDrawer
from countersign.gateway.continuation import Continuation
from countersign.gateway.hub import Hub
from countersign.gateway.inner import Inner, inner_app
from countersign.gateway.inward import Inward
from countersign.gateway.limits import MessageLimits
from countersign.gateway.middleware import BodyLimit, EmbedOrigins, SecurityHeaders
from countersign.gateway.notice import notice
from countersign.gateway.phrases import Phrases
from countersign.gateway.rasa_client import RasaClient
from countersign.gateway.render import Renderer
from countersign.gateway.routes import message_routes, session_routes
from countersign.gateway.screen import RuleScreen
from countersign.gateway.seal import Sealer
from countersign.gateway.sign_in import SignInStep
from countersign.gateway.socket import socket_routes
from countersign.gateway.turn import Gateway
from countersign.gateway.unseal import Unsealer
from countersign.identity.factors.models import Site
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.service import Sessions
from countersign.identity.sign_in import SignIn
from countersign.kit.clock import Clock, SystemClock
from countersign.kit.hidden import Secret
from countersign.notify.interfaces import Sender
from countersign.notify.repository import DemoRepository, OutboxRepository
from countersign.notify.senders.demo import DemoOutbox
from countersign.notify.senders.smtp import Server, SmtpSender
from countersign.notify.service import Notify
from countersign.portal.demo import demo_routes
from countersign.portal.factors import security_routes
from countersign.portal.forms import FormTokens
from countersign.portal.pages import Pages
from countersign.portal.routes import asset_routes, shop_routes
from countersign.portal.sign_in import CheckpointPages, sign_in_routes
from countersign.risk.limits import Limits
from countersign.risk.table import RATES, one_machine
from countersign.store.accounts import Accounts
from countersign.store.backends.embedded.backend import EmbeddedStore
from countersign.store.catalogue import Catalogue
from countersign.store.changing import ChangeDesk
from countersign.store.contacts import CustomerContacts
from countersign.store.policy import load_policy
from countersign.store.refunds import Refunds
from countersign.store.service import Orders
from countersign.vault.data_keys import DataKeys
from countersign.vault.keyring import KeyRing
from countersign.vault.repository import DataKeyRepository, TokenRepository
from countersign.vault.service import Vault
from countersign.vault.tokens import ChatTokens

HISTORY_DAYS = 30
INNER_BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of an action call: a tracker of 200 turns is 0.4 MB."""


@dataclass(frozen=True)
class Job:
    """Work beside the requests: `run` every `seconds`."""

    name: str
    seconds: float
    run: Callable[[], object]


class Core:
    """Every part of the core, each made once, when first asked for."""

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
    def factors(self) -> SecondFactors:
        settings = self.settings
        told = (CustomerContacts(self.store), self.limits, self.notify, self.phrases)
        return SecondFactors(
            self.database,
            self.sessions,
            *told,
            self.vault,
            self.audit,
            self.clock,
            Site(settings.passkey_site, settings.passkey_origin, settings.shop_name),
            wait=timedelta(hours=settings.factor_wait_hours or 0),
            link_start=f"{settings.base_url.rstrip('/')}/portal/security/not-me#",
            recoverable=frozenset({Deed.FACTOR_CHANGE}),
        )

    @cached_property
    def guard(self) -> Guard:
        return Guard(
            self.database,
            self.sessions,
            self.store,
            self.store,
            self.limits,
            self.vault,
            self.audit,
            self.clock,
            agreements=self.proposals,
            step_ups=self.factors.step_ups,
        )

    # Conversations and the way to Rasa.

    @cached_property
    def tokens(self) -> ChatTokens:
        return ChatTokens(self.vault, TokenRepository(self.database), self.clock)

    @cached_property
    def data_keys(self) -> DataKeys:
        return DataKeys(self.vault, DataKeyRepository(self.database), self.clock)

    @cached_property
    def conversation_rows(self) -> ConversationRepository:
        return ConversationRepository(self.database)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.conversation_rows, self.vault, self.tokens, self.data_keys, self.clock)

    @cached_property
    def turns(self) -> Turns:
        return Turns(self.conversation_rows, self.vault, self.clock)

    @cached_property
    def errands(self) -> Errands:
        return Errands(self.conversation_rows, self.vault, self.clock)

    @cached_property
    def proposals(self) -> Proposals:
        return Proposals(self.conversation_rows, self.vault, self.clock)

    @cached_property
    def counter(self) -> ShopCounter:
        return ShopCounter(self.store, self.change_desk, self.letters, self.clock)

    @cached_property
    def letters(self) -> Letters:
        return Letters(
            self.database,
            self.store,
            self.notify,
            self.phrases,
            CardDrawer(self.phrases),
            self.clock,
            shop_name=self.settings.shop_name,
            post=self._post(),
        )

    @cached_property
    def errand_desk(self) -> ErrandDesk:
        return ErrandDesk(Desks(self.conversation_rows, self.vault), self.counter, self.proposals)

    @cached_property
    def feedbacks(self) -> Feedbacks:
        return Feedbacks(FeedbackRepository(self.database), self.vault, self.audit, self.clock)

    @cached_property
    def message_limits(self) -> MessageLimits:
        return MessageLimits(self.limits, self.vault)

    @cached_property
    def rasa(self) -> RasaClient:
        return RasaClient(self.settings.rasa, _secret(self.settings.rasa_secret.get_secret_value()))

    @cached_property
    def gateway(self) -> Gateway:
        unsealer = Unsealer(self.tokens)
        sealer = Sealer(self.tokens, self.store, on=self.settings.sealing == "on")
        step = SignInStep(self.conversations, self.errands, self.sign_in, self.phrases, self._post())
        renderer = Renderer(
            self.conversations,
            self.tokens,
            unsealer,
            CardDrawer(self.phrases),
            self.phrases,
            self.settings.base_url,
            self.proposals,
        )
        return Gateway(
            self.sessions,
            self.conversations,
            self.turns,
            self.errands,
            self.errand_desk,
            self.proposals,
            self.message_limits,
            Inward(self.conversations, RuleScreen(), sealer, step, Agreement(self.proposals), self.phrases),
            renderer,
            self.rasa,
            self.phrases,
            Hub(),
        )

    # The sockets.

    def public_app(self) -> ASGIApp:
        """Chat API, widget, portal and, in demo mode, the outbox."""
        access = Access(
            self.sessions, self.message_limits, self.settings.base_url, self.settings.embed_origins
        )
        pages = Pages(self.phrases, self.settings.shop_name)
        app = FastAPI(
            title="Countersign", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
        )
        problems.install(app, self.phrases)
        app.include_router(
            session_routes(self.gateway, access, self.sessions, self.message_limits, self.phrases)
        )
        app.include_router(message_routes(self.gateway, access, self.sessions, self.conversations))
        app.include_router(
            socket_routes(self.gateway, access, self.sessions, self.conversations, self.phrases)
        )
        tokens = FormTokens(self.vault)
        continues = Continuation(self.gateway, self.conversations, self.errands)
        talk = (self.sessions, self.sign_in, self.conversations, self.errands, self.proposals)
        flow = CheckpointPages(access, continues, *talk, self.factors, tokens, pages, self._post())
        app.include_router(sign_in_routes(flow))
        desk = (self.guard, self.proposals, self.factors, self.sign_in)
        app.include_router(security_routes(access, continues, *desk, tokens, pages, self.clock, self._post()))
        app.include_router(asset_routes())
        app.include_router(shop_routes(self.catalogue, pages, lambda: notice(self.phrases)))
        if self.settings.demo:
            app.include_router(demo_routes(self.demo_outbox, pages))
        https = self.settings.base_url.startswith("https://")
        return SecurityHeaders(BodyLimit(EmbedOrigins(app, self.settings.embed_origins)), https=https)

    def inner_app(self) -> ASGIApp:
        """Rasa's action webhook and key service."""
        executor = ActionExecutor()
        services = Services(
            self.turns,
            self.sessions,
            self.guard,
            Orders(self.store),
            self.catalogue,
            self.tokens,
            self.conversations,
            self.errands,
            self.errand_desk,
            self.counter,
            Accounts(self.store, self.store),
            Refunds(self.store, self.change_desk.policy),
            self.feedbacks,
        )
        for action in ACTIONS:
            executor.register_action(action(services))
        secret = _secret(self.settings.inner_secret.get_secret_value())
        app = inner_app(Inner(executor, self.turns, self.data_keys, self.audit), secret)
        return BodyLimit(app, INNER_BODY_LIMIT)

    def jobs(self) -> list[Job]:
        minute, hour = 60.0, 3600.0
        jobs = [
            Job("mail", 1.0, self.notify.deliver_pending),
            Job("letters", minute, self.letters.settle_waiting),
            Job("old letters", hour, self.letters.purge),
            Job("old mail", hour, self.notify.purge),
            Job("old step-ups", 10 * minute, self.factors.purge),
            Job("old proofs", 10 * minute, self.guard.purge),
            Job("old proposals", hour, self.proposals.purge),
            Job("old sessions", hour, self.sessions.purge),
            Job("old sign-ins", hour, self.sign_in.purge),
            Job("old feedback", hour, self.feedbacks.purge),
            Job("old conversations", hour, lambda: self.conversations.purge(HISTORY_DAYS)),
        ]
        return [*jobs, Job("old demo mail", hour, self.demo_outbox.purge)] if self.settings.demo else jobs

    def _sender(self) -> Sender:
        url = self.settings.smtp_url.get_secret_value()
        if not url:
            return self.demo_outbox
        return SmtpSender(Server.from_url(Secret(url)), self.settings.mail_from)

    def _post(self) -> Callable[[], object]:
        """The demo's mailbox is on this machine: its mail is there before the reply is."""
        return (lambda: None) if self.settings.smtp_url.get_secret_value() else self.notify.deliver_pending

    def _has_data(self) -> bool:
        """Sealed data without its keys is lost: then new keys would only hide that."""
        return any((self.settings.home / name).exists() for name in ("core.db", "store.db"))


def _secret(value: str) -> Secret:
    return Secret(value)
