import json
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from countersign.audit.tags import Tag
from countersign.identity.factors.models import MOST_FACTORS, Kind, Refused, WhyNot
from countersign.identity.models import Level, Session
from tests.fakes.authenticator import Authenticator
from tests.fakes.factors import PAY, Safe, person_of, risen
from tests.fakes.house import ADA, BOB
from tests.fakes.identity import statements

OTHER_CHALLENGE = bytes_to_base64url(b"x" * 64)
EVIL = "https://shop.example.evil.example"


class TestRegister:
    def test_adds_a_named_passkey_of_the_person(self, safe: Safe, device: Authenticator) -> None:
        session = safe.signed_in()
        factor = safe.passkey(session, device, name="My\x00 laptop ")
        (kept,) = safe.factors.of("cus_ada")
        assert (kept.id, kept.kind, kept.name.reveal()) == (factor.id, Kind.PASSKEY, "My laptop")
        assert safe.factors.of("cus_bob") == []

    def test_asks_for_a_discoverable_one_of_a_verified_person_and_names_nobody(self, safe: Safe) -> None:
        session = safe.signed_in()
        asked = json.loads(safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA))
        chosen = asked["authenticatorSelection"]
        assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
        assert asked["rp"] == {"id": "shop.example", "name": "Shop"}
        assert len(asked["challenge"]) >= 43
        assert "cus_ada" not in json.dumps(asked)

    def test_several_each_once(self, safe: Safe, ada: Session, device: Authenticator) -> None:
        second = Authenticator()
        options = safe.passkeys.register_options(ada, "cus_ada", "Phone", ADA)
        named = [one["id"] for one in json.loads(options)["excludeCredentials"]]
        assert named == [bytes_to_base64url(device.credentials[0].id)]
        safe.passkeys.register(ada, "cus_ada", second.create(options))
        assert [one.name.reveal() for one in safe.factors.of("cus_ada")] == ["Laptop", "Phone"]

    def test_one_that_is_registered_is_refused_to_everybody(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        for session in (ada, safe.signed_in(BOB)):
            options = safe.passkeys.register_options(session, person_of(session), "Copy", ADA)
            answer = device.create(options, id=device.credentials[0].id)
            assert safe.passkeys.register(session, person_of(session), answer) == Refused(WhyNot.KNOWN)
        assert safe.factors.of("cus_bob") == []

    @pytest.mark.parametrize(
        "bend",
        [
            {"origin": EVIL},
            {"origin": "http://shop.example"},
            {"challenge": OTHER_CHALLENGE},
            {"type": "webauthn.get"},
        ],
        ids=str,
    )
    def test_a_bent_answer_is_refused(self, safe: Safe, device: Authenticator, bend: dict[str, str]) -> None:
        session = safe.signed_in()
        options = safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA)
        refused = safe.passkeys.register(session, "cus_ada", device.create(options, **bend))
        assert refused == Refused(WhyNot.WRONG)
        assert safe.factors.of("cus_ada") == []

    @pytest.mark.parametrize("device", [Authenticator(rp_id="evil.example"), Authenticator(verifies=False)])
    def test_another_site_or_an_unverified_person_is_refused(self, safe: Safe, device: Authenticator) -> None:
        session = safe.signed_in()
        options = safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA)
        assert safe.passkeys.register(session, "cus_ada", device.create(options)) == Refused(WhyNot.WRONG)

    def test_a_challenge_answers_once_right_or_wrong(self, safe: Safe, device: Authenticator) -> None:
        session = safe.signed_in()
        options = safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA)
        right = device.create(options)
        assert safe.passkeys.register(session, "cus_ada", "{}") == Refused(WhyNot.WRONG)
        assert safe.passkeys.register(session, "cus_ada", right) == Refused(WhyNot.LATE)

    def test_a_challenge_is_of_one_session(self, safe: Safe, device: Authenticator) -> None:
        asked, other = safe.signed_in(), safe.signed_in()
        options = safe.passkeys.register_options(asked, "cus_ada", "Laptop", ADA)
        answer = device.create(options)
        assert safe.passkeys.register(other, "cus_ada", answer) == Refused(WhyNot.LATE)
        safe.passkeys.register_options(other, "cus_ada", "Laptop", ADA)
        assert safe.passkeys.register(other, "cus_ada", answer) == Refused(WhyNot.WRONG)

    def test_a_challenge_lives_for_five_minutes(self, safe: Safe, device: Authenticator) -> None:
        session = safe.signed_in()
        answer = device.create(safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA))
        safe.house.clock.advance(minutes=5)
        assert safe.passkeys.register(session, "cus_ada", answer) == Refused(WhyNot.LATE)
        assert safe.passkeys.purge() == 0
        safe.house.clock.advance(seconds=1)
        assert safe.passkeys.purge() == 1

    def test_not_for_anybody_but_the_person_of_the_session(self, safe: Safe, device: Authenticator) -> None:
        session = safe.signed_in()
        answer = device.create(safe.passkeys.register_options(session, "cus_bob", "Laptop", ADA))
        assert safe.passkeys.register(session, "cus_bob", answer) == Refused(WhyNot.LATE)

    def test_no_more_than_ten(self, safe: Safe, ada: Session) -> None:
        for _ in range(MOST_FACTORS - 1):
            safe.passkey(ada)
        options = safe.passkeys.register_options(ada, "cus_ada", "One more", ADA)
        full = safe.passkeys.register(ada, "cus_ada", Authenticator().create(options))
        assert full == Refused(WhyNot.TOO_MANY)

    def test_nothing_of_it_can_be_read_in_the_database(self, safe: Safe, device: Authenticator) -> None:
        safe.passkey(safe.signed_in(), device, name="Adas Laptop")
        with safe.house.database.read() as tx:
            rows = str(tx.exec_driver_sql("SELECT * FROM factors").all()).encode()
        for secret in (b"cus_ada", b"Adas Laptop", repr(device.credentials[0].id).encode()[2:20]):
            assert secret not in rows


