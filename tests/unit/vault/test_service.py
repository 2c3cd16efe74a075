"""Sealing: it opens in its own place, whole, and nowhere else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.kit.hidden import Personal
from countersign.vault.errors import (
    EnvelopeUnknownError,
    KeyUnknownError,
    TamperedError,
    UnsealableError,
)
from countersign.vault.keyring import KeyRing, RootKey
from countersign.vault.models import Sealed
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock

PLACE = {"purpose": "customer-email", "subject": "cus_1"}
# One vault for all examples: hypothesis does not mix with function-scoped fixtures.
VAULT = Vault(KeyRing.fresh(), FakeClock())
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT, TEXT)
def test_what_was_sealed_opens(value: str, purpose: str, subject: str) -> None:
    sealed = VAULT.seal(Personal(value), purpose=purpose, subject=subject)
    assert VAULT.open(sealed, purpose=purpose, subject=subject).reveal() == value


@given(st.binary())
def test_bytes_that_were_sealed_open(value: bytes) -> None:
    assert VAULT.open_bytes(VAULT.seal_bytes(value, **PLACE), **PLACE) == value


@given(TEXT, st.data())
def test_one_altered_byte_anywhere_does_not_open(value: str, data: st.DataObject) -> None:
    raw = bytearray(VAULT.seal(Personal(value), **PLACE).raw)
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TamperedError):
        VAULT.open(Sealed(bytes(raw)), **PLACE)


@given(TEXT, st.data())
def test_a_cut_envelope_does_not_open(value: str, data: st.DataObject) -> None:
    raw = VAULT.seal(Personal(value), **PLACE).raw
    with pytest.raises(TamperedError):
        VAULT.open(Sealed(raw[: data.draw(st.integers(0, len(raw) - 1))]), **PLACE)


@given(st.binary(max_size=200))
def test_what_is_no_envelope_does_not_open(raw: bytes) -> None:
    with pytest.raises(TamperedError):
        VAULT.open(Sealed(raw), **PLACE)


@given(st.tuples(TEXT, TEXT), st.tuples(TEXT, TEXT))
def test_an_envelope_that_was_moved_does_not_open(here: tuple[str, str], there: tuple[str, str]) -> None:
    sealed = VAULT.seal(Personal("mei@example.com"), purpose=here[0], subject=here[1])
    if here == there:
        there = (there[0] + "x", there[1])
    with pytest.raises(TamperedError):
        VAULT.open(sealed, purpose=there[0], subject=there[1])


def test_purpose_and_subject_do_not_run_together(vault: Vault) -> None:
    sealed = vault.seal(Personal("value"), purpose="ab", subject="c")
    with pytest.raises(TamperedError):
        vault.open(sealed, purpose="a", subject="bc")


def test_the_layout_is_as_documented(vault: Vault) -> None:
    raw = vault.seal(Personal("x" * 100), **PLACE).raw
    assert raw[0] == 1
    assert len(raw) == 1 + 4 + 12 + 100 + 16


def test_the_same_value_never_seals_alike(vault: Vault) -> None:
    envelopes = {vault.seal(Personal("mei@example.com"), **PLACE).raw for _ in range(1000)}
    assert len({raw[5:17] for raw in envelopes}) == len(envelopes) == 1000


def test_a_key_of_another_ring_is_named(vault: Vault, clock: FakeClock) -> None:
    sealed = Vault(KeyRing.fresh(clock), clock).seal(Personal("mei@example.com"), **PLACE)
    with pytest.raises(KeyUnknownError, match=sealed.raw[1:5].hex()):
        vault.open(sealed, **PLACE)


def test_an_unknown_version_is_named(vault: Vault) -> None:
    raw = vault.seal(Personal("mei@example.com"), **PLACE).raw
    with pytest.raises(EnvelopeUnknownError):
        vault.open(Sealed(b"\x02" + raw[1:]), **PLACE)


def test_old_keys_open_and_the_current_one_seals(clock: FakeClock) -> None:
    old, new = (RootKey(bytes([number]) * 32, clock.now()) for number in (1, 2))
    before = Vault(KeyRing({"00000001": old}, "00000001", b"i" * 32, b"m" * 32), clock)
    after = Vault(KeyRing({"00000001": old, "00000002": new}, "00000002", b"i" * 32, b"m" * 32), clock)
    sealed = before.seal(Personal("mei@example.com"), **PLACE)
    assert after.open(sealed, **PLACE) == Personal("mei@example.com")
    resealed = after.seal(Personal("mei@example.com"), **PLACE)
    assert (sealed.raw[1:5].hex(), resealed.raw[1:5].hex()) == ("00000001", "00000002")
    assert before.index("mei@example.com", kind="email") == after.index("mei@example.com", kind="email")


def test_neither_a_value_nor_an_envelope_is_shown(vault: Vault) -> None:
    sealed = vault.seal(Personal("mei@example.com"), **PLACE)
    assert f"{sealed!r} {sealed!s} {sealed}" == " ".join(["Sealed(**********)"] * 3)
    with pytest.raises(TamperedError) as refused:
        vault.open(sealed, purpose="customer-email", subject="cus_of_another")
    assert "mei" not in str(refused.value)
    assert "cus_of_another" not in str(refused.value)


def test_text_that_cannot_be_encoded_is_refused_without_a_trace_of_it(vault: Vault) -> None:
    with pytest.raises(UnsealableError) as refused:
        vault.seal(Personal("secret \ud800"), **PLACE)
    assert refused.value.__suppress_context__
    assert "secret" not in str(refused.value)


def test_index_and_mac_are_keyed_apart(vault: Vault, clock: FakeClock) -> None:
    assert vault.index("abc", kind="code") != vault.mac("abc", purpose="code")
    other = Vault(KeyRing.fresh(clock), clock)
    assert other.index("abc", kind="code") != vault.index("abc", kind="code")
    assert other.mac("abc", purpose="code") != vault.mac("abc", purpose="code")


def test_index_and_mac_are_bound_to_kind_and_purpose(vault: Vault) -> None:
    assert vault.index("bc", kind="a") != vault.index("c", kind="ab")
    assert vault.mac("bc", purpose="a") != vault.mac("c", purpose="ab")
    assert len(vault.index("abc", kind="code")) == len(vault.mac("abc", purpose="code")) == 32


def test_mac_is_exact_where_index_forgives(vault: Vault) -> None:
    assert vault.index(" Mei@Example.com ", kind="email") == vault.index("mei@example.com", kind="email")
    assert vault.mac("Mei@Example.com", purpose="code") != vault.mac("mei@example.com", purpose="code")


def test_a_year_old_key_is_due_for_rotation(clock: FakeClock) -> None:
    vault = Vault(KeyRing.fresh(clock), clock)
    assert not vault.rotation_due()
    clock.advance(days=timedelta(days=366).days)
    assert vault.rotation_due()
