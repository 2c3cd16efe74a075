"""A real browser, and around each page a watch on what it may never do."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.visit import Visit
from widget.dev.mock_server import Server

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-background-networking")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens pages in contexts of their own. Afterwards none may have broken a policy or thrown."""
    visits: list[Visit] = []

    def open_context(**options: Any) -> Visit:
        visits.append(Visit(browser.new_context(**options)))
        return visits[-1]

    yield open_context
    for each in visits:
        each.context.close()
    assert [fault for each in visits for fault in each.faults] == []


@pytest.fixture
def fake() -> Iterator[Server]:
    """The fake of the chat API with the real widget and pages, fresh for each test."""
    server = Server().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def tools() -> Path:
    """The widget's folder with its build tools installed as the lock file says."""
    folder = ROOT / "widget"
    if not (folder / "node_modules/esbuild").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=folder, check=True, capture_output=True)
    return folder
