"""«Sign in with the shop's account»: the round there and back."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.identity.errors import SignInRefusedError
from countersign.identity.models import Level
from countersign.identity.oidc.models import Answer
from countersign.identity.oidc.repository import links, rounds
from countersign.risk.models import Wait
from countersign.risk.table import RATES, Bucket
from tests.fakes.issuer import CLIENT_SECRET, ISSUER, ec_key
from tests.fakes.oidc_door import VERIFIED, Door


class TestRound:
    def test_signs_in_by_a_verified_address(self, door: Door) -> None:
        session = door.chat()
        opened = door.back(session)
        assert opened.session.person == "cus_ada" and opened.session.level is Level.SIGNED_IN
        assert opened.session.conversation == session.conversation
        assert door.house.sessions.current(session.id) is None
        assert door.house.sessions.resolve(opened.token.reveal()) == opened.session

    def test_asks_with_all_that_binds_it(self, door: Door) -> None:
        departure = door.leave(door.chat())
        asked = parse_qs(urlsplit(departure.url).query)
        assert departure.url.startswith(f"{ISSUER}/authorize?")
        assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
        assert asked["code_challenge_method"] == ["S256"] and asked["max_age"] == ["300"]
        assert departure.browser.reveal() not in departure.url

    def test_proves_itself_with_the_client_secret_and_the_verifier(self, door: Door) -> None:
        door.back(door.chat())
        (request,) = door.issuer.token_requests
        basic = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        # RFC 6749 2.3.1: form-encoded first.
        assert basic == "countersign:client+secret%2Fof%2Btests"
        assert CLIENT_SECRET not in request.content.decode()

    def test_puts_the_secret_into_the_form_where_the_provider_wants_it_there(self, door: Door) -> None:
        door.issuer.document["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        door.back(door.chat())
        (request,) = door.issuer.token_requests
        assert "authorization" not in request.headers
        assert parse_qs(request.content.decode())["client_secret"] == [CLIENT_SECRET]

    def test_takes_es256_too(self, door: Door) -> None:
        door.issuer.key, door.issuer.alg = ec_key("ec-1"), "ES256"
        door.issuer.published = [door.issuer.key]
        assert door.back(door.chat()).session.person == "cus_ada"

    def test_counts_from_when_the_provider_saw_the_person(self, door: Door) -> None:
        then = door.house.clock.now() - timedelta(minutes=4)
        opened = door.back(door.chat(), **VERIFIED, auth_time=int(then.timestamp()))
        assert opened.session.authenticated_at == then
        later = door.house.clock.now() + timedelta(seconds=30)
        opened = door.back(door.chat(), **VERIFIED, auth_time=int(later.timestamp()))
        assert opened.session.authenticated_at == door.house.clock.now()

    def test_of_a_chat_without_a_cookie_asks_for_a_sign_in_of_its_own(self, door: Door) -> None:
        session = door.chat("bearer")
        assert parse_qs(urlsplit(door.leave(session).url).query)["prompt"] == ["login"]
        assert "prompt" not in parse_qs(urlsplit(door.leave(door.chat()).url).query)
        early = int((door.house.clock.now() - timedelta(minutes=2)).timestamp())
        assert door.refused(session, **VERIFIED, auth_time=early) == "auth_time"
        assert door.back(session).session.person == "cus_ada"

    def test_is_limited_per_session_and_per_address(self, door: Door) -> None:
        session = door.chat()
        for _ in range(RATES[Bucket.SIGN_INS_PER_SESSION][0].amount):
            door.leave(session)
        assert isinstance(door.way.start(session), Wait)
        for _ in range(RATES[Bucket.SIGN_INS_PER_ADDRESS][0].amount):
            door.way.start(door.chat(), "192.0.2.1")
        assert isinstance(door.way.start(door.chat(), "192.0.2.1"), Wait)

    def test_leaves_nothing_behind_that_can_be_read(self, door: Door) -> None:
        departure = door.leave(door.chat())
        asked = parse_qs(urlsplit(departure.url).query)
        with door.house.database.read() as tx:
            (row,) = tx.execute(rounds.select()).all()
        stored = repr(tuple(row))
        for secret in (asked["state"][0], asked["nonce"][0], departure.browser.reveal()):
            assert secret not in stored
        door.way.finish(door.issuer.visited(departure.url, **VERIFIED), departure.browser.reveal())
        with door.house.database.read() as tx:
            (row,) = tx.execute(links.select()).all()
        assert "sub-ada" not in repr(tuple(row)) and "cus_ada" not in repr(tuple(row))

    def test_old_rounds_are_deleted(self, door: Door) -> None:
        door.leave(door.chat())
        assert door.way.purge() == 0
        door.house.clock.advance(minutes=10, seconds=1)
        assert door.way.purge() == 1 and door.rows(rounds) == 0


class TestReturn:
    def test_a_second_return_with_the_same_state_is_refused(self, door: Door) -> None:
        departure = door.leave(door.chat())
        answer = door.issuer.visited(departure.url, **VERIFIED)
        opened = door.way.finish(answer, departure.browser.reveal())
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(answer, departure.browser.reveal())
        assert door.nothing_happened(opened.session, caught.value) == "state"

    def test_a_replayed_code_is_refused_in_a_round_of_its_own(self, door: Door) -> None:
        first, second = door.leave(door.chat()), door.chat()
        answer = door.issuer.visited(first.url, **VERIFIED)
        door.way.finish(answer, first.browser.reveal())
        again = door.leave(second)
        state = parse_qs(urlsplit(again.url).query)["state"][0]
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(replace(answer, state=state), again.browser.reveal())
        assert door.nothing_happened(second, caught.value) == "code"

    def test_a_stolen_code_is_no_use_in_another_round(self, door: Door) -> None:
        """PKCE: the thief's round has another verifier."""
        victims, thief = door.leave(door.chat()), door.chat()
        stolen = door.issuer.visited(victims.url, **VERIFIED)
        theirs = door.leave(thief)
        state = parse_qs(urlsplit(theirs.url).query)["state"][0]
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(replace(stolen, state=state), theirs.browser.reveal())
        assert door.nothing_happened(thief, caught.value) == "code"

    def test_the_state_of_another_browsers_round_is_refused_and_spent(self, door: Door) -> None:
        mine, other = door.chat(), door.leave(door.chat())
        departure = door.leave(mine)
        answer = door.issuer.visited(departure.url, **VERIFIED)
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(answer, other.browser.reveal())
        assert door.nothing_happened(mine, caught.value) == "another-browser"
        with pytest.raises(SignInRefusedError):
            door.way.finish(answer, departure.browser.reveal())

    @pytest.mark.parametrize("browser", ["", "x" * 43])
    def test_without_the_cookie_it_is_refused(self, door: Door, browser: str) -> None:
        session = door.chat()
        departure = door.leave(session)
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(door.issuer.visited(departure.url, **VERIFIED), browser)
        assert door.nothing_happened(session, caught.value) == "another-browser"

    @pytest.mark.parametrize("state", ["", "x" * 43, "⟦⟧"])
    def test_a_state_that_never_was_is_refused(self, door: Door, state: str) -> None:
        with pytest.raises(SignInRefusedError):
            door.way.finish(Answer(state, "code", ISSUER), "x" * 43)
        assert door.reason() == "state"

    def test_after_ten_minutes_it_is_refused(self, door: Door) -> None:
        session = door.chat()
        departure = door.leave(session)
        door.house.clock.advance(minutes=10)
        session = door.house.sessions.current(session.id) or session
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(door.issuer.visited(departure.url, **VERIFIED), departure.browser.reveal())
        assert door.nothing_happened(session, caught.value) == "round-too-old"

    def test_a_newer_round_ends_the_one_before(self, door: Door) -> None:
        session = door.chat()
        first, second = door.leave(session), door.leave(session)
        with pytest.raises(SignInRefusedError):
            door.way.finish(door.issuer.visited(first.url, **VERIFIED), first.browser.reveal())
        answer = door.issuer.visited(second.url, **VERIFIED)
        assert door.way.finish(answer, second.browser.reveal()).session.person == "cus_ada"

    def test_a_session_that_is_over_stays_over(self, door: Door) -> None:
        session = door.chat()
        departure = door.leave(session)
        door.house.sessions.end(session)
        with pytest.raises(SignInRefusedError):
            door.way.finish(door.issuer.visited(departure.url, **VERIFIED), departure.browser.reveal())
        assert door.reason() == "session-over"
        assert door.house.sessions.of_conversation(session.conversation) is None

    def test_a_session_that_rose_meanwhile_is_not_touched(self, door: Door) -> None:
        session = door.chat()
        departure = door.leave(session)
        opened = door.house.sessions.rise(session, "cus_bob", Level.SIGNED_IN)
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(door.issuer.visited(departure.url, **VERIFIED), departure.browser.reveal())
        assert door.nothing_happened(opened.session, caught.value) == "session-over"

    def test_a_refusal_at_the_provider_changes_nothing(self, door: Door) -> None:
        session = door.chat()
        departure = door.leave(session)
        answer = replace(door.issuer.visited(departure.url), code="", error="access_denied")
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(answer, departure.browser.reveal())
        assert door.nothing_happened(session, caught.value) == "provider-said-no"
        assert door.issuer.token_requests == []

    @pytest.mark.parametrize("issuer", ["", "https://evil.example", ISSUER + "/"])
    def test_an_answer_in_another_issuers_name_is_refused(self, door: Door, issuer: str) -> None:
        """RFC 9207: the mix-up attack."""
        session = door.chat()
        departure = door.leave(session)
        answer = replace(door.issuer.visited(departure.url, **VERIFIED), issuer=issuer)
        with pytest.raises(SignInRefusedError) as caught:
            door.way.finish(answer, departure.browser.reveal())
        assert door.nothing_happened(session, caught.value) == "response-issuer"

    def test_an_answer_need_not_name_the_issuer_where_the_provider_never_does(self, door: Door) -> None:
        del door.issuer.document["authorization_response_iss_parameter_supported"]
        departure = door.leave(door.chat())
        answer = replace(door.issuer.visited(departure.url, **VERIFIED), issuer="")
        assert door.way.finish(answer, departure.browser.reveal()).session.person == "cus_ada"

    def test_of_two_returns_at_once_one_wins(self, door: Door) -> None:
        departure = door.leave(door.chat())
        answer = door.issuer.visited(departure.url, **VERIFIED)

        def come_back(_: int) -> bool:
            try:
                door.way.finish(answer, departure.browser.reveal())
            except SignInRefusedError:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(come_back, range(4))) == [False, False, False, True]
