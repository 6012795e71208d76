"""One PostgreSQL for all tests of this folder, a database for each; they skip where it is not installed."""

import pytest

pytest.importorskip("psycopg", reason="psycopg is not installed (newsarchive[cluster])")

from support import postgres

from newsarchive.cluster import schema, shard
from newsarchive.cluster.engine import Engine


@pytest.fixture(scope="session")
def server():
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres.running() as running:
        running.new_database("news")
        yield running


@pytest.fixture
def dsn(server):
    """An engine without sites."""
    server.wipe("news")
    address = server.dsn("news")
    with Engine(address, patience=10) as engine:
        schema.init(engine)
    return address


@pytest.fixture
def prompt(monkeypatch):
    """Shards of this process look for moves, publications and their sites at every step."""
    monkeypatch.setattr(shard, "_ERRANDS", 0.0)
    monkeypatch.setattr(shard, "_HEARTBEAT", 0.0)


@pytest.fixture
def engine(dsn):
    with Engine(dsn, patience=10) as engine:
        yield engine
