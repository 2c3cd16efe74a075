import pytest

from countersign.errands.reading.answers import known_address, method_of, ordinal_of, ordinals_of, reason_of
from countersign.errands.reading.tokens import tokens
from tests.fakes.small_world import AUSTIN, DALLAS, GIFT, HOUSTON, MASTER, METHODS, PAYPAL, VISA

REASONS = ("no longer needed", "ordered by mistake")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("paypal", [PAYPAL]),
        ("pay pal please", [PAYPAL]),
        ("the gift card", [GIFT]),
        ("giftcard", [GIFT]),
        ("visa", [VISA]),
        ("my mastercard", [MASTER]),
        ("master card", [MASTER]),
        ("the card ending in 4466", [MASTER]),
        ("9212", [VISA]),
        ("the visa card ending in 9212, not paypal", [VISA]),
        ("credit card", [VISA, MASTER]),
        ("a card", [VISA, MASTER]),
        ("visa or paypal", [VISA]),
        ("the original way to pay", [VISA]),
        ("back to where it came from", [VISA]),
        ("the same card I paid with", [VISA]),
        ("the credit card I used", [VISA]),
        ("the other card", [MASTER]),
        ("another method: the other one", [MASTER, PAYPAL, GIFT]),
        ("cash", []),
        ("", []),
    ],
)
def test_a_way_to_pay_is_named(text: str, meant: list[object]) -> None:
    assert method_of(tokens(text), METHODS, [VISA.id]) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("paypal instead of visa", [PAYPAL]),
        ("from visa to paypal", [PAYPAL]),
        ("from my gift card to paypal", [PAYPAL]),
        ("not paypal but the visa", [VISA]),
        ("on the gift card and not on the visa", [GIFT]),
        ("don't use paypal", []),
        ("anything but paypal", []),
        ("no, paypal", [PAYPAL]),
    ],
)
def test_a_way_that_it_shall_not_be_is_left_out(text: str, meant: list[object]) -> None:
    assert method_of(tokens(text), METHODS, [VISA.id]) == meant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("No longer needed.", "no longer needed"),
        ("i dont need it any more", "no longer needed"),
        ("because I changed my mind", "no longer needed"),
        ("I ordered it by mistake", "ordered by mistake"),
        ("by accident", "ordered by mistake"),
        ("ordered by mistake, no longer needed", "no longer needed"),
        ("it is too slow", None),
        ("", None),
    ],
)
def test_a_reason_is_given(text: str, reason: str | None) -> None:
    assert reason_of(tokens(text), REASONS) == reason


def test_only_a_reason_of_the_shop_counts() -> None:
    assert reason_of(tokens("by accident"), ("no longer needed",)) is None
    assert reason_of(tokens("broken on arrival"), ("broken on arrival",)) == "broken on arrival"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the first one", 0),
        ("second please", 1),
        ("the last", 2),
        ("2", 1),
        ("number 3", 2),
        ("4", None),
        ("0", None),
        ("fourth", None),
        ("the first and second", None),
        ("on second thought, leave it", None),
        ("at last I have found the shoes", None),
    ],
)
def test_one_of_three_is_counted(text: str, place: int | None) -> None:
    assert ordinal_of(tokens(text), 3) == place


def test_several_are_counted() -> None:
    assert ordinals_of(tokens("the first and the third"), 3) == [0, 2]
    assert ordinals_of(tokens("the last"), 0) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the one in Houston", HOUSTON),
        ("77001", HOUSTON),
        ("3 Elm Avenue please", DALLAS),
        ("my default address", AUSTIN),
        ("the address on file", AUSTIN),
        ("Houston or Dallas", None),
        ("to Boston", None),
        ("", None),
    ],
)
def test_a_known_address_is_pointed_to(text: str, meant: object) -> None:
    assert known_address(text, [AUSTIN, HOUSTON, DALLAS], AUSTIN) == meant


def test_without_a_default_nothing_is_the_default() -> None:
    assert known_address("my default address", [AUSTIN, HOUSTON], None) is None
