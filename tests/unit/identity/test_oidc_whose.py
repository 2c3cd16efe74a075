"""Whose an account of the shop's provider is, at first and for good."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from countersign.identity.errors import SignInRefusedError
from countersign.identity.models import Level
from countersign.identity.oidc.repository import links
from countersign.kit.errors import UnavailableError
from tests.fakes.house import ADA, BOB, NOBODY, House
from tests.fakes.identity import NullDirectory
from tests.fakes.issuer import ISSUER
from tests.fakes.oidc_door import VERIFIED, Door, built


class TestWhose:
    @pytest.mark.parametrize(
        "claims",
        [
            {"email": NOBODY.reveal(), "email_verified": True},
            {"email": ADA.reveal(), "email_verified": False},
            {"email": ADA.reveal(), "email_verified": "true"},
            {"email": ADA.reveal()},
            {"email_verified": False},
        ],
    )
    def test_without_a_verified_address_of_a_customer_nobody_is_signed_in(
        self, door: Door, claims: dict[str, Any]
    ) -> None:
        assert door.refused(**claims) == "no-customer"
        assert door.rows(links) == 0

    def test_an_account_stays_with_its_person_whatever_address_it_has_later(self, door: Door) -> None:
        door.back(door.chat())
        moved = door.back(door.chat(), email=BOB.reveal(), email_verified=True)
        assert moved.session.person == "cus_ada"
        assert door.back(door.chat(), email=NOBODY.reveal(), email_verified=True).session.person == "cus_ada"

    def test_a_second_account_with_the_same_address_is_refused(self, door: Door) -> None:
        door.back(door.chat())
        assert door.refused(subject="sub-mallory", **VERIFIED) == "has-another-account"
        assert door.rows(links) == 1
        assert door.way.unlink("cus_ada") == 1
        assert door.back(door.chat(), "sub-mallory").session.person == "cus_ada"

    def test_an_account_of_a_customer_who_left_is_refused(self, door: Door) -> None:
        door.back(door.chat())
        door.people.leaves("cus_ada")
        assert door.refused(**VERIFIED) == "customer-gone"

    def test_a_chat_of_somebody_else_is_refused(self, door: Door) -> None:
        session = door.house.sessions.rise(door.chat(), "cus_bob", Level.SIGNED_IN).session
        assert door.refused(session, **VERIFIED) == "person-differs"
        assert door.rows(links) == 0

    def test_signing_in_again_keeps_person_and_conversation(self, door: Door) -> None:
        first = door.back(door.chat()).session
        again = door.back(first).session
        assert (again.person, again.conversation) == ("cus_ada", first.conversation)

    def test_the_shops_own_id_names_the_customer_where_settings_say_so(self, house: House) -> None:
        door = built(house, customer_claim="shop_id")
        assert door.back(door.chat(), shop_id="ada").session.person == "cus_ada"
        assert door.refused(**VERIFIED, subject="sub-bob") == "shop_id"
        assert door.refused(subject="sub-bob", shop_id="nobody", **VERIFIED) == "no-customer"
        assert door.back(door.chat(), "sub-bob", shop_id="bob").session.person == "cus_bob"

    def test_an_account_that_is_linked_never_becomes_another_customers(self, house: House) -> None:
        door = built(house, customer_claim="shop_id")
        door.back(door.chat(), shop_id="ada")
        assert door.refused(shop_id="bob") == "linked-to-another"
        assert door.back(door.chat(), shop_id="ada").session.person == "cus_ada"

    def test_what_the_token_keeps_to_itself_the_userinfo_endpoint_says(self, door: Door) -> None:
        door.issuer.document["userinfo_endpoint"] = f"{ISSUER}/userinfo"
        door.issuer.userinfo = {"sub": "sub-ada", **VERIFIED}
        assert door.back(door.chat(), email=None).session.person == "cus_ada"
        door.issuer.userinfo = {"sub": "sub-carl", **VERIFIED, "email_verified": "yes"}
        assert door.refused(subject="sub-carl", email=None) == "no-customer"

    def test_userinfo_of_somebody_else_is_refused(self, door: Door) -> None:
        door.issuer.document["userinfo_endpoint"] = f"{ISSUER}/userinfo"
        door.issuer.userinfo = {"sub": "sub-ada", **VERIFIED}
        assert door.refused(subject="sub-mallory", email=None) == "userinfo"
        assert door.rows(links) == 0

    def test_two_first_times_at_once_give_one_link(self, door: Door) -> None:
        sessions = [door.chat() for _ in range(4)]
        departures = [door.leave(session) for session in sessions]
        answers = [
            door.issuer.visited(departure.url, f"sub-{number % 2}", **VERIFIED)
            for number, departure in enumerate(departures)
        ]

        def come_back(number: int) -> str | None:
            try:
                return door.way.finish(answers[number], departures[number].browser.reveal()).session.person
            except SignInRefusedError:
                return None

        with ThreadPoolExecutor(4) as pool:
            came = list(pool.map(come_back, range(4)))
        assert door.rows(links) == 1
        assert sorted(map(str, came)) == ["None", "None", "cus_ada", "cus_ada"]
        assert came[0] == came[2] and came[1] == came[3]

    def test_when_the_shop_cannot_be_asked_nobody_is_signed_in(self, house: House) -> None:
        door = built(house, NullDirectory())
        session = door.chat()
        with pytest.raises(UnavailableError):
            door.back(session)
        assert house.sessions.current(session.id) == session and door.rows(links) == 0
