"""Tokens in chat text: one per value, for one conversation only."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.db.engine import Database
from countersign.kit.hidden import Personal
from countersign.vault import tokens
from countersign.vault.errors import TamperedError, TokensExhaustedError
from countersign.vault.repository import TokenRepository, TokenRow, chat_tokens
from countersign.vault.service import Vault
from countersign.vault.tokens import KINDS, TOKEN, ChatTokens
from tests.fakes.clock import FakeClock

EMAIL = Personal("mei@example.com")


@pytest.fixture
def chat(vault: Vault, database: Database, clock: FakeClock) -> ChatTokens:
    return ChatTokens(vault, TokenRepository(database), clock)


def test_a_token_opens_for_its_conversation_only(chat: ChatTokens) -> None:
    token = chat.issue("cnv_1", "email", EMAIL)
    assert chat.open("cnv_1", token) == EMAIL
    assert chat.open("cnv_2", token) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_shows_its_kind_and_nothing_else(chat: ChatTokens, kind: str) -> None:
    token = chat.issue("cnv_1", kind, EMAIL)
    assert re.fullmatch(rf"⟦{kind}:[a-z2-7]{{8}}⟧", token)
    assert TOKEN.fullmatch(token)


def test_the_same_value_gets_the_same_token(chat: ChatTokens) -> None:
    first = chat.issue("cnv_1", "email", EMAIL)
    assert chat.issue("cnv_1", "email", Personal("mei@example.com")) == first
    others = [
        chat.issue("cnv_1", "name", EMAIL),
        chat.issue("cnv_2", "email", EMAIL),
        chat.issue("cnv_1", "email", Personal("Mei@example.com")),
    ]
    assert len({first, *others}) == 4


@pytest.mark.parametrize(
    "text", ["", "⟦email⟧", "⟦email:7k⟧", "⟦secret:abcdefgh⟧", "[email:abcdefgh]", "⟦email:abcdefg1⟧"]
)
def test_what_is_no_token_opens_nothing(chat: ChatTokens, text: str) -> None:
    assert chat.open("cnv_1", text) is None


def test_a_token_under_another_kind_opens_nothing(chat: ChatTokens) -> None:
    token = chat.issue("cnv_1", "email", EMAIL)
    assert chat.open("cnv_1", token.replace("email", "phone")) is None
    assert chat.open("cnv_1", f" {token}") is None


def test_an_unlisted_kind_is_refused(chat: ChatTokens) -> None:
    with pytest.raises(ValueError, match="password"):
        chat.issue("cnv_1", "password", EMAIL)


def test_a_row_that_was_moved_to_another_conversation_does_not_open(
    chat: ChatTokens, database: Database
) -> None:
    token = chat.issue("cnv_1", "email", EMAIL)
    with database.begin() as connection:
        connection.execute(chat_tokens.update().values(conversation="cnv_2"))
    with pytest.raises(TamperedError):
        chat.open("cnv_2", token)


def test_forgetting_removes_all_of_one_conversation(chat: ChatTokens) -> None:
    mine = [chat.issue("cnv_1", kind, EMAIL) for kind in ("email", "name")]
    other = chat.issue("cnv_2", "email", EMAIL)
    assert chat.forget("cnv_1") == 2
    assert [chat.open("cnv_1", token) for token in mine] == [None, None]
    assert chat.open("cnv_2", other) == EMAIL
    assert chat.issue("cnv_1", "email", EMAIL) != mine[0]


def test_no_value_is_readable_on_disk(chat: ChatTokens, tmp_path: Path) -> None:
    chat.issue("cnv_readable", "email", EMAIL)
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"cnv_readable" in written
    assert b"mei@" not in written


def test_issued_at_once_in_many_threads_it_is_one_token(
    vault: Vault, any_database: Database, clock: FakeClock
) -> None:
    chat = ChatTokens(vault, TokenRepository(any_database), clock)
    values = [Personal(f"mei{number % 5}@example.com") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        issued = list(pool.map(lambda value: chat.issue("cnv_1", "email", value), values))
    assert len(set(issued)) == 5
    assert [chat.open("cnv_1", token) for token in issued] == values


class _Crowded(TokenRepository):
    """A conversation in which every id is taken, `times` times."""

    def __init__(self, database: Database, times: int) -> None:
        super().__init__(database)
        self.times = times

    def add(self, token: TokenRow) -> bool:
        self.times -= 1
        return super().add(token) if self.times < 0 else False


def test_a_taken_id_is_drawn_again_but_not_for_ever(
    vault: Vault, database: Database, clock: FakeClock
) -> None:
    assert TOKEN.fullmatch(ChatTokens(vault, _Crowded(database, 3), clock).issue("cnv_1", "email", EMAIL))
    with pytest.raises(TokensExhaustedError):
        ChatTokens(vault, _Crowded(database, 1000), clock).issue("cnv_1", "name", EMAIL)


def test_a_taken_id_is_noticed(vault: Vault, database: Database, clock: FakeClock) -> None:
    repository = TokenRepository(database)
    rows = [
        TokenRow(
            "cnv_1",
            "abcdefgh",
            "email",
            bytes([number]) * 32,
            vault.seal(EMAIL, purpose="p", subject="s"),
            clock.now(),
        )
        for number in (1, 2)
    ]
    assert [repository.add(row) for row in rows] == [True, False]


@given(st.text())
def test_the_pattern_never_matches_what_was_not_written_by_us(text: str) -> None:
    cleaned = text.replace("⟦", "[").replace("⟧", "]")
    assert tokens.TOKEN.search(cleaned) is None
