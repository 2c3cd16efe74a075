from pathlib import Path
from typing import ClassVar

import pytest

from countersign import config
from countersign.config import ConfigError, Settings

SECRET, OTHER = "s" * 32, "t" * 32
SOUND = {
    "INNER_SECRET": SECRET,
    "RASA_SECRET": OTHER,
    "SMTP_URL": "smtps://mailer:pass-word-of-mail@mail.example",
    "MAIL_FROM": "shop@shop.example",
    "BASE_URL": "https://chat.shop.example",
    "PROXIES": "10.20.30.40, 10.20.31.0/24",
}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COUNTERSIGN_{name.upper()}", raising=False)
    monkeypatch.setenv("COUNTERSIGN_HOME", str(tmp_path))


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    """What load() makes of these COUNTERSIGN_ variables."""
    for name, value in values.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
    return config.load()


def refused(settings: Settings) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings.refuse_to_serve()
    return str(caught.value).splitlines()


class TestLoad:
    def test_puts_everything_that_is_written_below_home(self, tmp_path: Path) -> None:
        settings = config.load()
        assert settings.database_url == f"sqlite:///{tmp_path}/core.db"
        assert settings.store_url == f"sqlite:///{tmp_path}/store.db"
        assert settings.keys == tmp_path / "keys.json"

    def test_has_terms_of_its_own_and_takes_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert config.load().policy.is_file()
        assert given(monkeypatch, POLICY="terms.toml").policy == Path("terms.toml")

    def test_takes_an_empty_variable_for_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = given(monkeypatch, HOME="", DATABASE_URL="", PUBLIC="")
        assert settings.home == Path("var")
        assert settings.database_url == "sqlite:///var/core.db"
        assert settings.public == "127.0.0.1:8000"

    def test_reads_the_secrets_of_home_and_the_environment_goes_before(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "secrets.env").write_text(
            f"COUNTERSIGN_INNER_SECRET={SECRET}\nCOUNTERSIGN_RASA_SECRET={SECRET}\n"
        )
        settings = given(monkeypatch, RASA_SECRET=OTHER)
        assert settings.inner_secret.get_secret_value() == SECRET
        assert settings.rasa_secret.get_secret_value() == OTHER

    def test_takes_origins_apart_at_commas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = given(monkeypatch, EMBED_ORIGINS=" https://a.example ,, http://localhost:3000,")
        assert settings.embed_origins == ("https://a.example", "http://localhost:3000")

    def test_no_secret_has_a_default(self) -> None:
        settings = config.load()
        assert [settings.inner_secret.get_secret_value(), settings.rasa_secret.get_secret_value()] == ["", ""]

    def test_shows_no_secret_when_printed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown = repr(given(monkeypatch, **SOUND))
        assert SECRET not in shown and OTHER not in shown and "pass-word-of-mail" not in shown

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DEMO", "perhaps"),
            ("SEALING", "maybe"),
            ("PUBLIC", "nowhere"),
            ("PUBLIC", ":8000"),
            ("PUBLIC", "127.0.0.1:0"),
            ("INNER", "127.0.0.1:65536"),
            ("INNER", "127.0.0.1:http"),
            ("EMBED_ORIGINS", "market.example"),
            ("EMBED_ORIGINS", "https://*.market.example"),
            ("EMBED_ORIGINS", "https://market.example/"),
            ("EMBED_ORIGINS", "https://a.example,null"),
        ],
    )
    def test_names_the_variable_at_fault_and_never_shows_its_value(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        with pytest.raises(ConfigError) as caught:
            given(monkeypatch, **{name: value})
        (line,) = str(caught.value).splitlines()
        assert line.startswith(f"COUNTERSIGN_{name}: ")
        assert value not in line and value.split(",")[-1] not in line

    def test_names_every_fault_on_a_line_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ConfigError) as caught:
            given(monkeypatch, DEMO="perhaps", PUBLIC="nowhere", EMBED_ORIGINS="*")
        names = sorted(line.partition(":")[0] for line in str(caught.value).splitlines())
        assert names == ["COUNTERSIGN_DEMO", "COUNTERSIGN_EMBED_ORIGINS", "COUNTERSIGN_PUBLIC"]

    def test_listens_on_ipv6_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert given(monkeypatch, PUBLIC="[::1]:8000").public == "[::1]:8000"


