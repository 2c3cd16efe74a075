"""Short-lived access tokens of machines: JWTs by RFC 9068, signed with ES256 and nothing else.

Each signing key is sealed in the database under its kid; after 30 days a new one signs. A token
names its key, and the key is looked at with every call: revoking it kills its tokens at once.
"""

import json
from collections.abc import Collection
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.machines.models import (
    SIGNING_KEY_LIFE,
    TOKEN_LIFE,
    Issued,
    MachineKey,
    VerifiedMachine,
)
from countersign.identity.machines.repository import SigningKeyRepository
from countersign.identity.machines.service import MachineKeys
from countersign.identity.staff.errors import MachineScopeError, MachineTokenRefusedError
from countersign.identity.staff.table import Permission
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

ALGORITHM = "ES256"
TYPE = "at+jwt"
_PURPOSE = "machine.signing_key"
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
        self._rows = SigningKeyRepository(db)
        self._keys = keys
        self._vault = vault
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
        now, jti, signing = int(self._clock.now().timestamp()), new_id("jti"), self._signing_key()
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
        return self._rows.purge(self._clock.now() - SIGNING_KEY_LIFE - 2 * TOKEN_LIFE)

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        # The header is looked at first, and only for what must be exactly this.
        header = jws.extract_compact(token.encode("ascii")).headers()
        if (
            header.get("alg") != ALGORITHM
            or header.get("typ") != TYPE
            or set(header) != {"alg", "typ", "kid"}
        ):
            raise ValueError("not a header of ours")
        row = self._rows.by_kid(str(header["kid"]))
        if row is None:
            raise KeyError("kid")
        claims: dict[str, Any] = jwt.decode(token, self._opened(row), algorithms=[ALGORITHM]).claims
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

    def _signing_key(self) -> ECKey:
        row = self._rows.newest()
        if row is None or self._clock.now() - row.made_at >= SIGNING_KEY_LIFE:
            return self._new_signing_key()
        return self._opened(row)

    def _new_signing_key(self) -> ECKey:
        kid = new_id("kid")
        key = ECKey.generate_key("P-256", {"kid": kid})
        written = Personal(json.dumps(key.as_dict(private=True)))
        sealed = self._vault.seal(written, purpose=_PURPOSE, subject=kid).raw
        self._rows.add(kid=kid, sealed=sealed, made_at=self._clock.now())
        return key

    def _opened(self, row: Any) -> ECKey:
        written = self._vault.open(Sealed(row.sealed), purpose=_PURPOSE, subject=row.kid)
        return ECKey.import_key(json.loads(written.reveal()))

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
