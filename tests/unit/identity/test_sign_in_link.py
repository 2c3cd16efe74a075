from pathlib import Path

import pytest

from countersign.identity.models import (
    CODE_TRIES,
    Dead,
    NeedsCode,
    Redeemed,
)
from countersign.kit.hidden import Secret
from tests.fakes.house import ADA, House

WRONG = "0000-0000"


def redeemed(result: object) -> Redeemed:
    assert isinstance(result, Redeemed)
    return result


class TestLink:
    def test_signs_in_the_browser_that_asked(self, house: House) -> None:
        session = house.asked()
        done = redeemed(house.sign_in.redeem_link(house.link_token(), session))
        assert house.sessions.resolve(done.opened.token.reveal()).person == "cus_ada"

    @pytest.mark.parametrize("opened", [True, False])
    def test_elsewhere_shows_the_code_and_signs_nobody_in(self, house: House, opened: bool) -> None:
        asked = house.asked()
        other = house.open().session if opened else None
        shown = house.sign_in.redeem_link(house.link_token(), other)
        assert shown == NeedsCode(Secret(house.code()))
        assert house.sessions.of_person("cus_ada") == []
        redeemed(house.sign_in.redeem_code(asked, house.code()))

    def test_works_once_and_the_code_with_it(self, house: House) -> None:
        session = house.asked()
        token, code = house.link_token(), house.code()
        done = redeemed(house.sign_in.redeem_link(token, session))
        assert house.sign_in.redeem_link(token, session) == Dead()
        assert house.sign_in.redeem_link(token, done.opened.session) == Dead()
        assert house.sign_in.redeem_link(token, None) == Dead()
        assert house.sign_in.redeem_code(session, code) == Dead()

    def test_is_dead_when_the_code_was_used_or_used_up(self, house: House) -> None:
        session = house.asked()
        token = house.link_token()
        redeemed(house.sign_in.redeem_code(session, house.code()))
        assert house.sign_in.redeem_link(token, None) == Dead()
        session = house.asked()
        token = house.link_token()
        for _ in range(CODE_TRIES):
            house.sign_in.redeem_code(session, WRONG)
        assert house.sign_in.redeem_link(token, session) == Dead()

    def test_is_dead_after_ten_minutes_and_when_replaced(self, house: House) -> None:
        session = house.asked()
        first = house.link_token()
        house.sign_in.start(session, ADA)
        second = house.link_token()
        assert house.sign_in.redeem_link(first, session) == Dead()
        house.clock.advance(minutes=10)
        assert house.sign_in.redeem_link(second, session) == Dead()

    @pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 100_000])
    def test_a_forged_one_is_dead(self, house: House, token: str) -> None:
        session = house.asked()
        assert house.sign_in.redeem_link(token, session) == Dead()
        assert house.sign_in.redeem_link(token, None) == Dead()

    def test_neither_code_nor_link_rests_readable(self, house: House, tmp_path: Path) -> None:
        session = house.asked()
        token, code = house.link_token(), house.code()
        house.database.dispose()
        disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert session.id.encode() in disk
        for hidden in (token, code, code.replace("-", ""), ADA.reveal(), "cus_ada"):
            assert hidden.encode() not in disk

    def test_its_token_stands_behind_the_hash_sign(self, house: House) -> None:
        house.asked()
        link = house.mails()[-1].link
        assert link is not None
        assert link.reveal() == f"https://shop.example/sign-in#{house.link_token()}"
        assert len(house.link_token()) == 43
