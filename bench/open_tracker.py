"""Opens Rasa's tracker database with the keys that the core lent while it ran (run by Rasa's Python).

open_tracker.py tracker.db < {"key id": "key as hex", …}   prints every event, of all conversations
"""

import json
import sqlite3
import sys
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rasa_ext.keys import Held
from rasa_ext.sealed_log import opened


def main(path: str) -> None:
    keys = json.load(sys.stdin)
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT conversation, key_id, sequence, sealed FROM batches WHERE sequence > 0 ORDER BY 1, 3"
        ).fetchall()
    events = []
    for conversation, key_id, sequence, sealed in rows:
        held = Held(conversation, key_id, AESGCM(bytes.fromhex(keys[key_id])))
        events += opened(held, sequence, sealed)
    json.dump(events, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