class TestServing:
    def test_a_sound_shop_may_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given(monkeypatch, **SOUND).refuse_to_serve()

    def test_a_demo_needs_no_mail_server_and_no_https(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given(monkeypatch, DEMO="1", SEALING="off", INNER_SECRET=SECRET, RASA_SECRET=OTHER).refuse_to_serve()

    @pytest.mark.parametrize(
        ("change", "names"),
        [
            ({"SEALING": "off"}, ["COUNTERSIGN_SEALING"]),
            ({"SMTP_URL": ""}, ["COUNTERSIGN_SMTP_URL"]),
            ({"MAIL_FROM": ""}, ["COUNTERSIGN_MAIL_FROM"]),
            ({"BASE_URL": "http://chat.shop.example"}, ["COUNTERSIGN_BASE_URL"]),
            ({"PROXIES": ""}, ["COUNTERSIGN_PROXIES"]),
            ({"INNER_SECRET": ""}, ["COUNTERSIGN_INNER_SECRET"]),
            ({"RASA_SECRET": "t" * 31}, ["COUNTERSIGN_RASA_SECRET"]),
            ({"RASA_SECRET": SECRET}, ["COUNTERSIGN_INNER_SECRET", "COUNTERSIGN_RASA_SECRET"]),
        ],
    )
    def test_what_is_unsafe_is_named_and_its_value_not_shown(
        self, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], names: list[str]
    ) -> None:
        (line,) = refused(given(monkeypatch, **SOUND | change))
        assert all(name in line for name in names)
        assert not any(value in line for value in (*change.values(), *SOUND.values()) if len(value) > 3)

    def test_all_that_is_unsafe_is_told_at_once(self) -> None:
        assert len(refused(config.load())) == 4

    @pytest.mark.parametrize(
        "change",
        [{"PUBLIC": "0.0.0.0:8000"}, {"PUBLIC": "[::]:8000"}, {"BASE_URL": "https://chat.shop.example"}],
    )
    def test_a_demo_is_for_this_machine_only(
        self, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
    ) -> None:
        (line,) = refused(given(monkeypatch, DEMO="1", INNER_SECRET=SECRET, RASA_SECRET=OTHER, **change))
        assert "COUNTERSIGN_DEMO" in line

    @pytest.mark.parametrize("proxies", ["*", "proxy.example", "10.0.0.0/33"])
    def test_a_proxy_is_named_by_its_address(self, monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
        with pytest.raises(ConfigError) as caught:
            given(monkeypatch, PROXIES=proxies)
        assert str(caught.value).startswith("COUNTERSIGN_PROXIES: ")

    @pytest.mark.parametrize("same", [SECRET, ""])
    def test_a_demo_needs_two_different_long_secrets_too(
        self, monkeypatch: pytest.MonkeyPatch, same: str
    ) -> None:
        (line,) = refused(given(monkeypatch, DEMO="1", INNER_SECRET=same, RASA_SECRET=same))
        assert "COUNTERSIGN_INNER_SECRET" in line and "COUNTERSIGN_RASA_SECRET" in line


class TestStaff:
    def sound(self, monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
        return given(monkeypatch, **SOUND, **values)

    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"STAFF": "127.0.0.1:9001"},
            {"STAFF": "[::1]:9001"},
            {"STAFF": "0.0.0.0:9001", "STAFF_URL": "https://staff.shop.example"},
        ],
        ids=str,
    )
    def test_is_reached_by_https_or_on_loopback(
        self, monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
    ) -> None:
        self.sound(monkeypatch, **values).refuse_to_serve()

    @pytest.mark.parametrize(
        "values",
        [
            {"STAFF": "0.0.0.0:9001"},
            {"STAFF": "10.0.0.7:9001", "STAFF_URL": "http://127.0.0.1:9001"},
            {"STAFF_URL": "http://staff.shop.example"},
            {"STAFF_URL": "http://127.0.0.1.evil.example:8001"},
        ],
        ids=str,
    )
    def test_is_never_reached_in_the_clear(
        self, monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
    ) -> None:
        [fault] = refused(self.sound(monkeypatch, **values))
        assert fault.startswith("COUNTERSIGN_STAFF_URL")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("STAFF", "8001"),
            ("STAFF_HASH_MEMORY_KIB", "1024"),
            ("STAFF_HASH_ROUNDS", "1"),
            ("STAFF_HASHES_AT_ONCE", "0"),
        ],
    )
    def test_settings_that_are_too_weak_are_refused(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        with pytest.raises(ConfigError, match=f"COUNTERSIGN_{name}"):
            given(monkeypatch, **{name: value})

    def test_links_start_where_it_listens_unless_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert config.load().staff_url == "http://127.0.0.1:8001"
        assert given(monkeypatch, STAFF_URL="https://s.example/").staff_url == "https://s.example"


class TestShopAccount:
    WHOLE: ClassVar[dict[str, str]] = {
        "OIDC_ISSUER": "https://login.shop.example",
        "OIDC_CLIENT_ID": "countersign",
        "OIDC_CLIENT_SECRET": "the-providers-secret",
    }

    def test_is_none_by_default_and_whole_when_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given(monkeypatch, **SOUND).refuse_to_serve()
        given(monkeypatch, **SOUND, **self.WHOLE).refuse_to_serve()

    @pytest.mark.parametrize("missing", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
    def test_half_given_is_refused(self, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
        (fault,) = refused(given(monkeypatch, **SOUND, **{**self.WHOLE, missing: ""}))
        assert f"COUNTERSIGN_{missing}" in fault

    @pytest.mark.parametrize(
        "issuer", ["http://login.shop.example", "http://127.0.0.1:4000", "login.shop.example"]
    )
    def test_over_plain_http_is_refused(self, monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
        (fault,) = refused(given(monkeypatch, **SOUND, **{**self.WHOLE, "OIDC_ISSUER": issuer}))
        assert fault.startswith("COUNTERSIGN_OIDC_ISSUER")

    def test_on_this_machine_may_be_plain_http_in_a_demo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        demo = {"DEMO": "1", "INNER_SECRET": SECRET, "RASA_SECRET": OTHER, **self.WHOLE}
        given(monkeypatch, **{**demo, "OIDC_ISSUER": "http://localhost:4000"}).refuse_to_serve()
        (fault,) = refused(given(monkeypatch, **{**demo, "OIDC_ISSUER": "http://login.shop.example"}))
        assert fault.startswith("COUNTERSIGN_OIDC_ISSUER")

    def test_its_secret_does_not_print(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "the-providers-secret" not in repr(given(monkeypatch, **SOUND, **self.WHOLE))


class TestSignedIdentity:
    def test_needs_the_shops_name_and_its_keys(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        keys = tmp_path / "shop.jwks"
        keys.write_text("{}")
        both = {"IDENTITY_ISSUER": "https://shop.example", "IDENTITY_KEYS": str(keys)}
        given(monkeypatch, **SOUND, **both).refuse_to_serve()
        for broken in (
            {"IDENTITY_ISSUER": ""},
            {"IDENTITY_KEYS": ""},
            {"IDENTITY_KEYS": str(tmp_path / "no")},
        ):
            (fault,) = refused(given(monkeypatch, **SOUND, **{**both, **broken}))
            assert "COUNTERSIGN_IDENTITY_ISSUER, COUNTERSIGN_IDENTITY_KEYS" in fault


class TestPasskeys:
    """For which site they are made, and on which origin's pages."""

    @pytest.mark.parametrize(
        ("base", "site", "origin"),
        [
            ("https://chat.shop.example", "chat.shop.example", "https://chat.shop.example"),
            ("https://chat.shop.example:8443/", "chat.shop.example", "https://chat.shop.example:8443"),
            # Browsers make none for an IP address.
            ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
            ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ],
    )
    def test_are_of_the_base_url(
        self, monkeypatch: pytest.MonkeyPatch, base: str, site: str, origin: str
    ) -> None:
        settings = given(monkeypatch, BASE_URL=base)
        assert (settings.passkey_site, settings.passkey_origin) == (site, origin)

    def test_may_be_of_the_whole_domain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = given(monkeypatch, BASE_URL="https://chat.shop.example", PASSKEY_SITE="shop.example")
        assert settings.passkey_site == "shop.example"

    @pytest.mark.parametrize("site", ["hop.example", "other.example", "a.chat.shop.example"])
    def test_are_never_of_another(self, monkeypatch: pytest.MonkeyPatch, site: str) -> None:
        with pytest.raises(ConfigError, match="COUNTERSIGN_PASSKEY_SITE"):
            given(monkeypatch, BASE_URL="https://chat.shop.example", PASSKEY_SITE=site)

    def test_wait_for_a_day_but_in_the_demo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert config.load().factor_wait_hours == 24
        assert given(monkeypatch, FACTOR_WAIT_HOURS="48").factor_wait_hours == 48
        monkeypatch.delenv("COUNTERSIGN_FACTOR_WAIT_HOURS")
        assert given(monkeypatch, DEMO="1").factor_wait_hours == 0

    def test_cannot_wait_backwards(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ConfigError, match="FACTOR_WAIT_HOURS"):
            given(monkeypatch, FACTOR_WAIT_HOURS="-1")
