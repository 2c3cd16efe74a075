"""The sealed tracker store under Rasa's own processor."""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.fakes.core import SECRET, FakeCore
from tests.unit.rasa_ext.harness import Talk

CONVERSATION = "cnv_of-the-tests"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "rasa" / "tracker.db"


def store(database: Path, core: FakeCore, **settings: Any) -> Any:
    from rasa_ext.tracker_store import SealedTrackerStore

    keys = {"url": core.url + "/keys/lend", "headers": {"Authorization": f"Bearer {SECRET}"}}
    return SealedTrackerStore(None, str(database), keys, **settings)


def as_json(tracker: Any) -> Any:
    """The tracker as an action server sees it."""
    from rasa.shared.core.trackers import EventVerbosity

    return json.loads(json.dumps(tracker.current_state(EventVerbosity.ALL)))


def sql(database: Path, statement: str, *values: Any) -> list[Any]:
    """What a thief, or the one who tampers, does with the file."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


class Watched:
    """Counts how often a store's log reads events, and what it has written."""

    def __init__(self, store: Any, database: Path) -> None:
        self._database = database
        self.reads = 0
        store._log._db.set_trace_callback(self._see)

    def _see(self, statement: str) -> None:
        self.reads += statement.startswith("SELECT") and "BETWEEN 0 AND 0" not in statement

    def written(self) -> tuple[int, int]:
        """Batches, and their bytes, that are in the file."""
        (row,) = sql(self._database, "SELECT count(*), sum(length(sealed)) FROM batches WHERE sequence > 0")
        return row[0], row[1]


def stopped(talk: Talk, text: str = "show") -> str:
    """The cause for which a turn stops."""
    from rasa_ext.errors import TurnStoppedError

    with pytest.raises(TurnStoppedError) as stop:
        talk.say(text)
    return type(stop.value.__cause__).__name__


def test_a_conversation_outlives_the_process(talk: Talk, core: FakeCore, database: Path) -> None:
    talk.over(store(database, core)).say("take W1234")
    live = talk.tracker()
    talk.over(store(database, core))
    loaded = talk.tracker()
    assert loaded is not live
    assert as_json(loaded) == as_json(live)
    assert talk.say("show") == ["It is W1234."]


def test_a_stored_tracker_equals_rasas_own(talk: Talk, core: FakeCore, database: Path) -> None:
    from rasa.core.tracker_store import InMemoryTrackerStore

    def played(store: Any) -> list[dict[str, Any]]:
        talk.over(store)
        for text in ("hello", "take W1234", "show", "gibberish", "where"):
            talk.say(text)
        passing = {"timestamp", "message_id", "metadata"}
        return [
            {name: value for name, value in event.as_dict().items() if name not in passing | {"parse_data"}}
            for event in talk.tracker().events
        ]

    assert played(store(database, core)) == played(InMemoryTrackerStore(None))


def test_a_turn_that_rasa_cuts_off_is_the_only_one(talk: Talk, core: FakeCore, database: Path) -> None:
    talk.over(store(database, core))
    sound = core.actions["action_show_number"]
    core.actions["action_show_number"] = lambda _: {
        "events": [{"event": "followup", "name": "action_show_number"}]
    }
    assert talk.say("show") == []
    core.actions["action_show_number"] = sound
    assert talk.say("take W1234") == ["Noted."]
    assert talk.say("show") == ["It is W1234."]


def test_a_turn_reads_nothing_and_writes_only_its_own(talk: Talk, core: FakeCore, database: Path) -> None:
    sealed = store(database, core)
    talk.over(sealed).say("hello")
    watched = Watched(sealed, database)
    sizes = []
    for number in range(12):
        before = watched.written()
        talk.say(f"take W{1000 + number}")
        after = watched.written()
        assert after[0] == before[0] + 1
        sizes.append(after[1] - before[1])
    assert watched.reads == 0
    assert max(sizes) - min(sizes) < 64
    assert len(core.lent) == 1


def test_a_long_conversation_stays_short_and_keeps_its_slots(
    talk: Talk, core: FakeCore, database: Path
) -> None:
    from rasa_ext.tracker_store import MOST_EVENTS

    talk.over(store(database, core)).say("take W1234")
    lengths = []
    for _ in range(60):
        talk.say("hello")
        lengths.append(len(talk.tracker().events))
    assert talk.say("show") == ["It is W1234."]
    assert max(lengths) <= MOST_EVENTS
    assert lengths.count(min(lengths[30:])) >= 1  # it was cut again, late in the conversation
    assert len(core.called[-1]["tracker"]["events"]) <= MOST_EVENTS + 10
    talk.over(reread := store(database, core))
    watched = Watched(reread, database)
    assert talk.say("show") == ["It is W1234."]
    assert watched.reads == 1


