"""What the audit log calls a person.

A shop's customer ids are the shop's own and may spell out a name (`anna_berg_12`); the log keeps
this keyed hash instead. Whoever holds the keys can compute it for a known customer id.
"""

from countersign.vault.service import Vault


def person_index(vault: Vault, person: str) -> bytes:
    """By which rows of a person are found: 32 bytes."""
    return vault.index(person, kind="person")


def pseudonym(vault: Vault, person: str) -> str:
    return f"person:{person_index(vault, person).hex()[:32]}"
