"""The key ring: private, whole, and refused by name when it is not."""

import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countersign.vault.errors import (
    KeyCheckError,
    KeyCurrentUnknownError,
    KeyRingBrokenError,
    KeyRingError,
    KeyRingExistsError,
    KeyRingExposedError,
    KeyRingMissingError,
    KeyTruncatedError,
    KeyUnknownError,
)
from countersign.vault.keyring import KeyRing, RootKey, create
from tests.fakes.clock import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys.json"


def test_a_new_ring_is_the_owners_alone(path: Path) -> None:
    made = create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"], "no temporary file stays"
    assert _keys(KeyRing.load(path)) == _keys(made)


def test_a_ring_is_private_under_a_loose_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_create_never_overwrites(path: Path) -> None:
    made = create(path)
    with pytest.raises(KeyRingExistsError):
        create(path)
    assert _keys(KeyRing.load(path)) == _keys(made)
    assert len(list(path.parent.iterdir())) == 1


def test_every_ring_differs(clock: FakeClock) -> None:
    rings = [KeyRing.fresh(clock) for _ in range(20)]
    assert len({key for ring in rings for key in _keys(ring)}) == 20 * 3


def test_rotation_adds_a_current_key_and_keeps_the_rest(path: Path, clock: FakeClock) -> None:
    before = KeyRing.create(path, clock)
    clock.advance(days=400)
    KeyRing.rotate(path, clock)
    after = KeyRing.load(path)
    assert after.current != before.current
    assert (before.made_at, after.made_at) == (FakeClock().now(), clock.now())
    assert after.data_key(before.current, "p", "s") == before.data_key(before.current, "p", "s")
    assert (after.index_key(), after.mac_key()) == (before.index_key(), before.mac_key())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list(path.parent.iterdir())) == 1


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(KeyRingMissingError, match=r"keys\.json is not there"):
        KeyRing.load(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o660, 0o777])
def test_a_file_that_others_can_reach_is_refused(path: Path, mode: int) -> None:
    create(path)
    path.chmod(mode)
    with pytest.raises(KeyRingExposedError, match=f"mode {mode:04o}"):
        KeyRing.load(path)


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    create(path)
    (tmp_path / "link.json").symlink_to(path)
    with pytest.raises(KeyRingError):
        KeyRing.load(tmp_path / "link.json")


def _shorten(document: dict[str, Any], name: str) -> None:
    where = document if name in ("index", "mac") else document["keys"]
    where[name] = base64.b64encode(base64.b64decode(where[name])[:-1]).decode()


def _cut(document: dict[str, Any]) -> None:
    document["mac"] = document["mac"][:-3]


def _swap(document: dict[str, Any]) -> None:
    document["index"], document["mac"] = document["mac"], document["index"]


def _flip(document: dict[str, Any]) -> None:
    key = bytearray(base64.b64decode(document["keys"][document["current"]]))
    key[7] ^= 1
    document["keys"][document["current"]] = base64.b64encode(key).decode()


BROKEN: list[tuple[Callable[[dict[str, Any]], object], type[KeyRingError]]] = [
    (lambda it: _shorten(it, it["current"]), KeyTruncatedError),
    (lambda it: _shorten(it, "index"), KeyTruncatedError),
    (lambda it: _shorten(it, "mac"), KeyTruncatedError),
    (_cut, KeyTruncatedError),
    (_swap, KeyCheckError),
    (_flip, KeyCheckError),
    (lambda it: it["checks"].pop("index"), KeyCheckError),
    (lambda it: it.update(current="ffffffff"), KeyCurrentUnknownError),
    (lambda it: it.pop("current"), KeyRingBrokenError),
    (lambda it: it.pop("checks"), KeyRingBrokenError),
    (lambda it: it.update(keys=[]), KeyRingBrokenError),
    (lambda it: it.update(keys={}, made={}), KeyCurrentUnknownError),
    (lambda it: it["made"].clear(), KeyRingBrokenError),
    (lambda it: it.update(mac=5), KeyRingBrokenError),
    (lambda it: it.update(version=2), KeyRingBrokenError),
]


@pytest.mark.parametrize(("spoil", "error"), BROKEN)
def test_a_damaged_ring_is_refused_by_name_and_shows_no_key(
    path: Path, spoil: Callable[[dict[str, Any]], object], error: type[KeyRingError]
) -> None:
    create(path)
    document = json.loads(path.read_text())
    secrets = [document["index"], document["mac"], *document["keys"].values()]
    spoil(document)
    path.write_text(json.dumps(document))
    with pytest.raises(KeyRingError) as refused:
        KeyRing.load(path)
    assert type(refused.value) is error
    assert not [secret for secret in secrets if secret[:10] in str(refused.value)]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"keys"', "\ufeff{}", "{}"])
def test_a_file_that_is_no_ring_is_named(path: Path, content: str) -> None:
    create(path)
    path.write_text(content)
    with pytest.raises(KeyRingBrokenError):
        KeyRing.load(path)


def test_every_cut_of_the_file_is_refused(path: Path) -> None:
    create(path)
    whole = path.read_text()
    for length in range(len(whole.rstrip())):
        path.write_text(whole[:length])
        with pytest.raises(KeyRingError):
            KeyRing.load(path)


def test_data_keys_differ_by_root_purpose_and_subject(clock: FakeClock) -> None:
    roots = {f"0000000{number}": RootKey(bytes([number]) * 32, clock.now()) for number in (1, 2)}
    ring = KeyRing(roots, "00000001", b"i" * 32, b"m" * 32)
    places = [(id_, p, s) for id_ in roots for p in ("a", "ab") for s in ("", "b", "bc", "c")]
    assert len({ring.data_key(*place) for place in places}) == len(places)
    assert {len(ring.data_key(*place)) for place in places} == {32}
    with pytest.raises(KeyUnknownError):
        ring.data_key("0000000f", "a", "b")


def test_one_key_for_two_uses_is_refused(clock: FakeClock) -> None:
    with pytest.raises(KeyRingBrokenError, match="the same"):
        KeyRing({"00000001": RootKey(b"k" * 32, clock.now())}, "00000001", b"k" * 32, b"m" * 32)


def test_a_ring_does_not_show_its_keys(path: Path) -> None:
    ring = create(path)
    root = RootKey(b"k" * 32, FakeClock().now())
    assert "kkk" not in repr(root)
    assert repr(ring) == f"KeyRing(current={ring.current!r}, keys=[{ring.current!r}])"


def _keys(ring: KeyRing) -> list[bytes]:
    return [ring.data_key(ring.current, "p", "s"), ring.index_key(), ring.mac_key()]
