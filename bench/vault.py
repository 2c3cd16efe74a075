"""What sealing costs beside raw AES-256-GCM, in one run on one core.

    .venv/bin/python bench/vault.py [--bytes 100] [--rounds 20000] [--json]

The ratio is what matters (times differ by machine): each is the best of five turns, and the turns
of all rows alternate, so that a busy moment does not fall on one of them.
"""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countersign.kit.clock import SystemClock
from countersign.kit.hidden import Personal
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault

TURNS = 5
PLACE = {"purpose": "customer-email", "subject": "cus_5fQm2k8Zq1"}


def subjects(size: int) -> dict[str, Callable[[], object]]:
    """Each row's work; seal and open against encrypt and decrypt of the same text and binding."""
    text = "x" * size
    cipher, bound, nonce = AESGCM(secrets.token_bytes(32)), os.urandom(40), os.urandom(12)
    encrypted = cipher.encrypt(nonce, text.encode(), bound)
    clock = SystemClock()
    vault = Vault(KeyRing.fresh(clock), clock)
    value = Personal(text)
    sealed = vault.seal(value, **PLACE)
    return {
        "raw encrypt": lambda: cipher.encrypt(os.urandom(12), text.encode(), bound),
        "Vault.seal": lambda: vault.seal(value, **PLACE),
        "raw decrypt": lambda: cipher.decrypt(nonce, encrypted, bound).decode(),
        "Vault.open": lambda: vault.open(sealed, **PLACE),
        "Vault.index": lambda: vault.index(text, kind="email"),
        "Vault.mac": lambda: vault.mac(text, purpose="code"),
    }


def measured(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Microseconds a call: the best turn of each."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(TURNS):
        for name, call in work.items():
            started = time.perf_counter()
            for _ in range(rounds):
                call()
            best[name] = min(best[name], (time.perf_counter() - started) / rounds * 1e6)
    return best


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bytes", type=int, default=100, help="length of the field")
    parser.add_argument("--rounds", type=int, default=20_000, help="calls a turn")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    options = parser.parse_args()
    us = measured(subjects(options.bytes), options.rounds)
    ratios = {"seal": us["Vault.seal"] / us["raw encrypt"], "open": us["Vault.open"] / us["raw decrypt"]}
    if options.json:
        figures = {"bytes": options.bytes, "us": us, "ratio": ratios}
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    sys.stdout.write(f"{options.bytes} bytes, best of {TURNS} turns of {options.rounds:,} calls\n\n")
    sys.stdout.write(f"{'':14}{'µs a call':>10}{'a second':>12}{'times raw':>11}\n")
    raw = {"Vault.seal": ratios["seal"], "Vault.open": ratios["open"]}
    for name, cost in us.items():
        times = f"{raw[name]:.2f}" if name in raw else ""
        sys.stdout.write(f"{name:14}{cost:>10.2f}{1e6 / cost:>12,.0f}{times:>11}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
