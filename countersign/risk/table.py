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

    CODE_TRIES_PER_ADDRESS = "code_try:address"
    FACTOR_TRIES_OVERALL = "factor_try:overall"
    FACTOR_TRIES_PER_ACCOUNT = "factor_try:account"
    FACTOR_TRIES_PER_ADDRESS = "factor_try:address"
    FACTOR_TRIES_PER_DEVICE = "factor_try:device"
    FACTOR_TRIES_PER_SESSION = "factor_try:session"

    LINK_CODES_PER_SESSION = "link_code:session"
    LINK_TRIES_OVERALL = "link_try:overall"
    LINK_TRIES_PER_CHAT = "link_try:chat"
    MAILS_OVERALL = "mail:overall"
    MAILS_PER_ADDRESS_AND_EMAIL = "mail:address_and_email"
    MAILS_PER_DEVICE = "mail:device"
    MAILS_PER_EMAIL = "mail:email"
    MESSAGES_PER_ADDRESS = "message:address"
    MESSAGES_PER_SESSION = "message:session"
    ORDER_PROOFS_OVERALL = "order_proof:overall"
    ORDER_PROOFS_PER_ADDRESS = "order_proof:address"
    ORDER_PROOFS_PER_ORDER = "order_proof:order"
    ORDER_PROOFS_PER_SESSION = "order_proof:session"
    SESSIONS_PER_ADDRESS = "session:address"
    SIGN_INS_PER_ADDRESS = "sign_in:address"
    SIGN_INS_PER_SESSION = "sign_in:session"
    STAFF_TOKENS_PER_ADDRESS = "staff_token:address"
    STAFF_TRIES_OVERALL = "staff_try:overall"
    STAFF_TRIES_PER_ACCOUNT = "staff_try:account"
    STAFF_TRIES_PER_ADDRESS = "staff_try:address"
    STAFF_TRIES_PER_DEVICE = "staff_try:device"


RATES: Mapping[Bucket, tuple[Rate, ...]] = MappingProxyType(
    {
        Bucket.CODE_TRIES_PER_ADDRESS: (Rate(20, 5 * MINUTE), Rate(100, HOUR)),
        Bucket.FACTOR_TRIES_OVERALL: (Rate(300, 5 * MINUTE),),
        Bucket.FACTOR_TRIES_PER_ACCOUNT: (Rate(5, 5 * MINUTE), Rate(20, HOUR), Rate(50, DAY)),
        Bucket.FACTOR_TRIES_PER_ADDRESS: (Rate(10, 5 * MINUTE), Rate(50, HOUR)),
        Bucket.FACTOR_TRIES_PER_DEVICE: (Rate(5, 5 * MINUTE), Rate(20, HOUR), Rate(50, DAY)),
        Bucket.FACTOR_TRIES_PER_SESSION: (Rate(5, 5 * MINUTE), Rate(20, HOUR)),
        Bucket.LINK_CODES_PER_SESSION: (Rate(5, 5 * MINUTE), Rate(20, HOUR)),
        Bucket.LINK_TRIES_OVERALL: (Rate(300, 5 * MINUTE), Rate(1000, HOUR)),
        Bucket.LINK_TRIES_PER_CHAT: (Rate(5, 10 * MINUTE), Rate(20, DAY)),
        Bucket.MAILS_OVERALL: (Rate(1000, 5 * MINUTE),),
        Bucket.MAILS_PER_ADDRESS_AND_EMAIL: (Rate(3, HOUR),),
        Bucket.MAILS_PER_DEVICE: (Rate(5, HOUR), Rate(20, DAY)),
        Bucket.MAILS_PER_EMAIL: (Rate(12, HOUR), Rate(40, DAY)),
        Bucket.MESSAGES_PER_ADDRESS: (Rate(600, MINUTE),),
        Bucket.MESSAGES_PER_SESSION: (Rate(60, MINUTE), Rate(1000, HOUR)),
        Bucket.ORDER_PROOFS_OVERALL: (Rate(300, 5 * MINUTE), Rate(1000, HOUR)),
        Bucket.ORDER_PROOFS_PER_ADDRESS: (Rate(10, 5 * MINUTE), Rate(50, HOUR)),
        Bucket.ORDER_PROOFS_PER_ORDER: (Rate(5, 5 * MINUTE), Rate(20, DAY)),
        Bucket.ORDER_PROOFS_PER_SESSION: (Rate(5, 5 * MINUTE), Rate(20, HOUR)),
        Bucket.SESSIONS_PER_ADDRESS: (Rate(60, 5 * MINUTE), Rate(300, HOUR)),
        Bucket.SIGN_INS_PER_ADDRESS: (Rate(10, 5 * MINUTE), Rate(50, HOUR)),
        Bucket.SIGN_INS_PER_SESSION: (Rate(5, 5 * MINUTE), Rate(20, HOUR)),
        Bucket.STAFF_TOKENS_PER_ADDRESS: (Rate(20, 5 * MINUTE), Rate(100, HOUR)),
        Bucket.STAFF_TRIES_OVERALL: (Rate(300, 5 * MINUTE), Rate(1000, HOUR)),
        Bucket.STAFF_TRIES_PER_ACCOUNT: (Rate(5, 5 * MINUTE), Rate(20, HOUR), Rate(50, DAY)),
        Bucket.STAFF_TRIES_PER_ADDRESS: (Rate(10, 5 * MINUTE), Rate(50, HOUR)),
        Bucket.STAFF_TRIES_PER_DEVICE: (Rate(10, 5 * MINUTE), Rate(30, HOUR)),
    }
)


def by_address(bucket: Bucket) -> bool:
    return ":address" in bucket


def one_machine(
    rates: Mapping[Bucket, tuple[Rate, ...]] = RATES, factor: int = 100
) -> dict[Bucket, tuple[Rate, ...]]:
    """The table for a demo or a bench: every shopper comes from one address, no mail leaves.

    So what is counted by address, and the mails to one mailbox, may be `factor` times as many; all
    other limits stay as they are.
    """
    return {
        bucket: tuple(Rate(rate.amount * factor, rate.seconds) for rate in each)
        if by_address(bucket) or bucket is Bucket.MAILS_PER_EMAIL
        else each
        for bucket, each in rates.items()
    }
