"""A site file that is known, brought up to date by what another look at the site found."""

from __future__ import annotations

import re
from typing import NamedTuple

# A table of a TOML file, and a key of one; both at the beginning of a line, as people and `add` write them.
_TABLE = re.compile(r"\[\[?\s*([^\]#]+?)\s*\]")
_KEY = re.compile(r"([A-Za-z0-9_-]+)\s*=")
#: Keys that are a person's choice where the file has them, by table ("" for none).
_CHOSEN = {"": ("name", "title"), "politeness": ("delay",)}


class _Key(NamedTuple):
    """A key with its value: its lines, and the comments above it."""

    comments: list[str]
    lines: list[str]


def renewed(known: str, found: str) -> str:
    """Return the text of a site file with what was `found` in place of what it said.

    What a look does not find out stays: other tables, keys that `found` does not have, and what a person chose. Tables
    of which there may be several are replaced together.
    """
    before, now = _tables(known), _tables(found)
    parts = [_merged(name, next((lines for other, lines in before if other == name), []), lines) for name, lines in now]
    names = {name for name, _ in now}
    parts += ["".join(lines) for name, lines in before if name not in names]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _tables(text: str) -> list[tuple[str, list[str]]]:
    """Split a file into its tables, each with its lines; what stands before the first has the name ""."""
    tables: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines(keepends=True):
        if match := _TABLE.match(line):
            above: list[str] = []
            while tables[-1][1] and tables[-1][1][-1].startswith("#"):  # comments belong to what they stand above
                above.insert(0, tables[-1][1].pop())
            tables.append((match[1], above))
        tables[-1][1].append(line)
    return tables


def _merged(table: str, old: list[str], new: list[str]) -> str:
    if any(line.startswith("[[") for line in new):
        return "".join(new)
    before, now = _keys(old), _keys(new)
    lines = []
    for name, key in now.items():
        is_chosen = name in _CHOSEN.get(table, ()) and name in before
        lines += [*key.comments, *(before[name].lines if is_chosen else key.lines)]
    kept = [line for name, key in before.items() if name not in now for line in (*key.comments, *key.lines)]
    return "".join(lines).rstrip("\n") + "\n" + "".join(kept)


def _keys(lines: list[str]) -> dict[str, _Key]:
    """Split a table into its keys; its head and what stands below its last key belong to "" at the beginning."""
    keys = {"": _Key([], [])}
    comments: list[str] = []
    name = ""
    for line in lines:
        if match := _KEY.match(line):
            name = match[1]
            keys[name] = _Key(comments, [line])
            comments = []
        elif line.startswith("#"):
            comments.append(line)
        elif line.strip():
            keys[name].lines.append(line)
    return keys
