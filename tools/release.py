"""Build the source archive and the wheel, and prove the wheel in an empty environment.

Outside the checkout, the wheel is installed with the versions of `constraints.txt` into a new virtual environment,
and has to crawl the sample site, search it, and find nothing new in a second crawl.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def main() -> None:
    """Build both files into `dist/`, try the wheel, and print what was made; the status is not 0 where a step fails."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(DIST), str(ROOT))
    (wheel,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        python = str(folder / "venv" / "bin" / "python")
        pins = ("-c", str(ROOT / "constraints.txt"))
        _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins, f"{wheel}[browse]")
        _prove(folder)
    for path in sorted(DIST.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1024:,.0f} KiB")


def _prove(folder: Path) -> None:
    command = [str(folder / "venv" / "bin" / "newsarchive"), "--db", str(folder / "archive.db")]
    print(_output(folder, command[0], "--version").strip())
    _output(folder, *command, "crawl", "demo")
    again = _output(folder, *command, "crawl", "demo")
    found = _output(folder, *command, "search", "--json", "银行")
    if "Nothing new" not in again or not found:
        sys.exit(f"the installed wheel does not do its work:\n{again}\n{found}")


def _output(folder: Path, *command: str) -> str:
    # Neither the checkout nor what the caller's environment points at may help.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _run(*command: str) -> None:
    if status := subprocess.run(command, check=False).returncode:
        sys.exit(f"{' '.join(command)} ended with status {status}")


if __name__ == "__main__":
    main()
