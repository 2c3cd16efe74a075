"""The importer with Rasa's own commands, with none of our variables set."""

import shutil
from pathlib import Path

import pytest

from tests.unit.rasa_ext.harness import run_rasa

TEST = """
stories:
- story: a resumed errand
  steps:
  - user: |
      hello
    intent: greet
  - action: utter_greet
"""


@pytest.fixture
def copy(bot: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bot, tmp_path / "copy"))


def test_the_skills_parts_are_merged(bot: Path) -> None:
    from rasa_ext.importer import SkillImporter

    domain = SkillImporter(str(bot / "config.yml"), str(bot / "domain.yml"), [str(bot / "data")]).get_domain()
    assert {"greet", "give_number", "EXTERNAL_resume"} <= set(domain.intents)
    assert {"action_resume", "action_show_number"} <= set(domain.action_names_or_texts)
    assert {"notes_number", "notes_said"} <= {slot.name for slot in domain.slots}
    assert domain.session_config.session_expiration_time == 60


def test_rasa_validates_and_tests_without_flags(copy: Path) -> None:
    (copy / "tests").mkdir()
    (copy / "tests" / "test_greeting.yml").write_text(TEST)
    validated = run_rasa(copy, "data", "validate")
    assert validated.returncode == 0, validated.stderr
    assert "domain.yml" not in validated.stdout + validated.stderr
    tested = run_rasa(copy, "test", "core", "--fail-on-prediction-errors")
    assert tested.returncode == 0, tested.stderr


@pytest.mark.parametrize(
    ("kind", "addition", "file"),
    [
        ("intents", "intents:\n  - greet\n", "domain.yml"),
        ("entities", "entities:\n  - number\n", "domain.yml"),
        (
            "slots",
            "slots:\n  notes_said:\n    type: text\n    mappings:\n    - type: from_text\n",
            "domain.yml",
        ),
        ("actions", "actions:\n  - action_resume\n", "domain.yml"),
        ("responses", "responses:\n  utter_greet:\n  - text: Hi!\n", "responses.yml"),
    ],
)
def test_a_name_declared_twice_is_refused_with_both_files(
    copy: Path, kind: str, addition: str, file: str
) -> None:
    from rasa_ext.errors import RefusedError
    from rasa_ext.importer import SkillImporter

    (copy / "data" / "more").mkdir()
    second = copy / "data" / "more" / file
    second.write_text('version: "3.1"\n' + addition)
    with pytest.raises(RefusedError) as refused:
        SkillImporter(str(copy / "config.yml"), str(copy / "domain.yml")).get_domain()
    assert str(refused.value).startswith(f"{kind}: ")
    assert str(second) in str(refused.value)
    assert str(refused.value).count(".yml") == 2


def test_training_ends_with_that_message(copy: Path) -> None:
    (copy / "data" / "more").mkdir()
    (copy / "data" / "more" / "domain.yml").write_text('version: "3.1"\nintents:\n  - greet\n')
    trained = run_rasa(copy, "train")
    assert trained.returncode != 0
    assert "intents: greet is declared in both" in trained.stdout + trained.stderr
    assert "Traceback" not in trained.stdout + trained.stderr
