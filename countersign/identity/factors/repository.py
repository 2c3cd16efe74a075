"""Factors, what they are asked, recovery codes and step-ups as rows.

Names and secrets are sealed; a person is sealed and found by a blind index; credential ids, recovery codes,
links and what a step-up is for are keyed hashes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata
from countersign.vault.repository import SealedColumn

factors = Table(
    "factors",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_index", LargeBinary(32), nullable=False, index=True),
    Column("person", SealedColumn, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", SealedColumn, nullable=False),
    Column("secret", SealedColumn, nullable=False),
    Column("credential", LargeBinary(32), unique=True),
    Column("counter", BigInteger, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("counts_from", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("not_me", LargeBinary(32), nullable=False, unique=True),
)
factor_challenges = Table(
    "factor_challenges",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("purpose", String(16), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("content", SealedColumn, nullable=False),
    Column("bound", LargeBinary(32)),
    Column("tries", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_index", LargeBinary(32), primary_key=True),
    Column("code", LargeBinary(32), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
)
step_ups = Table(
    "step_ups",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("target", LargeBinary(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
# On which a person has shown a second factor: a `DeviceRepository` keeps them.
proven_devices = Table(
    "proven_devices",
    metadata,
    Column("person_index", LargeBinary(32), primary_key=True),
    Column("device", LargeBinary(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
FactorRow = Row[Any]
ChallengeRow = Row[Any]


class FactorRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(factors).values(**values))

    def of_person(self, person: bytes) -> list[FactorRow]:
        """The oldest first."""
        query = select(factors).where(factors.c.person_index == person).order_by(factors.c.added_at)
        with self._db.read() as tx:
            return list(tx.execute(query))

    def by_credential(self, credential: bytes) -> FactorRow | None:
        with self._db.read() as tx:
            return tx.execute(select(factors).where(factors.c.credential == credential)).one_or_none()

    def by_not_me(self, link: bytes, added_after: datetime) -> FactorRow | None:
        query = select(factors).where(factors.c.not_me == link, factors.c.added_at > added_after)
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def raise_counter(self, id_: str, counter: int, now: datetime, *, may_stay_zero: bool) -> bool:
        """Whether the counter was lower and is now `counter`: of two at once, one wins.

        `may_stay_zero`: a passkey that does not count says 0 each time.
        """
        lower = factors.c.counter < counter
        fits = or_(lower, factors.c.counter == 0) if may_stay_zero and counter == 0 else lower
        with self._db.begin() as tx:
            changed = tx.execute(
                update(factors).where(factors.c.id == id_, fits).values(counter=counter, last_used_at=now)
            )
            return changed.rowcount == 1

    def remove(self, id_: str, person: bytes) -> bool:
        with self._db.begin() as tx:
            gone = delete(factors).where(factors.c.id == id_, factors.c.person_index == person)
            return tx.execute(gone).rowcount == 1


class ChallengeRepository:
    """At most one challenge of a purpose per session: a newer one replaces it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def replace(self, session: str, purpose: str, **values: Any) -> None:
        mine = (factor_challenges.c.session == session, factor_challenges.c.purpose == purpose)
        with self._db.begin() as tx:
            tx.execute(delete(factor_challenges).where(*mine))
            tx.execute(insert(factor_challenges).values(session=session, purpose=purpose, tries=0, **values))

    def take(self, session: str, purpose: str, now: datetime) -> ChallengeRow | None:
        """The living challenge, once: of two at once, one gets it."""
        with self._db.begin() as tx:
            return tx.execute(
                delete(factor_challenges)
                .where(
                    factor_challenges.c.session == session,
                    factor_challenges.c.purpose == purpose,
                    factor_challenges.c.expires_at > now,
                )
                .returning(*factor_challenges.c)
            ).one_or_none()

    def count_try(self, session: str, purpose: str, most: int, now: datetime) -> ChallengeRow | None:
        """The living challenge with this try counted in it, or None when it has none left."""
        with self._db.begin() as tx:
            return tx.execute(
                update(factor_challenges)
                .where(
                    factor_challenges.c.session == session,
                    factor_challenges.c.purpose == purpose,
                    factor_challenges.c.tries < most,
                    factor_challenges.c.expires_at > now,
                )
                .values(tries=factor_challenges.c.tries + 1)
                .returning(*factor_challenges.c)
            ).one_or_none()

    def living(self, session: str, purpose: str, now: datetime) -> ChallengeRow | None:
        query = select(factor_challenges).where(
            factor_challenges.c.session == session,
            factor_challenges.c.purpose == purpose,
            factor_challenges.c.expires_at > now,
        )
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            gone = delete(factor_challenges).where(factor_challenges.c.expires_at < before)
            return tx.execute(gone).rowcount


class RecoveryRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def replace(self, person: bytes, codes: list[bytes], now: datetime) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(recovery_codes).where(recovery_codes.c.person_index == person))
            rows = [{"person_index": person, "code": code, "made_at": now} for code in codes]
            tx.execute(insert(recovery_codes), rows)

    def left(self, person: bytes) -> int:
        query = select(func.count()).where(recovery_codes.c.person_index == person)
        with self._db.read() as tx:
            return tx.execute(query).scalar_one()

    def spend(self, person: bytes, code: bytes) -> bool:
        """False when it is none of theirs, or was spent: of two at once, one wins."""
        mine = (recovery_codes.c.person_index == person, recovery_codes.c.code == code)
        with self._db.begin() as tx:
            return tx.execute(delete(recovery_codes).where(*mine)).rowcount == 1

    def forget(self, person: bytes) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(recovery_codes).where(recovery_codes.c.person_index == person))


class StepUpRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, session: str, target: bytes, now: datetime) -> None:
        mine = (step_ups.c.session == session, step_ups.c.target == target)
        with self._db.begin() as tx:
            tx.execute(delete(step_ups).where(*mine))
            tx.execute(insert(step_ups).values(session=session, target=target, at=now))

    def spend(self, session: str, target: bytes, not_before: datetime) -> bool:
        """False when there is none, it is too old, or was spent: of two at once, one wins."""
        with self._db.begin() as tx:
            spent = delete(step_ups).where(
                step_ups.c.session == session, step_ups.c.target == target, step_ups.c.at >= not_before
            )
            return tx.execute(spent).rowcount == 1

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(step_ups).where(step_ups.c.at < before)).rowcount
