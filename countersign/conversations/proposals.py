"""Proposals: what was read back to a shopper, and whether their very next message agreed to it.

Minted by an action, drawn and shown by the gateway, agreed to by a message of the shopper's own, spent
by the guard in that same turn. Whatever else is said, it is gone: then it is read back anew.
"""

from datetime import timedelta
from enum import StrEnum

from countersign.checkpoints.interfaces import Agreed
from countersign.checkpoints.table import Deed
from countersign.conversations.repository import ConversationRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

LIFETIME = timedelta(minutes=15)
_DETAILS = "conversation.proposal"


class State(StrEnum):
    MINTED = "minted"
    DRAWN = "drawn"
    """Read back, in a message that may still wait to be delivered."""
    SHOWN = "shown"
    AGREED = "agreed"
    SPENT = "spent"
    """What was agreed to is being done, or was. Its details are gone; the row goes with the next message."""


class Proposals:
    """An `Agreements`. One living proposal a conversation: a newer one replaces an older one."""

    def __init__(self, repository: ConversationRepository, vault: Vault, clock: Clock) -> None:
        self._rows = repository
        self._vault = vault
        self._clock = clock

    def propose(self, conversation: str, deed: str, subject: str | None, details: Personal) -> str:
        """The name of a new proposal, which counts for nothing until it is shown."""
        name = new_id("prp")
        self._rows.keep_proposal(
            conversation,
            id=name,
            deed=deed,
            subject=subject,
            details=self._vault.seal(details, purpose=_DETAILS, subject=name).raw,
            state=State.MINTED,
            expires_at=self._clock.now() + LIFETIME,
        )
        return name

    def drawn(self, conversation: str, name: str) -> None:
        """The read-back of this proposal is a message now."""
        self._rows.move_proposal(conversation, name, State.MINTED, State.DRAWN)

    def seen(self, conversation: str) -> None:
        """What was drawn stands before the shopper: from now on a yes counts."""
        row = self._rows.proposal(conversation)
        if row is not None:
            self._rows.move_proposal(conversation, row.id, State.DRAWN, State.SHOWN)

    def waiting(self, conversation: str) -> str | None:
        """The proposal that is shown and waits for a yes."""
        row = self._rows.proposal(conversation)
        living = row is not None and row.state == State.SHOWN and row.expires_at > self._clock.now()
        return str(row.id) if row is not None and living else None

    def hear(self, conversation: str, agreed: str | None) -> None:
        """A message of the shopper's came: it agreed to the proposal of that name, or to none."""
        if agreed is not None and agreed == self.waiting(conversation):
            self._rows.move_proposal(conversation, agreed, State.SHOWN, State.AGREED)
        else:
            self._rows.drop_proposal(conversation)

    def agreed(self, conversation: str) -> bool:
        """Whether this turn's message agreed to what was shown."""
        return self.agreed_deed(conversation) is not None

    def agreed_deed(self, conversation: str) -> tuple[Deed, str | None] | None:
        """What this turn's message agreed to."""
        row = self._rows.proposal(conversation)
        return None if row is None or row.state != State.AGREED else (Deed(row.deed), row.subject)

    def end_turn(self, conversation: str) -> None:
        """An agreement that was not spent in its own turn is gone."""
        self._rows.drop_proposal(conversation, State.AGREED)

    def spent(self, conversation: str) -> bool:
        """Whether something may have been changed since the shopper's last message."""
        row = self._rows.proposal(conversation)
        return row is not None and row.state == State.SPENT

    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        row = self._rows.proposal(conversation)
        if row is None or row.state != State.AGREED or row.expires_at <= self._clock.now():
            return None
        if (row.deed, row.subject) != (deed, subject):
            return None
        if not self._rows.spend_proposal(conversation, row.id, State.AGREED, State.SPENT):
            return None
        return Agreed(row.id, self._vault.open(Sealed(row.details), purpose=_DETAILS, subject=row.id))
