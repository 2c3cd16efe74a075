"""PCI DSS 3.3/3.4: whatever card a shopper types, however written, no part of it goes on."""

import random
import re

import pytest

from countersign.gateway.normalise import normalise
from countersign.gateway.recognisers.card import luhn
from countersign.gateway.seal import Sealer
from tests.fakes.gateway import FakeCustomers, FakeTokens

ISSUERS = [
    (prefix, length)
    for prefixes, lengths in (
        ("4", (13, 16, 19)),
        ("51 55 2221 2720", (16,)),
        ("34 37", (15,)),
        ("6011 644 65 3528 3589", (16,)),
        ("65 62", (19,)),
        ("300 36", (14,)),
        ("38 62 50 2200 9792 81", (16,)),
        ("5018 6759 6304", (14, 18, 19)),
    )
    for prefix in prefixes.split()
    for length in lengths
]
SEPARATORS = ["", " ", "  ", "-", " - ", ".", "/", "_", ", ", ":", "·", "–", "|", "+", " . "]
SEPARATORS += ["\u00a0", "\u200b", "\n", "\u2009"]
WORDS = [" and ", " then ", " and then ", " space ", " dash ", " next ", ", after that ", " ... "]
ZEROS = "0０٠۰०০๐𝟎𝟘߀"
SENTENCES = [
    "{}",
    "my card is {}",
    "charge {} please",
    "it's {}, exp 09/28",
    "order W2378156: pay with {} today",
    "{} is my Visa",
    "I typed {} and nothing happened",
]
NUMBER = 10_000


def card(rng: random.Random) -> str:
    prefix, length = rng.choice(ISSUERS)
    body = prefix + "".join(rng.choice("0123456789") for _ in range(length - len(prefix) - 1))
    return body + next(check for check in "0123456789" if luhn(body + check))


def groups(rng: random.Random, digits: str) -> list[str]:
    shape = rng.randrange(4)
    if shape == 0:
        return [digits]
    if shape == 1:
        return list(digits)
    if shape == 2 or len(digits) not in (15, 16):
        return re.findall(r"\d{1,4}", digits)
    cuts = (4, 10) if len(digits) == 15 else (4, 8, 12)
    return [digits[start:end] for start, end in zip((0, *cuts), (*cuts, None), strict=True)]


def written(rng: random.Random, digits: str) -> str:
    parts = groups(rng, digits)
    text = rng.choice(SEPARATORS).join(parts)
    if len(parts) == 4 and rng.random() < 0.3:
        text = "".join(part + rng.choice(WORDS) for part in parts[:-1]) + parts[-1]
    if rng.random() < 0.3:
        zero = ord(rng.choice(ZEROS))
        text = text.translate({ord("0") + value: chr(zero + value) for value in range(10)})
    return rng.choice(SENTENCES).format(text)


@pytest.mark.parametrize("seed", range(4))
def test_no_card_survives(seed: int) -> None:
    rng = random.Random(seed)
    sealer = Sealer(FakeTokens(), FakeCustomers())
    for _ in range(NUMBER // 4):
        digits = card(rng)
        text = written(rng, digits)
        sealed = sealer.seal("cnv_1", normalise(text))
        for reading in (sealed.text, sealed.shown):
            left = re.sub(r"\D", "", reading.replace("W2378156", "").replace("09/28", ""))
            assert left == "", text
        assert "card" in sealed.dropped


def test_numbers_of_a_shop_are_no_cards() -> None:
    rng = random.Random(5)
    sealer = Sealer(FakeTokens(), FakeCustomers())
    for _ in range(NUMBER):
        product, variant = (str(rng.randrange(10**9, 10**10)) for _ in range(2))
        tracking = rng.randrange(10**11, 10**12)
        order = f"#W{rng.randrange(10**6, 10**7)}"
        text = rng.choice(
            [
                f"order {product}",
                product,
                f"exchange {product} for {variant}",
                f"{order}: swap {product} and {variant} please",
                f"tracking number {tracking}",
                f"{tracking} for order {order}",
                f"orders {order} and W{rng.randrange(10**6, 10**7)}",
            ]
        )
        sealed = sealer.seal("cnv_1", text)
        assert sealed.text == text
        assert sealed.dropped == ()


@pytest.mark.parametrize("wrong", ["4242424242424241", "1234567890123456", "0000000000000000"])
def test_a_long_number_that_is_no_card_is_left_alone(wrong: str) -> None:
    assert (
        Sealer(FakeTokens(), FakeCustomers()).seal("cnv_1", f"reference {wrong}").text == f"reference {wrong}"
    )
