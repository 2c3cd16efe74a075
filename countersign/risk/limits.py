"""Limits: how often something may be done, by session, by address, by account and overall."""

import math
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from threading import Lock

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from countersign.kit.clock import Clock
from countersign.risk.errors import LimitsUnavailableError
from countersign.risk.memory import MemoryWindows
from countersign.risk.models import Rate, Wait
from countersign.risk.table import RATES, Bucket, by_address
from countersign.vault.service import Vault


class Limits:
    """A `Limiter` over moving windows (library `limits`), counted per process unless told otherwise.

    `storage` shares the counters between processes: the library's Redis storage, made with
    `wrap_exceptions=True`. Without it each process allows the full rates.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        rates: Mapping[Bucket, tuple[Rate, ...]] = RATES,
        storage: Storage | None = None,
    ) -> None:
        self._windows = MovingWindowRateLimiter(storage or MemoryWindows(clock))
        self._clock = clock
        self._items = {bucket: tuple(map(_item, each)) for bucket, each in rates.items()}
        # All windows of a bucket are asked before the first is charged, as one step.
        self._lock = Lock()

    def hit(self, bucket: Bucket, key: str, cost: int = 1) -> Wait | None:
        items, key = self._items[bucket], _key(bucket, key)
        try:
            with self._lock:
                wait = self._longest(items, bucket, key, cost)
                if wait is None and not all(self._windows.hit(i, bucket, key, cost=cost) for i in items):
                    # Only with shared counters: another process was faster.
                    wait = self._longest(items, bucket, key, cost) or Wait(1)
                return wait
        except StorageError as error:
            raise LimitsUnavailableError(f"{bucket}: {type(error.storage_error).__name__}") from error

    def peek(self, bucket: Bucket, key: str) -> Wait | None:
        try:
            return self._longest(self._items[bucket], bucket, _key(bucket, key), 1)
        except StorageError as error:
            raise LimitsUnavailableError(f"{bucket}: {type(error.storage_error).__name__}") from error

    def _longest(self, items: tuple[RateLimitItem, ...], bucket: Bucket, key: str, cost: int) -> Wait | None:
        waits = [
            self._seconds(item, bucket, key) for item in items if not self._fits(item, bucket, key, cost)
        ]
        return Wait(max(waits)) if waits else None

    def _fits(self, item: RateLimitItem, bucket: Bucket, key: str, cost: int) -> bool:
        return self._windows.test(item, bucket, key, cost=cost)

    def _seconds(self, item: RateLimitItem, bucket: Bucket, key: str) -> int:
        free_at, _ = self._windows.get_window_stats(item, bucket, key)
        return max(1, math.ceil(free_at - self._clock.now().timestamp()))


def origin_of(vault: Vault, address: str) -> str:
    """A keyed hash of a network address: enough to count by, useless to find someone; "" of none."""
    return vault.mac(network_of(address), purpose="network.address").hex() if address else ""


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 /64 (one household has 2^64 of them).

    What is no IP address (a name of a test client, a keyed hash) stays as it is.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Address(int(ip) >> 64 << 64)) + "/64"


def _key(bucket: Bucket, key: str) -> str:
    return network_of(key) if by_address(bucket) else key


def _item(rate: Rate) -> RateLimitItem:
    return RateLimitItemPerSecond(rate.amount, rate.seconds)
