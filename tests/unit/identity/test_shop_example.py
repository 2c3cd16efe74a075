"""What docs/security/sign-in.md tells a shop to write makes tokens that are believed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from countersign.identity.assertions.keyfile import KeyFile
from countersign.identity.assertions.models import Shop
from countersign.identity.assertions.service import Assertions
from countersign.identity.errors import TokenRefusedError
from countersign.kit.clock import SystemClock
from countersign.kit.hidden import Secret
from tests.fakes.house import ADA, House
from tests.fakes.identity import FakeDirectory

PAGE = Path(__file__).parents[3] / "docs" / "security" / "sign-in.md"


def test_the_example_is_believed_once(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in example.splitlines() if line.strip()]) <= 15
    key = ECKey.generate_key("P-256")
    (tmp_path / "shop-private.pem").write_bytes(key.as_pem(private=True))
    monkeypatch.chdir(tmp_path)
    shop: dict[str, Any] = {}
    exec(example, shop)  # noqa: S102 - it is our own page
    keys = tmp_path / "shop.jwks"
    keys.write_text(json.dumps({"keys": [shop["KEY"].as_dict(private=False)]}))
    clock = SystemClock()
    way = Assertions(
        house.database,
        house.sessions,
        FakeDirectory(cus_ada=ADA.reveal()),
        KeyFile(keys),
        house.vault,
        house.audit,
        clock,
        shop=Shop("https://shop.example", "https://chat.shop.example"),
    )
    token = Secret(shop["identity"]("ada", clock.now().timestamp() - 60))
    assert way.accept(house.open().session, token).session.person == "cus_ada"
    with pytest.raises(TokenRefusedError):
        way.accept(house.open().session, token)
