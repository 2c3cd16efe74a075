"""Settings: read once from the environment, refused whole when one is missing or unsafe."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_LEAST_SECRET = 32
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConfigError(Exception):
    """A setting is missing or unsafe; the message says which and what to do."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="COUNTERSIGN_", env_ignore_empty=True, extra="ignore")

    home: Path = Path("var")
    demo: bool = False
    public: str = "127.0.0.1:8000"
    inner: str = "127.0.0.1:5055"
    staff: str = "127.0.0.1:8001"
    staff_url: str = ""
    # RFC 9106 and OWASP: 64 MiB, 3 rounds; never below OWASP's least.
    staff_hash_memory_kib: int = Field(65_536, ge=19_456)
    staff_hash_rounds: int = Field(3, ge=2)
    staff_hash_lanes: int = Field(4, ge=1)
    staff_hashes_at_once: int = Field(2, ge=1)
    rasa: str = "http://127.0.0.1:5005"
    base_url: str = "http://127.0.0.1:8000"
    database_url: str = ""
    store_url: str = ""
    keys: Path = Path()
    inner_secret: SecretStr = SecretStr("")
    rasa_secret: SecretStr = SecretStr("")
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    embed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    proxies: Annotated[tuple[str, ...], NoDecode] = ()
    passkey_site: str = ""
    factor_wait_hours: Annotated[int | None, Field(ge=0, le=24 * 30)] = None
    sealing: Literal["on", "off"] = "on"
    shop_name: str = "Countersign Demo Shop"
    identity_issuer: str = ""
    identity_keys: Path = Path()
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_customer_claim: str = ""
    oidc_origins: Annotated[tuple[str, ...], NoDecode] = ()
    words: Path = Path("data")
    policy: Path = Path(__file__).parent / "store" / "policy.toml"

    @field_validator("embed_origins", "oidc_origins", "proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else value

    @field_validator("embed_origins", "oidc_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not origin.startswith(("https://", "http://")) or origin.count("/") != 2 or "*" in origin:
                raise ValueError("expected origins such as https://shop.example, with commas between them")
        return value

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError("expected IP addresses or networks, with commas between them") from None
        return value

    @field_validator("public", "inner", "staff")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("expected HOST:PORT with a port from 1 to 65535")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        self.database_url = self.database_url or f"sqlite:///{self.home / 'core.db'}"
        self.store_url = self.store_url or f"sqlite:///{self.home / 'store.db'}"
        self.staff_url = (self.staff_url or f"http://{self.staff}").rstrip("/")
        if self.keys == Path():
            self.keys = self.home / "keys.json"
        host = urlsplit(self.base_url).hostname or ""
        # Browsers make no passkeys for an IP address.
        self.passkey_site = self.passkey_site or ("localhost" if host in _LOOPBACK else host)
        if host not in _LOOPBACK and not f".{host}".endswith(f".{self.passkey_site}"):
            raise ValueError("COUNTERSIGN_PASSKEY_SITE must be the host of COUNTERSIGN_BASE_URL, or end it")
        if self.factor_wait_hours is None:
            self.factor_wait_hours = 0 if self.demo else 24
        return self

    @property
    def passkey_origin(self) -> str:
        """The one origin of pages on which passkeys are made and used."""
        scheme, host, port = (part := urlsplit(self.base_url)).scheme, part.hostname or "", part.port
        host = "localhost" if host in _LOOPBACK else host
        return f"{scheme}://{host}" + (f":{port}" if port else "")

    def refuse_to_serve(self) -> None:
        """Raises ConfigError with everything that is missing or unsafe for opening sockets."""
        faults = self._faults_in_demo() if self.demo else self._faults_in_production()
        faults += self._faults_in_oidc() + self._faults_in_identity()
        inner, rasa = self.inner_secret.get_secret_value(), self.rasa_secret.get_secret_value()
        if min(len(inner), len(rasa)) < _LEAST_SECRET:
            both = "COUNTERSIGN_INNER_SECRET, COUNTERSIGN_RASA_SECRET"
            faults.append(f"{both}: {_LEAST_SECRET} characters or more")
        elif inner == rasa:
            faults.append("COUNTERSIGN_INNER_SECRET and COUNTERSIGN_RASA_SECRET must differ")
        if not self.staff_url.startswith("https://") and not (_local(self.staff) and self._staff_is_here()):
            faults.append("COUNTERSIGN_STAFF_URL: must start with https:// unless it is on loopback")
        if faults:
            raise ConfigError("\n".join(faults))

    def _staff_is_here(self) -> bool:
        return _local(self.staff_url.removeprefix("http://"))

    def _faults_in_oidc(self) -> list[str]:
        """Half a setting is worse than none: the way in would fail only when somebody tries it."""
        if not self.oidc_issuer:
            return []
        faults = []
        parts = urlsplit(self.oidc_issuer)
        loopback = self.demo and parts.scheme == "http" and parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not loopback:
            faults.append(
                "COUNTERSIGN_OIDC_ISSUER: must start with https:// (in a demo also http on loopback)"
            )
        if not self.oidc_client_id or not self.oidc_client_secret.get_secret_value():
            faults.append(
                "COUNTERSIGN_OIDC_CLIENT_ID and COUNTERSIGN_OIDC_CLIENT_SECRET: the provider gives both"
            )
        return faults

    def _faults_in_identity(self) -> list[str]:
        named, keys = bool(self.identity_issuer), self.identity_keys != Path()
        if named == keys and (not keys or self.identity_keys.is_file()):
            return []
        both = "COUNTERSIGN_IDENTITY_ISSUER, COUNTERSIGN_IDENTITY_KEYS"
        return [f"{both}: the shop's name in its tokens and the file with its public keys, or neither"]

    def _faults_in_demo(self) -> list[str]:
        if _local(self.public) and not self.base_url.startswith("https://"):
            return []
        return ["COUNTERSIGN_DEMO shows every sign-in code to whoever asks: on 127.0.0.1 without https only"]

    def _faults_in_production(self) -> list[str]:
        faults = []
        if self.sealing == "off":
            faults.append("COUNTERSIGN_SEALING=off is for the demo's proof only: remove it")
        if not self.smtp_url.get_secret_value() or not self.mail_from:
            faults.append("COUNTERSIGN_SMTP_URL and COUNTERSIGN_MAIL_FROM: sign-in codes go by mail")
        if not self.base_url.startswith("https://"):
            faults.append("COUNTERSIGN_BASE_URL: must start with https:// outside demo mode")
        if not self.proxies:
            what = (
                "the addresses of the TLS proxies in front, or all shoppers would share one address's limits"
            )
            faults.append(f"COUNTERSIGN_PROXIES: {what}")
        return faults


def _local(listen: str) -> bool:
    return listen.rpartition(":")[0].strip("[]") in _LOOPBACK


def load() -> Settings:
    """The settings of this process: of the environment, else of HOME/secrets.env.

    Raises ConfigError with every fault on a line of its own; no value is repeated in it.
    """
    try:
        home = Path(os.environ.get("COUNTERSIGN_HOME") or "var")
        return Settings(_env_file=home / "secrets.env")  # type: ignore[call-arg] # pydantic-settings' own
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            lines.append(f"COUNTERSIGN_{name}: {fault['msg']}" if name else fault["msg"])
        raise ConfigError("\n".join(lines)) from None
