from countersign.gateway.hub import MOST_PER_ADDRESS, MOST_PER_CONVERSATION, Frame, Hub, Send


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
