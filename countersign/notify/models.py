"""A message on its way out. Address, words, code and link are sealed as one as long as they rest."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from countersign.kit.hidden import Personal, Secret
from countersign.notify.errors import AddressRefusedError, SubjectRefusedError

# One mailbox (RFC 5321 4.1.2 without quoted local parts); everything that could end a header or
# begin a second recipient is outside it.
_ADDRESS = re.compile(
    r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f-\x9f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f-\x9f]{1,189}"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Message:
    """`link` is a Secret since it holds a sign-in token; `id` becomes the Message-ID."""

    id: str
    at: datetime
    medium: str
    to: Personal
    subject: str = field(repr=False)
    text: Personal
    code: Secret | None = None
    link: Secret | None = None

    def __post_init__(self) -> None:
        """Raises AddressRefusedError, SubjectRefusedError."""
        if not _ADDRESS.fullmatch(self.to.reveal()):
            raise AddressRefusedError("the address is not one plain e-mail address")
        if _CONTROL.search(self.subject) or len(self.subject) > 200:
            raise SubjectRefusedError("the subject holds a control character or is longer than 200")

    def content(self) -> Personal:
        """What is sealed: all but id, time and medium, as JSON."""
        return Personal(
            json.dumps(
                {
                    "to": self.to.reveal(),
                    "subject": self.subject,
                    "text": self.text.reveal(),
                    "code": _revealed(self.code),
                    "link": _revealed(self.link),
                }
            )
        )

    @classmethod
    def from_content(cls, id_: str, at: datetime, medium: str, content: Personal) -> "Message":
        fields: dict[str, Any] = json.loads(content.reveal())
        return cls(
            id=id_,
            at=at,
            medium=medium,
            to=Personal(fields["to"]),
            subject=fields["subject"],
            text=Personal(fields["text"]),
            code=_secret(fields["code"]),
            link=_secret(fields["link"]),
        )


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def _secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)
