"""Try what a newcomer does, with several Pythons: `python3 tools/try_install.py [PYTHON ...]` prints a table.

For each Python (without any named: all from 3.11 on that are found here) the files of this checkout are copied to a new
folder whose name has blanks and Chinese characters, with an empty home. There `make crawl` runs twice and `make test`
once; then an installation is broken off at random moments, by Ctrl-C and by kill in turn, and the next `make install`
has to bring the same files as one that nobody disturbed, as it has to in an environment that was left without pip. Exit
status 1: something failed.

As root the trials run as the user that --user names, so that nothing works only because root may do all (but for a
Python that this user cannot reach, which the table marks with "by root"). A package
index is needed. The home being empty, all is fetched again for each Python.
"""

from __future__ import annotations

import argparse
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("/usr/bin", "/usr/local/bin", "~/.local/bin", "~/.pyenv/versions/*/bin")
OLDEST = (3, 11)
LONGEST = 3600.0  # seconds for one make


@dataclass(slots=True)
class Trial:
    """One line of the table."""

    python: str
    what: str
    ok: bool
    seconds: float
    note: str = ""


@dataclass(slots=True)
class Newcomer:
    """A fresh copy of the checkout, and the one who tries it with a Python."""

    python: Path
    folder: Path
    user: pwd.struct_passwd | None  # none: the one who runs this
    tests: str
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder.parent / "log.txt"
        (self.folder.parent / "home").mkdir(parents=True)
        if (ROOT / ".git").exists():
            listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
            for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.folder / name)
        else:  # an unpacked source archive
            made = {".venv", "build", "data"}
            shutil.copytree(ROOT, self.folder, ignore=lambda at, names: made & {*names} if Path(at) == ROOT else ())
        if self.user:
            for path in (self.folder.parent, *self.folder.parent.rglob("*")):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def start(self, *targets: str) -> subprocess.Popen[bytes]:
        """Start make in a process group of its own, with little more in its environment than a login gives."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "LANG", "LC_"))}
        environment = kept | {"PATH": "/usr/bin:/bin", "HOME": str(self.folder.parent / "home")}
        with self.log.open("ab") as log:
            log.write(f"\n== make {' '.join(targets)}\n".encode())
            log.flush()
            return subprocess.Popen(
                ["make", f"PYTHON={self.python}", *targets],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **identity(self.user),
            )

    def make(self, what: str, *targets: str, note: str = "") -> Trial:
        """Run make to its end."""
        begun = time.monotonic()
        status = self.start(*targets).wait(LONGEST)
        return Trial(version_of(self.python), what, status == 0, time.monotonic() - begun, note)

    def size(self) -> str:
        """Return how much room the environment takes."""
        files = (path.lstat() for path in (self.folder / ".venv").rglob("*"))
        return f"{sum(stat.st_blocks for stat in files) * 512 / 2**20:.0f} MiB"

    def files(self) -> set[str]:
        """Return what the environment holds, but for what Python compiles when it pleases."""
        venv = self.folder / ".venv"
        return {str(path.relative_to(venv)) for path in venv.rglob("*") if "__pycache__" not in path.parts}

    def repair(self, what: str, files: set[str], note: str = "") -> Trial:
        """Install over what is there; return whether it brought all files."""
        trial = self.make(what, "install", note=note)
        missing = files ^ self.files()
        trial.ok = trial.ok and not missing
        trial.note += f", {len(missing)} files differ" if missing else ""
        return trial

    def last_line(self) -> str:
        """Return the last line that what make runs has printed."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line for line in reversed(lines) if line and not line.startswith("make:")), "")

    def clear(self) -> None:
        """Remove the environment."""
        shutil.rmtree(self.folder / ".venv", ignore_errors=True)

    def break_off(self, after: float, number: signal.Signals) -> bool:
        """Start an installation from nothing and send a signal to all its processes; return whether it came in time."""
        process = self.start("install")
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, number)
            return process.wait(LONGEST) != 0
        return False


