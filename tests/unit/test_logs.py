"""Logging is set up once a process, so each of these has a process of its own."""

import json
import subprocess
import sys
from typing import Any

_SET_UP = (
    "import logging, structlog\nfrom countersign import logs\nlogs.set_up()\nlog = structlog.get_logger()\n"
)


def logged(program: str) -> list[str]:
    """The lines that `program` logs."""
    done = subprocess.run(
        [sys.executable, "-c", _SET_UP + program], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_a_record_is_one_line_of_json_with_its_time_and_level() -> None:
    (line,) = logged("log.error('request.failed', code='store-unavailable')")
    record: dict[str, Any] = json.loads(line)
    assert record["timestamp"].endswith("Z")
    assert {name: record[name] for name in ("event", "level", "code")} == {
        "event": "request.failed",
        "level": "error",
        "code": "store-unavailable",
    }


def test_a_value_with_line_breaks_forges_no_record() -> None:
    (line,) = logged("log.warning('note', path='/a\\n{\"event\": \"forged\"}\\r\\u2028end')")
    assert json.loads(line)["path"] == '/a\n{"event": "forged"}\r\u2028end'


def test_a_crash_tells_where_but_never_what_the_variables_held() -> None:
    program = (
        "def take(text):\n    address = {'line': text}\n    raise KeyError('line2')\n"
        "try:\n    take('12 Birch Street')\nexcept KeyError as error:\n"
        "    log.error('request.crashed', exc_info=error)\n"
    )
    (line,) = logged(program)
    assert [trace["exc_type"] for trace in json.loads(line)["exception"]] == ["KeyError"]
    assert "take" in line
    assert "Birch" not in line


def test_debug_lines_are_not_written_ours_or_a_librarys() -> None:
    assert logged("log.debug('x')\nlogging.getLogger('httpx').info('GET https://u:p@host/')") == []