def test_every_stored_event_is_streamed_once(talk: Talk, core: FakeCore, database: Path) -> None:
    class Broker:
        published: ClassVar[list[dict[str, Any]]] = []

        def publish(self, event: dict[str, Any]) -> None:
            self.published.append(event)

    talk.over(store(database, core, event_broker=Broker()))
    for text in ("hello", "take W1234", "show"):
        talk.say(text)
    said = [event["text"] for event in Broker.published if event["event"] == "user"]
    assert said == ["hello", "take W1234", "show"]
    assert {event["sender_id"] for event in Broker.published} == {CONVERSATION}


def test_only_the_last_session_is_carried_on(
    talk: Talk, core: FakeCore, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.over(store(database, core)).say("take W1234")
    events = len(talk.tracker().events)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 2 * 3600)
    assert talk.say("show") == ["It is W1234."]
    assert talk.tracker().events[0].action_name == "action_session_start"
    assert len(talk.tracker().events) < events + 10
    talk.over(store(database, core))
    assert talk.say("show") == ["It is W1234."]


def test_a_turn_that_failed_half_way_is_forgotten(
    talk: Talk, core: FakeCore, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = store(database, core)
    talk.over(sealed).say("take W1111")
    with monkeypatch.context() as broken:

        def full(*_: Any, **__: Any) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        broken.setattr(sealed._log, "append", full)
        assert stopped(talk, "take W2222") == "OperationalError"
    assert talk.say("show") == ["It is W1111."]


def test_only_the_last_used_conversations_are_held(
    talk: Talk, core: FakeCore, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rasa_ext.keys.MOST", 2)
    sealed = store(database, core)
    watched = Watched(sealed, database)
    talk.over(sealed)
    for name in ("cnv_one", "cnv_two", "cnv_three"):
        talk.say(f"take W{len(name):04}", name)
    assert list(sealed._keys._held) == ["cnv_two", "cnv_three"]
    reads = watched.reads
    talk.say("hello", "cnv_two")
    assert watched.reads == reads
    assert talk.say("show", "cnv_one") == ["It is W0007."]
    assert watched.reads == reads + 1
    assert list(sealed._keys._held) == ["cnv_two", "cnv_one"]


def test_what_is_held_goes_with_time(
    talk: Talk, core: FakeCore, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rasa_ext.keys.SECONDS", 0)
    sealed = store(database, core)
    talk.over(sealed).say("take W1234")
    assert talk.say("show") == ["It is W1234."]
    assert len(core.lent) == 2
    core.lend_status = 403
    assert stopped(talk) == "ClientResponseError"


def test_an_eviction_in_mid_turn_loses_nothing(talk: Talk, core: FakeCore, database: Path) -> None:
    sealed = store(database, core)
    talk.over(sealed).say("take W1234")
    lively = core.actions["action_show_number"]

    def evict(call: dict[str, Any]) -> dict[str, Any]:
        sealed._keys._held.clear()
        return lively(call)

    core.actions["action_show_number"] = evict
    talk.say("show")
    talk.over(store(database, core))
    said = [event.text for event in talk.tracker().events if event.type_name == "user"]
    assert said == ["take W1234", "show"]


def test_nothing_readable_is_at_rest(talk: Talk, core: FakeCore, database: Path) -> None:
    talk.over(store(database, core)).say("take W7777 marzipan")
    stored = b"".join(file.read_bytes() for file in database.parent.iterdir())
    assert CONVERSATION.encode() in stored
    for secret in (b"W7777", b"marzipan", b"Noted", b"notes_number", b"ticket"):
        assert secret not in stored


def tampered(database: Path, *statements: str) -> None:
    for statement in statements:
        sql(database, statement)


TAMPERING = {
    "changed": ["UPDATE batches SET sealed = CAST(sealed || x'00' AS BLOB) WHERE sequence = 2"],
    "another version": [
        "UPDATE batches SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB) WHERE sequence = 2"
    ],
    "emptied": ["UPDATE batches SET sealed = x'' WHERE sequence = 2"],
    "cut in the middle": ["DELETE FROM batches WHERE sequence = 2"],
    "cut at the end": ["DELETE FROM batches WHERE sequence = 3"],
    "cut at the start": ["DELETE FROM batches WHERE sequence = 1"],
    "all cut": ["DELETE FROM batches WHERE sequence > 0"],
    "head cut": ["DELETE FROM batches WHERE sequence = 0"],
    "doubled": [
        "INSERT INTO batches SELECT conversation, 4, key_id, written_at, sealed FROM batches"
        " WHERE sequence = 3"
    ],
    "swapped": [
        "UPDATE batches SET sequence = 9 WHERE sequence = 2",
        "UPDATE batches SET sequence = 2 WHERE sequence = 3",
        "UPDATE batches SET sequence = 3 WHERE sequence = 9",
    ],
    "of another conversation": [
        "UPDATE batches SET sealed = (SELECT sealed FROM batches WHERE conversation = 'cnv_other'"
        " AND sequence = 2) WHERE conversation = 'cnv_of-the-tests' AND sequence = 2"
    ],
    "head of another conversation": [
        "UPDATE batches SET sealed = (SELECT sealed FROM batches WHERE conversation = 'cnv_other'"
        " AND sequence = 0) WHERE conversation = 'cnv_of-the-tests' AND sequence = 0"
    ],
    "head as a batch": [
        "UPDATE batches SET sealed = (SELECT sealed FROM batches WHERE conversation = 'cnv_of-the-tests'"
        " AND sequence = 1) WHERE conversation = 'cnv_of-the-tests' AND sequence = 0"
    ],
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_seen(talk: Talk, core: FakeCore, database: Path, how: str) -> None:
    talk.over(store(database, core))
    for text in ("take W1111", "take W2222", "take W3333"):
        talk.say(text)
        talk.say(text, "cnv_other")
    tampered(database, *TAMPERING[how])
    talk.over(store(database, core))
    assert stopped(talk) == "RefusedError"


def test_a_head_put_back_is_seen(talk: Talk, core: FakeCore, database: Path) -> None:
    talk.over(store(database, core)).say("take W1111")
    ((old,),) = sql(database, "SELECT sealed FROM batches WHERE sequence = 0")
    talk.say("take W2222")
    sql(database, "UPDATE batches SET sealed = ? WHERE sequence = 0", old)
    talk.over(store(database, core))
    assert stopped(talk) == "RefusedError"


def test_two_writers_of_one_conversation_do_not_mix(talk: Talk, core: FakeCore, database: Path) -> None:
    mine, other = store(database, core), store(database, core)
    talk.over(mine).say("take W1111")
    talk.over(other).say("take W2222")
    assert stopped(talk.over(mine), "take W3333") == "RefusedError"
    assert talk.say("show") == ["It is W2222."]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (403, None),
        (500, None),
        (200, {"key": "c2hvcnQ=", "key_id": "key_0"}),
        (200, {"key": "=", "key_id": "key_0"}),
        (200, {"key": None, "key_id": "key_0"}),
        (200, {"key_id": "key_0"}),
        (200, {}),
    ],
)
def test_no_key_no_turn(
    talk: Talk, core: FakeCore, database: Path, status: int, answer: dict[str, Any] | None
) -> None:
    core.lend_status, core.garble = status, answer
    talk.over(store(database, core))
    assert stopped(talk) in ("ClientResponseError", "ValueError", "Error", "TypeError", "KeyError")
    assert not core.called
    assert sql(database, "SELECT * FROM batches") == []


def test_a_key_service_that_is_down_stops_the_turn(talk: Talk, database: Path) -> None:
    down = FakeCore()
    talk.over(store(database, down))
    down.close()
    assert stopped(talk) == "ClientConnectorError"


def test_a_wrong_key_opens_nothing(talk: Talk, core: FakeCore, database: Path) -> None:
    talk.over(store(database, core)).say("take W1111")
    core.garble = {**core.key("cnv_other"), "key_id": core.key(CONVERSATION)["key_id"]}
    talk.over(store(database, core))
    assert stopped(talk) == "RefusedError"


def test_no_turn_no_key(talk: Talk, core: FakeCore, database: Path) -> None:
    from rasa_ext.errors import TurnStoppedError

    sealed = store(database, core)
    talk.over(sealed).say("take W1111")
    with pytest.raises(TurnStoppedError):
        talk.during_turn("cnv_other", lambda: sealed.retrieve(CONVERSATION))
    assert [asked["conversation"] for asked in core.lent] == [CONVERSATION]


def test_a_destroyed_key_ends_the_conversation(talk: Talk, core: FakeCore, database: Path) -> None:
    sealed = store(database, core)
    talk.over(sealed).say("take W1111")
    ((old,),) = sql(database, "SELECT sealed FROM batches WHERE sequence = 1")
    core.erase(CONVERSATION)
    sealed._keys._held.clear()
    assert talk.say("show") == ["It is None."]
    assert old not in [row[0] for row in sql(database, "SELECT sealed FROM batches")]


def test_conversations_expire(talk: Talk, core: FakeCore, database: Path) -> None:
    talk.over(store(database, core, expire_hours=2)).say("take W1111")
    talk.say("take W2222", "cnv_young")
    sql(
        database,
        "UPDATE batches SET written_at = written_at - 7201 WHERE conversation = ?",
        CONVERSATION,
    )
    talk.over(store(database, core, expire_hours=2))
    assert talk.say("show") == ["It is None."]
    assert talk.say("show", "cnv_young") == ["It is W2222."]


def test_expired_conversations_are_deleted_at_start_and_while_running(
    talk: Talk, core: FakeCore, database: Path
) -> None:
    sealed = store(database, core, expire_hours=2)
    talk.over(sealed)
    for when in ("at start", "while running"):
        talk.say("take W1111")
        sql(database, "UPDATE batches SET written_at = written_at - 4 * 3600")
        if when == "at start":
            sealed = store(database, core, expire_hours=2)
            talk.over(sealed)
        else:
            sealed._purge_at = time.monotonic() - 1
            talk.say("hello", "cnv_younger")
        assert sql(database, "SELECT * FROM batches WHERE conversation = ?", CONVERSATION) == []
