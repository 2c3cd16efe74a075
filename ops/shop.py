"""Which shop a HOME holds, and loading another one into it."""

import hashlib
import json
from pathlib import Path
from typing import List, Optional

from ops.children import Children
from ops.environments import CORE, ROOT
from ops.progress import OpsError, Progress
from ops.settings import Settings

DEMO = "demo"


def ensure(store: Optional[str], settings: Settings, children: Children, progress: Progress) -> None:
    """Have the shop of `store` (a file, "demo", or None: whatever is loaded, at first the demo) in HOME.

    Raises OpsError when the file is missing or refused; the shop that was there then stays.
    """
    note = settings.home / "shop.json"
    loaded = _read(note)
    if store is None and loaded:
        progress.say("shop: as it is ({})".format(loaded.get("name", "?")))
        return
    wanted = _describe(store or DEMO)
    if loaded == wanted:
        progress.say("shop: {} is loaded".format(wanted["name"]))
        return
    command = (
        ["seed"] if wanted["name"] == DEMO else ["import", str(Path(store or "").expanduser().resolve())]
    )
    with progress.step("shop: loading {}".format(wanted["name"])):
        children.run(
            [*countersign(), "store", *command],
            env=settings.for_core(),
            cwd=ROOT,
            log=settings.home / "log" / "store.log",
            what="loading the shop",
        )
        note.write_text(json.dumps(wanted, sort_keys=True) + "\n", encoding="utf-8")


def countersign() -> List[str]:
    """The core's command line."""
    return [str(CORE.interpreter), "-m", "countersign"]


def _describe(store: str) -> dict:
    if store == DEMO:
        return {"name": DEMO, "sha256": ""}
    path = Path(store).expanduser()
    if not path.is_file():
        raise OpsError(f"STORE={store}: there is no such file")
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _read(note: Path) -> dict:
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
