"""The rules of the house, run. Each check returns its faults as lines, and is itself tested on a bad sample.

The words' rules (responses, domains, stories) stand in test_house_words.py.
"""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from countersign.checkpoints.table import CHECKPOINTS, Deed

ROOT = Path(__file__).parents[1]
CODE = ("countersign", "actions", "rasa_ext")
ALL_PYTHON = (*CODE, "ops", "bench", "tests")

LONGEST_MODULE, LONGEST_YAML, MEDIAN_MODULE, RASA_EXT_TOTAL, LONGEST_ACTION = 400, 300, 90, 800, 40
MOST_ACTIONS = 5

# What may not be called or imported, and the only files that may.
CALLS = {
    "print": (),
    "eval": (),
    "exec": (),
    "datetime.now": ("countersign/kit/clock.py",),
    "datetime.utcnow": (),
    "datetime.today": (),
    "date.today": (),
    "os.getenv": ("countersign/config.py",),
}
MODULES = dict.fromkeys(("pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "cloudpickle"), ())
ATTRIBUTES = {"os.environ": ("countersign/config.py",)}

# Strings that betray a machine, a registry or a secret. The parts are joined so that this file has none.
BETRAYALS = {
    "a path of somebody's machine": r"(?<![\w.<{])/(?:ro" + r"ot|wo" + r"rk|Us" + r"ers|home/[a-z])/",
    "a package registry": r"(?:py" + r"pi\.org|pythonhosted\.org|registry\.np" + r"mjs\.org|files\.python)",
    "a private key": r"-----BEGIN [A-Z ]*PRIV" + r"ATE KEY",
    "a cloud or payment key": r"\b(?:AK"
    + r"IA[0-9A-Z]{16}|sk_l"
    + r"ive_\w{10}|gh[po]_\w{20}|xox[bp]-\d{8})",
    "a secret in a setting": r"(?m)^COUNTERSIGN_\w*(?:SECRET|KEYS?|PASSWORD)=[A-Za-z0-9_-]{16,}\s*$",
}
# Lists of thousands of other people's hashes and names, and bundles, are not written by us.
NOT_OURS = re.compile(r"\.(png|ico|woff2?|gz)$|^countersign/portal/static/.*\.js$")


def python_files(*folders: str, root: Path = ROOT) -> Iterator[Path]:
    """Every module below the folders."""
    for folder in folders:
        yield from sorted(p for p in (root / folder).rglob("*.py") if "node_modules" not in p.parts)


def tracked(root: Path = ROOT) -> list[Path]:
    """What git would hand to others."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := root / name).is_file()]


def name_of(path: Path, root: Path = ROOT) -> str:
    return path.relative_to(root).as_posix()


def lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names, with `datetime.datetime.now` as `datetime.now`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return (
        ".".join(reversed(parts))
        .replace("datetime.datetime.", "datetime.")
        .replace("datetime.date.", "date.")
    )


def forbidden_uses(path: Path, root: Path = ROOT) -> list[str]:
    """Calls, imports and names that only the files listed for them may use."""
    name, faults = name_of(path, root), []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        used: list[tuple[str, tuple[str, ...] | None]] = []
        if isinstance(node, ast.Call):
            used.append((dotted(node.func), CALLS.get(dotted(node.func))))
        if isinstance(node, ast.Attribute):
            used.append((dotted(node), ATTRIBUTES.get(dotted(node))))
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [f"{module}.{a.name}" if module else a.name for a in node.names]
            used += [(n, MODULES.get(n.partition(".")[0], ATTRIBUTES.get(n, CALLS.get(n)))) for n in names]
        faults += [
            f"{name}:{node.lineno} uses {what}"  # type: ignore[attr-defined]
            for what, allowed in used
            if allowed is not None and name not in allowed
        ]
    return faults


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def betrayals(path: Path) -> list[str]:
    """Kinds of strings in a file that no tracked file may hold, with their lines."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    return [
        f"{path.name}:{text.count(chr(10), 0, found.start()) + 1} holds {kind}: {found.group().strip()}"
        for kind, pattern in BETRAYALS.items()
        for found in re.finditer(pattern, text)
    ]


def oversized(paths: list[Path], limit: int) -> list[str]:
    return [f"{name_of(path)}: {lines(path)} lines, {limit} allowed" for path in paths if lines(path) > limit]


def test_no_module_is_longer_than_a_few_screens() -> None:
    modules = list(python_files(*ALL_PYTHON))
    assert len(modules) > 50
    assert oversized(modules, LONGEST_MODULE) == []


def test_no_yaml_is_longer_than_its_reader_stands() -> None:
    files = [path for path in tracked() if path.suffix in (".yml", ".yaml")]
    assert len(files) > 5
    assert oversized(files, LONGEST_YAML) == []


def test_the_median_module_of_the_core_is_a_screen(record_property: pytest.FixtureRequest) -> None:
    sizes = [lines(path) for path in python_files("countersign") if path.name != "__init__.py"]
    median = statistics.median(sizes)
    record_property("median_lines", median)  # type: ignore[operator]
    assert len(sizes) > 30
    assert median <= MEDIAN_MODULE, f"the median module of countersign has {median} lines"


def test_what_rasa_loads_stays_small() -> None:
    """Blank lines don't count: they cost no reader anything."""
    texts = [path.read_text(encoding="utf-8").splitlines() for path in python_files("rasa_ext")]
    total = sum(1 for text in texts for line in text if line.strip())
    assert 0 < total <= RASA_EXT_TOTAL, f"rasa_ext has {total} lines: each runs where trust is least"


def test_actions_are_thin() -> None:
    classes = [
        (path, node)
        for path in python_files("actions")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and path.stem not in ("base", "scene")
    ]
    assert classes
    sizes = {
        f"{name_of(path)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1 for path, node in classes
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_ACTION} == {}
    files = Counter(name_of(path) for path, _ in classes)
    assert {name: count for name, count in files.items() if count > MOST_ACTIONS} == {}


def test_nothing_forbidden_is_used() -> None:
    modules = list(python_files(*CODE))
    assert len(modules) > 50
    assert [fault for path in modules for fault in forbidden_uses(path)] == []


@pytest.mark.parametrize(
    "bad",
    [
        "print('x')",
        "import pickle",
        "from pickle import loads",
        "import joblib.numpy_pickle",
        "eval('1')",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import datetime\nx = datetime.now(tz)",
        "import os\nx = os.environ['A']",
        "from os import environ",
        "import os\nx = os.getenv('A')",
    ],
)
def test_each_forbidden_use_is_seen(tmp_path: Path, bad: str) -> None:
    (tmp_path / "module.py").write_text(bad)
    assert forbidden_uses(tmp_path / "module.py", tmp_path)


def test_only_tests_import_tests() -> None:
    modules = list(python_files(*CODE, "ops"))
    guilty = [
        name_of(path) for path in modules if any(i.partition(".")[0] == "tests" for i in imports_of(path))
    ]
    assert guilty == []


def test_every_package_of_the_core_has_its_layer() -> None:
    with (ROOT / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]["contracts"]
    layered = {name for row in contracts[0]["layers"] for name in re.findall(r"countersign\.(\w+)", row)}
    packages = {path.parent.name for path in (ROOT / "countersign").glob("*/__init__.py")}
    assert len(packages) > 8
    assert packages <= layered


def test_every_deed_has_its_checkpoint_and_the_table_is_sorted() -> None:
    assert set(CHECKPOINTS) == set(Deed)
    assert list(CHECKPOINTS) == sorted(CHECKPOINTS)
    assert [deed.value for deed in Deed] == sorted(deed.value for deed in Deed)
    assert len(CHECKPOINTS) > 3
    assert all(re.fullmatch(r"[a-z]+:[a-z_]+", deed) for deed in Deed)


def test_conversation_tests_are_the_only_yaml_named_like_one() -> None:
    # `rasa test` takes every YAML under tests/ that is named test_*, wherever it stands.
    conversations = ROOT / "tests" / "conversations"
    named = [p for p in (ROOT / "tests").rglob("*.y*ml") if p.name.startswith("test_")]
    assert [name_of(path) for path in named if path.parent != conversations] == []
    strangers = [p for p in conversations.rglob("*.y*ml") if not p.name.startswith("test_")]
    assert strangers == []
    assert named


def test_every_skill_has_its_conversation_test() -> None:
    skills = {path.parent.name for path in (ROOT / "data").glob("*/domain.yml")}
    assert skills
    tested = {
        path.stem.removeprefix("test_") for path in (ROOT / "tests" / "conversations").glob("test_*.yml")
    }
    assert skills <= tested


def test_stock_files_hold_no_secret() -> None:
    for name in ("endpoints.yml", "credentials.yml"):
        for key, value in leaves(yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))):
            if re.search(r"secret|token|password|authorization", key, re.IGNORECASE):
                assert re.fullmatch(r"(Bearer )?\$\{[A-Z_]+\}", value), (
                    f"{name}: {key} is not a ${{VARIABLE}}"
                )


