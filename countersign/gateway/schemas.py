"""The chat API's bodies, as `/api/openapi.json` shows them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

# Generous against what counts as one message; the exact cap is the normaliser's, in characters.
Text = Annotated[str, Field(max_length=32_768)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
MessageKey = Annotated[str, Field(max_length=100, pattern=r"^[\x21-\x7e]+$")]
DeviceKey = Annotated[str, Field(min_length=22, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]

Identity = Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9_.-]+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenSession(_Strict):
    channel: Slug = "web"
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z]{2})?$")] = "en"
    transport: Literal["bearer", "cookie"] = "bearer"
    device_key: DeviceKey | None = None
    identity: Identity | None = None


class Notice(BaseModel):
    version: str
    text: str
    purposes: list[dict[str, Any]]


class SessionOpened(BaseModel):
    token: str | None = None
    device_key: str | None = None
    expires_at: str
    notice: Notice


class GiveIdentity(_Strict):
    """`identity` is the shop's signed word (JWT) for who is signed in on its page."""

    identity: Identity


class Renew(_Strict):
    device_key: DeviceKey | None = None


class Renewed(BaseModel):
    token: str | None = None
    expires_at: str


class SendMessage(_Strict):
    """Exactly one of `text` and `payload`."""

    text: Text | None = None
    payload: Annotated[str, Field(max_length=2000)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "SendMessage":
        if (self.text is None) == (self.payload is None):
            raise ValueError("give either text or payload")
        return self


class SocketMessage(SendMessage):
    """As a frame; `key` is what the Idempotency-Key header is over HTTP."""

    model_config = ConfigDict(extra="ignore")

    key: MessageKey


class ShownMessage(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)

    id: str
    at: str
    sender: Literal["shopper", "assistant", "agent"] = Field(alias="from")
    text: str | None = None
    buttons: list[dict[str, str]] | None = None
    card: dict[str, Any] | None = None
    cards: list[dict[str, Any]] | None = None
    image: str | None = None
    form: dict[str, Any] | None = None
    checkpoint: dict[str, str] | None = None
    sensitive: dict[str, str] | None = None


class Replied(BaseModel):
    token: str | None = None
    ended: bool | None = None
    messages: list[ShownMessage]


class History(BaseModel):
    messages: list[ShownMessage]
