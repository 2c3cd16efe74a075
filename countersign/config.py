"""Settings: read once from the environment, refused whole when one is missing or unsafe."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class ConfigError(Exception):
    """A setting is missing or unsafe; the message says which and what to do."""


class Listen:
    """`host:port` of a socket that we open."""

    def __init__(self, value: str) -> None:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{value!r} is not host:port")
        self.host, self.port = host.strip("[]"), int(port)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="COUNTERSIGN_", env_ignore_empty=True)

    home: Path = Path("var")
    demo: bool = False
    public: str = "127.0.0.1:8000"
    inner: str = "127.0.0.1:5055"
    rasa: str = "http://127.0.0.1:5005"
    base_url: str = "http://127.0.0.1:8000"
    database_url: str = ""
    store_url: str = ""
    keys: Path = Path()
    inner_secret: SecretStr = Field(min_length=32)
    rasa_secret: SecretStr = Field(min_length=32)
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    embed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    sealing: Literal["on", "off"] = "on"
    shop_name: str = "Countersign Demo Shop"
    words: Path = Path("data")

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else value

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not origin.startswith(("https://", "http://")) or origin.count("/") != 2 or "*" in origin:
                raise ValueError(f"{origin!r} is not an origin such as https://shop.example")
        return value

    @field_validator("public", "inner")
    @classmethod
    def _listen(cls, value: str) -> str:
        Listen(value)
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        self.database_url = self.database_url or f"sqlite:///{self.home / 'core.db'}"
        self.store_url = self.store_url or f"sqlite:///{self.home / 'store.db'}"
        if self.keys == Path():
            self.keys = self.home / "keys.json"
        if not self.demo:
            if self.sealing == "off":
                raise ValueError("COUNTERSIGN_SEALING=off is for the demo's proof only; remove it")
            if not self.smtp_url.get_secret_value() or not self.mail_from:
                raise ValueError("set COUNTERSIGN_SMTP_URL and _MAIL_FROM: sign-in codes go by mail")
            if not self.base_url.startswith("https://"):
                raise ValueError("COUNTERSIGN_BASE_URL must start with https:// outside demo mode")
        if self.inner_secret.get_secret_value() == self.rasa_secret.get_secret_value():
            raise ValueError("COUNTERSIGN_INNER_SECRET and COUNTERSIGN_RASA_SECRET must differ")
        return self


def load(**overrides: object) -> Settings:
    """The settings of this process.

    Raises ConfigError with every fault on a line of its own; no value is repeated in it.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            lines.append(f"COUNTERSIGN_{name}: {fault['msg']}" if name else fault["msg"])
        raise ConfigError("\n".join(lines)) from None
