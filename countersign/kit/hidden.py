"""Values that must not be printed: secrets, and what belongs to a person.

Neither type shows its value in repr, str, format or an f-string, and neither can be
pickled or put into JSON. Taking the value out is the visible word `reveal()`.
"""

import hmac
from typing import NoReturn


class _Hidden:
    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"{type(self).__name__} wraps a str, not {type(value).__name__}")
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"{type(self).__name__}(**********)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._value), _bytes(other._value))

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be pickled")


def _bytes(value: str) -> bytes:
    # A lone surrogate would otherwise raise an error that carries the value.
    return value.encode("utf-8", "surrogatepass")


class Secret(_Hidden):
    """A key, token, code or password."""

    __slots__ = ()


class Personal(_Hidden):
    """A plaintext value that belongs to a person: name, e-mail, address, phone."""

    __slots__ = ()
