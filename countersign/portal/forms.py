"""What every form of a signed-in session carries, beside the refusal of other sites."""

import hmac

from countersign.identity.models import Session
from countersign.vault.service import Vault


class FormTokens:
    """A token per session: dead when the session rises, ends or is another (ASVS 3.5.1)."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def of(self, session: Session) -> str:
        return self._vault.mac(session.id, purpose="portal.form").hex()

    def fits(self, session: Session, given: str) -> bool:
        return hmac.compare_digest(self.of(session).encode(), given.encode("utf-8", "replace"))
