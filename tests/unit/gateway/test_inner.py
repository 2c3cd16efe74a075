import base64
from typing import Any

import pytest

from actions.registry import ACTIONS
from countersign.audit.repository import AuditRepository
from countersign.audit.tags import Tag
from countersign.db.errors import DatabaseUnavailableError
from countersign.identity.models import Session
from tests.fakes.gateway_parts import INNER_SECRET, UNA, Stage
from tests.fakes.visitors import Visitor

KNOWN = {"Authorization": f"Bearer {INNER_SECRET}"}
NAMES = [action.NAME for action in ACTIONS]


@pytest.fixture
def rasa(stage: Stage) -> Visitor:
    return Visitor(stage.inner_app())


def call(stage: Stage, session: Session, action: str = "action_sign_in", **changes: Any) -> dict[str, Any]:
    """What Rasa sends, with a living ticket of this session."""
    ticket = stage.turns.begin(session.conversation, session.id, "").reveal()
    tracker = {
        "sender_id": session.conversation,
        "slots": {},
        "latest_message": {"intent": {"name": "sign_in"}, "entities": [], "metadata": {"ticket": ticket}},
        "events": [],
        "latest_action_name": "action_listen",
        "paused": False,
        "active_loop": {},
        "followup_action": None,
        "latest_input_channel": "countersign",
    }
    called = {
        "next_action": action,
        "sender_id": session.conversation,
        "tracker": tracker,
        "version": "3.6.21",
    }
    return called | changes


def with_ticket(called: dict[str, Any], ticket: object) -> dict[str, Any]:
    called["tracker"]["latest_message"]["metadata"] = {"ticket": ticket}
    return called


class TestSecret:
    @pytest.mark.parametrize("path", ["/actions/webhook", "/keys/lend"])
    @pytest.mark.parametrize(
        "authorization",
        ["", "Bearer", "Bearer wrong", f"Basic {INNER_SECRET}", f"Bearer {INNER_SECRET}x", "Bearer \xfc"],
    )
    def test_is_needed(self, stage: Stage, rasa: Visitor, path: str, authorization: str) -> None:
        session = stage.guest()
        called = call(stage, session)
        ticket = called["tracker"]["latest_message"]["metadata"]["ticket"]
        body = (
            called
            if path.startswith("/actions")
            else {"conversation": session.conversation, "ticket": ticket}
        )
        answer = rasa.post(path, json=body, headers={"Authorization": authorization.encode("latin-1")})
        assert answer.status_code == 401
        assert stage.conversations.expectation(session.conversation).sign_in is None

    def test_is_looked_at_before_the_body(self, rasa: Visitor) -> None:
        assert rasa.post("/actions/webhook", content=b"{").status_code == 401

    def test_is_not_needed_to_see_that_it_is_up(self, rasa: Visitor) -> None:
        assert rasa.get("/actions/health").json() == {"status": "ok"}

    @pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
    def test_guards_a_socket_that_does_not_describe_itself(self, rasa: Visitor, path: str) -> None:
        assert rasa.get(path, headers=KNOWN).status_code == 404


