"""It builds the core from settings, on what `foundation` built; no other file knows the concrete world."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from fastapi import FastAPI
from rasa_sdk.executor import ActionExecutor
from starlette.types import ASGIApp

from actions.registry import ACTIONS
from actions.scene import Services
from countersign import ways_in
from countersign.checkpoints.guard import Guard
from countersign.conversations.errands import Errands
from countersign.conversations.proposals import Proposals
from countersign.conversations.repository import ConversationRepository
from countersign.conversations.service import Conversations
from countersign.conversations.turns import Turns
from countersign.errands.counter import ShopCounter
from countersign.errands.desk import Desks
from countersign.errands.letters import Letters
from countersign.errands.service import Errands as ErrandDesk
from countersign.feedback.repository import FeedbackRepository
from countersign.feedback.service import Feedbacks
from countersign.foundation import Foundation
from countersign.gateway import problems
from countersign.gateway.access import Access
from countersign.gateway.agreement import Agreement
from countersign.gateway.cards import CardDrawer
from countersign.gateway.continuation import Continuation
from countersign.gateway.hub import Hub
from countersign.gateway.identity import identity_routes
from countersign.gateway.inner import Inner, inner_app
from countersign.gateway.inward import Inward
from countersign.gateway.limits import MessageLimits
from countersign.gateway.middleware import BodyLimit, EmbedOrigins, SecurityHeaders
from countersign.gateway.notice import notice
from countersign.gateway.rasa_client import RasaClient
from countersign.gateway.render import Renderer
from countersign.gateway.routes import message_routes, session_routes
from countersign.gateway.screen import RuleScreen
from countersign.gateway.seal import Sealer
from countersign.gateway.sign_in import SignInStep
from countersign.gateway.socket import socket_routes
from countersign.gateway.turn import Gateway
from countersign.gateway.unseal import Unsealer
from countersign.kit.hidden import Secret
from countersign.portal.demo import demo_routes
from countersign.portal.factors import security_routes
from countersign.portal.forms import FormTokens
from countersign.portal.oidc import ShopAccountPages, oidc_routes
from countersign.portal.pages import Pages
from countersign.portal.routes import asset_routes, shop_routes
from countersign.portal.sign_in import CheckpointPages, sign_in_routes
from countersign.store.accounts import Accounts
from countersign.store.refunds import Refunds
from countersign.store.service import Orders
from countersign.vault.data_keys import DataKeys
from countersign.vault.repository import DataKeyRepository, TokenRepository
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


class Core(Foundation):
    """Every part of the core, each made once, when first asked for."""

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
        shop_sign_in, assertions = self.ways_in.shop_sign_in, self.ways_in.assertions
        pages = Pages(self.phrases, self.settings.shop_name, shop_account=shop_sign_in is not None)
        app = FastAPI(
            title="Countersign", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
        )
        problems.install(app, self.phrases)
        continuation = Continuation(self.gateway, self.conversations, self.errands)
        app.include_router(
            session_routes(self.gateway, access, self.sessions, assertions, self.message_limits, self.phrases)
        )
        app.include_router(identity_routes(access, assertions, continuation, self.message_limits))
        app.include_router(message_routes(self.gateway, access, self.sessions, self.conversations))
        app.include_router(
            socket_routes(self.gateway, access, self.sessions, self.conversations, self.phrases)
        )
        tokens = FormTokens(self.vault)
        talk = (self.sessions, self.sign_in, self.conversations, self.errands, self.proposals)
        flow = CheckpointPages(access, continuation, *talk, self.factors, tokens, pages, self._post())
        app.include_router(sign_in_routes(flow))
        desk = (self.guard, self.proposals, self.factors, self.sign_in)
        app.include_router(
            security_routes(access, continuation, *desk, tokens, pages, self.clock, self._post())
        )
        if shop_sign_in is not None:
            account = ShopAccountPages(access, continuation, flow, shop_sign_in, pages)
            app.include_router(oidc_routes(account, ways_in.RETURN))
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

    def staff_app(self) -> ASGIApp:
        """The staff's pages and the machines' API."""
        app = FastAPI(
            title="Countersign", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
        )
        problems.install(app, self.phrases)
        app.include_router(asset_routes(("/static/icon.svg", "/static/site.css")))
        https = self.settings.staff_url.startswith("https://")
        return SecurityHeaders(BodyLimit(self.staff.install(app)), https=https)

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
            Job("old ways in", hour, self.ways_in.purge),
            Job("old feedback", hour, self.feedbacks.purge),
            Job("old staff sessions", hour, self.staff.purge),
            Job("old conversations", hour, lambda: self.conversations.purge(HISTORY_DAYS)),
        ]
        return [*jobs, Job("old demo mail", hour, self.demo_outbox.purge)] if self.settings.demo else jobs

    def _post(self) -> Callable[[], object]:
        """The demo's mailbox is on this machine: its mail is there before the reply is."""
        return (lambda: None) if self.settings.smtp_url.get_secret_value() else self.notify.deliver_pending


def _secret(value: str) -> Secret:
    return Secret(value)
