"""A PostgreSQL of its own for tests and benchmarks: in a folder, on a free port of 127.0.0.1, killed at will."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWNER = "newsarchive_owner"
_START = 60.0


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that is installed; None for none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    name = str(found[-1]) if found else shutil.which("initdb")
    return Path(name).resolve().parent if name else None


def make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate for 127.0.0.1, signed by itself, and its key, which the owner alone may read."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    key.chmod(0o600)
    certificate.chmod(0o644)


class Postgres:
    """A server in a folder; `fsync` is for power cuts, not for kills. With `tls` it takes no plain connection."""

    def __init__(self, folder: Path, *, fsync: bool, tls: bool = False) -> None:
        place = binaries()
        assert place is not None, "PostgreSQL is not installed"
        self._bin, self._folder = place, folder
        self._settings = [f"fsync={'on' if fsync else 'off'}", "shared_buffers=32MB", "unix_socket_directories="]
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        # It refuses to run as root.
        self._how: dict[str, Any] = {"env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, "cwd": "/"}
        if os.getuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._how |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [self._bin / "initdb", "--no-sync", "-D", folder / "data", "-U", _OWNER, "-A", "trust", "-E", "UTF8"],
            check=True,
            capture_output=True,
            timeout=120,
            **self._how,
        )
        if tls:
            self.certificate = folder / "server.crt"
            self._demand_tls(folder)
        self.start()

    def _demand_tls(self, folder: Path) -> None:
        key = folder / "server.key"
        make_certificate(self.certificate, key)
        if "user" in self._how:
            os.chown(key, self._how["user"], self._how["group"])
        (folder / "data" / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n", encoding="utf-8")
        self._settings += ["ssl=on", f"ssl_cert_file={self.certificate}", f"ssl_key_file={key}"]

    def dsn(self, database: str, user: str = _OWNER) -> str:
        """Return the address of a database, for a user."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and return when it answers; one that was killed may have processes that still end."""
        end = time.monotonic() + _START
        while True:
            if self._process is None or self._process.poll() is not None:
                self._process = self._launched()
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                return

    def _launched(self) -> subprocess.Popen[bytes]:
        settings = [*self._settings, "listen_addresses=127.0.0.1", f"port={self.port}"]
        options = [word for setting in settings for word in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._bin / "postgres", "-D", self._folder / "data", *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._how,
            )

    def new_database(self, name: str) -> str:
        """Make an empty database; return its address."""
        self._execute("postgres", f'CREATE DATABASE "{name}"')
        return self.dsn(name)

    def new_user(self, name: str, role: str) -> None:
        """Make a user that logs in, as a member of a role."""
        with suppress(psycopg.errors.DuplicateObject):
            self._execute("postgres", f"CREATE ROLE {name} LOGIN IN ROLE {role}")

    def wipe(self, database: str) -> None:
        """Lose all that a database holds of a cluster."""
        self._execute(database, "DROP SCHEMA IF EXISTS newsarchive CASCADE")

    def _execute(self, database: str, statement: str) -> None:
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def kill(self) -> None:
        """Kill the server with all its processes, which have sessions of their own."""
        assert self._process is not None
        pids = [self._process.pid, *_children(self._process.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)  # "fast": it breaks connections off
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


def _children(pid: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if place.read_text(encoding="utf-8").rpartition(")")[2].split()[1] == str(pid):
                found.append(int(place.parent.name))
    return found


@contextmanager
def running(*, fsync: bool = False, tls: bool = False) -> Iterator[Postgres]:
    """Run a server for the time of the block."""
    with tempfile.TemporaryDirectory(prefix="newsarchive-postgres-") as folder:
        server = Postgres(Path(folder), fsync=fsync, tls=tls)
        try:
            yield server
        finally:
            server.stop()
