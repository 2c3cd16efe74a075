"""The bundle that is checked in is what its sources make, and small."""

import gzip
import json
import subprocess
from pathlib import Path

LIMIT = 30_000


def test_the_bundle_is_reproducible(tools: Path, tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", "--out", tmp_path], cwd=tools, check=True)
    assert (tmp_path / "countersign.js").read_bytes() == (tools / "dist/countersign.js").read_bytes()


def test_the_bundle_is_small_and_evaluates_nothing(tools: Path) -> None:
    bundle = (tools / "dist/countersign.js").read_bytes()
    assert len(gzip.compress(bundle, 9)) <= LIMIT
    for word in (b"eval(", b"new Function", b"document.write", b"insertAdjacentHTML", b"sourceMappingURL"):
        assert word not in bundle


def test_types_and_units(tools: Path) -> None:
    for script in ("check", "test"):
        command = ["npm", "run", "-s", script]
        done = subprocess.run(command, cwd=tools, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_file_names_no_registry(tools: Path) -> None:
    lock = json.loads((tools / "package-lock.json").read_text())
    packages = [found for name, found in lock["packages"].items() if name]
    assert packages
    assert not [found for found in packages if "resolved" in found]
    assert all(found["integrity"].startswith("sha512-") for found in packages)
