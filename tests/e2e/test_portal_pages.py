"""The portal's pages with sample values: accessible, within the policy, whole at every width."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit
from widget.dev.mock_server import Server
from widget.dev.sample_pages import PAGES

Open = Callable[..., Visit]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(visit: Open, fake: Server, tools: Path, scheme: str) -> None:
    seen = visit(bypass_csp=True, color_scheme=scheme)
    for name in PAGES:
        seen.page.goto(f"{fake.url}/pages/{name}")
        assert seen.axe() == [], name
        for width in (1280, 390, 320):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_no_page_breaks_the_policy_or_asks_elsewhere(visit: Open, fake: Server) -> None:
    seen = visit()
    for name in PAGES:
        seen.page.goto(f"{fake.url}/pages/{name}")
        broken = "all => all.filter((one) => one.complete && !one.naturalWidth).map((one) => one.src)"
        assert seen.page.locator("img").evaluate_all(broken) == []
    assert seen.hosts == {fake.url.removeprefix("http://")}


@pytest.mark.parametrize(("field", "autofill"), [("email", "email"), ("code", "one-time-code")])
def test_the_forms_need_no_script(visit: Open, fake: Server, field: str, autofill: str) -> None:
    seen = visit(java_script_enabled=False)
    seen.page.goto(f"{fake.url}/pages/{field}-error")
    box = seen.page.locator(f"main form >> nth=0 >> input[name={field}]")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("autocomplete", autofill)
    expect(box).to_have_attribute("aria-invalid", "true")
    described = box.get_attribute("aria-describedby") or ""
    assert "error" in described.split()
    expect(seen.page.locator("#error")).to_contain_text("(utter_sign_in_")
    form = seen.page.locator("main form").first
    expect(form).to_have_attribute("method", "post")
    expect(form).to_have_attribute("action", "/portal/checkpoint/abc")
