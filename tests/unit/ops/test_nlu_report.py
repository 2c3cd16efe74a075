"""What Rasa counted becomes a report that says what to do."""

import pytest

from ops import nlu_report
from ops.environments import ROOT
from ops.nlu_report import Confusion
from ops.progress import OpsError

REPORT = {
    "greet": {"precision": 1.0, "recall": 0.9, "f1-score": 0.95, "support": 50.0, "confused_with": {}},
    "stop": {"precision": 0.5, "recall": 0.5, "f1-score": 0.5, "support": 4.0, "confused_with": {"deny": 2}},
    "accuracy": 0.9,
    "macro avg": {"precision": 0.75, "recall": 0.7, "f1-score": 0.72, "support": 54.0},
}


def error(text: str, meant: str, taken: str, sure: float) -> dict[str, object]:
    return {"text": text, "intent": meant, "intent_prediction": {"name": taken, "confidence": sure}}


ERRORS = [
    error("leave", "stop", "deny", 0.6),
    error("no more | please", "stop", "deny", 0.8),
    error("enough", "stop", "deny", 0.3),
    error("morning", "greet", "goodbye", 0.9),
]


def test_confusions_are_counted_and_unsure_ones_kept_apart() -> None:
    assert nlu_report.confusions(ERRORS, 0.5) == [
        Confusion("stop", "deny", False, 2, "no more | please"),
        Confusion("greet", "goodbye", False, 1, "morning"),
        Confusion("stop", "deny", True, 1, "enough"),
    ]
    assert nlu_report.confusions([], 0.5) == []


def test_the_summary_names_the_weakest_and_what_to_add() -> None:
    told = nlu_report.summary(REPORT, nlu_report.confusions(ERRORS, 0.5))
    assert told[0] == "Cross-validated: macro F1 0.720, precision 0.750, recall 0.700"
    assert told.index("  0.50  stop (4)") < told.index("  0.95  greet (50)")
    assert "  2 x stop taken for deny: «no more | please»" in told
    assert "  1 x stop, nearest deny: «enough»" in told


def test_the_page_holds_all_of_it_in_tables() -> None:
    page = nlu_report.page(REPORT, nlu_report.confusions(ERRORS, 0.5))
    assert "| stop | 4 | 0.50 | 0.50 | 0.50 |" in page
    assert "| stop | deny | wrong | 2 | no more \\| please |" in page
    assert "| stop | deny | asked back | 1 | enough |" in page


def test_the_threshold_is_the_one_of_the_config() -> None:
    assert nlu_report.threshold_of((ROOT / "config.yml").read_text(encoding="utf-8")) == 0.5
    with pytest.raises(OpsError):
        nlu_report.threshold_of("policies:\n  - core_fallback_threshold: 0.3\n")
