"""Times: aware in, aware in UTC out, on every database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime

TABLES = MetaData()
moments = Table("moments", TABLES, Column("id", Integer, primary_key=True), Column("at", UtcDateTime))
NOON = datetime(2026, 11, 2, 12, 0, 0, 1, tzinfo=UTC)
LATER_BY_THE_CLOCK_ON_THE_WALL = datetime(2026, 11, 2, 13, 30, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
def moments_database(any_database: Database) -> Database:
    with any_database.begin() as connection:
        TABLES.create_all(connection)
        rows = [{"at": NOON}, {"at": LATER_BY_THE_CLOCK_ON_THE_WALL}, {"at": None}]
        connection.execute(insert(moments), rows)
    return any_database


def test_a_time_comes_back_in_utc(moments_database: Database) -> None:
    with moments_database.read() as connection:
        times = list(connection.execute(select(moments.c.at).order_by(moments.c.id)).scalars())
    assert times == [NOON, LATER_BY_THE_CLOCK_ON_THE_WALL, None]
    assert [time.tzinfo for time in times[:2]] == [UTC, UTC]


def test_times_compare_as_instants(moments_database: Database) -> None:
    with moments_database.read() as connection:
        before = connection.execute(select(moments.c.at).where(moments.c.at < NOON)).scalars().all()
        ordered = connection.execute(
            select(moments.c.at).where(moments.c.at.is_not(None)).order_by(moments.c.at)
        )
        assert before == [LATER_BY_THE_CLOCK_ON_THE_WALL]
        assert list(ordered.scalars()) == [LATER_BY_THE_CLOCK_ON_THE_WALL, NOON]


def test_a_time_without_a_zone_is_refused(moments_database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a zone"), moments_database.begin() as connection:
        connection.execute(insert(moments).values(at=naive))
