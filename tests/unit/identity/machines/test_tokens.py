"""Tokens of machines: ES256, ours, for us, ten minutes; everything else is refused."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import text

from countersign.audit.tags import Tag
from countersign.identity.machines.errors import (
    MachineKeyRefusedError,
    MachineScopeError,
    MachineTokenRefusedError,
)
from countersign.identity.machines.models import SIGNING_KEY_LIFE, MadeKey
from countersign.identity.machines.tokens import MachineTokens
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.guard import StaffRefusal
from countersign.identity.staff.table import Permission
from countersign.kit.hidden import Secret
from tests.fakes.staff import StaffHouse

SCOPE = [Permission.AUDIT_READ_HEAD, Permission.REPORT_READ]


@pytest.fixture
def made(staff: StaffHouse) -> MadeKey:
    return staff.keys.add("reports", SCOPE, timedelta(days=365))


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return read(header), read(payload)


def read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def own_key(staff: StaffHouse) -> ECKey:
    """The key that signs now: what a thief of database and keys would hold."""
    return staff.tokens._signing.current()


def issue(staff: StaffHouse, made: MadeKey) -> str:
    return staff.tokens.issue(made.key.id, made.secret).token.reveal()


def test_a_key_gives_a_token_that_says_who_and_what(staff: StaffHouse, made: MadeKey) -> None:
    issued = staff.tokens.issue(made.key.id, made.secret)
    header, claims = parts(issued.token.reveal())
    assert header["alg"] == "ES256" and header["typ"] == "at+jwt" and header["kid"].startswith("kid_")
    now = int(staff.clock.now().timestamp())
    jti = claims.pop("jti")
    assert claims == {
        "iss": "https://staff.example",
        "aud": "https://staff.example/api",
        "sub": made.key.id,
        "client_id": made.key.id,
        "iat": now,
        "exp": now + 600,
        "scope": "audit:read_head report:read",
    }
    assert issued.seconds == 600
    machine = staff.tokens.verify(issued.token)
    assert (machine.id, machine.scope) == (made.key.id, set(SCOPE))
    assert jti != parts(issue(staff, made))[1]["jti"]
    assert staff.events()[-1] == (Tag.STAFF_TOKEN_ISSUED, "done")


def test_less_may_be_asked_for_and_never_more(staff: StaffHouse, made: MadeKey) -> None:
    issued = staff.tokens.issue(made.key.id, made.secret, ["report:read"])
    assert staff.tokens.verify(issued.token).scope == {Permission.REPORT_READ}
    for asked in (["model:read"], ["report:read", "staff:add"], ["moon:walk"]):
        with pytest.raises(MachineScopeError):
            staff.tokens.issue(made.key.id, made.secret, asked)


def test_a_wrong_secret_gives_none(staff: StaffHouse, made: MadeKey) -> None:
    with pytest.raises(MachineKeyRefusedError):
        staff.tokens.issue(made.key.id, Secret(made.secret.reveal()[:-1]))


class TestRefused:
    def refused(self, staff: StaffHouse, token: str) -> None:
        with pytest.raises(MachineTokenRefusedError) as caught:
            staff.tokens.verify(Secret(token))
        assert staff.events()[-1] == (Tag.STAFF_TOKEN_REFUSED, "refused")
        assert token[:40] not in str(caught.value) or not token

    def signed(
        self, staff: StaffHouse, made: MadeKey, key: Any = None, header: Any = None, **claims: Any
    ) -> str:
        """A token like ours but for what is given; a claim of None is left out."""
        old_header, old = parts(issue(staff, made))
        kept = {name: value for name, value in {**old, **claims}.items() if value is not None}
        head = {**old_header, **(header or {})}
        return jwt.encode(head, kept, key or own_key(staff), algorithms=[head["alg"]])

    def test_the_forger_could_make_a_good_one(self, staff: StaffHouse, made: MadeKey) -> None:
        """Else the tests below would prove nothing."""
        assert staff.tokens.verify(Secret(self.signed(staff, made))).id == made.key.id

    def test_none_as_the_algorithm(self, staff: StaffHouse, made: MadeKey) -> None:
        token = issue(staff, made)
        header, claims = parts(token)
        for name in ("none", "None", "NONE", ""):
            bare = f"{written({**header, 'alg': name})}.{written(claims)}."
            self.refused(staff, bare)
            self.refused(staff, bare + token.split(".")[2])

    def test_hs256_with_our_public_key_as_the_secret(self, staff: StaffHouse, made: MadeKey) -> None:
        public = own_key(staff)
        for secret in (
            public.as_pem(private=False),
            json.dumps(public.as_dict(private=False)).encode(),
            public.as_der(private=False),
        ):
            key = OctKey.import_key(base64.urlsafe_b64encode(secret).rstrip(b"=").decode())
            self.refused(staff, self.signed(staff, made, key, {"alg": "HS256"}))

    @pytest.mark.parametrize(("curve", "alg"), [("P-384", "ES384"), ("P-521", "ES512")])
    def test_another_algorithm(self, staff: StaffHouse, made: MadeKey, curve: str, alg: str) -> None:
        self.refused(staff, self.signed(staff, made, ECKey.generate_key(curve), {"alg": alg}))

    def test_a_foreign_key_under_our_name(self, staff: StaffHouse, made: MadeKey) -> None:
        self.refused(staff, self.signed(staff, made, ECKey.generate_key("P-256")))

    def test_a_foreign_key_that_brings_itself(self, staff: StaffHouse, made: MadeKey) -> None:
        foreign = ECKey.generate_key("P-256")
        self.refused(staff, self.signed(staff, made, foreign, {"jwk": foreign.as_dict(private=False)}))
        self.refused(staff, self.signed(staff, made, foreign, {"jku": "https://evil.example/jwks"}))

    def test_an_unknown_kid(self, staff: StaffHouse, made: MadeKey) -> None:
        for kid in ("kid_none", "", "../../etc/passwd", "' OR 1=1 --", None, 7):
            if kid is None or isinstance(kid, int):
                token = issue(staff, made)
                header, _, rest = token.partition(".")
                self.refused(staff, f"{written({**read(header), 'kid': kid})}.{rest}")
            else:
                self.refused(staff, self.signed(staff, made, header={"kid": kid}))

    @pytest.mark.parametrize("typ", ["JWT", "dpop+jwt", ""])
    def test_another_type(self, staff: StaffHouse, made: MadeKey, typ: str) -> None:
        self.refused(staff, self.signed(staff, made, header={"typ": typ}))

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example"},
            {"iss": None},
            {"aud": "https://staff.example"},
            {"aud": ["https://shop.example"]},
            {"aud": None},
            {"exp": None},
            {"exp": "tomorrow"},
            {"iat": None},
            {"jti": None},
            {"sub": None},
            {"scope": None},
            {"sub": "cs_0000000000000000"},
        ],
        ids=str,
    )
    def test_a_claim_that_is_wrong_or_missing(
        self, staff: StaffHouse, made: MadeKey, claims: dict[str, Any]
    ) -> None:
        self.refused(staff, self.signed(staff, made, **claims))

    def test_one_of_the_future(self, staff: StaffHouse, made: MadeKey) -> None:
        later = int(staff.clock.now().timestamp()) + 3600
        self.refused(staff, self.signed(staff, made, iat=later, exp=later + 600))

    def test_an_expired_one(self, staff: StaffHouse, made: MadeKey) -> None:
        token = issue(staff, made)
        staff.clock.advance(minutes=9, seconds=59)
        assert staff.tokens.verify(Secret(token))
        staff.clock.advance(seconds=1)
        self.refused(staff, token)

    def test_one_that_was_changed(self, staff: StaffHouse, made: MadeKey) -> None:
        header, payload, signature = issue(staff, made).split(".")
        claims = {**read(payload), "scope": "staff:add"}
        self.refused(staff, f"{header}.{written(claims)}.{signature}")
        self.refused(staff, f"{header}.{payload}.{signature[:-4]}AAAA")
        self.refused(staff, f"{header}.{payload}.")

    @pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x" * 5000, "ü.ü.ü", "e30.e30.e30"])
    def test_what_is_no_token(self, staff: StaffHouse, token: str) -> None:
        self.refused(staff, token)

    def test_one_whose_key_is_revoked_at_once(self, staff: StaffHouse, made: MadeKey) -> None:
        token = issue(staff, made)
        staff.keys.revoke(made.key.id)
        self.refused(staff, token)

    def test_one_whose_signing_key_is_gone(self, staff: StaffHouse, made: MadeKey) -> None:
        token = issue(staff, made)
        with staff.database.begin() as tx:
            tx.execute(text("DELETE FROM machine_signing_keys"))
        self.refused(staff, token)


class TestSigningKeys:
    def test_are_sealed_under_their_name(self, staff: StaffHouse, made: MadeKey) -> None:
        issue(staff, made)
        private = own_key(staff).as_dict(private=True)
        with staff.database.read() as tx:
            [row] = tx.execute(text("SELECT * FROM machine_signing_keys"))
        assert str(private["d"]).encode() not in row.sealed
        with staff.database.begin() as tx:
            tx.execute(text("UPDATE machine_signing_keys SET kid = 'kid_moved'"))
        with pytest.raises(Exception, match="does not open"):
            issue(staff, made)

    def test_are_shared_by_all_processes(self, staff: StaffHouse, made: MadeKey) -> None:
        token = issue(staff, made)
        names = {"issuer": "https://staff.example", "audience": "https://staff.example/api"}
        other = MachineTokens(staff.database, staff.keys, staff.vault, staff.audit, staff.clock, **names)
        assert other.verify(Secret(token)).id == made.key.id
        again = other.issue(made.key.id, made.secret).token.reveal()
        assert parts(again)[0]["kid"] == parts(token)[0]["kid"]

    def test_change_after_a_month_and_old_tokens_stay_good(self, staff: StaffHouse, made: MadeKey) -> None:
        staff.tokens.issue(made.key.id, made.secret)
        staff.clock.advance(seconds=SIGNING_KEY_LIFE.total_seconds() - 60)
        last = issue(staff, made)
        staff.clock.advance(seconds=60)
        first = issue(staff, made)
        assert parts(last)[0]["kid"] != parts(first)[0]["kid"]
        assert staff.tokens.verify(Secret(last)) and staff.tokens.verify(Secret(first))
        assert staff.tokens.purge() == 0
        staff.clock.advance(minutes=21)
        assert staff.tokens.purge() == 1
        with pytest.raises(MachineTokenRefusedError):
            staff.tokens.verify(Secret(last))


def test_the_guard_and_the_verifier_together(staff: StaffHouse, made: MadeKey) -> None:
    machine = staff.tokens.verify(Secret(issue(staff, made)))
    assert isinstance(staff.guard.require_machine(Permission.REPORT_READ, machine), StaffGrant)
    assert isinstance(staff.guard.require_machine(Permission.WORDS_READ, machine), StaffRefusal)
