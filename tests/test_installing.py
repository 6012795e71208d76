"""Installing: make brings .venv to where a command needs it, whatever an earlier try has left behind.

The project that is installed here is a tiny one, with the real Makefile and the real installer; it needs no index.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "newsarchive"
version = "1.0"

[project.optional-dependencies]
browse = []
dev = []
peers = []
"""

# It builds what an editable wheel must hold. While a file named `pause` is there it waits: a test breaks in.
BACKEND = """
import pathlib, time, zipfile

METADATA = "Metadata-Version: 2.1\\nName: newsarchive\\nVersion: 1.0\\n"
METADATA += "".join(f"Provides-Extra: {extra}\\n" for extra in ("browse", "dev", "peers"))

def build_editable(folder, settings=None, metadata=None):
    if pathlib.Path("pause").exists():
        pathlib.Path("paused").touch()
        while pathlib.Path("pause").exists():
            time.sleep(0.05)
    name, info = "newsarchive-1.0-py3-none-any.whl", "newsarchive-1.0.dist-info"
    files = {
        "newsarchive_tiny.py": "def main(): print('it runs')\\n",
        f"{info}/METADATA": METADATA,
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{info}/entry_points.txt": "[console_scripts]\\nnewsarchive = newsarchive_tiny:main\\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""


def without_make():
    """Return the environment without what a make that runs the tests hands to each make below it (`PYTHON=...`)."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


class Checkout:
    """A folder with a project that `make` can install."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", folder)
        shutil.copy(ROOT / "tools" / "install.py", folder / "tools")
        (folder / "pyproject.toml").write_text(PROJECT)
        (folder / "backend.py").write_text(BACKEND)
        (folder / "constraints.txt").write_text("six==1.17.0\n")
        self.left = folder / ".venv" / "left"  # goes when the environment is rebuilt

    def start(self, stage="run", *, python=sys.executable, **environment):
        """Start make in a process group of its own, as a shell does."""
        return subprocess.Popen(
            ["make", *([f"PYTHON={python}"] if python else []), f"installed-{stage}"],
            cwd=self.folder,
            env=without_make() | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def make(self, stage="run", **options):
        """Install; give what make printed."""
        process = self.start(stage, **options)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err
        done = subprocess.run(
            [".venv/bin/newsarchive"], cwd=self.folder, capture_output=True, text=True, check=True, timeout=60
        )
        assert done.stdout == "it runs\n"
        return out

    def fail(self, stage="run", **options):
        process = self.start(stage, **options)
        _, err = process.communicate(timeout=120)
        assert process.returncode != 0
        assert "Traceback" not in err
        return err

    def start_and_pause(self, stage):
        """Start make; come back when pip is in the middle of its work."""
        (self.folder / "paused").unlink(missing_ok=True)
        (self.folder / "pause").touch()
        process = self.start(stage)
        end = time.monotonic() + 120
        while not (self.folder / "paused").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)
        return process

    def shrink(self):
        """Leave only what `make crawl` needs."""
        for stamp in self.stamps():
            (self.folder / ".venv" / stamp).rename(self.folder / ".venv" / ".installed-run")

    def stamps(self):
        return {path.name for path in (self.folder / ".venv").glob(".installed-*")}


@pytest.fixture(autouse=True)
def ctrl_c():
    """Let Ctrl-C reach what is started here: a shell's background job ignores it, and so would its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return Checkout(tmp_path_factory.mktemp("installed") / "新闻 库 (1)")


@pytest.fixture
def installed(shared):
    """Give a checkout in which `make crawl` has installed what it needs, with a file that a new .venv would lack."""
    shared.make()
    shared.left.touch()
    return shared


def test_nothing_is_done_where_all_is_there(installed):
    assert installed.make() == ""
    assert installed.left.exists()


def test_a_second_stage_is_put_on_the_first(installed):
    installed.shrink()
    assert "Installing" in installed.make("dev")
    assert installed.left.exists()
    assert installed.make("run") == ""


