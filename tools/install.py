"""Install newsarchive into .venv, as far as a stage needs: `python3 tools/install.py run|dev|all`.

make calls this before everything that needs the environment; when nothing is to be done it takes a few hundredths of a
second and asks no network. An environment counts only with the stamp that is written after pip has ended well. Without
one it was left half-made (Ctrl-C, a lost connection, a Python without ensurepip), and pip cannot tell: a package whose
files are there in part counts as installed for it. Such an environment is built again from nothing.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

# Each stage contains those before it.
STAGES = {"run": ".[browse]", "dev": ".[dev]", "all": ".[dev,peers]"}
SIZES = {"run": "170 MB", "dev": "700 MB", "all": "1.2 GB"}

VENV = Path(".venv")
VENV_PYTHON = VENV / "bin" / "python"
LOCK = Path("build", "install.lock")
PROJECT = Path("pyproject.toml")
# Relative: pip splits PIP_CONSTRAINT at blanks, and the folder of a checkout may have some.
CONSTRAINTS = Path("constraints.txt")


class InstallError(Exception):
    """What went wrong, and what to do, for a person."""


def main() -> None:
    """Bring .venv to the stage that the command line names."""
    parser = argparse.ArgumentParser(description="Install newsarchive into .venv.")
    parser.add_argument("stage", choices=STAGES, help="how much: for crawling, for tests too, or all")
    parser.add_argument("--this-python", action="store_true", help="replace an environment of another Python")
    options = parser.parse_args()
    os.chdir(Path(__file__).resolve().parents[1])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        ensure(options.stage, this_python=options.this_python)
    except KeyboardInterrupt:
        sys.exit("\nThe installation was interrupted; the next make starts it again.")
    except PermissionError as error:
        sys.exit(f"newsarchive cannot be installed: {error} - if it was made by another user, remove .venv and build")
    except (InstallError, OSError) as error:
        sys.exit(f"newsarchive cannot be installed: {error}")


def ensure(stage: str, *, this_python: bool = False) -> None:
    """Install a stage unless it is there already; wait while another make installs."""
    if _is_ready(stage, this_python=this_python):
        return
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make is installing; waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_ready(stage, this_python=this_python):
            _install(stage, lock.fileno(), this_python=this_python)


def _install(stage: str, lock: int, *, this_python: bool) -> None:
    if VENV.is_symlink():
        raise InstallError(
            f".venv leads to {VENV.readlink()}, which may serve another checkout and is left alone - remove the link"
        )
    can_grow = _is_ready(next(iter(STAGES)), this_python=this_python) and _has_pip()
    for name in STAGES:
        _stamp(name).unlink(missing_ok=True)
    if not can_grow:
        _make_environment(lock)
    print(f"Installing newsarchive into .venv (once; about {SIZES[stage]}) ...", flush=True)
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    pip = ["-m", "pip", "install", *quiet, "--disable-pip-version-check", "-c", str(CONSTRAINTS), "-e", STAGES[stage]]
    # Isolated from PYTHONPATH, whose packages would count as installed.
    if _run([str(VENV_PYTHON), "-I", *pip], lock):
        raise InstallError("pip failed, see above - when its reason is gone, the next make starts again")
    _stamp(stage).write_text(_fingerprint(_version_of(VENV_PYTHON)), encoding="utf-8")


def _make_environment(lock: int) -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise InstallError(f"Python's {module} module is missing - on Debian and Ubuntu: apt install python3-venv")
    if VENV.exists():
        print(".venv is incomplete, or made for other pins, another Python or place: it is rebuilt.", flush=True)
    # In an activated environment, python3 is the one that is about to be removed.
    python = sys.executable if sys.prefix == sys.base_prefix else os.path.realpath(sys.executable)
    if _run([python, "-I", "-m", "venv", "--clear", str(VENV)], lock):
        raise InstallError("the environment could not be made, see above - remove .venv and run make again")


def _is_ready(stage: str, *, this_python: bool) -> bool:
    """Whether a stage, or one that contains it, has been installed to its end, and is of today."""
    version = _version_of(VENV_PYTHON)
    if not version or (this_python and version != _version_of(Path(sys.executable))):
        return False
    wanted = _fingerprint(version)
    stages = list(STAGES)
    return any(_read(_stamp(name)) == wanted for name in stages[stages.index(stage) :])


def _has_pip() -> bool:
    probe = subprocess.run([VENV_PYTHON, "-I", "-m", "pip", "--version"], capture_output=True, check=False)
    return probe.returncode == 0


def _fingerprint(version: str) -> str:
    """Return what a stamp says: a digest of all that an environment is made for and from."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    parts = [
        version.encode(),
        os.fsencode(Path.cwd()),  # scripts begin with the path of their Python, so that no environment can be moved
        repr((project["build-system"], project["project"])).encode(),
        CONSTRAINTS.read_bytes(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _version_of(python: Path) -> str:
    """Return the minor version of an interpreter, such as 3.11; nothing where it does not run."""
    if python == Path(sys.executable):
        return "{}.{}".format(*sys.version_info)
    code = "import sys; print('{}.{}'.format(*sys.version_info))"
    try:
        return subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:  # absent, or a link to a Python that was removed
        return ""


def _stamp(stage: str) -> Path:
    return VENV / f".installed-{stage}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _run(command: list[str], lock: int) -> int:
    """Run a command and return its status; it holds the lock as well, should it outlive this process."""
    # The first cannot go with an environment; the others pin the tools that build the package, for old and new pips.
    settings = {"PIP_USER": "0", "PIP_CONSTRAINT": str(CONSTRAINTS), "PIP_BUILD_CONSTRAINT": str(CONSTRAINTS)}
    return subprocess.run(command, env=os.environ | settings, pass_fds=[lock], check=False).returncode


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
