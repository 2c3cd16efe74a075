"""A conversation's keeping on a real database and vault, with its tokens and data keys."""

from dataclasses import dataclass

import pytest

from countersign.conversations.errands import Errands
from countersign.conversations.proposals import Proposals
from countersign.conversations.repository import ConversationRepository
from countersign.conversations.service import Conversations
from countersign.conversations.turns import Turns
from countersign.db.engine import Database
from countersign.vault.data_keys import DataKeys
from countersign.vault.repository import DataKeyRepository, TokenRepository
from countersign.vault.service import Vault
from countersign.vault.tokens import ChatTokens
from tests.fakes.clock import FakeClock


@dataclass(repr=False)
class Archive:
    conversations: Conversations
    turns: Turns
    errands: Errands
    proposals: Proposals
    tokens: ChatTokens
    data_keys: DataKeys
    clock: FakeClock

    def spoken(self, conversation: str, *said: str) -> None:
        for text in said:
            self.conversations.append(conversation, "shopper", {"text": text})


@pytest.fixture
def archive(database: Database, vault: Vault, clock: FakeClock) -> Archive:
    rows = ConversationRepository(database)
    tokens = ChatTokens(vault, TokenRepository(database), clock)
    data_keys = DataKeys(vault, DataKeyRepository(database), clock)
    return Archive(
        Conversations(rows, vault, tokens, data_keys, clock),
        Turns(rows, vault, clock),
        Errands(rows, vault, clock),
        Proposals(rows, vault, clock),
        tokens,
        data_keys,
        clock,
    )
