"""The bench of understanding: what counts as right, what is held out, and the small sets for real."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.nlu import fewer, scores, without

ROOT = Path(__file__).parents[3]
SETS = ROOT.parent / "shared" / "nlu"
ROWS = [(f"{intent} {number}", intent) for intent in "abcde" for number in range(10)]


def test_whole_intents_are_held_out_the_same_for_the_same_seed() -> None:
    left = without(ROWS, 2, seed=1)
    assert len({intent for _, intent in left}) == 3
    assert len(left) == 30
    assert left == without(ROWS, 2, seed=1)
    assert any(without(ROWS, 2, seed=seed) != left for seed in range(2, 6))
    with pytest.raises(ValueError, match="two of the 5 intents"):
        without(ROWS, 4, seed=1)


def test_fewer_rows_keep_every_intent() -> None:
    left = fewer([*ROWS, ("f", "f")], 20, seed=1)
    assert {intent for _, intent in left} == set("abcdef")
    assert 20 <= len(left) <= 26
    assert set(left) <= {*ROWS, ("f", "f")}
    assert fewer(ROWS, 0, seed=1) == fewer(ROWS, 50, seed=1) == ROWS


def test_what_counts_as_right() -> None:
    answers = [["a", "a"], ["nlu_fallback", "a"], ["b", "b"], ["nlu_fallback", "b"], ["a", "a"]]
    told = scores(answers, ["a", "a", "a", "z", "z"], known={"a", "b"})
    assert told == {
        "in_scope_accuracy": 0.6667,  # the second is likeliest right, though asked back
        "overall_accuracy": 0.4,
        "out_of_scope_recall": 0.5,
        "in_scope": 3,
        "out_of_scope": 2,
    }


@pytest.mark.skipif(not SETS.is_dir(), reason="the public sets are not here")
@pytest.mark.parametrize(("name", "least"), [("banking77", 0.70), ("hwu64", 0.70)])
def test_a_tenth_of_each_public_set_is_understood_as_well_as_ever(name: str, least: float) -> None:
    files = ["--train", str(SETS / name / "train.csv"), "--test", str(SETS / name / "test.csv")]
    command = [sys.executable, "bench/nlu.py", *files, "--rows", "1000", "--hold-out", "8", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["in_scope_accuracy"] >= least
    assert told["out_of_scope_recall"] >= 0.75
    assert told["intents"] > 50 and told["out_of_scope"] > 100
    assert told["threshold"] == 0.5 and told["train_s"] > 0 and told["memory_mb"] > 0


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("words,label\nhi,greet\n")
    command = [sys.executable, "bench/nlu.py", "--train", str(tmp_path / "x.csv"), "--test", "x"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs the columns text and intent" in done.stderr
