"""Mail over SMTP (RFC 5321), encrypted: `smtps://`, or `smtp://` with STARTTLS (RFC 3207).

The standard library's client: it blocks, and runs in the outbox worker only.
"""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from countersign.kit.hidden import Secret
from countersign.notify.errors import (
    DeliveryDeferredError,
    DeliveryError,
    DeliveryRefusedError,
    SmtpUrlError,
)
from countersign.notify.models import Message

TIMEOUT_S = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """`smtp[s]://[USER:PASSWORD@]HOST[:PORT][?starttls=off]`; `off` is for loopback only."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str
    password: Secret = field(repr=False)

    @classmethod
    def from_url(cls, url: Secret) -> "Server":
        """Raises SmtpUrlError, which never shows the URL."""
        try:
            parts = urlsplit(url.reveal())
            port = parts.port or _PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise SmtpUrlError("expected smtp://HOST or smtps://HOST with a numeric port") from None
        starttls = parse_qs(parts.query).get("starttls", ["on"])[-1] != "off"
        if not parts.hostname:
            raise SmtpUrlError("the SMTP URL names no host")
        if parts.scheme == "smtp" and not starttls and parts.hostname not in _LOOPBACK:
            raise SmtpUrlError("starttls=off would send mail in the clear: allowed on loopback only")
        tls = parts.scheme == "smtps"
        password = Secret(unquote(parts.password or ""))
        return cls(parts.hostname, port, tls, starttls and not tls, unquote(parts.username or ""), password)


class SmtpSender:
    def __init__(
        self,
        server: Server,
        mail_from: str,
        *,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`mail_from` is an address, with or without a name: `Shop <mail@shop.example>`.

        Raises SmtpUrlError when it is not.
        """
        self._server = server
        self._from = mail_from
        self._address = parseaddr(mail_from)[1]
        self._domain = self._address.rpartition("@")[2]
        self._tls = tls
        self._timeout_s = timeout_s
        if not self._domain:
            raise SmtpUrlError("the sender's address has no domain")

    def send(self, message: Message) -> None:
        mail = self._composed(message)
        client = self._connected()
        try:
            # The envelope is the address we checked, not what a parser makes of the header.
            client.send_message(mail, self._address, [message.to.reveal()])
        except (smtplib.SMTPException, OSError) as error:
            raise _named(error) from error
        finally:
            # The server has answered already: a lost QUIT must not look like a lost mail.
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()

    def _connected(self) -> smtplib.SMTP:
        """Whatever goes wrong before the mail is offered is no verdict on the mail: deferred."""
        try:
            return self._opened()
        except smtplib.SMTPResponseException as error:
            raise DeliveryDeferredError(f"connect {error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryDeferredError(f"connect {type(error).__name__}") from error

    def _opened(self) -> smtplib.SMTP:
        server, tls = self._server, self._tls or ssl.create_default_context()
        # Naming ourselves spares smtplib a look-up of this machine's name.
        name, timeout_s = self._domain, self._timeout_s
        client: smtplib.SMTP
        if server.tls:
            client = smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout_s, context=tls)
        else:
            client = smtplib.SMTP(server.host, server.port, name, timeout=timeout_s)
        try:
            if server.starttls:
                client.starttls(context=tls)
            if server.user:
                client.login(server.user, server.password.reveal())
        except BaseException:
            client.close()
            raise
        return client

    def _composed(self, message: Message) -> EmailMessage:
        # Python folds an address beyond ASCII into two lines unless the header may be UTF-8.
        mail = EmailMessage(policy=SMTP if message.to.reveal().isascii() else SMTPUTF8)
        mail["From"] = self._from
        mail["To"] = message.to.reveal()
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        try:
            mail.set_content(message.text.reveal())
        except UnicodeEncodeError:
            # Without its context: the original error carries the text.
            raise DeliveryRefusedError("not UTF-8") from None
        return mail


def _named(error: Exception) -> DeliveryError:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryRefusedError("no SMTPUTF8")
    code = _code(error)
    if code is None:
        return DeliveryDeferredError(type(error).__name__)
    return DeliveryRefusedError(str(code)) if code >= 500 else DeliveryDeferredError(str(code))


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
