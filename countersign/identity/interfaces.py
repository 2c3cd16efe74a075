"""What identity needs of subjects above it; `bootstrap` passes it in."""

from typing import Protocol

from countersign.kit.hidden import Personal


class Directory(Protocol):
    def find(self, email: Personal) -> str | None:
        """The customer id that has this e-mail address on file, or None.

        The code goes to `email` as it was typed. So an address matches only when it differs from
        the one on file in nothing but outer space and the case of ASCII letters: whoever owns
        «ﬁ@example.com» must not be found as «fi@example.com». Runs the same statements whether
        or not there is a customer. Raises UnavailableError; never answers None instead.
        """
        ...


class Customers(Directory, Protocol):
    def of_reference(self, reference: Personal) -> str | None:
        """Our name for the customer whom the shop itself calls `reference`, exactly so written, or None.

        Raises UnavailableError; never answers None instead.
        """
        ...

    def knows(self, person: str) -> bool:
        """Whether this is still a customer of the shop. Raises UnavailableError."""
        ...


class Words(Protocol):
    def say(self, name: str, **values: str | int) -> str:
        """The text of response `name` with its placeholders filled.

        Raises CountersignError when there is no such response or a placeholder stays empty.
        """
        ...
