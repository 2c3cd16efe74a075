"""The channel, in a real `rasa run` with the project's own endpoints.yml and credentials.yml."""

import http.client
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.core import SECRET, FakeCore
from tests.unit.rasa_ext.harness import CHANNEL_SECRET, Served, Talk, run_rasa

CONVERSATION = "cnv_abcdefgh"


def body(**message: Any) -> bytes:
    return json.dumps({"conversation": CONVERSATION, "metadata": {"ticket": "t"}, **message}).encode()


@pytest.fixture
def rasa(served: Served, served_core: FakeCore) -> Served:
    served_core.lend_status, served_core.garble = 200, None
    served_core.actions = {
        "action_show_number": lambda call: {
            "responses": [{"text": f"It is {call['tracker']['slots']['notes_number']}."}]
        },
        "action_resume": lambda call: {"responses": [{"text": "On we go."}]},
    }
    return served


def test_a_message_is_answered_and_an_action_sees_the_ticket(rasa: Served, served_core: FakeCore) -> None:
    assert rasa.turn("cnv_first-turn", text="hello") == [{"text": "Hello!"}]
    assert rasa.turn("cnv_first-turn", text="take w4711") == [
        {"text": "Noted.", "buttons": [{"title": "Show it", "payload": "/show_number"}]}
    ]
    assert rasa.turn("cnv_first-turn", "another ticket", payload="/show_number") == [{"text": "It is w4711."}]
    tracker = served_core.called[-1]["tracker"]
    assert tracker["sender_id"] == "cnv_first-turn"
    assert tracker["latest_message"]["metadata"] == {"ticket": "another ticket"}


def test_text_and_custom_come_as_two_items_in_order(rasa: Served) -> None:
    assert rasa.turn("cnv_two-items", text="where") == [
        {"text": "Your postcode?"},
        {"custom": {"expects": "postcode"}},
    ]


@pytest.mark.parametrize("secret", [None, "", "x", CHANNEL_SECRET[:-1], CHANNEL_SECRET + "x", SECRET, "ß"])
def test_only_the_gateway_is_let_in(rasa: Served, secret: str | None) -> None:
    assert rasa.send(body(text="hello"), secret) == (401, b"")


def test_without_the_secret_not_even_the_body_is_judged(rasa: Served) -> None:
    assert rasa.send(b"[" * 200_000, "forged") == (401, b"")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"[" * 50_000,
        body(),
        body(text=""),
        body(text=" \u3000\u00a0\n"),
        body(text=7),
        body(text="half a pair \ud800"),
        body(text="hello", payload="/greet"),
        body(text="hello", event="resume"),
        body(text="hello", sender="someone"),
        body(event="EXTERNAL_resume"),
        body(event="restart"),
        body(payload="greet"),
        body(payload="/Greet"),
        body(payload="/nothing_of_ours"),
        body(payload="/restart"),
        body(payload="/back"),
        body(payload="/session_start"),
        body(payload="/EXTERNAL_resume"),
        body(payload=" /greet"),
        body(payload="/greet\n"),
        body(payload="/greet@0.5"),
        body(payload="/greet{}/restart"),
        body(payload='/give_number{"number":'),
        body(payload='/give_number{"number":["w1","w2"]}'),
        body(payload='/give_number{"unheard_of":"w1"}'),
        body(payload='/give_number{"number":NaN}'),
        body(text="hello", metadata={}),
        body(text="hello", metadata=None),
        body(text="hello", metadata={"ticket": 1}),
        body(text="hello", conversation="default"),
        body(text="hello", conversation="cnv_../../etc"),
        body(text="hello", conversation=7),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(rasa: Served, served_core: FakeCore, sent: bytes) -> None:
    lent = len(served_core.lent)
    assert rasa.send(sent) == (400, b"")
    assert len(served_core.lent) == lent


def test_a_body_too_large_is_refused(rasa: Served) -> None:
    assert rasa.send(body(text="x" * 100_000)) == (413, b"")
    assert rasa.turn("cnv_after-large", text="hello") == [{"text": "Hello!"}]


SMUGGLED = [
    "/open_vault",
    " /open_vault",
    "\u00a0/open_vault",
    "\u3000/open_vault",
    "／open_vault",
    "\x1f/open_vault",
]
SMUGGLED += ["//open_vault", "/／open_vault", "／ /open_vault", "\n\u2028/open_vault", "/open_vault{}"]


@pytest.mark.parametrize("text", SMUGGLED)
def test_no_text_is_an_intent(rasa: Served, text: str) -> None:
    assert rasa.turn("cnv_smuggler", text=text) == [{"text": "What?"}]


@pytest.mark.parametrize(
    "text", [" /open_vault", "\u00a0/open_vault", "\u3000/open_vault", "\x1f/open_vault"]
)
def test_rasa_itself_obeys_them(talk: Talk, text: str) -> None:
    from rasa.core.tracker_store import InMemoryTrackerStore

    assert talk.over(InMemoryTrackerStore(None)).say(text) == ["The vault is open."]


def test_a_button_is_obeyed(rasa: Served) -> None:
    assert rasa.turn("cnv_buttoned", payload="/open_vault") == [{"text": "The vault is open."}]
    rasa.turn("cnv_buttoned", payload='/give_number{"number": "w0815"}')
    assert rasa.turn("cnv_buttoned", payload="/show_number") == [{"text": "It is w0815."}]


