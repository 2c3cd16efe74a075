import time
from itertools import pairwise

import pytest

from countersign.gateway.normalise import normalise
from countersign.gateway.recognise import Recognition
from countersign.kit.personal_forms import normal_name, normal_phone, normal_street

NOAH = frozenset(
    {
        ("name", normal_name("Noah Brown")),
        ("street", normal_street("986 Sunset Drive")),
        ("postcode", "80279"),
        ("phone", normal_phone("+1 212 555 0123")),
    }
)


@pytest.fixture(scope="module")
def bare() -> Recognition:
    return Recognition()


def kinds(recognition: Recognition, text: str, **asked: object) -> list[tuple[str, str]]:
    plain = normalise(text)
    found = recognition.find(plain, **asked)  # type: ignore[arg-type]
    return [(one.kind, plain[one.start : one.end]) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("im noah brown from 80279 wheres my order", [("name", "noah brown"), ("postcode", "80279")]),
        ("I’m Noah Brown, order W2378156", [("name", "Noah Brown")]),
        ("My name is Mei Kovacs and my zip is 75255", [("name", "Mei Kovacs"), ("postcode", "75255")]),
        ("my name's jürgen müller", [("name", "jürgen müller")]),
        ("this is Yara Sanchez", [("name", "Yara Sanchez")]),
        ("Harper Moore here, where is it?", [("name", "Harper Moore")]),
        ("it's lei ahmed speaking", [("name", "lei ahmed")]),
        ("NAME: RAJ PATEL", [("name", "RAJ PATEL")]),
        ("It never came. Regards, Sofia Rossi", [("name", "Sofia Rossi")]),
        ("I'm May", [("name", "May")]),
        ("I'm Dr. Anna van der Berg from Utrecht", [("name", "Dr. Anna van der Berg")]),
        ("Ich heiße Jörg Weiß", [("name", "Jörg Weiß")]),
        ("noah brown, noah@example.com", [("name", "noah brown"), ("email", "noah@example.com")]),
        ("order under the name Grace King please", [("name", "Grace King")]),
    ],
)
def test_people_introduce_themselves(bare: Recognition, text: str, found: list[tuple[str, str]]) -> None:
    assert kinds(bare, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I live at 12 Baker Street", [("address", "12 Baker Street")]),
        ("ship to 986 Sunset Drive, Suite 259, Denver, CO 80279 please",
         [("address", "986 Sunset Drive, Suite 259, Denver, CO"), ("postcode", "80279")]),
        ("i live at 12 baker st london nw1 6xe",
         [("address", "12 baker st london"), ("postcode", "nw1 6xe")]),
        ("854 Broadway", [("address", "854 Broadway")]),
        ("Hauptstraße 5, 10115 Berlin", [("address", "Hauptstraße 5"), ("postcode", "10115")]),
        ("rue de la Paix 3", [("address", "rue de la Paix 3")]),
        ("12 rue de la Paix", [("address", "12 rue de la Paix")]),
        ("PO Box 123", [("address", "PO Box 123")]),
        ("my address is Rotonda Amanda, 8 Piano 2", [("address", "Rotonda Amanda, 8 Piano 2")]),
        ("Flat 4, 12 High Street, Leeds LS1 4AB",
         [("address", "Flat 4, 12 High Street, Leeds"), ("postcode", "LS1 4AB")]),
        ("from 80279", [("postcode", "80279")]),
        ("zip: 80279-1234", [("postcode", "80279-1234")]),
        ("PLZ 10115", [("postcode", "10115")]),
        ("postcode 00-950", [("postcode", "00-950")]),
        ("W2378156 80279", [("postcode", "80279")]),
        ("80279 is my zip code", [("postcode", "80279")]),
        ("it is K1A 0B1", [("postcode", "K1A 0B1")]),
        ("80279", [("postcode", "80279")]),
    ],
)  # fmt: skip
def test_where_people_live(bare: Recognition, text: str, found: list[tuple[str, str]]) -> None:
    assert kinds(bare, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call me at 2125550123", [("phone", "2125550123")]),
        ("(212) 555-0123", [("phone", "(212) 555-0123")]),
        ("+49 171 1234567", [("phone", "+49 171 1234567")]),
        ("my mobile is 07911 123456", [("phone", "07911 123456")]),
        ("020 7946 0958 is my phone", [("phone", "020 7946 0958")]),
        ("jo.doe+shop@example.co.uk. Thanks", [("email", "jo.doe+shop@example.co.uk")]),
        ("my email is jo at example dot com", [("email", "jo at example dot com")]),
        ("jo (at) example (dot) com", [("email", "jo (at) example (dot) com")]),
        ("DE89 3704 0044 0532 0130 00 please", [("iban", "DE89 3704 0044 0532 0130 00")]),
        ("gb82west12345698765432", [("iban", "gb82west12345698765432")]),
    ],
)
def test_how_people_are_reached_and_paid(bare: Recognition, text: str, found: list[tuple[str, str]]) -> None:
    assert kinds(bare, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4242 4242 4242 4242 exp 12/27 cvv 123", ["card", "card", "cvv"]),
        ("pay with 378282246310005 please", ["card"]),
        ("my card 4242 4242 and then 4242 and 4242", ["card"]),
        ("card number 4242424242424241", ["card"]),  # a slip of the finger
        ("the security code is 1234", ["cvv"]),
        ("my password is hunter2 and it fails", ["password"]),
        ("pw: correcthorse", ["password"]),
        ("my pin is 1234", ["password"]),
        ("the code is k7mq2xw0", ["code"]),
        ("K7MQ-2XW0", ["code"]),
    ],
)
def test_secrets(bare: Recognition, text: str, found: list[str]) -> None:
    assert [kind for kind, _ in kinds(bare, text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "I'm looking for a jacket",
        "I'm angry",
        "this is ridiculous",
        "I'm from Canada",
        "I'm size 10",
        "May 5",
        "Brown leather belt",
        "model 80279",
        "where is W2378156?",
        "track 357962501027",
        "orders #W2378156 and #W4776164",
        "exchange item 9523456873 for 9612497925",
        "it costs $1,299.00 or 1299,00 €",
        "from 2019 to 2024",
        "delivered 05/12/2024 10:30",
        "2024-05-12",
        "the 500 gb drive",
        "4 place settings",
        "a 3 way plug",
        "my password is not working",
        "my name is spelled wrong",
        "my address has changed",
        "I saw it at amazon.com",
        "look at the reviews",
        "promo code SUMMER25",
        "the phone case 9523456873",
        "EAN 4006381333931",
        "IMEI 356938035643809",
        "my card ending in 4242",
        "the Galaxy S10 5GB version",
        "thanks for the help",
        "is anyone here?",
        "call me back please",
        "Levi's 501 in 34/32",
        "buy 2 get 1",
    ],
)
def test_shop_talk_is_not_personal(bare: Recognition, text: str) -> None:
    assert kinds(bare, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("can brown noah have it", [("name", "brown noah")]),
        ("it is noah brown's parcel", [("name", "noah brown")]),
        ("maybe 986 sunset dr then", [("address", "986 sunset dr")]),
        ("or is it 80279 hmm", [("postcode", "80279")]),
        ("try 2125550123", [("phone", "2125550123")]),
        ("noah brown 80279 986 sunset drive",
         [("name", "noah brown"), ("postcode", "80279"), ("address", "986 sunset drive")]),
    ],
)  # fmt: skip
def test_what_is_the_shoppers_own_is_known_anywhere(
    bare: Recognition, text: str, found: list[tuple[str, str]]
) -> None:
    assert kinds(bare, text, own=NOAH) == found


