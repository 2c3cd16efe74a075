"""Mail over a real SMTP server on loopback: up, down, busy, refusing, and with TLS."""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from countersign.kit.errors import RefusedError
from countersign.kit.hidden import Personal, Secret
from countersign.notify.errors import DeliveryDeferredError, DeliveryRefusedError, SmtpUrlError
from countersign.notify.models import Message
from countersign.notify.repository import OutboxRepository
from countersign.notify.senders.smtp import Server, SmtpSender
from countersign.notify.service import Notify
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock

TO = Personal("mei.kowalski@example.com")


class Mailbox:
    """aiosmtpd's handler: keeps what arrives; `answers` are given first, one per message."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.answers: list[str] = []
        self.rcpt_answer = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt_answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.arrived.append(message_from_bytes(content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Starts a server on a free or a given port and returns the port."""
    running: list[Controller] = []

    def start(port: int = 0, **options: object) -> int:
        port = port or _free_port()
        running.append(Controller(mailbox, hostname="127.0.0.1", port=port, **options))
        running[-1].start()
        return port

    yield start
    for controller in running:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _sender(
    port: int, scheme: str = "smtp", tls: ssl.SSLContext | None = None, extra: str = ""
) -> SmtpSender:
    query = "" if tls else "?starttls=off"
    server = Server.from_url(Secret(f"{scheme}://{extra}127.0.0.1:{port}{query}"))
    return SmtpSender(server, "Shop <mail@shop.example>", tls=tls, timeout_s=5)


def _message(to: Personal = TO, text: str = "Your code is ABCD-2345.\n") -> Message:
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    return Message("msg_abc", at, "mail", to, "Grüße from the shop", Personal(text))


def test_a_mail_arrives_whole(serve: Callable[..., int], mailbox: Mailbox) -> None:
    _sender(serve()).send(_message(text="Ångström, 東京\n.\nlast line\n"))
    [mail] = mailbox.arrived
    assert mail["To"] == "mei.kowalski@example.com"
    assert mail["From"] == "Shop <mail@shop.example>"
    assert mail["Subject"] == "Grüße from the shop"
    assert mail["Message-ID"] == "<msg_abc@shop.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 02 Nov 2026 09:30:00 +0000"
    assert mail.get_content().splitlines() == ["Ångström, 東京", ".", "last line"]


@pytest.mark.parametrize(
    ("answer", "error"), [("550 no", DeliveryRefusedError), ("451 later", DeliveryDeferredError)]
)
def test_the_servers_verdict_decides(
    serve: Callable[..., int], mailbox: Mailbox, answer: str, error: type[Exception]
) -> None:
    sender = _sender(serve())
    mailbox.answers = [answer]
    with pytest.raises(error) as after_data:
        sender.send(_message())
    mailbox.rcpt_answer = answer
    with pytest.raises(error) as after_rcpt:
        sender.send(_message())
    assert {str(after_data.value), str(after_rcpt.value)} == {answer[:3]}
    assert mailbox.arrived == []


def test_a_server_that_is_down_defers(mailbox: Mailbox) -> None:
    with pytest.raises(DeliveryDeferredError, match="connect ConnectionRefusedError"):
        _sender(_free_port()).send(_message())


def test_mail_waits_while_the_server_is_down_and_arrives_once_when_it_is_up(
    serve: Callable[..., int], mailbox: Mailbox, vault: Vault, database: object, clock: FakeClock
) -> None:
    port = _free_port()
    rows = OutboxRepository(database)  # type: ignore[arg-type]
    notify = Notify(vault, rows, _sender(port), clock)
    notify.mail(TO, "Your order", "It is on its way.")
    for _ in range(3):
        assert notify.deliver_pending() == 0
        clock.advance(seconds=60)
    assert rows.count("pending") == 1
    serve(port)
    assert notify.deliver_pending() == 1
    clock.advance(minutes=30)
    assert notify.deliver_pending() == 0
    assert [mail["Subject"] for mail in mailbox.arrived] == ["Your order"]
    assert rows.count("sent") == 1


