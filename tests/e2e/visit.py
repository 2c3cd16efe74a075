"""What a shopper does with the chat, and what is watched meanwhile."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

AXE = Path(__file__).parents[2] / "widget/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
  reportFault(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""
# What the browser itself writes about an answer that a test asks for on purpose.
EXPECTED = re.compile(
    r"Failed to load resource: .*(401|403|410|422|429|503|ERR_INTERNET|ERR_FAILED)|WebSocket"
)


class Visit:
    """One browser context with one page; `faults` are policy violations, script errors and console errors."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.sockets: list[WebSocket] = []
        context.expose_function("reportFault", self._report)
        context.add_init_script(WATCH)
        context.on("page", self._watch)
        context.on("request", lambda request: self.requests.append(request.url))
        self.page: Page = context.new_page()

    def _report(self, fault: str) -> None:
        self.faults.append(fault)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"thrown: {error}"))
        page.on("console", lambda line: self._console(line.type, line.text))
        page.on("websocket", self._socket)

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not EXPECTED.search(text):
            self.faults.append(f"console: {text}")

    def _socket(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        self.sockets.append(socket)

    @property
    def hosts(self) -> set[str]:
        """Every host and port that the page has talked to."""
        return {urlsplit(url).netloc for url in self.requests if not url.startswith(("data:", "blob:"))}

    # --- the chat

    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Open chat"))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def box(self) -> Locator:
        return self.dialog.get_by_role("textbox", name="Your message")

    @property
    def log(self) -> Locator:
        return self.dialog.get_by_role("log")

    @property
    def lock(self) -> Locator:
        return self.dialog.get_by_text("Only you and the shop's order system see this")

    def open(self, url: str | None = None) -> "Visit":
        if url:
            self.page.goto(url)
        self.launcher.click()
        expect(self.box).to_be_focused()
        # The panel rises into its place: until then it is smaller than it will be, and measures so.
        self.dialog.evaluate("panel => Promise.all(panel.getAnimations().map(({finished}) => finished))")
        return self

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def bubbles(self, text: str | re.Pattern[str], who: str = "") -> Locator:
        """The bubbles that read so; `who` is shopper or assistant."""
        turns = self.log.locator(f".turn{f'.{who}' if who else ''} .bubble")
        return turns.filter(has_text=text)

    def hears(self, text: str | re.Pattern[str], **options: Any) -> None:
        expect(self.bubbles(text, "assistant").last).to_be_visible(**options)

    def axe(self) -> list[str]:
        """Accessibility faults. Only for contexts with `bypass_csp`: the checker is a script of its own."""
        self.page.add_script_tag(path=AXE)
        found = self.page.evaluate(
            "(rules) => axe.run({runOnly: {type: 'tag', values: rules}}).then((result) => result.violations)",
            RULES,
        )
        return [
            f"{fault['id']}: {node['target']} {node['html'][:120]}"
            for fault in found
            for node in fault["nodes"]
        ]
