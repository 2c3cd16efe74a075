"""The keys that sign tokens: sealed in the database under their kid, a new one every 30 days."""

import json

from joserfc.jwk import ECKey

from countersign.db.engine import Database
from countersign.identity.machines.models import SIGNING_KEY_LIFE, TOKEN_LIFE
from countersign.identity.machines.repository import AnyRow, SigningKeyRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

_PURPOSE = "machine.signing_key"


class SigningKeys:
    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._rows = SigningKeyRepository(db)
        self._vault = vault
        self._clock = clock

    def current(self) -> ECKey:
        """The key that signs now; made when there is none, or none young enough. Raises TamperedError.

        Two processes may make one each at the same moment: both verify everywhere.
        """
        row = self._rows.newest()
        if row is None or self._clock.now() - row.made_at >= SIGNING_KEY_LIFE:
            return self._new()
        return self._opened(row)

    def known(self, kid: str) -> ECKey:
        """The key of this name. Raises KeyError and TamperedError."""
        row = self._rows.by_kid(kid)
        if row is None:
            raise KeyError("kid")
        return self._opened(row)

    def purge(self) -> int:
        """Deletes keys of which no token can live any more; how many."""
        return self._rows.purge(self._clock.now() - SIGNING_KEY_LIFE - 2 * TOKEN_LIFE)

    def _new(self) -> ECKey:
        kid = new_id("kid")
        key = ECKey.generate_key("P-256", {"kid": kid})
        written = Personal(json.dumps(key.as_dict(private=True)))
        sealed = self._vault.seal(written, purpose=_PURPOSE, subject=kid).raw
        self._rows.add(kid=kid, sealed=sealed, made_at=self._clock.now())
        return key

    def _opened(self, row: AnyRow) -> ECKey:
        written = self._vault.open(Sealed(row.sealed), purpose=_PURPOSE, subject=row.kid)
        return ECKey.import_key(json.loads(written.reveal()))
