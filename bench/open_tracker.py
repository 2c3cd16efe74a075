"""Opens Rasa's tracker database with the keys that the core lent while it ran (run by Rasa's Python).

    open_tracker.py tracker.db < {"key id": "key as hex", …}   prints every event, of all conversations
"""

import json
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rasa_ext.keys import LentKey
from rasa_ext.sealed_log import SealedLog


def main(path: str) -> None:
    keys = json.load(sys.stdin)
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT conversation, key_id FROM conversations").fetchall()
    log = SealedLog(path)
    events = []
    for conversation, key_id in rows:
        key = LentKey(key_id, bytes.fromhex(keys[key_id]))
        position = log.position(conversation, key, since=0)
        if position is None:
            raise SystemExit(f"{conversation} could not be opened")
        events += log.read(conversation, key, position, whole=True)
    json.dump(events, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
