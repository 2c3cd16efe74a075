"""The staff's side of the core: its parts, each made once, from what all sides share."""

from collections.abc import Mapping
from functools import cached_property

from fastapi import FastAPI
from starlette.types import ASGIApp

from countersign.audit.service import Audit
from countersign.console.access import StaffAccess
from countersign.console.account import account_routes
from countersign.console.desk import Desk
from countersign.console.door import Door
from countersign.console.hosts import OwnHosts
from countersign.console.machines import machine_routes
from countersign.console.oauth import Counter
from countersign.console.pages import StaffPages
from countersign.console.routes import install_answers, page_routes
from countersign.console.set_up import set_up_routes
from countersign.db.engine import Database
from countersign.identity.machines.service import MachineKeys
from countersign.identity.machines.tokens import MachineTokens
from countersign.identity.staff.guard import StaffGuard
from countersign.identity.staff.interfaces import SecondFactor
from countersign.identity.staff.passwords import Cost, Passwords
from countersign.identity.staff.service import StaffAccounts
from countersign.identity.staff.sessions import StaffSessions
from countersign.identity.staff.sign_in import StaffSignIn
from countersign.identity.staff.totp import Totp
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.risk.interfaces import Limiter
from countersign.vault.service import Vault


class StaffSide:
    """`url` is where the staff reach the socket, `listen` where it listens."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        audit: Audit,
        limits: Limiter,
        clock: Clock,
        *,
        cost: Cost,
        url: str,
        listen: str,
        shop_name: str,
    ) -> None:
        self._db = db
        self._vault = vault
        self._audit = audit
        self._limits = limits
        self._clock = clock
        self._cost = cost
        self._url = url
        self._listen = listen
        self._shop_name = shop_name

    @cached_property
    def hashes(self) -> Passwords:
        return Passwords(self._cost)

    @cached_property
    def totp(self) -> Totp:
        return Totp(self._db, self._vault, self._clock)

    @cached_property
    def factors(self) -> Mapping[str, SecondFactor]:
        """By the name that a sign-in gives."""
        return {"totp": self.totp}

    @cached_property
    def sessions(self) -> StaffSessions:
        return StaffSessions(self._db, self._vault, self._audit, self._clock)

    @cached_property
    def accounts(self) -> StaffAccounts:
        return StaffAccounts(
            self._db,
            self.sessions,
            self.totp,
            self.factors,
            self.hashes,
            self._vault,
            self._audit,
            self._clock,
        )

    @cached_property
    def sign_in(self) -> StaffSignIn:
        return StaffSignIn(
            self._db,
            self.accounts,
            self.sessions,
            self.factors,
            self.hashes,
            self._limits,
            self._vault,
            self._audit,
            self._clock,
        )

    @cached_property
    def guard(self) -> StaffGuard:
        return StaffGuard(self.sessions, self._audit, self._clock)

    @cached_property
    def keys(self) -> MachineKeys:
        return MachineKeys(self._db, self._vault, self._audit, self._clock)

    @cached_property
    def tokens(self) -> MachineTokens:
        return MachineTokens(
            self._db,
            self.keys,
            self._vault,
            self._audit,
            self._clock,
            issuer=self._url,
            audience=f"{self._url}/api",
        )

    @cached_property
    def access(self) -> StaffAccess:
        return StaffAccess(self.sessions, self._vault, self._url, self._listen)

    def install(self, app: FastAPI) -> ASGIApp:
        """Adds the staff's pages and the machines' API; what is returned answers to our own names only."""
        issuer = f"{self._shop_name} staff"
        pages = StaffPages(self.access, self._shop_name)
        desk = Desk(self.access, pages, self.accounts, self.sessions, self.sign_in, self.guard, issuer)
        install_answers(app, desk)
        app.include_router(page_routes(desk))
        app.include_router(set_up_routes(desk))
        app.include_router(account_routes(desk))
        counter = Counter(self.tokens, self.access, self._limits)
        app.include_router(machine_routes(counter, Door(self.tokens, self.guard), self._audit))
        return OwnHosts(app, self.access.hosts)

    def link(self, token: Secret) -> Secret:
        """The address of a one-time link; the token behind the # stays out of every log."""
        return Secret(f"{self._url}/set-up#{token.reveal()}")

    def purge(self) -> None:
        """Deletes what has outlived its use."""
        for part in (self.sessions, self.accounts, self.sign_in, self.tokens):
            part.purge()
