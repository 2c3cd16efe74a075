"""Nothing in the product depends on who asks: no name, header or phrase of the benchmark is in it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.tau2_phrases import ANSWERS, WISHES

ROOT = Path(__file__).parents[3]
PRODUCT = ("countersign", "actions", "rasa_ext", "data", "widget/src")
TEXTS = (".py", ".yml", ".toml", ".html", ".ts", ".json")
WHO_ASKS = re.compile(
    r"tau.?2|τ|sierra.research|scripted.shopper|\bbench(?![a-z])|user.agent|httpx/", re.IGNORECASE
)


def product_files() -> list[Path]:
    return [p for name in PRODUCT for p in (ROOT / name).rglob("*") if p.suffix in TEXTS]


def betrayals(path: Path) -> list[str]:
    """Names and texts that know who asks; what a comment or docstring says changes nothing."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = "\n".join(said_in_code(ast.parse(text)))
    elif path.suffix in (".yml", ".toml"):
        text = re.sub(r"(?m)^\s*#.*$", "", text)
    return [found[0] for found in WHO_ASKS.finditer(text)]


def said_in_code(tree: ast.AST) -> Iterator[str]:
    documents = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            loose = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if loose and isinstance(node, documents):
                child.value = ast.Constant(None)  # type: ignore[attr-defined] # an Expr, seen above
        for name in ("id", "attr", "name", "arg", "value"):
            if isinstance(found := getattr(node, name, None), str):
                yield found


def test_the_product_does_not_know_the_benchmark() -> None:
    files = product_files()
    assert len(files) > 100
    found = {path.relative_to(ROOT).as_posix(): betrayals(path) for path in files}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "code",
    ["if headers['User-Agent'] == 'x': pass", "TAU2 = True", "def bench_run(): pass", "x = 'httpx/0.28'"],
)
def test_each_way_of_knowing_it_is_seen(tmp_path: Path, code: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(f'"""Measured by a bench."""\n# a bench\n{code}\n', encoding="utf-8")
    assert len(betrayals(path)) == 1


def test_the_shoppers_sentences_are_not_among_the_training_data() -> None:
    """Answers of a few words are everybody's; a long beginning of a sentence would be taken from here."""
    learnt = "\n".join(p.read_text(encoding="utf-8").lower() for p in (ROOT / "data").rglob("*.yml"))
    wordings = [w for each in (*WISHES.values(), *ANSWERS.values()) for w in each]
    beginnings = [part for w in wordings if len(part := w.partition("{")[0].strip().lower()) > 30]
    assert beginnings
    assert [part for part in beginnings if part in learnt] == []


def test_the_contract_names_every_module_of_the_benchmark() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (held,) = [c for c in contracts if "scripted shopper" in c["name"]]
    modules = {f"bench.{path.stem}" for path in (ROOT / "bench").glob("tau2*.py")}
    assert len(modules) > 5
    assert set(held["source_modules"]) == modules
    assert set(held["forbidden_modules"]) == {"countersign", "actions", "rasa_ext"}
