"""`docs/commands.md`: every command with its help, as the command line prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.cli import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 100
_HEAD = """# Commands

`newsarchive [--db FILE] COMMAND ...`. This page is written by `python -m tools.docs write` from the commands'
own help; a test compares the two.

The archive is `data/archive.db` of the checkout; `--db FILE` or the variable `NEWSARCHIVE_DB` names another one.

**Output.** On a terminal commands draw tables, bars and colours; in a pipe they print plain lines, columns parted by
tabs, and commands that print rows know `--json` (one object a line, nothing lost) and `--csv`. Nothing that a page
said can steer a terminal or run in a spreadsheet: control characters and bidi marks are left out (JSON writes them as
escapes), and a cell of CSV that looks like a formula gets a leading apostrophe.

**Status.** 0: all went well. 1: nothing was found, or something is wrong. 2: a wrong argument, told in one line.
`newsarchive crawl` has a 3, too: it finished, but collected less than expected.

**Completion** of commands, options and values by the tab key, once and for all:

    echo 'eval "$(_NEWSARCHIVE_COMPLETE=bash_source newsarchive)"' >> ~/.bashrc
    echo 'eval "$(_NEWSARCHIVE_COMPLETE=zsh_source newsarchive)"' >> ~/.zshrc
    _NEWSARCHIVE_COMPLETE=fish_source newsarchive > ~/.config/fish/completions/newsarchive.fish

It proposes values, too: fields of a query and the sources, categories, sites and languages that there are, also
behind a minus sign (-source:), reasons of problems, names of sources and of saved searches.
"""


def commands_page() -> str:
    """Write the page from the commands."""
    parent = click.Context(cli, info_name="newsarchive", **cli.context_settings)
    parts = [_HEAD]
    for heading, section in COMMANDS.items():
        parts.append(f"## {heading}\n")
        for name in section:
            command = cli.get_command(parent, name)
            assert command is not None
            parts += _entries(command, name, parent)
    return "\n".join(parts)


def _entries(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=_WIDTH, **command.context_settings)
    yield f"### {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _entries(found, inner, context)