class TestSignIn:
    def test_one_tap_signs_in_whoever_holds_it(self, safe: Safe, ada: Session, device: Authenticator) -> None:
        guest = safe.house.open().session
        options = safe.passkeys.sign_in_options(guest)
        assert not json.loads(options).get("allowCredentials")
        session = risen(safe.passkeys.sign_in(guest, device.get(options)))
        assert (session.person, session.level) == ("cus_ada", Level.STEPPED_UP)
        assert session.conversation == guest.conversation
        assert safe.house.sessions.current(guest.id) is None
        assert safe.factors.of("cus_ada")[0].last_used_at == safe.house.clock.now()

    def test_one_that_does_not_count_yet_signs_in_and_no_more(
        self, safe: Safe, device: Authenticator
    ) -> None:
        safe.passkey(safe.signed_in(), device)
        guest = safe.house.open().session
        session = risen(safe.passkeys.sign_in(guest, device.get(safe.passkeys.sign_in_options(guest))))
        assert session.level is Level.SIGNED_IN

    def test_one_that_never_counts_up_works_again_and_again(self, safe: Safe) -> None:
        device = Authenticator(counts=False)
        safe.passkey(safe.stepped_up(), device)
        for _ in range(2):
            guest = safe.house.open().session
            risen(safe.passkeys.sign_in(guest, device.get(safe.passkeys.sign_in_options(guest))))

    def refused(
        self,
        safe: Safe,
        answer: Callable[[str], str],
        why: WhyNot = WhyNot.WRONG,
        asked: Session | None = None,
    ) -> None:
        guest = asked or safe.house.open().session
        given = safe.passkeys.sign_in(guest, answer(safe.passkeys.sign_in_options(guest)))
        assert given == Refused(why)
        living = safe.house.sessions.current(guest.id)
        assert living is not None and living.person is None

    @pytest.mark.parametrize(
        "bend",
        [
            {"origin": EVIL},
            {"origin": "https://shop.example:8443"},
            {"challenge": OTHER_CHALLENGE},
            {"type": "webauthn.create"},
            {"handle": bytes_to_base64url(b"somebody else")},
            {"key": ec.generate_private_key(ec.SECP256R1())},
        ],
        ids=lambda bend: next(iter(bend)),
    )
    def test_a_bent_answer_is_refused(
        self, safe: Safe, ada: Session, device: Authenticator, bend: dict[str, object]
    ) -> None:
        self.refused(safe, lambda options: device.get(options, **bend))

    def test_another_sites_or_an_unverified_persons_is_refused(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        device.verifies = False
        self.refused(safe, device.get)
        device.verifies, device.rp_id = True, "evil.example"
        self.refused(safe, device.get)

    def test_an_unknown_passkey_is_refused(self, safe: Safe, ada: Session) -> None:
        stranger = Authenticator()
        options = safe.passkeys.register_options(ada, "cus_ada", "Never kept", ADA)
        stranger.create(options)
        self.refused(safe, stranger.get)

    def test_a_removed_passkey_is_refused(self, safe: Safe, ada: Session, device: Authenticator) -> None:
        assert safe.factors.remove(ada, safe.factors.of("cus_ada")[0].id)
        self.refused(safe, device.get)

    @pytest.mark.parametrize("counter", [0, 1, 7])
    def test_a_counter_that_does_not_grow_is_refused_and_told(
        self, safe: Safe, ada: Session, device: Authenticator, counter: int
    ) -> None:
        device.credentials[0].counter = 6
        guest = safe.house.open().session
        risen(safe.passkeys.sign_in(guest, device.get(safe.passkeys.sign_in_options(guest))))
        self.refused(safe, lambda options: device.get(options, counter=counter), WhyNot.COPIED)
        with safe.house.database.read() as tx:
            query = "SELECT tag, outcome, detail FROM audit_events ORDER BY seq DESC LIMIT 1"
            tag, outcome, detail = tx.exec_driver_sql(query).one()
        assert (tag, outcome) == (Tag.FACTOR_WRONG, "refused") and "copied" in detail

    def test_a_false_answer_does_not_move_the_counter(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        forged = ec.generate_private_key(ec.SECP256R1())
        self.refused(safe, lambda options: device.get(options, counter=900_000, key=forged))
        guest = safe.house.open().session
        risen(safe.passkeys.sign_in(guest, device.get(safe.passkeys.sign_in_options(guest))))

    def test_an_answer_works_once_in_the_session_that_was_asked(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        guest, other = safe.house.open().session, safe.house.open().session
        answer = device.get(safe.passkeys.sign_in_options(guest))
        safe.passkeys.sign_in_options(other)
        assert safe.passkeys.sign_in(other, answer) == Refused(WhyNot.WRONG)
        session = risen(safe.passkeys.sign_in(guest, answer))
        for again in (guest, session):
            assert safe.passkeys.sign_in(again, answer) == Refused(WhyNot.LATE)

    def test_an_answer_to_another_question_is_none(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        answer = device.get(safe.passkeys.step_up_options(ada, "cus_ada", PAY))
        assert safe.passkeys.sign_in(ada, answer) == Refused(WhyNot.LATE)

    def test_too_late(self, safe: Safe, ada: Session, device: Authenticator) -> None:
        guest = safe.house.open().session
        answer = device.get(safe.passkeys.sign_in_options(guest))
        safe.house.clock.advance(minutes=5)
        assert safe.passkeys.sign_in(guest, answer) == Refused(WhyNot.LATE)

    def test_does_not_take_over_another_persons_conversation(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        bob = safe.signed_in(BOB)
        answer = device.get(safe.passkeys.sign_in_options(bob))
        assert safe.passkeys.sign_in(bob, answer) == Refused(WhyNot.OTHER_PERSON)
        living = safe.house.sessions.current(bob.id)
        assert living is not None and living.person == "cus_bob"

    def test_of_two_at_once_one_signs_in(self, safe: Safe, ada: Session, device: Authenticator) -> None:
        guest = safe.house.open().session
        answer = device.get(safe.passkeys.sign_in_options(guest))
        barrier, results = Barrier(2), list[object]()

        def sign_in() -> None:
            barrier.wait()
            results.append(safe.passkeys.sign_in(guest, answer))

        threads = [Thread(target=sign_in) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(one).__name__ for one in results) == ["Refused", "Risen"]

    def test_wrong_ones_are_counted_by_session_and_address_never_by_account(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        forged = ec.generate_private_key(ec.SECP256R1())
        guest = safe.house.open().session
        for _ in range(5):
            options = safe.passkeys.sign_in_options(guest)
            safe.passkeys.sign_in(guest, device.get(options, key=forged), "192.0.2.1")
        right = device.get(safe.passkeys.sign_in_options(guest))
        assert safe.passkeys.sign_in(guest, right, "192.0.2.1") == Refused(WhyNot.TOO_MANY)
        for _ in range(5):
            other = safe.house.open().session
            options = safe.passkeys.sign_in_options(other)
            safe.passkeys.sign_in(other, device.get(options, key=forged), "192.0.2.1")
        guest = safe.house.open().session
        right = device.get(safe.passkeys.sign_in_options(guest))
        assert safe.passkeys.sign_in(guest, right, "192.0.2.1") == Refused(WhyNot.TOO_MANY)
        guest = safe.house.open().session
        right = device.get(safe.passkeys.sign_in_options(guest))
        risen(safe.passkeys.sign_in(guest, right, "192.0.2.2"))

    def test_the_same_statements_for_a_passkey_of_nobody_and_a_false_one_of_somebody(
        self, safe: Safe, ada: Session, device: Authenticator
    ) -> None:
        """Whether a credential id is registered can be seen in no answer."""
        forged, stranger = ec.generate_private_key(ec.SECP256R1()), Authenticator()
        stranger.create(safe.passkeys.register_options(ada, "cus_ada", "Never kept", ADA))
        seen = []
        for answer in (lambda o: device.get(o, key=forged), stranger.get):
            guest = safe.house.open().session
            given = answer(safe.passkeys.sign_in_options(guest))
            with statements() as run:
                result = safe.passkeys.sign_in(guest, given)
            seen.append((result, run))
        assert seen[0] == seen[1]
