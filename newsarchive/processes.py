"""Processes of this machine: whether one is still there, and a name that no later one has."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def process_name(pid: int) -> str:
    """Name a process so that its number is not mistaken for that of a later one: host, number, time of its start."""
    return f"{socket.gethostname()}:{pid}:{_start_time(pid)}"


def _start_time(pid: int) -> str:
    try:
        # The 22nd field of proc(5) stat, counted behind the command's closing parenthesis.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def is_alive(process: str) -> bool:
    """Return whether the process of a run is still there; that of another machine is taken to be."""
    host, pid, start_time = process.rsplit(":", 2)
    if host != socket.gethostname():
        return True
    return process_exists(int(pid)) and _start_time(int(pid)) == start_time


def process_exists(pid: int) -> bool:
    """Return whether there is a process of this number, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
