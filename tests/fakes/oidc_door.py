"""A chat before the way in by the shop's account, and a provider behind it that really signs."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from countersign.identity.errors import SignInRefusedError
from countersign.identity.models import Opened, Session
from countersign.identity.oidc.models import Departure
from countersign.identity.oidc.provider import OpenIdProvider
from countersign.identity.oidc.service import ShopSignIn
from countersign.risk.limits import Limits
from tests.fakes.house import ADA, BOB, House
from tests.fakes.identity import FakeDirectory
from tests.fakes.issuer import FakeIssuer, settings

VERIFIED = {"email": ADA.reveal(), "email_verified": True}


@dataclass
class Door:
    """The way in, one chat before it, and the provider behind it."""

    house: House
    issuer: FakeIssuer
    people: FakeDirectory
    way: ShopSignIn

    def chat(self, transport: str = "cookie") -> Session:
        return self.house.sessions.open("web", "en", transport).session

    def leave(self, session: Session) -> Departure:
        departure = self.way.start(session)
        assert isinstance(departure, Departure)
        return departure

    def back(self, session: Session, subject: str = "sub-ada", **claims: Any) -> Opened:
        """The whole round."""
        departure = self.leave(session)
        answer = self.issuer.visited(departure.url, subject, **(claims or VERIFIED))
        return self.way.finish(answer, departure.browser.reveal())

    def refused(self, session: Session | None = None, subject: str = "sub-ada", **claims: Any) -> str:
        """Plays a round that must fail and change nothing; the reason in the audit log."""
        session = session or self.chat()
        with pytest.raises(SignInRefusedError) as caught:
            self.back(session, subject, **claims)
        return self.nothing_happened(session, caught.value)

    def nothing_happened(self, session: Session, error: SignInRefusedError) -> str:
        assert str(error) == "not signed in" and error.code == "sign-in-refused"
        assert self.house.sessions.current(session.id) == session
        return self.reason()

    def reason(self) -> str:
        with self.house.database.read() as tx:
            query = "SELECT detail FROM audit_events WHERE tag = 'signin:oidc:refused' ORDER BY seq DESC"
            detail = tx.exec_driver_sql(query).scalars().first()
        return "" if detail is None else str(json.loads(detail)["reason"])

    def rows(self, table: Any) -> int:
        with self.house.database.read() as tx:
            return len(tx.execute(table.select()).all())


def built(house: House, people: Any = None, **changed: Any) -> Door:
    issuer = FakeIssuer(house.clock)
    people = people or FakeDirectory(cus_ada=ADA.reveal(), cus_bob=BOB.reveal())
    provider = OpenIdProvider(settings(**changed), house.clock, issuer.transport)
    limits = Limits(house.clock)
    way = ShopSignIn(
        house.database, house.sessions, people, provider, limits, house.vault, house.audit, house.clock
    )
    return Door(house, issuer, people, way)
