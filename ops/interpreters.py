"""Finds a Python of a given version wherever it is: PATH, pyenv's versions, then uv.

Each is tried, not trusted.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Mapping, Optional

from ops.progress import OpsError

# A pyenv shim of another version, or a build without these modules, stands on PATH and still is of no use.
_PROBE = "import sys, ssl, sqlite3, venv, zlib; print('%d.%d' % sys.version_info[:2])"
_PROBE_SECONDS = 20


def find(version: str, environ: Optional[Mapping[str, str]] = None) -> Path:
    """The first interpreter of `version` (such as "3.12") that runs.

    Raises OpsError, with what to do, when there is none.
    """
    environ = os.environ if environ is None else environ
    tried = []
    for candidate in _candidates(version, environ):
        if candidate in tried:
            continue
        tried.append(candidate)
        if runs(candidate, version):
            return candidate
    looked = "\n".join(f"  {path}" for path in tried) or "  (no candidate)"
    raise OpsError(
        f"No working Python {version} was found. Tried:\n{looked}\n"
        "Install it in any of these ways and run the command again:\n"
        f"  pyenv install {version}        (also found when no shim leads to it)\n"
        f"  uv python install {version}\n"
        f"  your system's packages, so that `python{version}` is on PATH"
    )


def runs(candidate: Path, version: str) -> bool:
    """Whether this executable starts, is of that version, and can make environments."""
    try:
        done = subprocess.run(
            [str(candidate), "-I", "-c", _PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.decode().strip() == version


def find_uv(environ: Optional[Mapping[str, str]] = None, extra: Optional[Path] = None) -> Optional[Path]:
    """The uv on PATH, or at `extra`, that runs; None when there is none."""
    environ = os.environ if environ is None else environ
    on_path = shutil.which("uv", path=environ.get("PATH", ""))
    for candidate in (Path(on_path) if on_path else None, extra):
        if candidate is not None and _answers([str(candidate), "--version"]) is not None:
            return candidate
    return None


def _candidates(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    path = environ.get("PATH", "")
    for name in ("python" + version, "python3", "python"):
        found = shutil.which(name, path=path)
        if found:
            yield Path(found)
    if "{}.{}".format(*sys.version_info) == version:
        yield Path(sys.executable)
    home = environ.get("PYENV_ROOT") or str(Path(environ.get("HOME") or "~").expanduser() / ".pyenv")
    yield from _pyenv(Path(home), version)
    uv = find_uv(environ)
    found = _answers([str(uv), "python", "find", "--no-project", version]) if uv else None
    if found:
        yield Path(found)


def _pyenv(root: Path, version: str) -> Iterator[Path]:
    """pyenv's installed versions, newest first, past its shims (which may lead nowhere)."""
    installed = []
    for folder in root.glob(f"versions/{version}*"):
        match = re.match(rf"{re.escape(version)}\.(\d+)$", folder.name)
        if match:
            installed.append((int(match.group(1)), folder))
    for _, folder in sorted(installed, reverse=True):
        yield folder / "bin" / ("python" + version)


def _answers(command) -> Optional[str]:
    """The first line a command prints, or None when it fails."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PROBE_SECONDS,
            check=False,
            env=dict(os.environ, UV_PYTHON_DOWNLOADS="never"),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.decode().splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else None
