"""Turn tickets: while the gateway waits for Rasa, and only then, actions may act.

Apart from `service.py` because the inner socket needs nothing but this.
"""

from datetime import timedelta

from countersign.conversations.errors import TurnForgedError
from countersign.conversations.models import Turn
from countersign.conversations.repository import ConversationRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_token
from countersign.vault.service import Vault

LIFETIME = timedelta(seconds=30)


class Turns:
    """A ticket is random, of one conversation, kept as a keyed hash, dead after 30 s at the latest."""

    def __init__(self, repository: ConversationRepository, vault: Vault, clock: Clock) -> None:
        self._rows = repository
        self._vault = vault
        self._clock = clock

    def begin(self, conversation: str, session: str, origin: str) -> Secret:
        ticket = Secret(new_token())
        self._rows.begin_turn(
            ticket=self._hash(ticket.reveal()),
            conversation=conversation,
            session=session,
            origin=origin,
            expires_at=self._clock.now() + LIFETIME,
        )
        return ticket

    def living(self, conversation: str, ticket: str) -> Turn:
        """The turn whose ticket this is. Raises TurnForgedError."""
        row = self._rows.turn(conversation, self._hash(ticket), self._clock.now())
        if row is None:
            raise TurnForgedError(f"no living turn of {conversation}")
        return Turn(row.conversation, row.session, row.origin)

    def end(self, ticket: Secret) -> None:
        self._rows.end_turn(self._hash(ticket.reveal()), self._clock.now())

    def _hash(self, ticket: str) -> bytes:
        return self._vault.mac(ticket, purpose="turn.ticket")
