from typing import Protocol


class Macs(Protocol):
    def mac(self, value: str, *, purpose: str) -> bytes:
        """A keyed hash that whoever can only write to the database cannot make. The vault has it."""
        ...
