"""What the shop's word needs to be checked with."""

from collections.abc import Sequence
from typing import Protocol

from countersign.identity.jose import PublicKey


class Keys(Protocol):
    def current(self) -> Sequence[PublicKey]:
        """The shop's public keys as they stand now. Raises UnavailableError: nobody is believed then."""
        ...
