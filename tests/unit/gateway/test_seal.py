import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.gateway.normalise import normalise
from countersign.gateway.recognisers.ways_out import WaysOut
from countersign.gateway.seal import Sealer
from countersign.gateway.unseal import Unsealer
from countersign.kit.errors import UnavailableError
from countersign.kit.hidden import Personal
from countersign.store.models import Address, Customer
from tests.fakes.gateway import FakeCustomers, FakeTokens

KINDS = re.compile(r"⟦(\w+):[a-z2-7]+⟧")
WAYS_OUT = ["why do you need that?", "cancel", "a person, please"]


OTHER = "cus_mei"


def customer(pseudonym: str, name: str, postcode: str) -> Customer:
    first, last = map(Personal, name.split(" "))
    home = Address(Personal("4 Mill"), Personal("Leeds"), Personal(postcode), Personal("United Kingdom"))
    return Customer(pseudonym, Personal("1"), first, last, Personal("m@x.example"), None, home, ())


@pytest.fixture
def tokens() -> FakeTokens:
    return FakeTokens()


@pytest.fixture
def sealer(tokens: FakeTokens) -> Sealer:
    return Sealer(tokens, FakeCustomers())


def bare(text: str) -> str:
    return KINDS.sub(r"⟦\1⟧", text)


def test_rasa_gets_tokens_and_the_shopper_their_own_words(sealer: Sealer, tokens: FakeTokens) -> None:
    text = "I'm Noah Brown from 80279, mail noah@example.com"
    sealed = sealer.seal("cnv_1", text)
    assert bare(sealed.text) == "I'm ⟦name⟧ from ⟦postcode⟧, mail ⟦email⟧"
    assert sealed.shown == text
    assert Unsealer(tokens).open("cnv_1", sealed.text) == text
    assert [email.reveal() for email in sealed.emails] == ["noah@example.com"]
    assert [postcode.reveal() for postcode in sealed.postcodes] == ["80279"]


def test_a_spelled_email_is_sealed_as_an_address_one_can_write_to(sealer: Sealer, tokens: FakeTokens) -> None:
    sealed = sealer.seal("cnv_1", "write to jo dot doe at example dot com")
    assert bare(sealed.text) == "write to ⟦email⟧"
    assert Unsealer(tokens).open("cnv_1", sealed.text) == "write to jo.doe@example.com"


def test_secrets_are_dropped_from_both_readings(sealer: Sealer, tokens: FakeTokens) -> None:
    sealed = sealer.seal("cnv_1", "my card is 4242 4242 4242 4242, cvv 123, password: hunter2")
    assert sealed.dropped == ("card", "cvv", "password")
    assert sealed.text == "my card is [card], cvv [cvv], password: [password]"
    assert sealed.shown == "my card is ••••, cvv ••••, password: ••••"
    assert "4242" not in repr(sealed)


def test_nothing_goes_to_rasa_when_only_a_secret_was_said(sealer: Sealer) -> None:
    sealed = sealer.seal("cnv_1", "4242 4242 4242 4242")
    assert (sealed.text, sealed.shown, sealed.dropped) == ("", "••••", ("card",))


def test_a_code_is_handed_to_the_gateway_in_its_one_shape(sealer: Sealer) -> None:
    sealed = sealer.seal("cnv_1", "k7mq 2xwo", awaiting=frozenset({"code"}))
    assert [code.reveal() for code in sealed.codes] == ["K7MQ-2XW0"]
    assert (sealed.text, sealed.dropped) == ("", ("code",))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("y p 9 s 6 h z q", "YP9S-6HZQ"),
        ("hvcemnvp", "HVCE-MNVP"),
        ("hvce mnvp", "HVCE-MNVP"),
        ("hvce-mnvp", "HVCE-MNVP"),
    ],
)
def test_a_code_is_one_however_it_is_typed(sealer: Sealer, typed: str, code: str) -> None:
    sealed = sealer.seal("cnv_1", typed, awaiting=frozenset({"code"}))
    assert [code.reveal() for code in sealed.codes] == [code]
    assert sealed.text == ""


def test_a_code_with_a_letter_too_few_is_a_wrong_code_and_not_small_talk(sealer: Sealer) -> None:
    sealed = sealer.seal("cnv_1", "k7mq-2xw", awaiting=frozenset({"code"}))
    assert [code.reveal() for code in sealed.codes] == ["K7MQ-2XW"]
    assert sealed.text == ""


@pytest.mark.parametrize("text", ["size 10", "item 2345", "W2378156", "tracking", "take that", "help me"])
def test_other_short_messages_are_no_codes(sealer: Sealer, text: str) -> None:
    sealed = sealer.seal("cnv_1", text, awaiting=frozenset({"code"}))
    assert (sealed.text, sealed.codes) == (text, ())


def test_text_without_anything_personal_stays_as_it_is(sealer: Sealer) -> None:
    for text in ("where is W2378156?", "??", "it's 5 o'clock"):
        assert sealer.seal("cnv_1", text).text == text


@pytest.mark.parametrize(
    "expected", ["address", "name", "comment", "postcode", "email", "phone", "iban", "reason"]
)
@pytest.mark.parametrize(
    "text", [*WAYS_OUT, "stop", "Help!", "I don't know", "what for?", "can I talk to someone?"]
)
def test_no_question_is_a_trap(sealer: Sealer, expected: str, text: str) -> None:
    assert sealer.seal("cnv_1", text, expected).text == text


