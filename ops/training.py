"""Trains when, and only when, what training reads has changed; checks a model before it is loaded."""

import contextlib
import fcntl
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Optional

from ops.children import Children
from ops.environments import RASA, ROOT
from ops.progress import OpsError, Progress

# Where training reads from. Bytes count, not dates: a fresh clone of what was trained needs no training.
_READ_BY_TRAINING = (
    "config.yml",
    "domain.yml",
    "data",
    "rasa_ext",
    "requirements/rasa.txt",
    "requirements/rasa-own.txt",
)
_SKIPPED = ("__pycache__", ".pyc")
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")


class Model:
    """The trained model of a work tree and its manifest, in `root`/models."""

    def __init__(self, root: Path = ROOT, rasa: Optional[List[str]] = None) -> None:
        self._root = root
        self._rasa = rasa or [str(RASA.folder / "bin" / "rasa")]
        self._manifest = root / "models" / "manifest.json"

    def fingerprint(self) -> str:
        """SHA-256 over the names and bytes of all that training reads."""
        digest = hashlib.sha256()
        for path in self._sources():
            name = path.relative_to(self._root).as_posix().encode()
            content = path.read_bytes()
            digest.update(b"%d:%s%d:" % (len(name), name, len(content)))
            digest.update(content)
        return digest.hexdigest()

    def checked(self) -> Optional[Path]:
        """The model, when it fits the sources and is byte for byte the one we trained; else None."""
        manifest = self._read()
        path = self._root / "models" / Path(manifest.get("model", "-")).name
        if manifest.get("fingerprint") != self.fingerprint() or not path.is_file():
            return None
        return path if _sha256(path) == manifest.get("sha256") else None

    def ensure(self, children: Children, progress: Progress) -> Path:
        """A model that may be loaded, trained now if need be. Raises OpsError when training fails."""
        with self._one_at_a_time(progress):
            model = self.checked()
            if model is not None:
                progress.say("training: up to date")
                return model
            self._explain(progress)
            return self._train(children, progress)

    def _train(self, children: Children, progress: Progress) -> Path:
        fingerprint = self.fingerprint()
        name = f"countersign-{fingerprint[:12]}.tar.gz"
        env = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        env.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="WARNING", PYTHONHASHSEED="0")
        # `make conversations` validates; here it would read everything once more, a third of the time.
        command = [*self._rasa, "train", "--skip-validation", "--out", "models", "--fixed-model-name", name]
        with progress.step("training"):
            log = self._root / ".rasa" / "train.log"
            children.run(command, env=env, cwd=self._root, log=log, what="training")
        path = self._root / "models" / name
        if not path.is_file():
            raise OpsError(f"training ended without a model; see {log}")
        if self.fingerprint() != fingerprint:
            raise OpsError("something that training reads changed while it ran; run the command again")
        self._write({"model": name, "sha256": _sha256(path), "fingerprint": fingerprint})
        for old in path.parent.glob("countersign-*.tar.gz"):
            if old != path:
                old.unlink()
        return path

    def _explain(self, progress: Progress) -> None:
        manifest = self._read()
        if manifest and manifest.get("fingerprint") == self.fingerprint():
            progress.say("the model is missing or is not the one its manifest names: refused, training again")

    def _sources(self) -> List[Path]:
        found: List[Path] = []
        for name in _READ_BY_TRAINING:
            path = self._root / name
            inside = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
            found += [
                p for p in inside if p.is_file() and not any(part.endswith(_SKIPPED) for part in p.parts)
            ]
        return sorted(found)

    def _read(self) -> Dict[str, str]:
        try:
            manifest = json.loads(self._manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return manifest if isinstance(manifest, dict) else {}

    def _write(self, manifest: Dict[str, str]) -> None:
        fresh = self._manifest.with_suffix(".new")
        fresh.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(str(fresh), str(self._manifest))

    @contextlib.contextmanager
    def _one_at_a_time(self, progress: Progress) -> Iterator[None]:
        folder = self._root / ".rasa"
        folder.mkdir(exist_ok=True)
        with (folder / "training.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress.say("training: waiting for another training of this work tree")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def main() -> int:
    """`python3 -m ops.training`: trains if needed, prints the model's path."""
    children, progress = Children(), Progress()
    try:
        progress.line(str(Model().ensure(children, progress).relative_to(ROOT)))
    except (OpsError, KeyboardInterrupt) as error:
        children.stop()
        progress.line(str(error) or "stopped")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
