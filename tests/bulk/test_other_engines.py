"""The lines of docs/bulk.md for Dask, Ray and Spark write what one process writes, byte for byte."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from support.running import ROOT, plain_environment

from newsarchive.bulk import read_file

LIMIT = 280  # seconds that a program of a test may take
pytestmark = pytest.mark.timeout(600)
BLOCKS = re.compile(r"```python\n# (Dask|Ray|Spark)\n(.*?)```", re.DOTALL)
#: What stands before the lines of the page, and behind them.
PROGRAM = """
from pathlib import Path

files = sorted(map(str, Path.cwd().glob("warcs/*.warc.gz")))
outputs = [str(Path.cwd() / f"{{Path(file).name}}.frames.gz") for file in files]
{lines}
print(sum(one.pages for one in counts), sum(one.articles for one in counts))
"""


def lines(engine):
    found = dict(BLOCKS.findall((ROOT / "docs" / "bulk.md").read_text(encoding="utf-8")))
    return found[engine]


def must_have(module, package):
    """Skip where a package is missing, without loading it here: Ray and Spark start threads."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed (pip install '{package}')")


def printed_by(program, folder, **settings):
    """Run a program in a folder, and kill with its limit whatever it has started."""
    (folder / "program.py").write_text(program, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=folder,
        env=plain_environment(PYTHONPATH=str(ROOT), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=LIMIT)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert process.returncode == 0, err[-3000:]
    return out.splitlines()[-1]


def check_outputs(warcs, folder):
    """Compare what lies in a folder with what one process writes."""
    files = sorted(warcs.glob("*.warc.gz"))
    assert len(files) == 6
    for file in files:
        read_file(file, folder / "alone")
        assert (folder / f"{file.name}.frames.gz").read_bytes() == (folder / "alone").read_bytes()


@contextmanager
def dask_cluster(folder):
    """Run a scheduler and two workers; yield the scheduler's address."""
    begun = []

    def begin(*words):
        with (folder / f"dask-{len(begun)}.log").open("wb") as log:
            begun.append(
                subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli.dask_scheduler", *words]
                    if not begun
                    else [sys.executable, "-m", "distributed.cli.dask_worker", *words],
                    cwd=folder,
                    env=plain_environment(PYTHONPATH=str(ROOT)),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    try:
        begin("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        address = address_in(folder / "dask-0.log", begun[0])
        for _ in range(2):
            begin(address, "--nthreads", "1", "--no-dashboard")
        yield address
    finally:
        for process in begun:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def address_in(log, process):
    """Wait for the address that a scheduler writes into its log."""
    end = time.monotonic() + LIMIT / 2
    while not (found := re.search(r"Scheduler at: +(tcp://127\.0\.0\.1:\d+)", log.read_text(encoding="utf-8"))):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < end, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    return found[1]


def test_dask_writes_what_one_process_writes(warcs, tmp_path):
    must_have("distributed", "dask[distributed]")
    with dask_cluster(tmp_path) as address:
        told = printed_by(PROGRAM.format(lines=lines("Dask")), tmp_path, DASK_SCHEDULER_ADDRESS=address)
    assert told == "36 30"
    check_outputs(warcs, tmp_path)


def test_ray_writes_what_one_process_writes(warcs, tmp_path):
    must_have("ray", "ray")
    program = PROGRAM.format(lines=lines("Ray"))
    assert printed_by(program, tmp_path, RAY_USAGE_STATS_ENABLED="0", RAY_DEDUP_LOGS="0") == "36 30"
    check_outputs(warcs, tmp_path)


def test_spark_writes_what_one_process_writes(warcs, tmp_path):
    must_have("pyspark", "pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java (apt-get install default-jre-headless)")
    settings = {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    assert printed_by(PROGRAM.format(lines=lines("Spark")), tmp_path, **settings) == "36 30"
    check_outputs(warcs, tmp_path)
