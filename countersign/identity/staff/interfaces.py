from typing import Protocol

from countersign.kit.hidden import Secret


class SecondFactor(Protocol):
    """Something that a person has. Each kind is registered by its name at sign-in."""

    def passes(self, staff: str, answer: Secret, *, spend: bool) -> bool:
        """Whether `answer` proves it, and whether it could be used up, when `spend` asks for that.

        What was used up never passes again, of two at once one does. Called inside a write
        transaction, for everyone who tries, with `spend` only when all else is right. For an account
        without this factor, or no account (`staff` is then ""), the answer is False after the same
        statements and the same work. Raises UnavailableError.
        """
        ...

    def forget(self, staff: str) -> None:
        """Nothing passes for this account until it is enrolled anew."""
        ...