class TestActions:
    def test_run_for_the_living_turn_and_answer_as_rasa_expects(self, stage: Stage, rasa: Visitor) -> None:
        session = stage.guest()
        answer = rasa.post("/actions/webhook", json=call(stage, session), headers=KNOWN)
        assert answer.status_code == 200
        assert answer.json()["events"] == []
        assert [said["response"] for said in answer.json()["responses"]] == ["utter_sign_in_ask_email"]
        assert stage.conversations.expectation(session.conversation).sign_in == "email"

    def test_need_no_domain_in_the_call(self, stage: Stage, rasa: Visitor) -> None:
        called = call(stage, stage.guest(), domain_digest="abc")
        assert "domain" not in called
        assert rasa.post("/actions/webhook", json=called, headers=KNOWN).status_code == 200

    def test_that_nobody_wrote_are_not_found(self, stage: Stage, rasa: Visitor) -> None:
        answer = rasa.post("/actions/webhook", json=call(stage, stage.guest(), "action_pay"), headers=KNOWN)
        assert (answer.status_code, answer.json()["action_name"]) == (404, "action_pay")

    @pytest.mark.parametrize(
        ("action", "ticket"),
        [*((name, "forged") for name in NAMES), *(("action_sign_out", odd) for odd in ("", None, 7, ["x"]))],
    )
    def test_never_run_with_a_ticket_that_does_not_live(
        self, stage: Stage, rasa: Visitor, action: str, ticket: object
    ) -> None:
        session = stage.signed_in()
        answer = rasa.post(
            "/actions/webhook", json=with_ticket(call(stage, session, action), ticket), headers=KNOWN
        )
        assert answer.status_code == (403 if isinstance(ticket, str) else 400)
        assert "responses" not in answer.text and "W1000001" not in answer.text
        assert stage.sessions.current(session.id) == session
        assert stage.errands.waiting(session.conversation) is None

    @pytest.mark.parametrize("action", NAMES)
    def test_never_run_with_the_ticket_of_another_conversation(
        self, stage: Stage, rasa: Visitor, action: str
    ) -> None:
        victim, thief = stage.signed_in(), stage.guest()
        own = call(stage, thief)["tracker"]["latest_message"]["metadata"]["ticket"]
        answer = rasa.post(
            "/actions/webhook", json=with_ticket(call(stage, victim, action), own), headers=KNOWN
        )
        assert answer.status_code == 403
        assert stage.sessions.current(victim.id) == victim

    def test_that_are_forged_are_written_down(self, stage: Stage, rasa: Visitor) -> None:
        session = stage.signed_in()
        rasa.post("/actions/webhook", json=with_ticket(call(stage, session), "forged"), headers=KNOWN)
        rasa.post("/keys/lend", json={"conversation": "c", "ticket": "forged"}, headers=KNOWN)
        events = [link.event for link in AuditRepository(stage.database).links()]
        assert [event.tag for event in events][-2:] == [Tag.TURN_FORGED, Tag.TURN_FORGED]

    def test_never_run_for_a_sender_other_than_the_trackers(self, stage: Stage, rasa: Visitor) -> None:
        victim, thief = stage.signed_in(), stage.guest()
        for called in (
            call(stage, thief, "action_list_orders", sender_id=victim.conversation),
            call(stage, victim, "action_list_orders", sender_id=thief.conversation),
        ):
            answer = rasa.post("/actions/webhook", json=called, headers=KNOWN)
            assert answer.status_code == 403

    def test_never_run_after_thirty_seconds(self, stage: Stage, rasa: Visitor) -> None:
        session = stage.signed_in()
        called = call(stage, session, "action_list_orders")
        stage.clock.advance(seconds=30)
        assert rasa.post("/actions/webhook", json=called, headers=KNOWN).status_code == 403

    def test_never_run_for_a_session_that_ended_meanwhile(self, stage: Stage, rasa: Visitor) -> None:
        session = stage.signed_in()
        called = call(stage, session, "action_list_orders")
        stage.sessions.end(session)
        assert rasa.post("/actions/webhook", json=called, headers=KNOWN).status_code == 403

    def test_never_run_for_the_session_before_a_rise(self, stage: Stage, rasa: Visitor) -> None:
        guest = stage.guest()
        called = call(stage, guest, "action_list_orders")
        stage.sign_in_of(guest)
        assert rasa.post("/actions/webhook", json=called, headers=KNOWN).status_code == 403

    @pytest.mark.parametrize(
        "change",
        [
            {"next_action": None},
            {"sender_id": 7},
            {"tracker": None},
            {"tracker": []},
            {"tracker": {"sender_id": "cnv", "latest_message": []}},
            {"tracker": {"sender_id": "cnv", "latest_message": {"metadata": "x"}}},
        ],
    )
    def test_of_an_odd_shape_are_refused_and_repeat_nothing(
        self, stage: Stage, rasa: Visitor, change: dict[str, Any]
    ) -> None:
        called = call(stage, stage.guest(), note=UNA.reveal(), **change)
        answer = rasa.post("/actions/webhook", json=called, headers=KNOWN)
        assert answer.status_code == 400
        assert UNA.reveal() not in answer.text

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff"])
    def test_that_are_no_json_object_are_refused(self, rasa: Visitor, body: bytes) -> None:
        headers = KNOWN | {"Content-Type": "application/json"}
        assert rasa.post("/actions/webhook", content=body, headers=headers).status_code == 400

    def test_wait_while_the_database_is_down(
        self, stage: Stage, rasa: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        called = call(stage, stage.guest())

        def down(*_: object) -> None:
            raise DatabaseUnavailableError("locked")

        monkeypatch.setattr(stage.turns, "living", down)
        assert rasa.post("/actions/webhook", json=called, headers=KNOWN).status_code == 503

    def test_all_that_the_domain_names_are_there(self, stage: Stage, rasa: Visitor) -> None:
        for name in NAMES:
            answer = rasa.post("/actions/webhook", json=call(stage, stage.guest(), name), headers=KNOWN)
            assert answer.status_code == 200, name


class TestKeys:
    def lend(self, rasa: Visitor, conversation: str, ticket: str) -> Any:
        return rasa.post("/keys/lend", json={"conversation": conversation, "ticket": ticket}, headers=KNOWN)

    def test_are_lent_to_a_living_turn_and_stay_the_same(self, stage: Stage, rasa: Visitor) -> None:
        session = stage.guest()
        ticket = stage.turns.begin(session.conversation, session.id, "").reveal()
        first, second = (self.lend(rasa, session.conversation, ticket).json() for _ in range(2))
        assert first == second
        assert base64.b64decode(first["key"]) == stage.data_keys.lend(session.conversation)
        assert len(base64.b64decode(first["key"])) == 32 and first["key_id"]

    def test_are_lent_for_no_other_conversation(self, stage: Stage, rasa: Visitor) -> None:
        session, victim = stage.guest(), stage.guest()
        stage.turns.begin(victim.conversation, victim.id, "")
        ticket = stage.turns.begin(session.conversation, session.id, "").reveal()
        assert self.lend(rasa, victim.conversation, ticket).status_code == 403
        assert self.lend(rasa, session.conversation, "forged").status_code == 403

    def test_are_lent_no_longer_than_the_turn(self, stage: Stage, rasa: Visitor) -> None:
        session = stage.guest()
        ticket = stage.turns.begin(session.conversation, session.id, "")
        stage.turns.end(ticket)
        assert self.lend(rasa, session.conversation, ticket.reveal()).status_code == 403

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"conversation": "c"},
            {"conversation": "c", "ticket": "t", "more": 1},
            {"conversation": 1, "ticket": "t"},
        ],
    )
    def test_are_not_lent_for_an_odd_question(self, rasa: Visitor, body: dict[str, Any]) -> None:
        answer = rasa.post("/keys/lend", json=body, headers=KNOWN)
        assert (answer.status_code, answer.json()) == (400, {})
