"""When an environment counts as made, and what goes into it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ops import environments, interpreters
from ops.environments import CORE, RASA, STOCK, Environment

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "some.txt").write_text("a==1")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.ruff]\nline-length = 1\n")
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    return tmp_path


def made(environment: Environment) -> None:
    """As after `make`, with this interpreter standing for the environment's."""
    environment.interpreter.parent.mkdir(parents=True, exist_ok=True)
    environment.interpreter.unlink(missing_ok=True)
    environment.interpreter.symlink_to(sys.executable)
    (environment.folder / "countersign-setup.json").write_text(json.dumps(environment.stamp()))


def test_an_environment_is_current_until_its_files_change(tree: Path) -> None:
    environment = Environment(".venv-x", HERE, ("some.txt",))
    assert not environments.is_current(environment)
    made(environment)
    assert environments.is_current(environment)
    (tree / "requirements" / "some.txt").write_text("a==2")
    assert not environments.is_current(environment)


def test_an_environment_whose_interpreter_went_away_is_not_current(tree: Path) -> None:
    environment = Environment(".venv-x", HERE, ("some.txt",))
    made(environment)
    environment.interpreter.unlink()
    environment.interpreter.symlink_to(tree / "gone")
    assert not environments.is_current(environment)


def test_only_what_an_installation_reads_of_pyproject_counts(tree: Path) -> None:
    environment = Environment(".venv-x", HERE, ("some.txt",), project=True)
    made(environment)
    pyproject = tree / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("line-length = 1", "line-length = 2"))
    assert environments.is_current(environment)
    pyproject.write_text(pyproject.read_text().replace("'x'", "'y'"))
    assert not environments.is_current(environment)


def test_what_is_missing_from_the_wider_set_is_noticed_but_not_the_other_way_round(tree: Path) -> None:
    narrow = Environment(".venv-x", HERE, ("some.txt",))
    (tree / "requirements" / "more.txt").write_text("b==1")
    wide = narrow._replace(requirements=("some.txt", "more.txt"))
    made(narrow)
    assert not environments.is_current(wide)
    made(wide)
    assert environments.is_current(narrow)


def test_the_pythons_are_those_that_the_decision_names() -> None:
    assert (CORE.python, RASA.python, STOCK.python) == ("3.12", "3.12", "3.10")


def rasa_python(code: str) -> subprocess.CompletedProcess[str]:
    if not interpreters.runs(RASA.interpreter, RASA.python):
        pytest.skip("Rasa's environment is not made")
    command = [str(RASA.interpreter), "-W", "ignore", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_placeholder_can_be_imported_subclassed_and_named() -> None:
    done = rasa_python(
        "import tensorflow as tf, tensorflow.types, tensorflow_hub\n"
        "from keras.layers import Layer\n"
        "from tensorflow.keras.utils import Sequence\n"
        "class Ours(tf.keras.layers.Layer): pass\n"
        "def f(x: tf.Tensor) -> 'tf.data.Dataset': ...\n"
        "assert tf.is_tensor(3) is False and not isinstance(3, tf.Tensor)\n"
        "print('fine')"
    )
    assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr


@pytest.mark.parametrize("use", ["tf.constant(1)", "tf.keras.Sequential([])", "tf.keras.layers.Dense(3)"])
def test_what_really_needs_tensorflow_is_told_what_to_do(use: str) -> None:
    done = rasa_python(f"import tensorflow as tf\n{use}")
    assert done.returncode == 1
    assert "make setup STOCK=1" in done.stderr and "config.yml" in done.stderr
