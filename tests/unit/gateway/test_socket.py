import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from countersign.db.errors import DatabaseUnavailableError
from countersign.gateway import socket
from countersign.gateway.access import DEVICE_COOKIE, SESSION_COOKIE
from countersign.gateway.hub import MOST_PER_CONVERSATION
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Opened
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import EMBEDDER, UNA, Stage, run
from tests.fakes.rasa import Heard, echo
from tests.fakes.visitors import ClosedError, Visitor, Wire

POLICY, TRY_AGAIN = 1008, 1013


def bearer(opened: Opened) -> dict[str, str]:
    return {"authorization": f"Bearer {opened.token.reveal()}"}


def cookie(opened: Opened, **headers: str) -> dict[str, str]:
    assert opened.device_key is not None
    pairs = (f"{SESSION_COOKIE}={opened.token.reveal()}", f"{DEVICE_COOKIE}={opened.device_key.reveal()}")
    return {"cookie": "; ".join(pairs), **headers}


def on_wire[T](
    stage: Stage, headers: dict[str, str], talk: Callable[[Wire], Awaitable[T]], *, welcomed: bool = True
) -> T:
    """What `talk` gives, on a socket that was opened with these headers."""

    async def scene() -> T:
        async with Wire(stage.public_app(), headers=headers) as wire:
            if welcomed:
                assert (await wire.hear())["type"] == "welcome"
            return await talk(wire)

    return run(scene())


async def asked(wire: Wire, text: str, key: str = "key_1", **more: Any) -> dict[str, Any]:
    """The frame that answers."""
    wire.send({"type": "message", "key": key, "text": text, **more})
    assert await wire.hear() == {"type": "typing"}
    return await wire.hear()


class TestHello:
    def test_of_a_program_is_its_header(self, stage: Stage) -> None:
        async def talk(wire: Wire) -> dict[str, Any]:
            return await wire.hear()

        frame = on_wire(stage, bearer(stage.open()), talk, welcomed=False)
        assert frame == {"type": "welcome", "messages": []}

    def test_of_an_embedded_widget_is_the_token_in_its_first_frame(self, stage: Stage) -> None:
        opened = stage.open()

        async def talk(wire: Wire) -> str:
            wire.send({"type": "hello", "token": opened.token.reveal()})
            return str((await wire.hear())["type"])

        assert on_wire(stage, {"origin": EMBEDDER}, talk, welcomed=False) == "welcome"

    def test_of_our_own_page_is_its_cookie(self, stage: Stage) -> None:
        async def talk(wire: Wire) -> str:
            wire.send({"type": "hello"})
            return str((await wire.hear())["type"])

        headers = cookie(stage.open("cookie"), origin="http://testserver")
        assert on_wire(stage, headers, talk, welcomed=False) == "welcome"

    def test_by_cookie_counts_from_no_other_page(self, stage: Stage) -> None:
        async def talk(wire: Wire) -> tuple[dict[str, Any], int]:
            wire.send({"type": "hello"})
            return await wire.hear(), await wire.closed()

        headers = cookie(stage.open("cookie"), origin=EMBEDDER)
        assert on_wire(stage, headers, talk, welcomed=False) == ({"type": "ended"}, POLICY)

    def test_may_bring_a_first_message(self, stage: Stage) -> None:
        opened = stage.open()

        async def talk(wire: Wire) -> list[str]:
            wire.send({"token": opened.token.reveal(), "text": "hello", "key": "key_1"})
            return [(await wire.hear())["type"] for _ in range(3)]

        assert on_wire(stage, {}, talk, welcomed=False) == ["welcome", "typing", "reply"]

    @pytest.mark.parametrize(
        "hello",
        [
            {"type": "hello"},
            {"type": "hello", "token": "dead"},
            [],
            "x",
            "{",
            b"\x00\xff",
            "[" * 30_000,
            "7" * 33_000,
        ],
    )
    def test_of_a_stranger_ends_the_line(self, stage: Stage, hello: object) -> None:
        async def talk(wire: Wire) -> tuple[dict[str, Any], int]:
            wire.send(hello)
            return await wire.hear(), await wire.closed()

        assert on_wire(stage, {}, talk, welcomed=False) == ({"type": "ended"}, POLICY)

    def test_must_come_in_time(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "HELLO_WITHIN", 0.01)

        async def talk(wire: Wire) -> int:
            return await wire.closed()

        assert on_wire(stage, {}, talk, welcomed=False) == POLICY

    @pytest.mark.parametrize("origin", ["https://evil.example", "null"])
    def test_from_a_foreign_page_is_not_even_heard(self, stage: Stage, origin: str) -> None:
        async def talk(wire: Wire) -> None: ...

        with pytest.raises(ClosedError) as caught:
            on_wire(stage, bearer(stage.open()) | {"origin": origin}, talk)
        assert caught.value.code == POLICY

    def test_while_the_database_is_down_may_come_again(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_: object) -> None:
            raise DatabaseUnavailableError("locked")

        headers = bearer(stage.open())
        monkeypatch.setattr(stage.sessions, "resolve", down)

        async def talk(wire: Wire) -> int:
            return await wire.closed()

        assert on_wire(stage, headers, talk, welcomed=False) == TRY_AGAIN