def main() -> None:
    """Run the trials that the command line asks for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", type=Path, metavar="PYTHON", help="an interpreter; none: all found here")
    parser.add_argument("--list", action="store_true", help="only print the interpreters found, the oldest first")
    parser.add_argument("--user", default="nobody", help="who tries, if root runs this (default: nobody)")
    parser.add_argument("--breaks", type=int, default=10, help="how many installations are broken off (default: 10)")
    parser.add_argument("--tests", default="", help="what `make test` runs (default: all; none: it is left out)")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    options = parser.parse_args()
    pythons = options.pythons or find_pythons()
    if options.list:
        print(*pythons, sep="\n")
        return
    # A shell's background job ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    user = pwd.getpwnam(options.user) if os.getuid() == 0 else None
    failed = False
    print("| Python | trial | result | seconds | |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="try install ", ignore_cleanup_errors=True) as base:
        Path(base).chmod(0o755)
        for number, python in enumerate(pythons):
            folder = Path(base, str(number), "新闻 库 (1)")
            may_run = user is None or may(user, python)
            newcomer = Newcomer(python, folder, user if may_run else None, options.tests)
            for trial in trials(newcomer, options.breaks, random.Random(options.seed)):
                result = "ok" if trial.ok else "FAILED"
                print(f"| {trial.python} | {trial.what} | {result} | {trial.seconds:.0f} | {trial.note} |", flush=True)
                if not trial.ok:
                    print(newcomer.log.read_text(encoding="utf-8", errors="replace")[-4000:], file=sys.stderr)
                    failed = True
            shutil.rmtree(folder.parent, ignore_errors=True)
    sys.exit(failed)


def trials(newcomer: Newcomer, breaks: int, dice: random.Random) -> Iterator[Trial]:
    """Yield the lines of the table for one Python."""
    first = newcomer.make("make crawl", "crawl")
    first.note = newcomer.size() + ("" if newcomer.user or os.getuid() else ", by root")
    yield first
    yield newcomer.make("make crawl again", "crawl")
    if newcomer.tests != "none":
        tests = newcomer.make("make test", "test", f"TESTS={newcomer.tests}")
        tests.note = f"{newcomer.size()}; {newcomer.last_line()}"
        if not tests.ok:  # some tests measure times: what failed while everything ran at once is tried once more
            again = newcomer.make("", "test", "TESTS=--last-failed --last-failed-no-failures none")
            tests.ok, tests.note = again.ok, f"{tests.note}; once more: {newcomer.last_line()}"
        yield tests
    newcomer.clear()
    whole = newcomer.make("make install", "install")
    yield whole
    files = newcomer.files()
    for number in range(breaks):
        newcomer.clear()
        after = dice.uniform(0.0, whole.seconds)
        sent = (signal.SIGINT, signal.SIGKILL)[number % 2]
        came = newcomer.break_off(after, sent)
        note = f"{sent.name} after {after:.1f} s" + ("" if came else ", too late")
        yield newcomer.repair("make install after a break", files, note)
    newcomer.clear()
    without_pip = [str(newcomer.python), "-m", "venv", "--without-pip", str(newcomer.folder / ".venv")]
    subprocess.run(without_pip, check=True, **identity(newcomer.user))
    yield newcomer.repair("make install after a .venv without pip", files)


def may(user: pwd.struct_passwd, python: Path) -> bool:
    """Whether a user can run an interpreter; one in another user's home often cannot be reached."""
    reach = ["test", "-x", str(python)]
    return subprocess.run(reach, check=False, **identity(user)).returncode == 0


def identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments of subprocess.run for a process of a user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def find_pythons() -> list[Path]:
    """Return one interpreter of each version that is served, the oldest first."""
    found: dict[tuple[int, ...], Path] = {}
    places = [*os.environ["PATH"].split(os.pathsep), *(str(Path(place).expanduser()) for place in PLACES)]
    for place in places:
        anchor = Path(Path(place).anchor or ".")
        for path in sorted(anchor.glob(str(Path(place, "python3*").relative_to(anchor)))):
            if path.name == "python3" or path.name.removeprefix("python3.").isdigit():
                version = tuple(map(int, version_of(path).split("."))) if os.access(path, os.X_OK) else ()
                if version >= OLDEST:
                    found.setdefault(version, path)
    return [found[version] for version in sorted(found)]


def version_of(python: Path) -> str:
    """Return the version of an interpreter, such as 3.11.2; 0 where it does not run."""
    code = "import sys; print('{}.{}.{}'.format(*sys.version_info))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "0"


if __name__ == "__main__":
    main()
