"""Errors that a person made or can mend: told in one line, never as a traceback."""

from __future__ import annotations


class UserError(Exception):
    """What was wrong, with which value, and what to do. The command line prints it and ends with a non-zero status."""


class ArchiveDamagedError(UserError):
    """The archive's file is damaged: nobody's mistake, so that the exit status is 1."""
