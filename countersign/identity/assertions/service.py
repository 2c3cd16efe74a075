"""The shop's own page says who is signed in there: a signed token (JWT), good once and for minutes.

It makes a session SIGNED_IN, no more, and proven from `auth_time` on (else from `iat`): whoever signed in at
the shop yesterday is asked anew before an order is cancelled. Every refusal is one TokenRefusedError to
whoever asks; only the audit log says what did not fit.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.assertions.interfaces import Keys
from countersign.identity.assertions.models import ALGORITHMS, LONGEST_LIFE, Shop
from countersign.identity.assertions.repository import AssertionRepository
from countersign.identity.errors import PersonDiffersError, SessionUnknownError, TokenRefusedError
from countersign.identity.interfaces import Customers
from countersign.identity.jose import LEEWAY, demand, seconds, text, verified
from countersign.identity.models import Level, Opened, Session
from countersign.identity.pseudonyms import pseudonym
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.vault.service import Vault


class Assertions:
    """`shop` None: no shop was named in settings, and no token is believed."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        customers: Customers,
        keys: Keys,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        *,
        shop: Shop | None,
    ) -> None:
        self._db = db
        self._rows = AssertionRepository(db)
        self._sessions = sessions
        self._customers = customers
        self._keys = keys
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._shop = shop

    def accept(self, session: Session, token: Secret) -> Opened:
        """The session goes on as the token's person, and rotates.

        Raises TokenRefusedError, the same for all that is wrong, and UnavailableError; then nothing changed.
        """
        try:
            return self._accept(session, token.reveal())
        except (TokenRefusedError, PersonDiffersError, SessionUnknownError) as error:
            reason = str(error) if isinstance(error, TokenRefusedError) else error.code
            self._audit.record(
                Tag.SIGNIN_ASSERTION_REFUSED,
                actor=session.id,
                subject=session.conversation,
                outcome="refused",
                detail={"reason": reason.replace(" ", "-")},
            )
            raise TokenRefusedError("refused") from None

    def purge(self) -> int:
        """Forgets used tokens that have run out by themselves; how many."""
        return self._rows.purge(self._clock.now())

    def _accept(self, session: Session, token: str) -> Opened:
        if self._shop is None:
            raise TokenRefusedError("no shop")
        claims = verified(token, self._keys.current(), ALGORITHMS).claims
        proven_at, used_until = self._checked(claims, self._shop)
        person = self._customers.of_reference(Personal(text(claims, "sub")))
        if person is None:
            raise TokenRefusedError("no customer")
        with self._db.begin():
            if not self._rows.spend(self._hash(text(claims, "jti")), used_until):
                raise TokenRefusedError("used")
            opened = self._sessions.rise(session, person, Level.SIGNED_IN, proven_at)
            self._audit.record(
                Tag.SIGNIN_DONE,
                actor=opened.session.id,
                subject=pseudonym(self._vault, person),
                outcome="done",
                detail={"via": "assertion"},
            )
        return opened

    def _checked(self, claims: Mapping[str, Any], shop: Shop) -> tuple[datetime, datetime]:
        """When the person proved who they are, and until when the token could come again."""
        now = self._clock.now().timestamp()
        demand(claims.get("iss") == shop.issuer, "iss")
        demand(claims.get("aud") in (shop.audience, [shop.audience]), "aud")
        made, ends = seconds(claims, "iat"), seconds(claims, "exp")
        demand(made <= now + LEEWAY, "iat")
        demand(now < ends + LEEWAY and made < ends <= made + LONGEST_LIFE.total_seconds(), "exp")
        demand("nbf" not in claims or seconds(claims, "nbf") <= now + LEEWAY, "nbf")
        proven = seconds(claims, "auth_time") if "auth_time" in claims else made
        # Nobody signs in after the token that says so was made.
        demand(proven <= made + LEEWAY, "auth_time")
        return datetime.fromtimestamp(min(proven, made), UTC), datetime.fromtimestamp(ends + LEEWAY, UTC)

    def _hash(self, name: str) -> bytes:
        return self._vault.mac(json.dumps([self._shop and self._shop.issuer, name]), purpose="assertion.jti")
