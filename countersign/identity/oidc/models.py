"""One round to the shop's sign-in and back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from countersign.kit.hidden import Personal, Secret

ROUND_LIFE = timedelta(minutes=10)
MAX_AGE = timedelta(minutes=5)
"""A sign-in at the provider that is older must be done again: the checkpoints' shortest freshness."""


@dataclass(frozen=True)
class ProviderSettings:
    """`customer_claim` is the claim with the shop's own customer id; "" goes by the verified e-mail.

    Only `issuer`'s origin and those of `origins` are ever asked; `loopback` allows plain http on this
    machine.
    """

    issuer: str
    client_id: str
    client_secret: Secret
    redirect_uri: str
    customer_claim: str = ""
    origins: frozenset[str] = frozenset()
    loopback: bool = False


@dataclass(frozen=True)
class Question:
    """What the provider is asked, and what its answer must fit.

    `force`: whoever is signed in there must do so again, because this browser is not known to be the chat's.
    """

    state: Secret
    nonce: Secret
    verifier: Secret
    force: bool
    asked_at: datetime


@dataclass(frozen=True)
class Departure:
    """`browser` goes into a cookie: only who has it comes back."""

    url: str
    browser: Secret


@dataclass(frozen=True)
class Answer:
    """What the browser brought back, as it was given; "" is what was not there."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True)
class Claimed:
    """What a sound ID token says. `email` only when the provider has verified it."""

    subject: Personal
    authenticated_at: datetime
    email: Personal | None
    customer: Personal | None
