"""Chance that always falls the same way: the demo shop is the same on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from faker import Faker

SEED = 20260501


class Chance(Protocol):
    """What is used of `random.Random`."""

    def random(self) -> float: ...
    def randint(self, a: int, b: int) -> int: ...
    def choice[T](self, seq: Sequence[T]) -> T: ...
    def sample[T](self, population: Sequence[T], k: int) -> list[T]: ...
    def choices[T](self, population: Sequence[T], weights: Sequence[float], *, k: int) -> list[T]: ...


@dataclass(frozen=True)
class Source:
    """Faker for one country's names and streets, and its generator for everything else."""

    fake: Faker

    @property
    def chance(self) -> Chance:
        chance: Chance = self.fake.random
        return chance


def source(locale: str, salt: int) -> Source:
    fake = Faker(locale, use_weighting=True)
    fake.seed_instance(SEED + salt)
    return Source(fake)
