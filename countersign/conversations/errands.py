"""Errands that wait at a checkpoint, and the one-time page that passes it.

Apart from `service.py` because actions and portal need nothing but this.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from countersign.conversations.errors import CheckpointGoneError
from countersign.conversations.models import Errand
from countersign.conversations.repository import ConversationRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_token
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

LIFETIME = timedelta(minutes=10)
"""ASVS 6.5.5: an out-of-band request lives ten minutes at most."""
_SLOTS = "conversation.errand"


class Errands:
    """One waiting errand a conversation: a newer wish replaces an older one."""

    def __init__(self, repository: ConversationRepository, vault: Vault, clock: Clock) -> None:
        self._rows = repository
        self._vault = vault
        self._clock = clock

    def suspend(
        self, conversation: str, action: str, slots: Mapping[str, str], *, deed: str, level: str, reason: str
    ) -> Secret:
        """Keeps the errand and returns the name of its checkpoint's page."""
        page = Secret(new_token())
        sealed = self._vault.seal(Personal(json.dumps(dict(slots))), purpose=_SLOTS, subject=conversation)
        self._rows.keep_errand(
            conversation,
            page=self._hash(page.reveal()),
            action=action,
            slots=sealed.raw,
            deed=deed,
            level=level,
            reason=reason,
            expires_at=self._clock.now() + LIFETIME,
        )
        return page

    def waiting(self, conversation: str) -> Errand | None:
        row = self._rows.errand(conversation)
        return None if row is None or row.expires_at <= self._clock.now() else self._errand(row)

    def of_page(self, page: str) -> Errand:
        """The errand behind a page. Raises CheckpointGoneError when passed, too old or unknown."""
        row = self._rows.errand_of_page(self._hash(page))
        if row is None or row.passed or row.expires_at <= self._clock.now():
            raise CheckpointGoneError("no such checkpoint")
        return self._errand(row)

    def passed(self, conversation: str) -> bool:
        """Marks the waiting errand as passed; False when none waits."""
        errand = self.waiting(conversation)
        if errand is None:
            return False
        self._rows.pass_errand(conversation)
        return True

    def take(self, conversation: str) -> Errand | None:
        """The errand whose checkpoint was passed, once; an unpassed one stays."""
        errand = self.waiting(conversation)
        if errand is None or not errand.passed:
            return None
        self._rows.drop_errand(conversation)
        return errand

    def drop(self, conversation: str) -> None:
        self._rows.drop_errand(conversation)

    def _errand(self, row: Any) -> Errand:
        slots = self._vault.open(Sealed(row.slots), purpose=_SLOTS, subject=row.conversation)
        return Errand(
            row.conversation,
            row.action,
            json.loads(slots.reveal()),
            row.deed,
            row.level,
            row.reason,
            row.expires_at,
            row.passed,
        )

    def _hash(self, page: str) -> bytes:
        return self._vault.mac(page, purpose="checkpoint.page")
