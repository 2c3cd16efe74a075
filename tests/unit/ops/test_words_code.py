"""What the code says is read as ops/words/code.py tells."""

from pathlib import Path

from ops.words.code import beginnings_in, said_in


def test_what_is_said_is_read_from_code_as_documented(tmp_path: Path) -> None:
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "sample.py").write_text(
        'TABLE = {1: "utter_a"}\n'
        'scene.say("utter_b", number=1)\n'
        'scene.say("utter_c" if x else "utter_d")\n'
        'dispatcher.utter_message(response="utter_e", status=2)\n'
        'class Slow(Exception):\n    say = "utter_f"\n'
        "    def __init__(self, seconds):\n        self.seconds = seconds\n"
        'self._say(sealed, "utter_g", sensitive="code", tries=3)\n'
        'self._pages.show("page.html", 422, page=page, error="utter_h", tries=3)\n'
        'offered = [({"say": "choice_i", "with": {"brand": brand}}, x), ({"say": "choice_j"}, y)]\n'
    )
    found = {one.response: one.values for one in said_in("actions", tmp_path)}
    assert found == {
        "utter_a": None,
        "utter_b": {"number"},
        "utter_c": frozenset(),
        "utter_d": frozenset(),
        "utter_e": {"status"},
        "utter_f": {"seconds"},
        "utter_g": {"tries"},
        "utter_h": {"page", "error", "tries"},
        "choice_i": {"brand"},
        "choice_j": frozenset(),
    }


def test_names_put_together_are_known_by_their_beginning(tmp_path: Path) -> None:
    (tmp_path / "countersign").mkdir()
    (tmp_path / "countersign" / "sample.py").write_text(
        'phrases.say(f"card_{kind}_{name}")\nphrases.say(f"{kind}_text")\nlog(f"mail_{kind}")\n'
    )
    assert beginnings_in("countersign", tmp_path) == ["card_"]
