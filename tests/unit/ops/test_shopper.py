"""The terminal shows what a shopper of the chat API sees, and a number presses a button."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ops.progress import OpsError, Progress
from ops.shopper import Shopper, drawn
from ops.talk import talk

HELLO = {
    "text": "Hello!\nWhat can I do?",
    "buttons": [{"title": "Track", "payload": "b1"}, {"title": "List", "payload": "b2"}],
}
ORDER = {
    "cards": [
        {
            "title": "#W1",
            "rows": [{"label": "Status", "value": "sent"}],
            "buttons": [{"title": "Where?", "payload": "c1"}],
        }
    ],
    "buttons": [{"title": "Stop", "payload": "s1"}],
}
CHECKPOINT = {
    "text": "Who are you?",
    "image": "/picture.svg",
    "checkpoint": {"level": "signed_in", "reason": "sign_in", "url": "http://x/y"},
    "sensitive": {"kind": "email"},
}


class FakeChat:
    """The chat API: opens a session, answers what it is told to, refuses «refuse me»."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.replies: list[dict[str, Any]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str, token: str, body: dict[str, str]) -> tuple[int, Any]:
        if path == "/api/chat/session":
            return 201, {"token": "first", "notice": {"text": "A machine."}}
        if path == "/demo/outbox?to=a%40b.example":
            return 200, [{"code": "OLD"}, {"code": "NEW"}, {"text": "no code"}]
        if path.startswith("/demo/outbox"):
            return 200, []
        self.heard.append((token, body))
        if body.get("text") == "refuse me":
            return 429, {"title": "Slow down", "detail": "Wait 3 seconds."}
        return 200, self.replies.pop(0)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                status, answer = chat.answer(self.path, token, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


@pytest.fixture
def chat() -> Iterator[FakeChat]:
    one = FakeChat()
    yield one
    one.server.shutdown()
    one.server.server_close()
    one.thread.join()


def test_everything_of_a_message_is_drawn_and_choices_are_counted_through() -> None:
    lines, offered = drawn([HELLO, ORDER, CHECKPOINT])
    assert offered == ["b1", "b2", "c1", "s1"]
    assert lines == [
        "Hello!",
        "What can I do?",
        "  [1] Track",
        "  [2] List",
        "| #W1",
        "|   Status: sent",
        "|   [3] Where?",
        "  [4] Stop",
        "Who are you?",
        "(picture: /picture.svg)",
        "(checkpoint signed_in, sign_in: http://x/y)",
        "(the next answer is sealed: email)",
    ]


def test_a_number_presses_what_was_just_offered_and_is_text_otherwise(chat: FakeChat) -> None:
    chat.replies = [{"messages": [HELLO], "token": "second"}, {"messages": []}, {"messages": []}]
    shopper = Shopper(chat.url)
    for line in ("2", "2", "3"):
        shopper.send(line)
    assert chat.heard == [
        ("first", {"text": "2"}),
        ("second", {"payload": "b2"}),
        ("second", {"text": "3"}),
    ]


def test_a_talk_is_told_line_by_line(chat: FakeChat, capsys: pytest.CaptureFixture[str]) -> None:
    chat.replies = [{"messages": [HELLO]}, {"messages": [ORDER]}]
    lines = "hi\n1\n\nrefuse me\n:code a@b.example\n:code c@d.example\n:new\n"
    talk(chat.url, io.StringIO(lines), Progress())
    told = capsys.readouterr().out
    assert "you> hi\nbot> Hello!\nbot> What can I do?\nbot>   [1] Track" in told
    assert "you> 1\nbot> | #W1\n" in told
    assert "refused: Wait 3 seconds." in told
    assert "(the code is NEW)" in told
    assert "(no code was mailed there)" in told


def test_where_nobody_answers_it_says_so(chat: FakeChat) -> None:
    chat.server.shutdown()
    chat.server.server_close()
    with pytest.raises(OpsError, match="no chat at http"):
        Shopper(chat.url)
