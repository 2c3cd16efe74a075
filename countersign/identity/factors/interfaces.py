"""What factors need of others; `bootstrap` passes it in."""

from typing import Protocol

from countersign.kit.hidden import Personal


class Contacts(Protocol):
    def emails(self, person: str) -> tuple[Personal, ...]:
        """Every e-mail address that is known of this person; none when they have left.

        Raises UnavailableError, never answers with fewer instead.
        """
        ...
