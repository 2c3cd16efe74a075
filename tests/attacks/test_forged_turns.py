"""Whoever holds both inner secrets, but no living turn: Rasa itself, hijacked, between two messages.

Tickets are minted by the product's own `Turns` on the running shop's own database, so that a living one is at
hand as long as a test needs it: the same call with it is answered, so nothing else about a call was wrong.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from countersign.kit.hidden import Secret
from tests.chat_client import Chat, people_of, secrets_of, words
from tests.conftest import Shop
from tests.inner_client import ACTIONS, Hijacked, Victim, everything, living, rows_of, signed_in


@pytest.fixture(scope="module")
def victims(shop: Shop) -> Iterator[list[Victim]]:
    """Three who are signed in and have just seen their orders."""
    found = [signed_in(shop, person) for person in people_of(shop.home)[30:33]]
    for victim in found:
        assert victim.person["orders"][0]["id"] in words(victim.chat.say("show my orders"))
    yield found
    for victim in found:
        victim.chat.http.close()


def forged_in_log(shop: Shop) -> int:
    return int(rows_of(shop, "SELECT count(*) FROM audit_events WHERE tag = 'turn:forged'")[0][0])


def tells_nothing(answer: httpx.Response, *people: dict[str, Any]) -> None:
    assert answer.status_code == httpx.codes.FORBIDDEN, answer.text
    assert answer.json() == {"detail": "Forbidden"}
    for person in people:
        assert person["name"]["last"] not in answer.text


def test_every_action_of_the_domain_is_refused_in_every_signed_in_conversation(
    hijacked: Hijacked, victims: list[Victim]
) -> None:
    assert len(ACTIONS) >= 8
    attacker = Chat(hijacked.shop.url)
    attacker.say("hello")
    conversations = living(hijacked.shop)
    assert {victim.conversation for victim in victims} <= conversations.keys()
    dead = {}
    for conversation, session in conversations.items():
        ticket = hijacked.turns.begin(conversation, session, "")
        hijacked.turns.end(ticket)
        dead[conversation] = ticket.reveal()
    before, forged_before, calls = everything(hijacked.shop), forged_in_log(hijacked.shop), 0
    for conversation in conversations:
        other = next(each for each in conversations if each != conversation)
        foreign = hijacked.turns.begin(other, conversations[other], "").reveal()
        tries = [None, "", "x" * 43, dead[conversation], foreign, "x" * 10_000]
        for action in (*ACTIONS, "action_default_fallback", "action_no_such_thing"):
            for ticket in tries if conversation in {v.conversation for v in victims} else tries[:1]:
                tells_nothing(hijacked.act(action, conversation, ticket), *(v.person for v in victims))
                calls += 1
            # A ticket of another's living turn, and a tracker that speaks for them.
            tells_nothing(hijacked.act(action, conversation, foreign, told=other))
            tells_nothing(hijacked.act(action, other, foreign, told=conversation))
            calls += 2
        hijacked.turns.end(Secret(foreign))
    assert everything(hijacked.shop) == before
    assert forged_in_log(hijacked.shop) - forged_before == calls
    attacker.http.close()


def test_a_key_is_lent_to_a_living_turn_of_its_own_conversation_only(
    hijacked: Hijacked, victims: list[Victim]
) -> None:
    mine, other = victims[0], victims[1]
    ticket = hijacked.turns.begin(mine.conversation, mine.session, "")
    before = everything(hijacked.shop)
    for stranger in (other.conversation, "cnv_nobodyhasthisone", ""):
        tells_nothing(hijacked.lend(stranger, ticket.reveal()))
    for wrong in ("", "x", ticket.reveal()[:-1], ticket.reveal().swapcase()):
        tells_nothing(hijacked.lend(mine.conversation, wrong))
    lent = hijacked.lend(mine.conversation, ticket.reveal())
    assert lent.status_code == httpx.codes.OK
    assert lent.json().keys() == {"key", "key_id"}
    hijacked.turns.end(ticket)
    tells_nothing(hijacked.lend(mine.conversation, ticket.reveal()))
    assert everything(hijacked.shop) == before


def test_the_same_call_with_its_living_ticket_is_answered_in_tokens(
    hijacked: Hijacked, victims: list[Victim]
) -> None:
    for victim in victims:
        ticket = hijacked.turns.begin(victim.conversation, victim.session, "")
        answer = hijacked.act("action_list_orders", victim.conversation, ticket.reveal())
        hijacked.turns.end(ticket)
        assert answer.status_code == httpx.codes.OK
        said = answer.json()["responses"]
        assert [one["response"] for one in said[:1]] == ["utter_orders_list"]
        assert len([one for one in said if one.get("custom", {}).get("card", "").startswith("⟦card:")]) >= 1
        for order in victim.person["orders"]:
            assert order["items"][0]["name"] not in answer.text
        tells_nothing(hijacked.act("action_list_orders", victim.conversation, ticket.reveal()))


def test_slots_say_nothing_about_who_somebody_is(hijacked: Hijacked, victims: list[Victim]) -> None:
    """A living turn of the attacker's own, with slots that name somebody else's order."""
    with Chat(hijacked.shop.url) as attacker:
        attacker.say("hello")
        query = "SELECT conversation, id FROM sessions ORDER BY created_at DESC LIMIT 1"
        conversation, session = rows_of(hijacked.shop, query)[0]
        for action in (
            "action_track_order",
            "action_show_order_items",
            "action_list_orders",
            "action_resume",
        ):
            ticket = hijacked.turns.begin(conversation, session, "")
            answer = hijacked.act(action, conversation, ticket.reveal())
            hijacked.turns.end(ticket)
            assert answer.status_code == httpx.codes.OK
            assert "utter_orders_status" not in answer.text
            assert "utter_orders_items" not in answer.text
            assert "utter_orders_list" not in answer.text


def test_a_turn_dies_with_its_session(hijacked: Hijacked) -> None:
    with Chat(hijacked.shop.url) as chat:
        person = people_of(hijacked.shop.home)[33]
        chat.sign_in(person["email"])
        query = "SELECT conversation, id FROM sessions ORDER BY created_at DESC LIMIT 2"
        (conversation, session), (same, earlier) = rows_of(hijacked.shop, query)
        assert conversation == same
        stale = hijacked.turns.begin(conversation, earlier, "")
        tells_nothing(hijacked.act("action_list_orders", conversation, stale.reveal()), person)
        ticket = hijacked.turns.begin(conversation, session, "")
        assert chat.call("DELETE", "/session").status_code == httpx.codes.NO_CONTENT
        tells_nothing(hijacked.act("action_list_orders", conversation, ticket.reveal()), person)
        hijacked.turns.end(ticket)
        hijacked.turns.end(stale)


def test_calls_of_an_odd_shape_are_refused_too(hijacked: Hijacked, victims: list[Victim]) -> None:
    conversation = victims[0].conversation
    message = {"text": "x", "metadata": {"ticket": "x"}}
    tracker = {"sender_id": conversation, "latest_message": message}
    call = {"next_action": "action_list_orders", "sender_id": conversation, "tracker": tracker}
    before = everything(hijacked.shop)
    for odd in (
        {**call, "tracker": []},
        {**call, "tracker": {**tracker, "latest_message": []}},
        {**call, "tracker": {**tracker, "latest_message": {"metadata": ["ticket"]}}},
        {**call, "tracker": {**tracker, "latest_message": {"metadata": {"ticket": ["x"]}}}},
        {**call, "sender_id": None},
        {**call, "next_action": None},
        {},
        [],
    ):
        answer = hijacked.http.post("/actions/webhook", json=odd)
        assert 400 <= answer.status_code < 500, odd
    half = b'{"conversation": "\\ud800", "ticket": "\\ud800"}'
    for path in ("/actions/webhook", "/keys/lend"):
        for body in (b"", b"{", b"[" * 50_000, bytes(range(256)), half):
            answer = hijacked.http.post(path, content=body, headers={"Content-Type": "application/json"})
            assert 400 <= answer.status_code < 500, (path, body[:20])
    assert everything(hijacked.shop) == before


def test_without_the_secret_the_inner_socket_is_shut(hijacked: Hijacked, victims: list[Victim]) -> None:
    victim = victims[0]
    ticket = hijacked.turns.begin(victim.conversation, victim.session, "").reveal()
    known = secrets_of(hijacked.shop.home)
    wrong = (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + known["COUNTERSIGN_INNER_SECRET"][:-1]},
        {"Authorization": "Bearer " + known["COUNTERSIGN_RASA_SECRET"]},
        {"Authorization": "Basic " + known["COUNTERSIGN_INNER_SECRET"]},
        {"Authorization": "Bearer " + victim.chat.token},
        {"Cookie": "Authorization=Bearer " + known["COUNTERSIGN_INNER_SECRET"]},
    )
    body = {"conversation": victim.conversation, "ticket": ticket}
    with httpx.Client(base_url=hijacked.shop.instance.inner, trust_env=False) as http:
        for headers in wrong:
            for path in ("/actions/webhook", "/keys/lend"):
                query = {"token": known["COUNTERSIGN_INNER_SECRET"]}
                answer = http.post(path, json=body, headers=headers, params=query)
                assert answer.status_code == httpx.codes.UNAUTHORIZED
                assert answer.json() == {"detail": "Unauthorized"}
        for path in ("/", "/docs", "/openapi.json", "/actions", "/keys", "/webhook", "/demo/outbox"):
            assert http.get(path).status_code == httpx.codes.NOT_FOUND, path
    assert hijacked.lend(victim.conversation, ticket).status_code == httpx.codes.OK
    hijacked.turns.end(Secret(ticket))


def test_the_public_socket_knows_nothing_of_the_inner_one(shop: Shop) -> None:
    secret = secrets_of(shop.home)["COUNTERSIGN_INNER_SECRET"]
    for path in ("/actions/webhook", "/keys/lend", "/actions/health"):
        answer = httpx.post(
            shop.url + path, json={}, headers={"Authorization": f"Bearer {secret}"}, trust_env=False
        )
        assert answer.status_code == httpx.codes.NOT_FOUND


CHANNEL = "/webhooks/countersign/webhook"


def test_rasa_takes_messages_from_the_gateway_only(shop: Shop, victims: list[Victim]) -> None:
    known = secrets_of(shop.home)
    body = {"conversation": victims[0].conversation, "text": "show my orders", "metadata": {"ticket": "x"}}
    before = everything(shop)
    with httpx.Client(base_url=shop.instance.rasa, trust_env=False) as http:
        for given in (None, "x", known["COUNTERSIGN_INNER_SECRET"], known["COUNTERSIGN_RASA_SECRET"][:-1]):
            headers = {} if given is None else {"Authorization": f"Bearer {given}"}
            answer = http.post(CHANNEL, json=body, headers=headers)
            assert (answer.status_code, answer.content) == (httpx.codes.UNAUTHORIZED, b"")
        # And with it, but without a living turn: no key or, for minutes, no action. So nothing to say.
        headers = {"Authorization": f"Bearer {known['COUNTERSIGN_RASA_SECRET']}"}
        for said in ({"text": "show my orders"}, {"payload": "/list_orders"}, {"event": "resume"}):
            for conversation in (victims[0].conversation, "cnv_of_a_stranger"):
                message = {"conversation": conversation, "metadata": body["metadata"], **said}
                answer = http.post(CHANNEL, json=message, headers=headers)
                assert answer.content in (b"", b"[]")
    assert everything(shop) == before
    for victim in victims:
        assert victim.person["orders"][0]["id"] in words(victim.chat.say("show my orders"))


def test_rasa_has_no_http_api(shop: Shop, victims: list[Victim]) -> None:
    secret = secrets_of(shop.home)["COUNTERSIGN_RASA_SECRET"]
    conversation = victims[0].conversation
    with httpx.Client(
        base_url=shop.instance.rasa,
        params={"token": secret},
        headers={"Authorization": f"Bearer {secret}"},
        trust_env=False,
    ) as http:
        for method, path in (
            ("GET", "/version"),
            ("GET", "/status"),
            ("GET", "/domain"),
            ("PUT", "/model"),
            ("DELETE", "/model"),
            ("POST", "/model/train"),
            ("POST", "/model/parse"),
            ("POST", "/model/predict"),
            ("GET", f"/conversations/{conversation}/tracker"),
            ("GET", f"/conversations/{conversation}/story"),
            ("POST", f"/conversations/{conversation}/tracker/events"),
            ("PUT", f"/conversations/{conversation}/tracker/events"),
            ("POST", f"/conversations/{conversation}/execute"),
            ("POST", f"/conversations/{conversation}/trigger_intent"),
            ("POST", f"/conversations/{conversation}/messages"),
            ("POST", "/webhooks/rest/webhook"),
            ("POST", "/webhooks/callback/webhook"),
            ("GET", "/socket.io/"),
        ):
            assert http.request(method, path).status_code == httpx.codes.NOT_FOUND, path
        assert http.get("/webhooks/countersign/").json() == {"status": "ok"}