def test_a_whole_environment_whose_pip_was_removed_still_serves_but_does_not_grow(installed):
    (pip,) = (installed.folder / ".venv").glob("lib/python3*/site-packages/pip")
    shutil.rmtree(pip)
    installed.shrink()
    assert installed.make() == ""
    assert "rebuilt" in installed.make("all")
    assert not installed.left.exists()


def test_other_settings_of_tools_ask_for_nothing_and_other_pins_for_a_new_environment(installed):
    (installed.folder / "pyproject.toml").write_text(PROJECT + "\n[tool.ruff]\nline-length = 80\n")
    assert installed.make() == ""
    with (installed.folder / "constraints.txt").open("a") as constraints:
        constraints.write("idna==3.20\n")
    assert "rebuilt" in installed.make()
    assert not installed.left.exists()


def test_an_environment_without_pip_is_made_anew(installed):
    venv = installed.folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", venv], check=True)
    assert "rebuilt" in installed.make()


def test_an_environment_whose_python_was_removed_is_made_anew(installed):
    python = installed.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(installed.folder / "removed" / "python3")
    assert "rebuilt" in installed.make()
    assert not installed.left.exists()


def test_an_environment_that_was_moved_is_made_anew(installed, tmp_path):
    installed.folder.rename(tmp_path / "moved")
    (tmp_path / "moved").rename(moved := installed.folder.with_name("移动 了"))
    installed.folder, installed.left = moved, moved / ".venv" / "left"
    assert "rebuilt" in installed.make()
    assert not installed.left.exists()


def test_an_environment_of_another_checkout_is_left_alone(installed, tmp_path):
    other = Checkout(tmp_path / "other")
    (other.folder / ".venv").symlink_to(installed.folder / ".venv")
    before = installed.stamps()
    assert "leads to" in other.fail()
    assert (installed.stamps(), installed.left.exists()) == (before, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_installation_that_was_broken_off_is_made_anew(installed, number):
    installed.shrink()
    process = installed.start_and_pause("dev")
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "install.py" not in err  # no traceback of ours
    assert installed.stamps() == set()
    (installed.folder / "pause").unlink()
    assert "rebuilt" in installed.make()
    assert not installed.left.exists()
    assert installed.stamps() == {".installed-run"}


def test_a_failure_of_pip_is_told_and_leaves_no_stamp(installed):
    (installed.folder / "backend.py").write_text("raise SystemExit('no disk space')\n")
    installed.shrink()
    err = installed.fail("dev")
    (installed.folder / "backend.py").write_text(BACKEND)
    assert "newsarchive cannot be installed: pip failed, see above" in err
    assert installed.stamps() == set()


def test_of_two_at_once_the_second_waits_for_the_first(installed):
    installed.shrink()
    first = installed.start_and_pause("all")
    second = installed.start("all")
    assert "waiting" in second.stdout.readline()
    (installed.folder / "pause").unlink()
    assert "Installing" in first.communicate(timeout=120)[0]
    assert second.communicate(timeout=120)[0] == ""
    assert (first.returncode, second.returncode) == (0, 0)


def test_what_debian_lacks_is_named_and_nothing_is_left_behind(shared, tmp_path):
    shutil.rmtree(shared.folder / ".venv", ignore_errors=True)
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")
    assert "apt install python3-venv" in shared.fail(PYTHONPATH=str(tmp_path))
    assert not (shared.folder / ".venv").exists()


def test_an_activated_environment_is_made_anew_whatever_is_on_pythonpath(installed, tmp_path):
    (tmp_path / "pip.py").write_text("raise SystemExit('this is not pip')\n")
    path = f"{installed.folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for stamp in installed.stamps():
        (installed.folder / ".venv" / stamp).unlink()
    assert "rebuilt" in installed.make(python=None, PATH=path, PYTHONPATH=str(tmp_path), PIP_USER="1")


@pytest.mark.parametrize("name", ["python2.7", "no such python"])
def test_a_python_that_is_too_old_or_absent_is_told(shared, tmp_path, name):
    python = tmp_path / name
    if name == "python2.7":  # as an old one answers to the question of its version
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)
    assert "newsarchive needs Python 3.11 or newer" in shared.fail(python=python)
