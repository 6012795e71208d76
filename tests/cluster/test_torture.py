"""A short torture; `python benchmarks/cluster_torture.py` is the long one."""

import subprocess
import sys

import pytest

from newsarchive.paths import ROOT

SHORT = {
    "--kills": 4,
    "--stops": 1,
    "--engine-kills": 1,
    "--wipes": 1,
    "--full-disks": 1,
    "--articles": 30,
    "--sites": 2,
    "--shards": 1,
    "--workers": 2,
    "--delay": 0.2,
    "--between": 6,
    "--patience": 240,
}


@pytest.mark.timeout(600)
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_stored_twice(server):
    words = [str(word) for pair in SHORT.items() for word in pair]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "cluster_torture.py"), *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=560,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
