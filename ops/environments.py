"""Makes the environments from hashed requirement files, and only when those have changed."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

from ops import interpreters
from ops.children import Children
from ops.progress import OpsError, Progress

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = ROOT / "ops" / "tensorflow_placeholder" / "tensorflow"
# A tool that reads these would install somewhere else, or from a half-active environment.
_MISLEADING = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT")


class Environment(NamedTuple):
    """One virtual environment: where, on which Python, from which requirement files."""

    name: str
    python: str
    requirements: Tuple[str, ...]
    placeholder: bool = False  # TensorFlow's placeholder goes in
    project: bool = False  # this repository goes in, editable: `countersign` on the command line

    @property
    def folder(self) -> Path:
        return ROOT / self.name

    @property
    def interpreter(self) -> Path:
        return self.folder / "bin" / "python"

    def stamp(self) -> Dict[str, str]:
        """What the environment was made from; equal stamps need no work."""
        made = {name: _digest(ROOT / "requirements" / name) for name in self.requirements}
        made["python"] = self.python
        if self.placeholder:
            made["placeholder"] = _digest(PLACEHOLDER / "__init__.py")
        if self.project:
            made["project"] = hashlib.sha256(_packaging_part().encode()).hexdigest()
        return made


CORE = Environment(".venv", "3.12", ("core.txt",), project=True)
DEV = CORE._replace(requirements=(*CORE.requirements, "dev.txt"))
RASA = Environment(".venv-rasa", "3.12", ("rasa.txt", "rasa-own.txt"), placeholder=True)
RASA_DEV = RASA._replace(requirements=(*RASA.requirements, "rasa-dev.txt"))
STOCK = Environment(".venv-stock", "3.10", ("stock.txt",))


def is_current(environment: Environment) -> bool:
    """Whether the environment holds all that its files say and its interpreter still runs."""
    held, wanted = _held(environment), environment.stamp()
    same = all(held.get(key) == value for key, value in wanted.items())
    return same and interpreters.runs(environment.interpreter, environment.python)


def make(environment: Environment, uv: Path, children: Children, progress: Progress) -> None:
    """Make the environment, or bring it up to date. Raises OpsError with what failed."""
    if is_current(environment):
        return
    with progress.step(f"environment {environment.name} (Python {environment.python})"):
        if not interpreters.runs(environment.interpreter, environment.python):
            found = interpreters.find(environment.python)
            _run(
                children, environment, [str(uv), "venv", "--clear", "--python", str(found), environment.name]
            )
        _install(environment, uv, children)
        _stamp_file(environment).write_text(
            json.dumps({**_held(environment), **environment.stamp()}, indent=1, sort_keys=True)
        )


def uv_for(children: Children, progress: Progress) -> Path:
    """A uv that works: the one on PATH, the one in .venv, or the hashed one installed there by pip."""
    in_core = CORE.folder / "bin" / "uv"
    found = interpreters.find_uv(extra=in_core)
    if found is not None:
        return found
    with progress.step("uv, which installs the rest (into .venv)"):
        python = interpreters.find(CORE.python)
        _run(children, CORE, [str(python), "-m", "venv", "--clear", str(CORE.folder)])
        hashed = ["--require-hashes", "-r", str(ROOT / "requirements" / "uv.txt")]
        _run(children, CORE, [str(CORE.interpreter), "-m", "pip", "install", "--quiet", *hashed])
    if interpreters.find_uv(extra=in_core) is None:
        raise OpsError("uv was installed into .venv but does not run; install uv yourself and try again")
    return in_core


def _install(environment: Environment, uv: Path, children: Children) -> None:
    pip = [str(uv), "pip", "install", "--python", str(environment.interpreter), "--no-deps"]
    files: List[str] = []
    for name in environment.requirements:
        files += ["-r", str(ROOT / "requirements" / name)]
    _run(children, environment, [*pip, "--require-hashes", *files])
    if environment.placeholder:
        _put_placeholder(environment)
    if environment.project:
        _run(children, environment, [*pip, "--no-build-isolation", "--editable", str(ROOT)])


def _put_placeholder(environment: Environment) -> None:
    for site in environment.folder.glob("lib/python*/site-packages"):
        target = site / "tensorflow"
        if (target / "python").exists():
            raise OpsError(
                f"{environment.name} holds the real TensorFlow; remove that folder and run the command again"
            )
        target.mkdir(exist_ok=True)
        (target / "__init__.py").write_bytes((PLACEHOLDER / "__init__.py").read_bytes())


def _run(children: Children, environment: Environment, argv: List[str]) -> None:
    env = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    # The machine's own trust store: behind a company's proxy no other authority would do.
    env.update(UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1", UV_SYSTEM_CERTS="1")
    log = ROOT / "var" / "log" / (f"setup{environment.name}.log")
    children.run(argv, env=env, cwd=ROOT, log=log, what=f"setting up {environment.name}")


def _packaging_part() -> str:
    """The tables of pyproject.toml that an installation reads (the rest is for tools)."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = re.split(r"(?m)^(?=\[)", text)
    return "".join(t for t in tables if re.match(r"\[(project|build-system|tool\.setuptools)", t))


def _held(environment: Environment) -> Dict[str, str]:
    try:
        held = json.loads(_stamp_file(environment).read_text())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _stamp_file(environment: Environment) -> Path:
    return environment.folder / "countersign-setup.json"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
