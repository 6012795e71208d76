"""The command: what it says when something is in the way, and the metadata that Datasette's own command takes."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from newsarchive.archive.schema_docs import descriptions
from newsarchive.browse.metadata import metadata
from newsarchive.browse.serve import is_loopback


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "newsarchive", *arguments], capture_output=True, text=True, timeout=300, check=False
    )


def test_a_missing_archive_is_told_in_one_line(tmp_path):
    ran = run("--db", str(tmp_path / "none.db"), "browse")
    assert ran.returncode == 2
    assert "there is no such file" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_file_of_another_program_is_told(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE x (a)")
    ran = run("--db", str(path), "browse")
    assert ran.returncode == 2
    assert "another program" in ran.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM _sqlite_migrations WHERE name = (SELECT max(name) FROM _sqlite_migrations)", "older version"),
        ("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('newsarchive', 'm9', '')", "newer"),
    ],
)
def test_an_archive_of_another_version_is_told(sample, tmp_path, change, words):
    path = tmp_path / "archive.db"
    path.write_bytes(sample.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    ran = run("--db", str(path), "browse")
    assert ran.returncode == 2
    assert words in ran.stderr


def test_a_taken_port_is_told(sample):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("--db", str(sample), "browse", "--port", str(port))
    assert ran.returncode == 2
    assert f"port {port}" in ran.stderr
    assert "--port" in ran.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_prints_its_address_serves_and_ends_with_ctrl_c(sample, workers):
    command = [sys.executable, "-u", "-m", "newsarchive", "--db", str(sample), "browse", "--port", "0"]
    command += ["--workers", workers]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)[0]
        assert httpx.get(address, trust_env=False, timeout=120).status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "Traceback" not in errors


def children_of(process):
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are listed by Linux only")
def test_several_processes_answer_alike_and_end_with_the_one_that_is_killed(sample):
    command = [
        sys.executable,
        "-u",
        "-m",
        "newsarchive",
        "--db",
        str(sample),
        "browse",
        "--port",
        "0",
        "--workers",
        "3",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        address = re.search(r"http://\S+", process.stdout.readline())[0]
        answers = set()
        for _ in range(30):  # each over a connection of its own, which any of them may take
            answer = httpx.get(address, trust_env=False, timeout=120)
            answers.add((answer.status_code, answer.headers["etag"]))
        assert len(answers) == 1
        assert answers.pop()[0] == 200
        begun = children_of(process.pid)
        assert len(begun) >= 3
        process.kill()
        process.wait(timeout=60)
        end = time.monotonic() + 60
        while time.monotonic() < end and any(map(is_running, begun)):
            time.sleep(0.1)
        assert not [one for one in begun if is_running(one)]


def test_the_metadata_describes_every_table_and_hides_the_rest(sample, rows):
    content = metadata(sample)
    tables = content["databases"]["archive"]["tables"]
    described = descriptions()
    for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"):
        if name.startswith("sqlite_"):
            continue
        shown = name in described and not described[name].hidden
        assert tables[name].get("hidden", False) is not shown
        if shown:
            columns = {row[1] for row in rows.execute(f"PRAGMA table_info({name})")}
            assert set(tables[name]["columns"]) == columns


def test_datasettes_own_command_serves_the_same_pages(sample, tmp_path):
    file = tmp_path / "metadata.json"
    ran = run("--db", str(sample), "browse", "--write-metadata", str(file))
    assert ran.returncode == 0
    assert str(file) in ran.stdout
    assert json.loads(file.read_text())["databases"]["archive"]["queries"]
    for options in ([], ["-m", str(file)]):
        command = [sys.executable, "-m", "datasette", str(sample), *options, "--get", "/archive/articles_of_a_day.json"]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["rows"]


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("a.org", False),
    ],
)
def test_only_addresses_of_this_machine_are_private(host, private):
    assert is_loopback(host) is private


def test_sqlite_utils_can_change_a_title_and_the_index_follows(sample, tmp_path):
    path = tmp_path / "archive.db"
    path.write_bytes(sample.read_bytes())
    with sqlite3.connect(path) as plain, pytest.raises(sqlite3.OperationalError, match="no such function"):
        plain.execute("UPDATE articles SET title = '量子' WHERE id = 1")
    change = ["query", str(path), "UPDATE articles SET title = '量子飞跃' WHERE id = 1"]
    subprocess.run([sys.executable, "-m", "sqlite_utils", *change], check=True, timeout=300, capture_output=True)
    ran = run("--db", str(path), "search", "title:量子飞跃", "--json")
    assert "量子飞跃" in ran.stdout


def test_the_written_metadata_keep_other_host_names_out(sample, tmp_path):
    path = tmp_path / "metadata.json"
    run("--db", str(sample), "browse", "--write-metadata", str(path))
    config = json.loads(path.read_text(encoding="utf-8"))["plugins"]["newsarchive"]
    assert config == {"public": False, "hosts": ["127.0.0.1", "localhost", "[::1]"]}
