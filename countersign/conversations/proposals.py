"""Proposals: what was read back to a shopper, and whether their very next message agreed to it.

Minted by an action, drawn and shown by the gateway, agreed to by a message of the shopper's own, spent
by the guard in that same turn, or after the step-up that it waits for. Whatever else is said, it is gone:
then it is read back anew.

A page reads back and is agreed to beside the chat: its proposals stand under a name of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from countersign.checkpoints.interfaces import Agreed
from countersign.checkpoints.table import Deed
from countersign.conversations.repository import ConversationRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

LIFETIME = timedelta(minutes=15)
KEPT = timedelta(days=1)
_DETAILS = "conversation.proposal"
_SHOWN = "conversation.proposal_shown"


class State(StrEnum):
    MINTED = "minted"
    DRAWN = "drawn"
    """Read back, in a message that may still wait to be delivered."""
    SHOWN = "shown"
    AGREED = "agreed"
    HELD = "held"
    """Agreed to, and waiting for a second factor."""
    SPENT = "spent"
    """What was agreed to is being done, or was. Its details are gone; the row goes with the next message."""


_YES = (State.AGREED, State.HELD)


@dataclass(frozen=True)
class Held:
    """What a step-up is wanted for. `shown` is what was read back, {title, rows: [{label, value}]}, if drawn
    in the chat."""

    agreed: Agreed
    deed: str
    subject: str | None
    shown: Mapping[str, Any] | None = field(repr=False)


def page_of(conversation: str) -> str:
    """Under which name the pages of a conversation's session propose."""
    return f"page:{conversation}"


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

    def drawn(self, conversation: str, name: str, shown: Mapping[str, Any] | None = None) -> None:
        """The read-back of this proposal is a message now, and reads as `shown`."""
        sealed = None
        if shown is not None:
            sealed = self._vault.seal(Personal(json.dumps(shown)), purpose=_SHOWN, subject=name).raw
        self._rows.move_proposal(conversation, name, State.MINTED, State.DRAWN, shown=sealed)

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
        return None if row is None or row.state not in _YES else (Deed(row.deed), row.subject)

    def end_turn(self, conversation: str) -> None:
        """An agreement that was not spent in its own turn is gone."""
        self._rows.drop_proposal(conversation, State.AGREED)

    def spent(self, conversation: str) -> bool:
        """Whether something may have been changed since the shopper's last message."""
        row = self._rows.proposal(conversation)
        return row is not None and row.state == State.SPENT

    def standing(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        row = self._agreed_row(conversation, deed, subject)
        return None if row is None else self._agreed(row)

    def hold(self, conversation: str, proposal: str) -> None:
        for place in (conversation, page_of(conversation)):
            self._rows.move_proposal(place, proposal, State.AGREED, State.HELD)

    def held(self, conversation: str) -> Held | None:
        """What waits for a step-up in the chat; under `page_of` its name, on a page."""
        row = self._rows.proposal(conversation)
        if row is None or row.state != State.HELD or row.expires_at <= self._clock.now():
            return None
        shown = None
        if row.shown is not None:
            shown = json.loads(self._vault.open(Sealed(row.shown), purpose=_SHOWN, subject=row.id).reveal())
        return Held(self._agreed(row), row.deed, row.subject, shown)

    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        row = self._agreed_row(conversation, deed, subject)
        if row is None:
            return None
        agreed = self._agreed(row)
        if not self._rows.spend_proposal(row.conversation, row.id, row.state, State.SPENT):
            return None
        return agreed

    def purge(self) -> int:
        """Deletes what is older than a day; how many."""
        return self._rows.drop_proposals(self._clock.now() - KEPT)

    def _agreed_row(self, conversation: str, deed: str, subject: str | None) -> Any:
        for place in (conversation, page_of(conversation)):
            row = self._rows.proposal(place)
            if (
                row is not None
                and row.state in _YES
                and row.expires_at > self._clock.now()
                and (row.deed, row.subject) == (deed, subject)
            ):
                return row
        return None

    def _agreed(self, row: Any) -> Agreed:
        return Agreed(row.id, self._vault.open(Sealed(row.details), purpose=_DETAILS, subject=row.id))
