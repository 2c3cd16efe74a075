import json
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from countersign.audit.tags import Tag
from countersign.identity.factors.models import Refused, WhyNot
from countersign.identity.models import Level, Session
from tests.fakes.authenticator import Authenticator
from tests.fakes.factors import PAY, Safe, build_safe, risen
from tests.fakes.house import ADA, BOB, House


def tags(house: House) -> list[str]:
    with house.database.read() as tx:
        return list(tx.exec_driver_sql("SELECT tag FROM audit_events ORDER BY seq").scalars())


class TestStepUp:
    def test_steps_up_the_session_for_exactly_what_was_asked(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        signed_in = safe.signed_in()
        options = safe.passkeys.step_up_options(signed_in, "cus_ada", PAY)
        session = risen(safe.passkeys.step_up(signed_in, PAY, device.get(options)))
        assert (session.level, session.person) == (Level.STEPPED_UP, "cus_ada")
        assert Tag.STEPUP_DONE in tags(safe.house)

    def test_an_answer_for_one_target_is_none_for_another(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        signed_in = safe.signed_in()
        answer = device.get(safe.passkeys.step_up_options(signed_in, "cus_ada", PAY))
        other = type(PAY)(PAY.deed, PAY.subject, b"\x09" * 32)
        assert safe.passkeys.step_up(signed_in, other, answer) == Refused(WhyNot.LATE)

    def test_another_persons_passkey_is_refused(self, safe: Safe, ada: Session) -> None:
        bobs = Authenticator()
        safe.passkey(safe.stepped_up(BOB), bobs)
        signed_in = safe.signed_in()
        options = safe.passkeys.step_up_options(signed_in, "cus_ada", PAY)
        answer = bobs.get(options, bobs.credentials[0])
        assert safe.passkeys.step_up(signed_in, PAY, answer) == Refused(WhyNot.WRONG)
        living = safe.house.sessions.current(signed_in.id)
        assert living is not None and living.level is Level.SIGNED_IN

    def test_one_that_was_added_by_mail_alone_waits(self, safe: Safe, device: Authenticator) -> None:
        added_in = safe.signed_in()
        safe.passkey(added_in, device)
        for session in (added_in, safe.signed_in()):
            options = safe.passkeys.step_up_options(session, "cus_ada", PAY)
            assert json.loads(options)["allowCredentials"] == []
            answer = device.get(options, device.credentials[0])
            assert safe.passkeys.step_up(session, PAY, answer) == Refused(WhyNot.WAITING)
        safe.house.clock.advance(hours=24)
        session = safe.signed_in()
        answer = device.get(safe.passkeys.step_up_options(session, "cus_ada", PAY))
        risen(safe.passkeys.step_up(session, PAY, answer))

    def test_in_the_demo_nothing_waits(self, house: House, device: Authenticator) -> None:
        safe = build_safe(house, wait=timedelta(0))
        session = safe.signed_in()
        safe.passkey(session, device)
        answer = device.get(safe.passkeys.step_up_options(session, "cus_ada", PAY))
        risen(safe.passkeys.step_up(session, PAY, answer))

    def test_a_guest_has_nothing_to_step_up(self, safe: Safe, ada: Session, device: Authenticator) -> None:
        guest = safe.house.open().session
        answer = device.get(safe.passkeys.step_up_options(guest, "cus_ada", PAY))
        assert safe.passkeys.step_up(guest, PAY, answer) == Refused(WhyNot.LATE)
        living = safe.house.sessions.current(guest.id)
        assert living is not None and living.person is None


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"id": 1}',
        "\ud800",
        "x" * 30_000,
        '{"id":"AA","rawId":"AA","type":"public-key"}',
    ],
)
def test_nonsense_is_wrong(safe: Safe, answer: str) -> None:
    session = safe.signed_in()
    safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA)
    assert safe.passkeys.register(session, "cus_ada", answer) == Refused(WhyNot.WRONG)
    safe.passkeys.sign_in_options(session)
    assert safe.passkeys.sign_in(session, answer) == Refused(WhyNot.WRONG)


class TestJunk:
    """Parts of a true answer replaced by anything: judged wrong, and no error gets out."""

    @pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
    def test_in_an_answer(self, safe: Safe, ada: Session, device: Authenticator, part: str) -> None:
        guest = safe.house.open().session
        true = json.loads(device.get(safe.passkeys.sign_in_options(guest)))
        challenge = json.loads(base64url_to_bytes(true["response"]["clientDataJSON"]))["challenge"]

        @given(junk=st.one_of(st.binary(max_size=90), st.just(b"\xff" * 37), st.just(b"{}")))
        def judged(junk: bytes) -> None:
            bent = {**true, "response": {**true["response"], part: bytes_to_base64url(junk)}}
            assume(bent["response"][part] not in ("", true["response"][part]))
            found = safe.passkeys._verified(json.dumps(bent), base64url_to_bytes(challenge), None)
            assert isinstance(found, str)

        judged()

    def test_in_a_registration(self, safe: Safe, device: Authenticator) -> None:
        session = safe.signed_in()
        options = safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA)
        true = json.loads(device.create(options))
        challenge = base64url_to_bytes(json.loads(options)["challenge"])
        assert safe.passkeys._made(json.dumps(true), challenge) is not None

        @given(part=st.sampled_from(("clientDataJSON", "attestationObject")), junk=st.binary(max_size=200))
        def judged(part: str, junk: bytes) -> None:
            bent = {**true, "response": {**true["response"], part: bytes_to_base64url(junk)}}
            assert safe.passkeys._made(json.dumps(bent), challenge) is None

        judged()