def test_a_resumed_errand_keeps_its_ticket_and_fills_no_slot(rasa: Served, served_core: FakeCore) -> None:
    rasa.turn("cnv_resumed1", text="hello")
    assert rasa.turn("cnv_resumed1", "ticket of the resumption", event="resume") == [{"text": "On we go."}]
    tracker = served_core.called[-1]["tracker"]
    assert tracker["latest_message"]["metadata"] == {"ticket": "ticket of the resumption"}
    assert tracker["latest_message"]["intent"]["name"] == "EXTERNAL_resume"
    assert tracker["slots"]["notes_said"] == "hello"


def test_a_turn_is_finished_when_the_gateway_hangs_up(rasa: Served, served_core: FakeCore) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(call: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        assert go_on.wait(20)
        return {"events": [{"event": "slot", "name": "notes_number", "value": "set by the slow action"}]}

    lively, served_core.actions["action_show_number"] = served_core.actions["action_show_number"], slow
    host, port = rasa.url.split("/")[2].split(":")
    gateway = http.client.HTTPConnection(host, int(port))
    sent = body(conversation="cnv_hung-up-on", payload="/show_number")
    credential = {"Authorization": f"Bearer {CHANNEL_SECRET}"}
    gateway.request("POST", "/webhooks/countersign/webhook", sent, credential)
    assert reached.wait(20)
    gateway.close()
    served_core.actions["action_show_number"] = lively
    go_on.set()
    assert rasa.turn("cnv_hung-up-on", payload="/show_number") == [{"text": "It is set by the slow action."}]


def test_a_turn_without_a_key_fails_closed_and_leaves_no_word_in_the_log(
    rasa: Served, served_core: FakeCore
) -> None:
    rasa.turn("cnv_key-lost", text="hello")
    served_core.lend_status = 403
    words = "unmistakable zwieback"
    assert rasa.send(body(text=words, conversation="cnv_refused1")) == (500, b"")
    served_core.lend_status = 200
    served_core.garble = {"key": "c2hvcnQ=", "key_id": "key_0"}
    assert rasa.send(body(text=words, conversation="cnv_refused2")) == (500, b"")
    assert "a turn failed: ClientResponseError" in rasa.log
    assert "a turn failed: ValueError" in rasa.log
    assert "zwieback" not in rasa.log
    served_core.garble = None
    assert rasa.turn("cnv_refused1", text="hello") == [{"text": "Hello!"}]


def test_no_log_and_no_byte_at_rest_holds_what_was_said(rasa: Served) -> None:
    conversation = "cnv_marzipan"
    rasa.turn(conversation, text="take w8888 marzipan from pumpernickel street")
    rasa.turn(conversation, text="/marzipan")
    rasa.send(body(payload='/give_number{"pumpernickel": 1}'))
    stored = b"".join(file.read_bytes() for file in rasa.database.parent.iterdir())
    assert conversation.encode() in stored
    for secret in (b"marzipan from", b"pumpernickel", b"w8888", b"Noted", b"give_number", b'"event"'):
        assert secret not in stored
    assert "pumpernickel" not in rasa.log
    assert "marzipan from" not in rasa.log


def test_the_database_is_for_its_owner_only(rasa: Served) -> None:
    rasa.turn("cnv_owner-only", text="hello")
    assert rasa.database.stat().st_mode & 0o077 == 0
    assert rasa.database.parent.stat().st_mode & 0o077 == 0


def test_a_locked_database_fails_the_turn_only(rasa: Served) -> None:
    rasa.turn("cnv_locked-out", text="take w1111")
    other = sqlite3.connect(rasa.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert rasa.send(body(text="take w2222", conversation="cnv_locked-out")) == (500, b"")
    other.execute("ROLLBACK")
    other.close()
    assert rasa.turn("cnv_locked-out", text="show") == [{"text": "It is w1111."}]


def test_health(rasa: Served) -> None:
    assert rasa.health() == (200, b'{"status":"ok"}')


@pytest.mark.parametrize(
    ("flags", "secret", "complaint"),
    [
        ((), None, "COUNTERSIGN_RASA_SECRET"),
        ((), "", "COUNTERSIGN_RASA_SECRET is shorter than 32 characters"),
        ((), "short", "COUNTERSIGN_RASA_SECRET is shorter than 32 characters"),
        (("--debug",), CHANNEL_SECRET, "debug logs of Rasa show what shoppers write"),
    ],
)
def test_rasa_does_not_start_unsafe(
    bot: Path, core: FakeCore, tmp_path: Path, flags: tuple[str, ...], secret: str | None, complaint: str
) -> None:
    ours = {
        "COUNTERSIGN_INNER_SECRET": SECRET,
        "COUNTERSIGN_INNER_URL": core.url,
        "COUNTERSIGN_TRACKER_DB": str(tmp_path / "tracker.db"),
    }
    if secret is not None:
        ours["COUNTERSIGN_RASA_SECRET"] = secret
    ran = run_rasa(bot, "run", "-i", "127.0.0.1", "-p", "1", *flags, **ours)
    assert ran.returncode != 0
    assert complaint in ran.stdout + ran.stderr
    assert flags or "Traceback" not in ran.stdout + ran.stderr
