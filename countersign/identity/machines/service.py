"""API keys: made and revoked on the command line, shown once, kept as a keyed hash."""

import hmac
import re
from collections.abc import Collection
from datetime import timedelta

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.machines.errors import MachineKeyRefusedError, MachineScopeError
from countersign.identity.machines.models import LONGEST_LIFE, PREFIX, MachineKey, MadeKey
from countersign.identity.machines.repository import AnyRow, KeyRepository
from countersign.identity.staff.table import PERMISSIONS, Permission
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_token
from countersign.vault.service import Vault

OPERATOR = "operator"
_NOTHING = bytes(32)
_WRITTEN = re.compile(rf"({PREFIX}[0-9a-f]{{16}})_[\w-]{{43}}", re.ASCII)


class MachineKeys:
    def __init__(self, db: Database, vault: Vault, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._rows = KeyRepository(db)
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def add(self, name: str, scope: Collection[Permission], life: timedelta) -> MadeKey:
        """Raises MachineScopeError: no permission, one that no machine may hold, or more than a year."""
        refused = sorted(one for one in scope if not PERMISSIONS[one].machines)
        if not scope or refused:
            raise MachineScopeError(f"not for a machine: {', '.join(refused) or 'nothing at all'}")
        if not timedelta(0) < life <= LONGEST_LIFE:
            raise MachineScopeError(f"a key lives for {LONGEST_LIFE.days} days at most")
        id_ = PREFIX + self._vault.mac(new_token(), purpose="machine.id").hex()[:16]
        secret, now = Secret(f"{id_}_{new_token()}"), self._clock.now()
        written = ",".join(sorted(scope))
        with self._db.begin():
            self._rows.add(
                id=id_,
                secret=self._hash(secret),
                name=name,
                scope=written,
                made_at=now,
                expires_at=now + life,
            )
            self._record(Tag.STAFF_KEY_ADDED, OPERATOR, id_, "done", count=str(len(scope)))
        return MadeKey(MachineKey(id_, name, frozenset(scope), now, now + life, None), secret)

    def all(self) -> list[MachineKey]:
        return [_key(row) for row in self._rows.all()]

    def revoke(self, id_: str) -> None:
        """Its tokens are dead at once, too. Raises MachineKeyRefusedError when there is nothing to revoke."""
        with self._db.begin():
            if not self._rows.revoke(id_, self._clock.now()):
                raise MachineKeyRefusedError("no such key, or revoked before")
            self._record(Tag.STAFF_KEY_REVOKED, OPERATOR, id_, "done")

    def living(self, id_: str) -> MachineKey | None:
        """The key when it is neither expired nor revoked."""
        row = self._rows.by_id(id_)
        return _key(row) if row is not None and self._lives(row) else None

    def prove(self, client: str, secret: Secret) -> MachineKey:
        """Whose secret it is, if it is `client`'s.

        Raises MachineKeyRefusedError: no such key, wrong, expired and revoked, after the same work.
        """
        written = _WRITTEN.fullmatch(secret.reveal())
        row = self._rows.by_id(written[1] if written else "")
        known = _NOTHING if row is None else row.secret
        right = hmac.compare_digest(self._hash(secret), known)
        if row is None or not right or row.id != client or not self._lives(row):
            self._record(Tag.STAFF_TOKEN_REFUSED, "machine", row.id if row else None, "refused", reason="key")
            raise MachineKeyRefusedError("no living key has this secret")
        return _key(row)

    def _lives(self, row: AnyRow) -> bool:
        return row.revoked_at is None and self._clock.now() < row.expires_at

    def _hash(self, secret: Secret) -> bytes:
        return self._vault.mac(secret.reveal(), purpose="machine.key")

    def _record(self, tag: Tag, actor: str, subject: str | None, outcome: str, **detail: str) -> None:
        self._audit.record(tag, actor=actor, subject=subject, outcome=outcome, detail=detail)


def _key(row: AnyRow) -> MachineKey:
    """A permission that the table no longer has gives nothing."""
    scope = frozenset(Permission(name) for name in row.scope.split(",") if name in Permission)
    return MachineKey(row.id, row.name, scope, row.made_at, row.expires_at, row.revoked_at)
