"""A shop for passkeys: the core's public socket over HTTP under the name localhost, without Rasa.

Browsers make no passkey for an IP address, and the instance of the other tests is on one.
"""

import socket
import threading
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import CDPSession, Page
from starlette.types import ASGIApp

from countersign.db.engine import Database
from countersign.db.migrate import upgrade
from countersign.kit.hidden import Personal
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import UNA, Stage


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


class Served:
    """An app on a port of loopback."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        config = uvicorn.Config(app, "127.0.0.1", port, log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


class PasskeyShop:
    """`stage` is the core behind it."""

    def __init__(self, home: Path, clock: FakeClock, **settings: Any) -> None:
        port = free_port()
        database = Database(f"sqlite:///{home / 'core.db'}")
        upgrade(database, "core")
        self.url = f"http://localhost:{port}"
        vault = Vault(KeyRing.fresh(clock), clock)
        self.stage = Stage(database, vault, clock, home, base_url=self.url, **settings)
        self._served = [Served(self.stage.public_app(), port)]

    def elsewhere(self) -> str:
        """The same shop at another port, and so of another origin than its passkeys are made for."""
        port = free_port()
        self._served.append(Served(self.stage.public_app(), port))
        return f"http://localhost:{port}"

    def stop(self) -> None:
        for served in self._served:
            served.stop()
        self.stage.database.dispose()

    def sign_in(self, page: Page, email: Personal = UNA) -> None:
        """By mail, on the page of the browser's own."""
        page.goto(f"{self.url}/portal/security")
        page.get_by_label("Or your e-mail address").fill(email.reveal())
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Code", exact=True).fill(self.stage.code(email))
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"{self.url}/portal/security")


class Key:
    """A virtual passkey device of one page, by DevTools."""

    def __init__(self, page: Page) -> None:
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        self.id = self._added()

    def _added(self) -> str:
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return str(added["authenticatorId"])

    def credentials(self) -> list[dict[str, Any]]:
        found = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        """A copy of a credential, as it stands in the argument."""
        self.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self.devtools.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verifies(self, yes: bool) -> None:
        asked = {"authenticatorId": self.id, "isUserVerified": yes}
        self.devtools.send("WebAuthn.setUserVerified", asked)