def test_a_5xx_is_given_up(
    serve: Callable[..., int], mailbox: Mailbox, vault: Vault, database: object, clock: FakeClock
) -> None:
    rows = OutboxRepository(database)  # type: ignore[arg-type]
    notify = Notify(vault, rows, _sender(serve()), clock)
    mailbox.answers = ["554 never"]
    notify.mail(TO, "Your order", "…")
    assert notify.deliver_pending() == 0
    clock.advance(hours=1)
    assert notify.deliver_pending() == 0
    assert (rows.count("refused"), mailbox.arrived) == (1, [])


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server's, client's): a certificate for 127.0.0.1 that only this client trusts."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = _certificate(folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test mail server")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    builder = builder.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    return folder / "cert.pem", folder / "key.pem"


def test_starttls_and_a_password(
    serve: Callable[..., int], mailbox: Mailbox, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def authenticate(
        server: object, session: Session, envelope: object, kind: str, data: object
    ) -> AuthResult:
        seen.append((data.login, data.password))  # type: ignore[attr-defined]
        return AuthResult(success=seen[-1] == (b"shop", b"p@ss/word"), handled=False)

    port = serve(tls_context=tls[0], require_starttls=True, auth_required=True, authenticator=authenticate)
    _sender(port, tls=tls[1], extra="shop:p%40ss%2Fword@").send(_message())
    assert len(mailbox.arrived) == 1
    with pytest.raises(DeliveryDeferredError, match="connect 535"):
        _sender(port, tls=tls[1], extra="shop:wrong@").send(_message())


def test_without_starttls_nothing_is_sent_in_the_clear(
    serve: Callable[..., int], mailbox: Mailbox, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with pytest.raises(DeliveryDeferredError, match="connect SMTPNotSupportedError"):
        _sender(serve(), tls=tls[1]).send(_message())
    assert mailbox.arrived == []


def test_a_certificate_that_is_not_trusted_defers(
    serve: Callable[..., int], mailbox: Mailbox, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    port = serve(tls_context=tls[0])
    with pytest.raises(DeliveryDeferredError, match="connect SSLCertVerificationError"):
        _sender(port, tls=ssl.create_default_context()).send(_message())
    assert mailbox.arrived == []


def test_a_name_beyond_ascii_goes_by_smtputf8_or_is_refused(
    serve: Callable[..., int], mailbox: Mailbox
) -> None:
    to = Personal("zoë@example.com")
    _sender(serve(enable_SMTPUTF8=True)).send(_message(to=to))
    assert mailbox.arrived[0]["To"] == "zoë@example.com"
    with pytest.raises(DeliveryRefusedError, match="no SMTPUTF8"):
        _sender(serve(enable_SMTPUTF8=False)).send(_message(to=to))


@pytest.mark.parametrize(
    "url",
    ["", "http://mail", "smtp://", "smtp://mail:port", "smtp://mail.example?starttls=off", "mail.example"],
)
def test_a_url_that_cannot_be_used_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SmtpUrlError) as refused:
        Server.from_url(Secret(url))
    assert not url or url not in str(refused.value)


def test_a_server_does_not_show_its_password() -> None:
    server = Server.from_url(Secret("smtps://shop:hunter2@mail.example"))
    assert (server.port, server.tls, server.starttls) == (465, True, False)
    assert "hunter2" not in repr(server)


def test_text_that_cannot_be_encoded_is_refused_without_a_trace_of_it() -> None:
    with pytest.raises(DeliveryRefusedError, match="not UTF-8") as refused:
        _sender(_free_port()).send(_message(text="secret \ud800"))
    assert refused.value.__suppress_context__


_ADDRESSES = st.builds("{}@{}".format, st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))


@given(_ADDRESSES, st.text(max_size=60))
@example("0¡¡¡¡¡𐀀𐀀@0¡¡¡¡¡𐀀𐀀", "")
@example("e" * 64 + "@" + "x" * 180, "é" * 200)
def test_no_address_and_no_subject_makes_another_header(to: str, subject: str) -> None:
    try:
        message = Message("msg_1", FakeClock().now(), "mail", Personal(to), subject, Personal("text"))
    except RefusedError:
        return
    mail = _sender(25)._composed(message)
    written = message_from_bytes(mail.as_bytes(), policy=default)  # type: ignore[arg-type]
    assert written.keys() == mail.keys()
    assert written.get_content().strip() == "text"
