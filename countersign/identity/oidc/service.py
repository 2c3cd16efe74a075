"""«Sign in with the shop's account»: a round from the checkpoint's page to the provider and back.

**Bound.** A round belongs to the session that began it and to the browser that got its cookie, is
good for ten minutes and for one return, whatever that return brings. Which address to come back to is
a setting, never a parameter.

**Fresh.** The session counts as proven from the provider's `auth_time` on. A chat that lives in a cookie
is tied to the browser; one with a bearer token is not, so there the provider is told to ask anew
(`prompt=login`) and must have: whoever is lured to somebody else's page has to sign in there knowingly.

**Whose.** The first time the provider's word for the customer decides, its own id or a verified e-mail
address; from then on the provider's `sub` belongs to that person, and never to another.

**No oracle.** Every failure is one SignInRefusedError; only the audit log says which.
"""

import hmac
import json
from collections.abc import Mapping

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.errors import (
    PersonDiffersError,
    SessionUnknownError,
    SignInRefusedError,
    TokenRefusedError,
)
from countersign.identity.interfaces import Customers
from countersign.identity.models import Level, Opened, Session
from countersign.identity.oidc.interfaces import Provider
from countersign.identity.oidc.models import ROUND_LIFE, Answer, Claimed, Departure, Question
from countersign.identity.oidc.repository import OidcRepository, RoundRow
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.identity.repository import DeviceRepository
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_token
from countersign.risk.interfaces import Limiter
from countersign.risk.models import Wait
from countersign.risk.table import Bucket
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

_SECRETS = "oidc.round"
_PERSON = "oidc.link.person"