class TestWelcome:
    def test_tells_all_that_was_said_or_what_came_after(self, stage: Stage) -> None:
        opened = stage.open()
        for text in ("one", "two", "three"):
            stage.conversations.append(opened.session.conversation, "assistant", {"text": text})

        async def talk(wire: Wire, after: object) -> list[str]:
            wire.send({"token": opened.token.reveal(), "after": after})
            return [message["text"] for message in (await wire.hear())["messages"]]

        told = {
            str(after): on_wire(stage, {}, lambda wire, after=after: talk(wire, after), welcomed=False)
            for after in (None, "00000002", 2, "x", "9" * 13)
        }
        assert told["00000002"] == told["2"] == ["three"]
        assert told["None"] == told["x"] == told["9" * 13] == ["one", "two", "three"]

    def test_delivers_what_waited(self, stage: Stage) -> None:
        opened = stage.open()
        conversation = opened.session.conversation
        stage.conversations.append(conversation, "assistant", {"text": "waited"}, delivered=False)

        async def talk(wire: Wire) -> list[str]:
            return [message["text"] for message in (await wire.hear())["messages"]]

        assert on_wire(stage, bearer(opened), talk, welcomed=False) == ["waited"]
        assert stage.conversations.take_undelivered(conversation) == []


class TestMessage:
    def test_is_answered_with_its_key(self, stage: Stage) -> None:
        reply = on_wire(stage, bearer(stage.open()), lambda wire: asked(wire, "hello", "my-key"))
        assert (reply["type"], reply["key"]) == ("reply", "my-key")
        assert [message["text"] for message in reply["messages"]] == ["You said: hello"]

    def test_with_the_same_key_is_one_also_over_http(self, stage: Stage) -> None:
        opened = stage.open()
        reply = on_wire(stage, bearer(opened), lambda wire: asked(wire, "hello"))
        again = Visitor(stage.public_app()).post(
            "/api/chat/message", json={"text": "hello"}, headers=bearer(opened) | {"Idempotency-Key": "key_1"}
        )
        assert again.json()["messages"] == reply["messages"]
        assert stage.rasa.values == ["hello"]

    def test_may_be_a_button(self, stage: Stage) -> None:
        opened = stage.open()
        (button,) = stage.conversations.offer(opened.session.conversation, [("Sign in", "/sign_in")])

        async def talk(wire: Wire) -> dict[str, Any]:
            wire.send({"payload": button["payload"]})
            await wire.hear()
            return await wire.hear()

        reply = on_wire(stage, bearer(opened), talk)
        assert [message["text"] for message in reply["messages"]] == ["You said: /sign_in"]

    def test_that_cannot_be_taken_is_an_error_and_the_line_stays(self, stage: Stage) -> None:
        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
            return await asked(wire, "  "), await asked(wire, "hello", "key_2")

        error, reply = on_wire(stage, bearer(stage.open()), talk)
        assert (error["type"], error["key"]) == ("error", "key_1")
        assert (error["problem"]["type"], error["problem"]["status"]) == ("/problems/empty-message", 422)
        assert reply["type"] == "reply"

    def test_while_rasa_is_down_is_an_error_and_answered_later(self, stage: Stage) -> None:
        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
            stage.rasa.down = True
            error = await asked(wire, "hello")
            stage.rasa.down = False
            return error, await asked(wire, "hello")

        error, reply = on_wire(stage, bearer(stage.open()), talk)
        assert error["problem"]["type"] == "/problems/assistant-unavailable"
        assert [message["text"] for message in reply["messages"]] == ["You said: hello"]

    def test_that_crashes_something_says_nothing_of_it_and_the_line_stays(self, stage: Stage) -> None:
        def crash(heard: Heard) -> list[Item]:
            raise KeyError("una.lark@post.example")

        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
            stage.rasa.says = crash
            error = await asked(wire, "hello")
            stage.rasa.says = echo
            return error, await asked(wire, "hello")

        error, reply = on_wire(stage, bearer(stage.open()), talk)
        assert error["problem"]["type"] == "/problems/internal-error"
        assert "una.lark" not in str(error)
        assert reply["type"] == "reply"

    def test_over_the_limit_is_told_how_long_to_wait(self, stage: Stage) -> None:
        opened = stage.open()
        most = RATES[Bucket.MESSAGES_PER_SESSION][0]
        stage.limits.hit(Bucket.MESSAGES_PER_SESSION, opened.session.id, cost=most.amount)
        error = on_wire(stage, bearer(opened), lambda wire: asked(wire, "hello"))
        assert (error["problem"]["status"], error["problem"]["retry_after"]) == (429, most.seconds)

    @pytest.mark.parametrize(
        "frame",
        [
            "{",
            "[]",
            "null",
            '"hello"',
            b'{"text": "hello"}',
            "[" * 30_000,
            '{"text": "' + "x" * 32_768 + '"}',
        ],
    )
    def test_that_is_no_frame_is_an_error_and_the_line_stays(self, stage: Stage, frame: str | bytes) -> None:
        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
            wire.send(frame)
            return await wire.hear(), await asked(wire, "hello")

        error, reply = on_wire(stage, bearer(stage.open()), talk)
        assert (error["type"], error["key"]) == ("error", None)
        assert error["problem"]["status"] == 400
        assert reply["type"] == "reply"

    @pytest.mark.parametrize(
        ("frame", "key"),
        [
            ({"key": "key_1"}, "key_1"),
            ({"key": "key_1", "text": "a", "payload": "b"}, "key_1"),
            ({"key": "key_1", "text": 7}, "key_1"),
            ({"key": "key_1", "text": "\ud800"}, "key_1"),
            ({"key": "\ud800", "text": "a"}, None),
            ({"key": "two words", "text": "a"}, None),
            ({"key": "k" * 101, "text": "a"}, None),
            ({"key": {}, "text": "a"}, None),
        ],
    )
    def test_of_an_odd_shape_is_an_error_with_its_key_if_it_has_one(
        self, stage: Stage, frame: dict[str, Any], key: str | None
    ) -> None:
        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
            wire.send(frame)
            return await wire.hear(), await asked(wire, "hello", "key_9")

        error, reply = on_wire(stage, bearer(stage.open()), talk)
        assert (error["type"], error["key"], error["problem"]["status"]) == ("error", key, 400)
        assert (reply["type"], stage.rasa.values) == ("reply", ["hello"])

    def test_of_another_type_is_passed_over(self, stage: Stage) -> None:
        async def talk(wire: Wire) -> dict[str, Any]:
            wire.send({"type": "hello", "text": "not this"})
            wire.send({"type": "later", "text": "nor this"})
            return await asked(wire, "but this")

        assert on_wire(stage, bearer(stage.open()), talk)["messages"][0]["text"] == "You said: but this"


