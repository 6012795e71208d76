"""Property tests take the same examples in every run, whatever was loaded or run before them."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
DRAWS = """
from pathlib import Path

from hypothesis import given, strategies as st

@given(st.text(), st.integers(), st.lists(st.binary()))
def test_draw(text, number, pieces):
    with Path(__file__).with_name("drawn.txt").open("a") as file:
        print(ascii(text), number, pieces, file=file)
"""


def drawn(folder, before="", profile=()):
    """Run a small property test in a process of its own; returns all its examples."""
    folder.mkdir()
    (folder / "conftest.py").write_text((TESTS / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_draws.py").write_text(before + DRAWS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *profile, str(folder)]
    command += ["--rootdir", str(folder)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    ran = subprocess.run(command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return (folder / "drawn.txt").read_text(encoding="utf-8")


def test_examples_change_with_exploring_and_not_with_what_is_loaded(tmp_path, monkeypatch):
    monkeypatch.delenv("HYPOTHESIS_PROFILE", raising=False)
    alone = drawn(tmp_path / "alone").splitlines()
    beside = drawn(tmp_path / "beside", before="import newsarchive.demo, newsarchive.export\n").splitlines()
    explored = drawn(tmp_path / "explored", profile=["--hypothesis-profile=explore"]).splitlines()
    assert alone == beside
    assert alone != explored[: len(alone)]
    assert len(explored) > 10 * len(alone)
