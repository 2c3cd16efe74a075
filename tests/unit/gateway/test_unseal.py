import pytest

from countersign.gateway.unseal import Unsealer
from countersign.kit.hidden import Personal
from tests.fakes.gateway import FakeTokens


def test_tokens_become_their_values() -> None:
    tokens = FakeTokens()
    token = tokens.issue("cnv_1", "email", Personal("jo@example.com"))
    assert (
        Unsealer(tokens).open("cnv_1", f"Sent to {token}, {token}.")
        == "Sent to jo@example.com, jo@example.com."
    )


@pytest.mark.parametrize(
    "text",
    ["⟦email:zzzzzzzz⟧", "⟦email⟧", "⟦⟧", "⟦email:", "⟧", "⟦email:../../etc⟧", "⟦name:abcdefgh ⟧"],
)
def test_a_forged_token_is_never_shown(text: str) -> None:
    opened = Unsealer(FakeTokens()).open("cnv_1", f"a {text} b")
    assert opened.startswith("a …")
    assert "⟦" not in opened and "⟧" not in opened


def test_a_token_of_another_conversation_stays_closed() -> None:
    tokens = FakeTokens()
    token = tokens.issue("cnv_1", "name", Personal("Noah Brown"))
    assert Unsealer(tokens).open("cnv_2", f"Hello {token}") == "Hello …"


def test_a_card_is_drawn_and_never_read() -> None:
    tokens = FakeTokens()
    token = tokens.issue("cnv_1", "card", Personal('{"kind": "order"}'))
    assert Unsealer(tokens).open("cnv_1", f"Your order: {token}") == "Your order: "


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/?e={}",
        "[here](https://evil.example/{})",
        "HTTPS://{}.evil.example",
        "ftp://a/b-{}-c",
    ],
)
def test_no_value_goes_into_an_address_that_somebody_might_click(link: str) -> None:
    tokens = FakeTokens()
    token = tokens.issue("cnv_1", "email", Personal("jo@example.com"))
    opened = Unsealer(tokens).open("cnv_1", f"{link.format(token)} {token}")
    assert opened == f"{link.format('…')} jo@example.com"
