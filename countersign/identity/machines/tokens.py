"""Short-lived access tokens of machines: JWTs by RFC 9068, signed with ES256 and nothing else.

Each signing key is sealed in the database under its kid; after 30 days a new one signs. A token
names its key, and the key is looked at with every call: revoking it kills its tokens at once.
"""

from collections.abc import Collection
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.machines.errors import MachineScopeError, MachineTokenRefusedError
from countersign.identity.machines.models import (
    TOKEN_LIFE,
    Issued,
    MachineKey,
    VerifiedMachine,
)
from countersign.identity.machines.service import MachineKeys
from countersign.identity.machines.signing import SigningKeys
from countersign.identity.staff.table import Permission
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_id
from countersign.vault.service import Vault

ALGORITHM = "ES256"
TYPE = "at+jwt"
_LONGEST = 4096


class MachineTokens:
    """`issuer` is the staff socket's address, `audience` that of its API."""

    def __init__(
        self,
        db: Database,
        keys: MachineKeys,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        *,
        issuer: str,
        audience: str,
    ) -> None:
        self._signing = SigningKeys(db, vault, clock)
        self._keys = keys
        self._audit = audit
        self._clock = clock
        self._issuer = issuer
        self._audience = audience

    def issue(self, client: str, secret: Secret, asked: Collection[str] = ()) -> Issued:
        """A token for a key; with `asked` for these permissions only.

        Raises MachineKeyRefusedError, and MachineScopeError when more is asked for than the key holds.
        """
        key = self._keys.prove(client, secret)
        scope = self._scope(key, asked)
        now, jti, signing = int(self._clock.now().timestamp()), new_id("jti"), self._signing.current()
        seconds = int(TOKEN_LIFE.total_seconds())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": key.id,
            "client_id": key.id,
            "iat": now,
            "exp": now + seconds,
            "jti": jti,
            "scope": " ".join(sorted(scope)),
        }
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": signing.kid}
        token = jwt.encode(header, claims, signing, algorithms=[ALGORITHM])
        self._record(Tag.STAFF_TOKEN_ISSUED, key.id, "done", session=jti)
        return Issued(Secret(token), scope, seconds)

    def verify(self, token: Secret) -> VerifiedMachine:
        """Whose token it is. Raises MachineTokenRefusedError, whatever is wrong with it."""
        try:
            claims = self._claims(token.reveal())
        except (JoseError, ValueError, TypeError, KeyError) as error:
            # Only the kind of the error: what was sent stays out of the log.
            raise self._refused(type(error).__name__) from None
        key = self._keys.living(str(claims["sub"]))
        if key is None:
            raise self._refused("key")
        scope = {Permission(name) for name in str(claims["scope"]).split() if name in Permission}
        return VerifiedMachine(key.id, frozenset(scope) & key.scope)

    def purge(self) -> int:
        """Deletes signing keys of which no token can live any more; how many."""
        return self._signing.purge()

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        # The header is looked at first, and only for what must be exactly this.
        header = jws.extract_compact(token.encode("ascii")).headers()
        kid = str(header.get("kid"))
        if header != {"alg": ALGORITHM, "typ": TYPE, "kid": kid}:
            raise ValueError("not a header of ours")
        key = self._signing.known(kid)
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        now = int(self._clock.now().timestamp())
        rules = jwt.JWTClaimsRegistry(
            now=now,
            leeway=0,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
            scope={"essential": True},
        )
        rules.validate(claims)
        if claims["exp"] <= now:
            raise ValueError("expired")
        return claims

    def _scope(self, key: MachineKey, asked: Collection[str]) -> frozenset[Permission]:
        wanted = frozenset(asked)
        if not wanted <= key.scope:
            self._record(Tag.STAFF_TOKEN_REFUSED, key.id, "refused", reason="scope")
            raise MachineScopeError("more than this key holds")
        return frozenset(Permission(name) for name in wanted) or key.scope

    def _refused(self, reason: str) -> MachineTokenRefusedError:
        self._record(Tag.STAFF_TOKEN_REFUSED, None, "refused", reason=reason)
        return MachineTokenRefusedError("not a token that is good now")

    def _record(self, tag: Tag, subject: str | None, outcome: str, **detail: str) -> None:
        self._audit.record(tag, actor="machine", subject=subject, outcome=outcome, detail=detail)
