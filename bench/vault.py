"""What sealing costs beside raw AES-256-GCM, in one run on one core.

    .venv/bin/python bench/vault.py [--bytes 100] [--rounds 20000] [--json]

The ratio is what matters (times differ by machine): each is the best of five turns, and the turns
of all rows alternate, so that a busy moment does not fall on one of them.
"""

import argparse
import itertools
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
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

TURNS = 5
RAW = {"seal": "encrypt", "open": "decrypt"}
PURPOSE = "customer-email"
PEOPLE = 5000  # more than the key ring remembers, so that every call derives its key


def rows(size: int) -> dict[str, Callable[[], object]]:
    """Each row's work; seal and open against encrypt and decrypt of the same text."""
    text = "x" * size
    cipher, bound, nonce = AESGCM(secrets.token_bytes(32)), os.urandom(40), os.urandom(12)
    encrypted = cipher.encrypt(nonce, text.encode(), bound)
    clock, value = SystemClock(), Personal(text)
    vault = Vault(KeyRing.fresh(clock), clock)

    def seal(subject: str) -> Sealed:
        return vault.seal(value, purpose=PURPOSE, subject=subject)

    names = [f"cus_{number:016d}" for number in range(PEOPLE)]
    sealed = {name: seal(name) for name in names}
    sealing, opening = itertools.cycle(names), itertools.cycle(sealed.items())

    def open_next() -> object:
        subject, envelope = next(opening)
        return vault.open(envelope, purpose=PURPOSE, subject=subject)

    return {
        "raw encrypt": lambda: cipher.encrypt(os.urandom(12), text.encode(), bound),
        "seal, same row": lambda: seal(names[0]),
        "seal, new row": lambda: seal(next(sealing)),
        "raw decrypt": lambda: cipher.decrypt(nonce, encrypted, bound).decode(),
        "open, same row": lambda: vault.open(sealed[names[0]], purpose=PURPOSE, subject=names[0]),
        "open, new row": open_next,
        "index": lambda: vault.index(text, kind="email"),
        "mac": lambda: vault.mac(text, purpose="code"),
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
    us = measured(rows(options.bytes), options.rounds)
    ratio = {name: us[name] / us[f"raw {RAW[name[:4]]}"] for name in us if name[:4] in RAW}
    if options.json:
        figures = {"bytes": options.bytes, "us": us, "ratio": ratio}
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    sys.stdout.write(f"{options.bytes} bytes, best of {TURNS} turns of {options.rounds:,} calls\n\n")
    sys.stdout.write(f"{'':16}{'µs a call':>10}{'a second':>12}{'times raw':>11}\n")
    for name, cost in us.items():
        times = f"{ratio[name]:.2f}" if name in ratio else ""
        sys.stdout.write(f"{name:16}{cost:>10.2f}{1e6 / cost:>12,.0f}{times:>11}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
