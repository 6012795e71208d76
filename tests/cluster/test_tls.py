"""An engine that demands TLS: workers that verify it get in, plain connections and strangers' engines are refused."""

import shutil

import pytest
from support import postgres

from newsarchive.cluster import claims, registry, schema
from newsarchive.cluster.engine import Engine, EngineAwayError


@pytest.fixture(scope="module")
def guarded():
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    with postgres.running(tls=True) as server:
        yield server


def dsn(server, mode, certificate=None):
    trusted = f"&sslrootcert={certificate or server.certificate}" if mode == "verify-full" else ""
    return f"{server.dsn('postgres')}?sslmode={mode}{trusted}"


def test_who_verifies_the_engine_speaks_to_it_by_tls(guarded):
    with Engine(dsn(guarded, "verify-full"), patience=30) as engine:
        assert schema.init(engine) > 0
        registry.add(engine, "one", family="one", shard=0, files={}, hosts=[])
        assert [claim.site for claim in claims.claim(engine, "w", 60)] == ["one"]
        assert engine.ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0].ssl is True


def test_a_plain_connection_is_refused(guarded):
    with (
        Engine(dsn(guarded, "disable"), patience=0.1) as engine,
        pytest.raises(EngineAwayError, match="no encryption"),
    ):
        schema.init(engine)


def test_an_engine_with_another_certificate_is_not_trusted(guarded, tmp_path):
    postgres.make_certificate(tmp_path / "other.crt", tmp_path / "other.key")
    with (
        Engine(dsn(guarded, "verify-full", tmp_path / "other.crt"), patience=0.1) as engine,
        pytest.raises(EngineAwayError, match="certificate verify failed"),
    ):
        schema.init(engine)
