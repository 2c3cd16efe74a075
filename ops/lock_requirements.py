"""`python3 -m ops.lock_requirements [--upgrade]`: resolves requirements/*.in into hashed *.txt.

No registry is named in them.
"""

import argparse
import os
import subprocess
import sys
from typing import List, Optional

from ops import environments
from ops.children import Children
from ops.environments import ROOT
from ops.progress import OpsError, Progress

# In order: dev is held to core's versions. rasa-own is what Rasa's metadata would refuse beside rasa.
_FILES = (
    ("uv", "3.12", False),
    ("core", "3.12", False),
    ("dev", "3.12", False),
    ("rasa", "3.12", False),
    ("rasa-own", "3.12", True),
    ("rasa-dev", "3.12", False),
    ("stock", "3.10", False),
)


def lock(upgrade: bool, progress: Progress) -> None:
    """Rewrite every file. Raises OpsError when one can't be resolved."""
    uv = environments.uv_for(Children(), progress)
    for name, python, alone in _FILES:
        command = [
            str(uv),
            "pip",
            "compile",
            "--quiet",
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-header",
            "--python-version",
            python,
            name + ".in",
            "--output-file",
            name + ".txt",
        ]
        command += ["--no-deps"] if alone else []
        command += ["--upgrade"] if upgrade else []
        with progress.step(f"requirements/{name}.txt"):
            env = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
            done = subprocess.run(command, cwd=str(ROOT / "requirements"), env=env, check=False)
        if done.returncode:
            raise OpsError(f"requirements/{name}.in could not be resolved")


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="ops.lock_requirements", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    try:
        lock(parser.parse_args(argv).upgrade, Progress())
    except OpsError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