class ShopSignIn:
    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        customers: Customers,
        provider: Provider,
        limits: Limiter,
        vault: Vault,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._rows = OidcRepository(db)
        self._devices = DeviceRepository(db)
        self._sessions = sessions
        self._customers = customers
        self._provider = provider
        self._limits = limits
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def start(self, session: Session, address: str = "") -> Departure | Wait:
        """A round of this session; an earlier one is dead. Raises UnavailableError: nothing has begun."""
        for bucket, key in (
            (Bucket.SIGN_INS_PER_SESSION, session.id),
            (Bucket.SIGN_INS_PER_ADDRESS, address),
        ):
            wait = self._limits.hit(bucket, key) if key else None
            if wait is not None:
                self._record(Tag.LIMITS_REFUSED, session.id, "refused", bucket=bucket.value)
                return wait
        question = Question(
            state=Secret(new_token()),
            nonce=Secret(new_token()),
            verifier=Secret(new_token()),
            force=session.transport != "cookie",
            asked_at=self._clock.now(),
        )
        departure = Departure(self._provider.url(question), Secret(new_token()))
        secrets = json.dumps([question.nonce.reveal(), question.verifier.reveal()])
        with self._db.begin():
            self._rows.begin(
                session.id,
                state=self._state(question.state.reveal()),
                browser=self._browser(departure.browser.reveal()),
                secrets=self._vault.seal(Personal(secrets), purpose=_SECRETS, subject=session.id).raw,
                forced=question.force,
                asked_at=question.asked_at,
                expires_at=question.asked_at + ROUND_LIFE,
            )
            self._record(Tag.SIGNIN_OIDC_STARTED, session.id, "done")
        return departure

    def finish(self, answer: Answer, browser: str) -> Opened:
        """Signs in and rotates the session that began the round. The round is spent in any case.

        `browser` is the cookie's. Raises SignInRefusedError, whatever the reason, and UnavailableError.
        """
        row = self._rows.take(self._state(answer.state))
        actor = "browser" if row is None else row.session
        try:
            session, question = self._round(row, answer, browser)
            claimed = self._provider.redeem(answer.code, question)
            return self._sign_in(session, claimed, *self._whose(claimed))
        except (TokenRefusedError, PersonDiffersError, SessionUnknownError) as error:
            reason = str(error) if isinstance(error, TokenRefusedError) else error.code
            self._record(Tag.SIGNIN_OIDC_REFUSED, actor, "refused", reason=reason.replace(" ", "-"))
            raise SignInRefusedError("not signed in") from None

    def unlink(self, person: str) -> int:
        """Forgets which of the provider's accounts are this person's; how many there were."""
        with self._db.begin():
            count = self._rows.unlink(person_index(self._vault, person))
            self._audit.record(
                Tag.SIGNIN_OIDC_UNLINKED,
                actor=pseudonym(self._vault, person),
                subject=None,
                outcome="done",
                detail={"count": str(count)},
            )
        return count

    def purge(self) -> int:
        """Deletes rounds whose time is over; how many."""
        return self._rows.purge(self._clock.now())

    def _round(self, row: RoundRow | None, answer: Answer, browser: str) -> tuple[Session, Question]:
        """Raises TokenRefusedError, whose message says which part of the return does not fit."""
        if row is None:
            raise TokenRefusedError("state")
        if row.expires_at <= self._clock.now():
            raise TokenRefusedError("round too old")
        if not hmac.compare_digest(self._browser(browser), row.browser):
            raise TokenRefusedError("another browser")
        session = self._sessions.current(row.session)
        if session is None:
            raise TokenRefusedError("session over")
        self._provider.check_issuer(answer.issuer)
        if answer.error or not answer.code:
            raise TokenRefusedError("provider said no")
        opened = self._vault.open(Sealed(row.secrets), purpose=_SECRETS, subject=row.session)
        nonce, verifier = json.loads(opened.reveal())
        return session, Question(
            Secret(answer.state), Secret(nonce), Secret(verifier), row.forced, row.asked_at
        )

    def _whose(self, claimed: Claimed) -> tuple[str, bool]:
        """The person, and whether the link to them is new. Raises TokenRefusedError."""
        by_claim, named = claimed.customer is not None, None
        if claimed.customer is not None:
            named = self._customers.of_reference(claimed.customer)
        elif claimed.email is not None:
            named = self._customers.find(claimed.email)
        linked = self._linked(self._account(claimed.subject))
        if linked is None:
            if named is None:
                raise TokenRefusedError("no customer")
            return named, True
        if by_claim and named != linked:
            raise TokenRefusedError("linked to another")
        if not self._customers.knows(linked):
            raise TokenRefusedError("customer gone")
        return linked, False

    def _sign_in(self, session: Session, claimed: Claimed, person: str, new: bool) -> Opened:
        with self._db.begin():
            if new:
                self._link(claimed.subject, person)
            opened = self._sessions.rise(session, person, Level.SIGNED_IN, claimed.authenticated_at)
            device = self._sessions.device_of(opened.session)
            self._devices.remember(person_index(self._vault, person), device, self._clock.now())
            self._done(Tag.SIGNIN_DONE, opened.session.id, person, {"via": "oidc"})
        return opened

    def _link(self, subject: Personal, person: str) -> None:
        account, index = self._account(subject), person_index(self._vault, person)
        linked = self._rows.link(
            account=account,
            issuer=self._issuer(),
            person=self._vault.seal(Personal(person), purpose=_PERSON, subject=account.hex()).raw,
            person_index=index,
            linked_at=self._clock.now(),
        )
        if linked:
            self._done(Tag.SIGNIN_OIDC_LINKED, f"account:{account.hex()[:32]}", person, {})
        elif self._linked(account) != person:
            raise TokenRefusedError("has another account")

    def _linked(self, account: bytes) -> str | None:
        row = self._rows.link_of(account)
        if row is None:
            return None
        return self._vault.open(Sealed(row.person), purpose=_PERSON, subject=account.hex()).reveal()

    def _account(self, subject: Personal) -> bytes:
        return self._vault.mac(json.dumps([self._provider.issuer, subject.reveal()]), purpose="oidc.account")

    def _issuer(self) -> bytes:
        return self._vault.mac(self._provider.issuer, purpose="oidc.issuer")

    def _state(self, state: str) -> bytes:
        return self._vault.mac(state, purpose="oidc.state")

    def _browser(self, browser: str) -> bytes:
        return self._vault.mac(browser, purpose="oidc.browser")

    def _done(self, tag: Tag, actor: str, person: str, detail: Mapping[str, str]) -> None:
        subject = pseudonym(self._vault, person)
        self._audit.record(tag, actor=actor, subject=subject, outcome="done", detail=detail)

    def _record(self, tag: Tag, actor: str, outcome: str, **detail: str) -> None:
        self._audit.record(tag, actor=actor, subject=None, outcome=outcome, detail=detail)
