"""What the vault hands out: never a plaintext, never a printable key."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """An encrypted value; `raw` is the envelope as it is stored."""

    raw: bytes

    def __repr__(self) -> str:
        return "Sealed(**********)"


@dataclass(frozen=True, slots=True)
class LentKey:
    """A conversation's data key: its public name and 32 bytes."""

    id: str
    key: bytes = field(repr=False)