@pytest.mark.parametrize(
    ("expected", "text", "sealed"),
    [
        ("name", "brown it is", "⟦name⟧"),
        ("name", "I'm Noah Brown", "⟦name⟧"),
        ("address", "the old mill by the river", "⟦address⟧"),
        ("comment", "it fell apart on my wife Jane", "⟦comment⟧"),
        ("reason", "I had an operation", "⟦comment⟧"),
        ("comment", "stop the subscription of my mother, she died", "⟦comment⟧"),
        ("postcode", "SW1-99", "⟦postcode⟧"),
        ("postcode", "80279, order W2378156", "⟦postcode⟧, order W2378156"),
        ("postcode", "where is my order W2378156", "where is my order W2378156"),
        ("postcode", "W2378156", "W2378156"),
        ("email", "jo@localhost", "⟦email⟧"),
    ],
)
def test_an_expected_answer_is_sealed(sealer: Sealer, expected: str, text: str, sealed: str) -> None:
    assert bare(sealer.seal("cnv_1", text, expected).text) == sealed


def test_a_sealed_name_is_the_name_alone(sealer: Sealer, tokens: FakeTokens) -> None:
    sealed = sealer.seal("cnv_1", "I'm Noah Brown", "name")
    assert Unsealer(tokens).open("cnv_1", sealed.text) == "Noah Brown"


def test_a_card_in_a_free_comment_is_not_even_sealed(sealer: Sealer, tokens: FakeTokens) -> None:
    sealed = sealer.seal("cnv_1", "I paid with 4242424242424242 and nothing came", "comment")
    assert bare(sealed.text) == "⟦comment⟧"
    assert "4242" not in Unsealer(tokens).open("cnv_1", sealed.text)
    assert sealed.dropped == ("card",)


SENTENCES = (
    "my name is {name}",
    "what is the price for {name}",
    "{name}",
    "is {name} a customer?",
    "{name} wants to return the lamp, 4 mill lane, 80279",
    "they live in 80279 with {name}",
    "call {name} at 2125550123",
)


@pytest.mark.parametrize("name", ["Ann Price", "ann price", "price brown", "Xiulan Okonkwo", "new order"])
@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("person", [None, OTHER])
def test_what_rasa_gets_does_not_depend_on_who_is_a_customer(
    tokens: FakeTokens, sentence: str, name: str, person: str | None
) -> None:
    text = sentence.format(name=name)
    other = customer(OTHER, "Mei Kovacs", "07743")
    shops = FakeCustomers(other, customer("cus_ann", name, "80279")), FakeCustomers(other)
    with_them, without = (Sealer(tokens, shop).seal("cnv_1", text, person=person).text for shop in shops)
    assert with_them == without
    assert [shop.asked for shop in shops] == [[person] if person else []] * 2


def test_who_is_signed_in_is_known_without_an_introduction(tokens: FakeTokens) -> None:
    sealer = Sealer(tokens, FakeCustomers(customer(OTHER, "Xiulan Price", "07743")))
    text = "price xiulan of 07743 wants it at 4 mill"
    assert bare(sealer.seal("cnv_1", text, person=OTHER).text) == "⟦name⟧ of ⟦postcode⟧ wants it at ⟦address⟧"
    assert sealer.seal("cnv_1", text).text == text


def test_switched_off_it_changes_nothing_but_sign_in_still_works(tokens: FakeTokens) -> None:
    sealer = Sealer(tokens, FakeCustomers(), on=False)
    text = "I'm Noah Brown, noah@example.com, 4242 4242 4242 4242"
    sealed = sealer.seal("cnv_1", text, "comment")
    assert (sealed.text, sealed.shown, sealed.dropped) == (text, text, ())
    assert [email.reveal() for email in sealed.emails] == ["noah@example.com"]


class ShopIsDown:
    def customer(self, customer: str) -> Customer | None:
        raise UnavailableError("the store cannot be read")


def test_nothing_goes_on_unsealed_when_the_shop_cannot_be_asked(tokens: FakeTokens) -> None:
    with pytest.raises(UnavailableError):
        Sealer(tokens, ShopIsDown()).seal("cnv_1", "noah brown wants it", person=OTHER)


@given(
    st.text(alphabet="aW4 2@.-'’,?name is 80279\n", min_size=1, max_size=80).filter(
        lambda text: text.strip(" \n")
    )
)
def test_any_text_comes_back_to_its_owner(text: str) -> None:
    tokens = FakeTokens()
    plain = normalise(text)
    sealed = Sealer(tokens, FakeCustomers()).seal("cnv_1", plain)
    if not sealed.dropped and not sealed.emails:
        assert Unsealer(tokens).open("cnv_1", sealed.text) in (plain, plain.upper())


@pytest.mark.parametrize(
    "text",
    [
        "no, that’s all",
        "That is all, thanks",
        "nothing else, thank you",
        "stop",
        "Cancel, please!",
        "never mind",
        "I want to talk to a person",
        "something else",
        "help me please",
        "no",
    ],
)
def test_ways_out(text: str) -> None:
    assert WaysOut.load().leads_out(text)


@pytest.mark.parametrize(
    "text", ["12 Baker Street", "Noah Brown", "it stopped working after a day", "the zip is broken"]
)
def test_answers_are_no_ways_out(text: str) -> None:
    ways_out = WaysOut.load()
    assert not ways_out.leads_out(text)
    assert not ways_out.asks(text)


@pytest.mark.parametrize(
    "text", ["Why?", "why do you ask", "what is that for", "is this safe?", "Who sees it", "can you stop"]
)
def test_questions(text: str) -> None:
    assert WaysOut.load().asks(text)


@pytest.mark.parametrize("text", ["Will Smith", "What I got was broken", "May Lee", "Can Yilmaz"])
def test_answers_that_only_begin_like_questions(text: str) -> None:
    assert not WaysOut.load().asks(text)
