import random

import pytest

from bench.oracle import asks_of, other, rank_sum

STORE = {"customers": [{"email": "ann.lee12@example.com"}], "orders": [{"id": "#W1000001"}]}


def test_what_takes_longer_is_seen() -> None:
    draw = random.Random(1)
    slow, fast = [draw.gauss(11, 1) for _ in range(60)], [draw.gauss(10, 1) for _ in range(60)]
    longer, chance = rank_sum(slow, fast)
    assert longer > 0.65 and chance < 0.001
    assert rank_sum(fast, slow) == pytest.approx((1 - longer, chance))


def test_no_difference_is_none() -> None:
    draw = random.Random(2)
    ones, others = [draw.gauss(10, 1) for _ in range(200)], [draw.gauss(10, 1) for _ in range(200)]
    longer, chance = rank_sum(ones, others)
    assert abs(longer - 0.5) < 0.06 and chance > 0.05
    assert rank_sum([1.0, 1.0], [1.0, 1.0]) == (0.5, 1.0)


def test_by_hand() -> None:
    # U of (1, 4) against (2, 3): one of the four pairs each way twice.
    assert rank_sum([1.0, 4.0], [2.0, 3.0])[0] == 0.5
    assert rank_sum([3.0, 4.0], [1.0, 2.0])[0] == 1.0


@pytest.mark.parametrize("name", ["ann.lee12@example.com", "#W1000001", "ann@example.com"])
def test_what_is_not_there_has_the_same_shape(name: str) -> None:
    made = other(random.Random(3), name, [name])
    assert made != name and [char.isalpha() for char in made[:3]] == [char.isalpha() for char in name[:3]]


def test_each_ask_has_both_sides() -> None:
    for ask in asks_of(STORE).values():
        draw = random.Random(4)
        assert ask(draw, True)[0] == ask(draw, False)[0]
        there, gone = ask(draw, True)[1], ask(draw, False)[1]
        known = ("ann.lee12@example.com", "#W1000001, postcode 00000")
        assert there in known and gone not in known