def leaves(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every scalar of a YAML document with the key it stands under."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, key)
    else:
        yield key, str(node)


def test_no_tracked_file_betrays_a_machine_a_registry_or_a_secret() -> None:
    files = [path for path in tracked() if not NOT_OURS.search(name_of(path))]
    assert len(files) > 100
    assert [fault for path in files for fault in betrayals(path)] == []


@pytest.mark.parametrize(
    "bad",
    [
        "cd /wo" + "rk/main",
        "https://py" + "pi.org/simple",
        "-----BEGIN RSA PRIV" + "ATE KEY-----",
        "COUNTERSIGN_RASA_SECRET=" + "a1" * 12,
    ],
)
def test_each_betrayal_is_seen(tmp_path: Path, bad: str) -> None:
    (tmp_path / "file").write_text(f"first line\n{bad}\n")
    assert len(betrayals(tmp_path / "file")) == 1


def test_requirements_are_hashed_and_name_no_registry() -> None:
    files = sorted((ROOT / "requirements").glob("*.txt"))
    assert len(files) >= 6
    for path in files:
        text = path.read_text(encoding="utf-8")
        pins = re.findall(
            r"^[a-z0-9][\w.-]*==.*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE
        )
        assert len(pins) == len(re.findall(r"^[a-z0-9]\S*==", text, re.MULTILINE)) > 0, path.name
        assert "://" not in text, path.name


def declared(name: str) -> set[str]:
    """The packages that a requirements/*.in names, normalised."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {re.sub(r"[-_.]+", "-", one).lower() for one in re.findall(r"(?m)^([A-Za-z][\w.-]*)", text)}


def distributions(*folders: str) -> set[str]:
    """The packages (by their name on the index) that the code of some folders imports."""
    by_module = metadata.packages_distributions()
    modules = {name.partition(".")[0] for path in python_files(*folders) for name in imports_of(path)}
    found = {
        dist
        for module in modules - sys.stdlib_module_names
        for dist in by_module.get(module, [f"({module})"])
    }
    return {re.sub(r"[-_.]+", "-", one).lower() for one in found}


def test_what_the_core_imports_is_required_and_what_is_required_is_imported() -> None:
    imported = distributions("countersign", "actions") - {"countersign"}
    assert len(imported) > 10
    assert imported - declared("core.in") == set(), "imported, but not in requirements/core.in"
    # Loaded by name or by others, never by an import of ours.
    by_name = {"psycopg", "python-multipart", "setuptools", "websockets"}
    assert declared("core.in") - imported - by_name == set(), (
        "in requirements/core.in, but imported by nothing"
    )


def test_what_tests_and_benches_import_is_required() -> None:
    imported = distributions("tests", "bench", "ops") - {"countersign"}
    ours = {f"({name})" for name in ("actions", "bench", "ops", "rasa-ext", "tests", "widget")}
    # Some files run in Rasa's environment, whose packages may or may not be here too.
    theirs = {name for one in ("rasa", *declared("rasa.in")) for name in (one, f"({one})")} | {"(sklearn)"}
    missing = imported - declared("core.in") - declared("dev.in") - ours - theirs
    assert missing == set(), "imported, but not in requirements/dev.in"


def test_every_flagged_dependency_that_is_listed_is_still_there() -> None:
    text = (ROOT / "docs" / "security" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| ([\w.-]+) (\d[\w.]*) \|.*\| (\d{4}-\d{2}-\d{2}) \|$", text)
    assert len(rows) > 2
    pins = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "requirements").glob("rasa*.txt"))
    gone = [
        f"{name} {version}" for name, version, _ in rows if f"\n{name.lower()}=={version}" not in "\n" + pins
    ]
    assert gone == [], "no longer installed: take them off the list"
