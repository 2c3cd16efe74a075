"""Any part may be down, hung or killed: a clear answer, and nothing is lost or doubled once it is back.

One instance of this file's own, with a gate on each of the two ways between its halves; and one core alone
whose Rasa takes connections and never answers, asked at the beginning and looked at in the end.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from countersign.vault.keyring import KeyRing
from ops.instance import Instance, start
from tests.chat_client import (
    Chat,
    Messages,
    buttons,
    countersign,
    new_key,
    refused,
    replied,
    words,
)
from tests.e2e.breakage import core_alone, damaged, locked
from tests.gate import Gate

ALEX, POSTCODE, ORDER = "alex@demo.example", "97205", "#W1000001"

DELIVERED = f"Order {ORDER}: delivered."
TROUBLE = "something went wrong on our side"


@dataclass
class House:
    """The instance and its gates."""

    home: Path
    to_rasa: Gate
    to_core: Gate
    instance: Instance

    @property
    def url(self) -> str:
        return self.instance.url

    def open_gates(self) -> None:
        self.to_rasa.open(self.instance.rasa)
        self.to_core.open(self.instance.inner)

    def restart(self) -> None:
        self.instance = started(self.home, self.to_rasa, self.to_core)
        self.open_gates()


def started(home: Path, to_rasa: Gate, to_core: Gate) -> Instance:
    ways = {"COUNTERSIGN_RASA_VIA": to_rasa.url, "COUNTERSIGN_INNER_URL": to_core.url}
    return start(home, store="demo", env=ways)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("faults") / "home"
    with Gate() as to_rasa, Gate() as to_core:
        house = House(home, to_rasa, to_core, started(home, to_rasa, to_core))
        house.open_gates()
        try:
            yield house
        finally:
            house.instance.stop()


@pytest.fixture(autouse=True)
def all_is_well(house: House) -> Iterator[None]:
    yield
    house.open_gates()


@pytest.fixture
def chat(house: House) -> Iterator[Chat]:
    """Somebody who was asked for a postcode."""
    with Chat(house.url) as chat:
        chat.say(f"where is order {ORDER}")
        yield chat


def senders(history: Messages) -> list[str]:
    return [entry["from"] for entry in history]


def told(history: Messages) -> list[str]:
    return [entry["text"] for entry in history if entry["from"] == "shopper"]


@pytest.fixture(scope="module", autouse=True)
def hung(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[tuple[Chat, str, httpx.Response]]]:
    """A message to a core whose Rasa hangs. It is asked now; the core gives up after 25 s."""
    home = tmp_path_factory.mktemp("hung") / "home"
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = stack.enter_context(core_alone(home, f"http://127.0.0.1:{listener.getsockname()[1]}"))
        pool = stack.enter_context(ThreadPoolExecutor(1))

        def ask() -> tuple[Chat, str, httpx.Response]:
            chat = stack.enter_context(Chat(url))
            key = new_key()
            return chat, key, chat.send(key, text="hello")

        yield pool.submit(ask)


# Rasa.


def test_rasa_down(house: House, chat: Chat) -> None:
    house.to_rasa.shut()
    key, before = new_key(), chat.history()
    for _ in range(2):
        answer = chat.send(key, text="What are your opening hours?")
        problem = refused(answer, 503, "assistant-unavailable")
        assert problem["detail"]
        assert int(answer.headers["retry-after"]) > 0
        # What they wrote is kept, once, and not answered by half.
        assert chat.history()[: len(before)] == before
        assert told(chat.history()[len(before) :]) == ["What are your opening hours?"]
    house.open_gates()
    heard = chat.say("What are your opening hours?", key)
    assert chat.history()[len(before) + 1 :] == heard
    assert chat.say("What are your opening hours?", key) == heard


def test_an_answer_to_a_question_outlives_a_rasa_that_is_down(house: House, chat: Chat) -> None:
    """The postcode was asked for, so it is one, and is sealed as one, however often it is sent."""
    house.to_rasa.shut()
    key = new_key()
    refused(chat.send(key, text=POSTCODE), 503)
    house.open_gates()
    assert DELIVERED in words(chat.say(POSTCODE, key))


def test_a_button_outlives_it_too(house: House, chat: Chat) -> None:
    chosen, key = buttons(chat.say("hello"))["Show my orders"], new_key()
    house.to_rasa.shut()
    refused(chat.send(key, payload=chosen), 503)
    house.open_gates()
    heard = words(chat.press(chosen, key))
    assert "once you're signed in" in heard
    assert told(chat.history())[-1] == "Show my orders"
    assert "choice has passed" in words(chat.press(chosen))


def test_the_socket_stays_up_when_rasa_is_down(house: House, chat: Chat) -> None:
    with chat.line(after="99999999") as line:
        house.to_rasa.shut()
        line.send(type="message", key="k1", text="hello")
        error = line.read("error")
        assert error["key"] == "k1"
        assert error["problem"]["type"] == "/problems/assistant-unavailable"
        house.open_gates()
        heard = line.say("hello", "k1")["messages"]
    assert chat.history()[-len(heard) :] == heard
    assert told(chat.history()).count("hello") == 1


def test_signing_in_needs_no_rasa_and_the_errand_waits_for_it(house: House) -> None:
    with Chat(house.url) as chat:
        chat.say("show my orders")
        house.to_rasa.shut()
        chat.say(ALEX)
        heard = words(chat.say(chat.code_for(ALEX)))
        assert "You're signed in." in heard
        assert TROUBLE in heard
        refused(chat.send("k", text="thanks"), 503)
        house.open_gates()
        again = words(chat.say("thanks", "k"))
        assert ORDER in again
        assert again.count("Your orders") == 1
        assert words(chat.history()).count("Your orders") == 1


def test_rasa_stopped_for_a_moment_is_only_late(house: House, chat: Chat) -> None:
    rasa = house.instance.pids["rasa"]
    key, before = new_key(), len(chat.history())
    with ThreadPoolExecutor(1) as pool:
        os.kill(rasa, signal.SIGSTOP)
        try:
            sent = pool.submit(chat.send, key, text="hello")
            with Chat(house.url) as other:
                await_kept(chat, before + 1)
                assert not sent.done()
                # Nobody else waits for it: what the core can do alone goes on.
                assert other.history() == []
        finally:
            os.kill(rasa, signal.SIGCONT)
        heard = replied(sent.result())
    assert chat.history()[before + 1 :] == heard


def await_kept(chat: Chat, count: int) -> None:
    """Until history holds as many: the message was taken, and is not answered yet."""
    until = time.monotonic() + 20
    while len(chat.history()) < count:
        assert time.monotonic() < until
        time.sleep(0.02)


# The action server.


def test_action_server_down(house: House, chat: Chat) -> None:
    """Rasa says nothing at all then; an empty reply never reaches a shopper."""
    house.to_core.shut()
    heard = words(chat.say(POSTCODE))
    assert TROUBLE in heard
    assert "delivered" not in heard
    # What needs no action is answered as ever.
    assert "Monday" in words(chat.say("What are your opening hours?"))
    with Chat(house.url) as stranger:
        # Nor is there a key for a new conversation: nothing is understood that could not be kept sealed.
        refused(stranger.send("k", text="hello"), 503, "assistant-unavailable")
        house.open_gates()
        assert words(stranger.say("hello", "k"))
        assert senders(stranger.history())[:2] == ["shopper", "assistant"]
        assert told(stranger.history()) == ["hello"]
    chat.say(f"where is order {ORDER}")
    assert DELIVERED in words(chat.say(POSTCODE))


def test_action_server_down_in_the_middle_of_an_errand(house: House) -> None:
    with Chat(house.url) as chat:
        chat.say("show my orders")
        chat.say(ALEX)
        house.to_core.shut()
        heard = words(chat.say(chat.code_for(ALEX)))
        assert "You're signed in." in heard
        assert TROUBLE in heard
        house.open_gates()
        assert ORDER in words(chat.say("show my orders"))


# The databases.


def test_core_database_locked(house: House, chat: Chat) -> None:
    before = chat.history()
    mine, theirs = new_key(), new_key()
    with ThreadPoolExecutor(4) as pool, chat.line(after=before[-1]["id"]) as line, Chat(house.url) as other:
        with locked(house.home / "core.db"):
            sent = [
                pool.submit(chat.send, mine, text=POSTCODE),
                pool.submit(other.send, theirs, text="hello"),
                pool.submit(other.call, "POST", "/session"),
                pool.submit(other.call, "DELETE", "/history"),
            ]
            line.send(type="message", key="k", text="hello")
            # What only reads goes on.
            assert chat.history() == before
            for answer in sent:
                refused(answer.result(), 503)
            assert line.read("error")["problem"]["status"] == 503
            assert chat.history() == before
        assert DELIVERED in words(chat.say(POSTCODE, mine))
        assert words(line.answer_of("k", "hello"))
        assert words(other.say("hello", theirs))
        assert told(chat.history()) == [f"where is order {ORDER}", POSTCODE, "hello"]
        assert told(other.history()) == ["hello"]


def test_store_down(house: House, chat: Chat) -> None:
    key = new_key()
    with damaged(house.home / "store.db"):
        # Nobody looks a guest up before Rasa hears the message: it is the action that finds the store shut.
        told_of = chat.say(POSTCODE, key)
        assert TROUBLE in words(told_of) and "Nothing was changed" in words(told_of)
        assert chat.say(POSTCODE, key) == told_of
        refused(chat.http.get("/"), 503)
        refused(chat.http.get("/products"), 503)
        with Chat(house.url) as other:
            assert DELIVERED not in words(other.say(f"where is order {ORDER}, postcode {POSTCODE}"))
    assert DELIVERED in words(chat.say(POSTCODE))
    assert told(chat.history()) == [f"where is order {ORDER}", POSTCODE, POSTCODE]
    assert chat.http.get("/products").status_code == httpx.codes.OK


def test_store_down_for_who_is_signed_in(house: House, chat: Chat) -> None:
    chat.say("sign in")
    chat.say(ALEX)
    chat.say(chat.code_for(ALEX))
    before, key = chat.history(), new_key()
    with damaged(house.home / "store.db"):
        for _ in range(2):
            refused(chat.send(key, text="show my orders"), 503)
        assert chat.history() == before
    assert ORDER in words(chat.say("show my orders", key))
    assert told(chat.history())[-1] == "show my orders"


def test_a_core_does_not_start_on_a_damaged_database(tmp_path: Path) -> None:
    def serve(name: str) -> subprocess.CompletedProcess[str]:
        home = tmp_path / name
        home.mkdir()
        KeyRing.create(home / "keys.json")
        (home / name).write_bytes(os.urandom(50_000))
        secrets = {"COUNTERSIGN_INNER_SECRET": "i" * 43, "COUNTERSIGN_RASA_SECRET": "r" * 43}
        return countersign(home, "serve", **secrets)

    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(serve, ("core.db", "store.db")):
            assert done.returncode == 1
            assert done.stderr.startswith("countersign: ")
            assert "Traceback" not in done.stderr


FAULTS = (
    (lambda shop: shop["orders"][3]["items"][0].update(price=-1), "orders[3].items[0].price"),
    (lambda shop: shop["customers"][0].update(email="no address"), "customers[0].email"),
    (lambda shop: shop["orders"][0].update(customer_id="nobody"), "orders[0].customer_id"),
    (lambda shop: shop.update(surprise=1), "surprise"),
)


def test_a_store_file_with_errors_is_refused_whole(house: House, tmp_path: Path) -> None:
    dumped, before = countersign(house.home, "store", "dump").stdout, rows_of(house.home / "store.db")
    wrong, file = json.loads(dumped), tmp_path / "wrong.json"
    for spoil, _ in FAULTS:
        spoil(wrong)
    file.write_text(json.dumps(wrong), encoding="utf-8")
    half = tmp_path / "half.json"
    half.write_text(dumped[:-100], encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        done, cut_off = pool.map(
            lambda each: countersign(house.home, "store", "import", str(each)), (file, half)
        )
    assert [done.returncode, cut_off.returncode] == [1, 1]
    assert "nothing was imported" in done.stderr
    assert [path for _, path in FAULTS if path not in done.stderr] == []
    assert "Traceback" not in done.stderr + cut_off.stderr
    assert rows_of(house.home / "store.db") == before


def rows_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


# The core itself.


def test_core_killed_between_hearing_and_answering(house: House, chat: Chat) -> None:
    key, before = new_key(), chat.history()
    pids = house.instance.pids
    with ThreadPoolExecutor(1) as pool:
        os.kill(pids["rasa"], signal.SIGSTOP)
        sent = pool.submit(chat.send, key, text=POSTCODE)
        await_kept(chat, len(before) + 1)
        os.kill(pids["core"], signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            sent.result()
        os.kill(pids["rasa"], signal.SIGCONT)
    # One half alone is no use: the supervisor ends the other.
    assert house.instance.wait(30) == 1
    house.restart()
    chat.http.base_url = house.url
    assert chat.history()[:-1] == before
    assert told(chat.history())[-1] == POSTCODE
    heard = chat.say(POSTCODE, key)
    assert DELIVERED in words(heard)
    assert chat.history() == [*chat.history()[: len(before) + 1], *heard]
    assert told(chat.history()).count(POSTCODE) == 1
    assert chat.say(POSTCODE, key) == heard


def test_rasa_hung(hung: Future[tuple[Chat, str, httpx.Response]]) -> None:
    chat, key, answer = hung.result()
    refused(answer, 503, "assistant-unavailable")
    assert answer.elapsed.total_seconds() < 30
    assert [(entry["from"], entry["key"]) for entry in chat.history()] == [("shopper", key)]


def test_nothing_of_it_was_a_crash(house: House) -> None:
    log = (house.home / "log" / "core.log").read_text(encoding="utf-8")
    assert "request.crashed" not in log
    assert "Traceback" not in log