class TestSession:
    @pytest.mark.parametrize(("transport", "told"), [("bearer", "token"), ("cookie", "rotate")])
    def test_that_rises_is_told_to_its_client_and_the_line_stays(
        self, stage: Stage, transport: str, told: str
    ) -> None:
        opened = stage.open(transport)
        stage.conversations.expect_sign_in(opened.session.conversation, "email")

        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
            await asked(wire, UNA.reveal(), "key_1")
            return await asked(wire, stage.code(), "key_2"), await asked(wire, "hello", "key_3")

        risen, after = on_wire(stage, bearer(opened), talk)
        assert {"token", "rotate"} & set(risen) == {told}
        if transport == "bearer":
            assert stage.sessions.resolve(risen["token"]).person == stage.store.find(UNA)
        assert after["type"] == "reply"

    def test_that_signs_out_ends_the_line(self, stage: Stage) -> None:
        opened = stage.open()

        def says(heard: Heard) -> list[Item]:
            stage.sessions.end(opened.session)
            return [{"text": "Bye"}]

        stage.rasa.says = says

        async def talk(wire: Wire) -> tuple[dict[str, Any], dict[str, Any], int]:
            return await asked(wire, "sign out"), await wire.hear(), await wire.closed()

        reply, ended, code = on_wire(stage, bearer(opened), talk)
        assert reply["messages"][0]["text"] == "Bye"
        assert (ended, code) == ({"type": "ended"}, POLICY)

    def test_that_ended_elsewhere_serves_no_message(self, stage: Stage) -> None:
        opened = stage.open()

        async def talk(wire: Wire) -> tuple[dict[str, Any], int]:
            await asyncio.to_thread(stage.sessions.end, opened.session)
            wire.send({"text": "hello"})
            return await wire.hear(), await wire.closed()

        assert on_wire(stage, bearer(opened), talk) == ({"type": "ended"}, POLICY)
        assert stage.rasa.heard == []

    @pytest.mark.parametrize("path", ["/api/chat/session", "/api/chat/history"])
    def test_that_is_deleted_ends_every_line_of_it(self, stage: Stage, path: str) -> None:
        opened, app = stage.open(), stage.public_app()

        async def scene() -> list[int]:
            async with Wire(app, headers=bearer(opened)) as one, Wire(app, headers=bearer(opened)) as two:
                await one.hear()
                await two.hear()
                await Visitor(app).requested("DELETE", path, headers=bearer(opened))
                return [await one.closed(), await two.closed()]

        assert run(scene()) == [POLICY, POLICY]

    def test_in_two_windows_hears_in_each_what_was_said_in_the_other(self, stage: Stage) -> None:
        opened, app = stage.open(), stage.public_app()

        async def scene() -> tuple[dict[str, Any], dict[str, Any]]:
            async with Wire(app, headers=bearer(opened)) as one, Wire(app, headers=bearer(opened)) as two:
                await one.hear()
                await two.hear()
                return await asked(one, "hello"), await two.hear()

        reply, push = run(scene())
        assert (push["type"], push["reason"]) == ("push", "elsewhere")
        assert [message["text"] for message in push["messages"]] == ["hello", "You said: hello"]
        assert push["messages"][1:] == reply["messages"]

    def test_with_a_dead_window_is_answered_in_the_living_one(self, stage: Stage) -> None:
        opened, app = stage.open(), stage.public_app()

        async def scene() -> dict[str, Any]:
            async with Wire(app, headers=bearer(opened)) as living, Wire(app, headers=bearer(opened)) as dead:
                await living.hear()
                await dead.hear()
                dead.cut = True
                return await asked(living, "hello")

        assert run(scene())["type"] == "reply"

    def test_has_so_many_windows_and_no_more(self, stage: Stage) -> None:
        opened, app = stage.open(), stage.public_app()

        async def scene() -> int:
            wires = [Wire(app, headers=bearer(opened)) for _ in range(MOST_PER_CONVERSATION + 1)]
            for wire in wires[:-1]:
                await wire.__aenter__()
                await wire.hear()
            async with wires[-1] as last:
                code = await last.closed()
            for wire in wires[:-1]:
                await wire.__aexit__(None)
            return code

        assert run(scene()) == TRY_AGAIN
