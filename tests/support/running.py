"""Run commands as a person does: in this process, or in another one behind a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from newsarchive.cli import cli
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
#: What a hostile page puts into every field: markup, an escape sequence, C1 and bidi controls, a formula.
HOSTILE = "<script>alert(1)</script>\x1b[31m\x9b2J\u202e=cmd|' /C calc'!A0\u2066\x07"


@dataclass
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def run_on(db: Path | str, *arguments: object, stdin: str | bytes | None = None) -> Ran:
    result = CliRunner().invoke(cli, ["--db", str(db), *map(str, arguments)], standalone_mode=False, input=stdin)
    error = result.exception
    if isinstance(error, UserError):
        return Ran(2, result.stdout, f"{result.stderr}{error}")
    if isinstance(error, click.ClickException):
        return Ran(error.exit_code, result.stdout, f"{result.stderr}{error.format_message()}")
    if error is not None:
        raise error
    status = result.return_value if isinstance(result.return_value, int) else 0
    return Ran(status, result.stdout, result.stderr)


def plain_environment(**settings: str) -> dict[str, str]:
    """Return the environment without the proxies of the machine, and with settings of one's own."""
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return plain | settings


def command_line(db: Path | str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "newsarchive", "--db", str(db), *map(str, arguments)]


def on_terminal(db: Path | str, *arguments: object, columns: int = 80) -> tuple[int, str]:
    """Run a command in a process whose standard output is a terminal; return its status and what the terminal got."""
    return _behind_terminal(command_line(db, *arguments), columns)


_IN_TURN = """
import json, sys
from newsarchive.__main__ import main
for arguments in json.loads(sys.argv[1]):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as end:
        status = end.code
    print(f"\x1d{status}\x1d", end="", flush=True)
"""


def in_turn_on_terminal(db: Path | str, commands: Sequence[Sequence[str]], columns: int) -> list[tuple[int, str]]:
    """Run commands one after the other in one process, as `on_terminal` runs one."""
    lines = json.dumps([["--db", str(db), *command] for command in commands])
    status, printed = _behind_terminal([sys.executable, "-c", _IN_TURN, lines], columns)
    assert status == 0, printed
    parts = printed.split("\x1d")
    assert len(parts) == 2 * len(commands) + 1, printed
    return [(int(status), text) for text, status in zip(parts[::2], parts[1::2], strict=False)]


def _behind_terminal(command: Sequence[str], columns: int) -> tuple[int, str]:
    master, slave = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave, env=environment, cwd=ROOT)
    os.close(slave)
    parts = []
    while select.select([master], [], [], 300)[0]:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(master)
    return process.wait(300), b"".join(parts).decode("utf-8")