def test_a_price_is_not_their_postcode(bare: Recognition) -> None:
    assert kinds(bare, "I paid $35307 or 353.07", own=frozenset({("postcode", "35307")})) == []


def test_a_model_is_not_their_postcode(bare: Recognition) -> None:
    assert kinds(bare, "is model number 80279 in stock?", own=NOAH) == []
    assert kinds(bare, "is 80279 in stock?", own=NOAH) == [("postcode", "80279")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what is the price for ann price", "ann price"),
        ("What is the price for Ann B. Price?", "Ann B. Price"),
        ("send it to my friend noah brown please", "noah brown"),
        ("is anna van der berg a customer", "anna van der berg"),
        ("it's for price, ann", "price, ann"),
        ("did Mary-Jane O'Neil order it", "Mary-Jane O'Neil"),
        ("it is noah brown's parcel", "noah brown"),
        ("I ordered for ann", None),
        ("noah's shoes came", None),
        ("a black Air Max in 42", None),
        ("jordan shoes in white", None),
        ("the max delivery time", None),
        ("send ann an invoice", None),
    ],
)
def test_a_whole_name_is_one_wherever_it_stands(bare: Recognition, text: str, name: str | None) -> None:
    assert kinds(bare, text) == ([("name", name)] if name else [])


def test_an_awaited_code_may_be_written_loosely(bare: Recognition) -> None:
    awaiting = frozenset({"code"})
    assert kinds(bare, "k7mq 2xw0", awaiting=awaiting) == [("code", "k7mq 2xw0")]
    assert kinds(bare, "ABCD-EFGH", awaiting=awaiting) == [("code", "ABCD-EFGH")]
    assert kinds(bare, "W2378156", awaiting=awaiting) == []
    assert kinds(bare, "stop that", awaiting=awaiting) == []
    assert kinds(bare, "k7mq 2xw0") == []


def test_an_expected_value_needs_no_words_around_it(bare: Recognition) -> None:
    assert kinds(bare, "1010", expected="postcode") == [("postcode", "1010")]
    assert kinds(bare, "1010") == []
    assert kinds(bare, "5550123", expected="phone") == [("phone", "5550123")]
    assert kinds(bare, "jo@localhost", expected="email") == [("email", "jo@localhost")]


def test_what_sticks_out_of_an_overlap_is_not_left_behind(bare: Recognition) -> None:
    text = "my address is Palace Yard 1, SW1A 1AA, London"
    found = bare.find(text, own=frozenset({("postcode", "SW1A1AA")}))
    left = "".join(
        char for at, char in enumerate(text) if not any(one.start <= at < one.end for one in found)
    )
    assert "Palace" not in left and "SW1A" not in left
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "seed", ["1-", "1 ", "a-", "4242 and ", "I'm a b ", "a, b 12345 ", "name is ", "zip is ", "rue a "]
)
def test_a_long_message_takes_no_long_time(bare: Recognition, seed: str) -> None:
    started = time.process_time()
    bare.find(normalise((seed * 2000)[:2000]), "postcode", frozenset({"code"}))
    assert time.process_time() - started < 2
