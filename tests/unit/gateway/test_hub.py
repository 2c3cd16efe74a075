import gc
import weakref

import pytest
from starlette.websockets import WebSocketDisconnect

from countersign.gateway.hub import MOST_PER_ADDRESS, MOST_PER_CONVERSATION, Frame, Hub, Send
from tests.fakes.gateway_parts import run

FRAME: Frame = {"type": "push", "messages": []}


def listener() -> Send:
    async def send(frame: Frame) -> None: ...

    return send


def test_a_conversation_has_so_many_sockets_and_no_more() -> None:
    hub, sends = Hub(), [listener() for _ in range(MOST_PER_CONVERSATION + 1)]
    assert [hub.join("cnv_a", send) for send in sends] == [True] * MOST_PER_CONVERSATION + [False]
    assert hub.join("cnv_b", sends[-1])
    hub.leave("cnv_a", sends[0])
    assert hub.join("cnv_a", sends[-1])


def test_an_address_has_so_many_sockets_and_gets_their_places_back() -> None:
    hub = Hub()
    places = [hub.place("here") for _ in range(MOST_PER_ADDRESS)]
    assert all(place.__enter__() for place in places)
    with hub.place("here") as free, hub.place("elsewhere") as other:
        assert (free, other) == (False, True)
    places[0].__exit__(None, None, None)
    with hub.place("here") as free:
        assert free


class Listener:
    """Keeps what it hears, or fails as a line does that is gone."""

    def __init__(self, error: Exception | None = None) -> None:
        self.heard: list[Frame] = []
        self.asked = 0
        self._error = error

    async def send(self, frame: Frame) -> None:
        self.asked += 1
        if self._error is not None:
            raise self._error
        self.heard.append(frame)


class TestPush:
    def test_reaches_every_listener_of_the_conversation_and_no_other(self) -> None:
        hub, one, two, other = Hub(), Listener(), Listener(), Listener()
        for conversation, listener in (("cnv_a", one), ("cnv_a", two), ("cnv_b", other)):
            hub.join(conversation, listener.send)
        assert run(hub.push("cnv_a", FRAME)) == 2
        assert (one.heard, two.heard, other.heard) == ([FRAME], [FRAME], [])

    def test_spares_the_one_who_asked(self) -> None:
        hub, asker, other = Hub(), Listener(), Listener()
        hub.join("cnv_a", asker.send)
        hub.join("cnv_a", other.send)
        assert run(hub.push("cnv_a", FRAME, but=asker.send)) == 1
        assert (asker.heard, other.heard) == ([], [FRAME])

    def test_to_nobody_reaches_nobody(self) -> None:
        hub, gone = Hub(), Listener()
        hub.join("cnv_a", gone.send)
        hub.leave("cnv_a", gone.send)
        assert run(hub.push("cnv_a", FRAME)) == 0
        assert gone.heard == []

    @pytest.mark.parametrize(
        "error", [RuntimeError("closed"), ConnectionResetError("reset"), WebSocketDisconnect(1006)]
    )
    def test_lets_a_dead_listener_go_and_reaches_the_others(self, error: Exception) -> None:
        hub, dead, living = Hub(), Listener(error), Listener()
        hub.join("cnv_a", dead.send)
        hub.join("cnv_a", living.send)
        assert [run(hub.push("cnv_a", FRAME)) for _ in range(2)] == [1, 1]
        assert (dead.asked, len(living.heard)) == (1, 2)

    def test_lets_a_listener_go_that_leaves_by_itself_meanwhile(self) -> None:
        hub, dead = Hub(), Listener(RuntimeError("closed"))
        hub.join("cnv_a", dead.send)
        run(hub.push("cnv_a", FRAME))
        hub.leave("cnv_a", dead.send)
        assert run(hub.push("cnv_a", FRAME)) == 0

    def test_does_not_hide_a_mistake_of_ours(self) -> None:
        hub = Hub()
        hub.join("cnv_a", Listener(KeyError("a bug")).send)
        with pytest.raises(KeyError):
            run(hub.push("cnv_a", FRAME))


class TestLock:
    def test_is_one_for_a_conversation_as_long_as_it_is_held(self) -> None:
        hub = Hub()

        async def scene() -> tuple[bool, bool]:
            async with hub.lock("cnv_a"):
                return hub.lock("cnv_a").locked(), hub.lock("cnv_b").locked()

        assert run(scene()) == (True, False)

    def test_that_nobody_holds_is_not_kept(self) -> None:
        hub = Hub()
        kept = weakref.ref(hub.lock("cnv_a"))
        gc.collect()
        assert kept() is None
