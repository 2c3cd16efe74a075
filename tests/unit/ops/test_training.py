"""Training happens when what it reads has changed, and a model is checked before it is loaded."""

import json
import sys
from pathlib import Path

import pytest

from ops.children import Children
from ops.progress import OpsError, Progress
from ops.training import Model

# Stands for `rasa train`: writes a model whose bytes differ at each run, and keeps count.
FAKE_RASA = """
import os, sys
from pathlib import Path
name = sys.argv[sys.argv.index("--fixed-model-name") + 1]
runs = Path("runs")
runs.write_text(str(int(runs.read_text() or 0) + 1 if runs.exists() else 1))
if Path("broken").exists():
    sys.exit("Story conflict in data/orders/stories.yml")
(Path("models") / name).write_bytes(os.urandom(64))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "config.yml",
        "domain.yml",
        "data/orders/nlu.yml",
        "rasa_ext/channel.py",
        "requirements/rasa.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "models").mkdir()
    (tmp_path / "fake_rasa.py").write_text(FAKE_RASA)
    return tmp_path


@pytest.fixture
def model(tree: Path) -> Model:
    return Model(tree, [sys.executable, "fake_rasa.py"])


def ensure(model: Model) -> Path:
    return model.ensure(Children(), Progress())


def runs(tree: Path) -> int:
    return int((tree / "runs").read_text())


def test_trains_once_for_the_same_sources(tree: Path, model: Model) -> None:
    first = ensure(model)
    assert ensure(model) == first
    assert runs(tree) == 1


@pytest.mark.parametrize(
    "changed",
    ["config.yml", "domain.yml", "data/orders/nlu.yml", "rasa_ext/channel.py", "requirements/rasa.txt"],
)
def test_trains_again_when_what_it_reads_changes(tree: Path, model: Model, changed: str) -> None:
    old = ensure(model)
    (tree / changed).write_text("something else")
    fresh = ensure(model)
    assert runs(tree) == 2
    assert fresh != old and not old.exists()


def test_a_new_file_and_a_renamed_one_count_as_changes(tree: Path, model: Model) -> None:
    before = model.fingerprint()
    extra = tree / "data" / "faq.yml"
    extra.write_text("")
    with_extra = model.fingerprint()
    extra.rename(tree / "data" / "help.yml")
    assert len({before, with_extra, model.fingerprint()}) == 3


def test_touching_and_compiling_change_nothing(tree: Path, model: Model) -> None:
    ensure(model)
    (tree / "config.yml").touch()
    compiled = tree / "rasa_ext" / "__pycache__" / "channel.cpython-312.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"x")
    ensure(model)
    assert runs(tree) == 1


def test_a_model_tampered_with_is_refused_and_trained_again(
    tree: Path, model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ensure(model)
    path.write_bytes(path.read_bytes() + b"!")
    assert model.checked() is None
    ensure(model)
    assert runs(tree) == 2
    assert "refused" in capsys.readouterr().out


def test_a_manifest_pointing_elsewhere_is_not_followed(tree: Path, model: Model) -> None:
    path = ensure(model)
    outside = tree / "outside.tar.gz"
    outside.write_bytes(path.read_bytes())
    manifest_file = tree / "models" / "manifest.json"
    manifest = json.loads(manifest_file.read_text())
    manifest_file.write_text(json.dumps({**manifest, "model": "../outside.tar.gz"}))
    assert model.checked() is None


@pytest.mark.parametrize("content", ["", "[]", '{"model": ', '{"fingerprint": 3}'])
def test_a_broken_manifest_means_training(tree: Path, model: Model, content: str) -> None:
    ensure(model)
    (tree / "models" / "manifest.json").write_text(content)
    ensure(model)
    assert runs(tree) == 2


def test_a_failed_training_shows_the_end_of_its_log_and_leaves_no_manifest(tree: Path, model: Model) -> None:
    (tree / "broken").touch()
    with pytest.raises(OpsError, match=r"training failed \(exit code 1\)[\s\S]*Story conflict"):
        ensure(model)
    assert not (tree / "models" / "manifest.json").exists()
