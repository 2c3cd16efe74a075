"""Every limit of the core, in one table: data only, sorted.

Anchors: Warehouse (PyPI) allows 10 sign-ins in 5 min per account and per address and 1,000 per
5 min over all; second factors 5 in 5 min, 20/h, 50/day per account and 10 in 5 min, 50/h per
address; a password-reset mail 5 times a day. OWASP ASVS 6.3.1, 6.1.1, 2.4.1.

Where a stranger could use a limit to lock a shopper out (whatever is counted per account), going
over it is never answered by a refusal: see `identity/sign_in.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from countersign.risk.models import Rate

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Bucket(StrEnum):
    """`what:by what`. Alphabetical. A retired name stays as a comment and is never used again."""

    MESSAGE_BY_ADDRESS = "message:address"
    MESSAGE_BY_SESSION = "message:session"
    ORDER_PROOF_BY_ADDRESS = "order_proof:address"
    ORDER_PROOF_BY_ORDER = "order_proof:order"
    ORDER_PROOF_BY_SESSION = "order_proof:session"
    ORDER_PROOF_OVERALL = "order_proof:overall"
    SESSION_OPEN_BY_ADDRESS = "session_open:address"
    SIGN_IN_CODE_BY_ADDRESS = "sign_in_code:address"
    SIGN_IN_MAIL_BY_ADDRESS_AND_EMAIL = "sign_in_mail:address_and_email"
    SIGN_IN_MAIL_BY_DEVICE = "sign_in_mail:device"
    SIGN_IN_MAIL_BY_EMAIL = "sign_in_mail:email"
    SIGN_IN_MAIL_OVERALL = "sign_in_mail:overall"
    SIGN_IN_START_BY_ADDRESS = "sign_in_start:address"
    SIGN_IN_START_BY_SESSION = "sign_in_start:session"


RATES: Mapping[Bucket, tuple[Rate, ...]] = MappingProxyType(
    {
        Bucket.MESSAGE_BY_ADDRESS: (Rate(600, MINUTE),),
        Bucket.MESSAGE_BY_SESSION: (Rate(60, MINUTE), Rate(1000, HOUR)),
        Bucket.ORDER_PROOF_BY_ADDRESS: (Rate(10, 5 * MINUTE), Rate(50, HOUR)),
        Bucket.ORDER_PROOF_BY_ORDER: (Rate(5, 5 * MINUTE), Rate(20, DAY)),
        Bucket.ORDER_PROOF_BY_SESSION: (Rate(5, 5 * MINUTE), Rate(20, HOUR)),
        Bucket.ORDER_PROOF_OVERALL: (Rate(1000, 5 * MINUTE),),
        Bucket.SESSION_OPEN_BY_ADDRESS: (Rate(60, 5 * MINUTE), Rate(300, HOUR)),
        Bucket.SIGN_IN_CODE_BY_ADDRESS: (Rate(20, 5 * MINUTE), Rate(100, HOUR)),
        Bucket.SIGN_IN_MAIL_BY_ADDRESS_AND_EMAIL: (Rate(3, HOUR),),
        Bucket.SIGN_IN_MAIL_BY_DEVICE: (Rate(5, HOUR), Rate(20, DAY)),
        Bucket.SIGN_IN_MAIL_BY_EMAIL: (Rate(12, HOUR), Rate(40, DAY)),
        Bucket.SIGN_IN_MAIL_OVERALL: (Rate(1000, 5 * MINUTE),),
        Bucket.SIGN_IN_START_BY_ADDRESS: (Rate(10, 5 * MINUTE), Rate(50, HOUR)),
        Bucket.SIGN_IN_START_BY_SESSION: (Rate(5, 5 * MINUTE), Rate(20, HOUR)),
    }
)


def by_address(bucket: Bucket) -> bool:
    return ":address" in bucket


def one_machine(
    rates: Mapping[Bucket, tuple[Rate, ...]] = RATES, factor: int = 100
) -> dict[Bucket, tuple[Rate, ...]]:
    """The table for a demo or a bench, where every shopper comes from one address.

    Only what is counted by address grows, `factor` times; all other limits stay as they are.
    """
    return {
        bucket: tuple(Rate(r.amount * factor, r.seconds) for r in each) if by_address(bucket) else each
        for bucket, each in rates.items()
    }
