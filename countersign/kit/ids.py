"""Random identifiers, from the operating system's generator (OWASP ASVS 7.2.3)."""

import secrets


def new_id(prefix: str) -> str:
    """A public, unguessable name such as `cnv_5fQ…`: 128 random bits after the prefix."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"


def new_token() -> str:
    """A bearer credential: 256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)
