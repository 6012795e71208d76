"""`python -m tools.translations`: bring the catalogues of messages up to date, and compile them.

    python -m tools.translations update    # after a message was added or changed: into newsarchive/locale/*/*.po
    python -m tools.translations compile   # after a translation was written: .mo beside .po
    python -m tools.translations missing   # what has no translation yet

Messages come from calls of `_`, `ngettext` and `N_`, from templates, from the help of the commands and from the tables
that are shown to people; docs/translation.md says how they are worded.
"""

from __future__ import annotations

import inspect
import io
import sys
import tomllib
from typing import TYPE_CHECKING, get_args

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from newsarchive import i18n
from newsarchive.archive.schema_docs import descriptions
from newsarchive.cli import COMMANDS, cli
from newsarchive.models import ROLES, BylineRole
from newsarchive.paths import ROOT
from newsarchive.problems import REASONS
from newsarchive.search import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEYWORDS = {"_": None, "N_": None, "_said": None, "ngettext": (1, 2)}
#: Words that the archive stores and pages show: kinds of articles, how runs ended, what became of addresses.
_STORED = (
    *("flash", "site", "running", "finished", "stopped", "failed", "killed", "found", "listing", "page", "problem"),
    *("stored", "vanished", "pending", "done", "gone", "blocked", "rejected", "waiting"),
    *("ok", "note", "wrong"),
)
#: Columns of the tables that commands print on a terminal.
_COLUMNS = (
    *("site", "slug", "name", "articles", "newest", "url", "market", "code", "article_key", "published_at", "source"),
    *("title", "count", "word", "per_million", "medium", "aliases", "address", "state"),
    *("what", "detail", "seen", "field", "value", "evidence", "by", "at", "event", "reason", "times", "next_at"),
    *("last_at", "stage", "story", "archive", "feeds", "file", "query", "destination", "quiet_hours", "digest"),
    *("last_found", "last_sent", "unsent", "failures", "next_try", "error", "sites", "envelopes", "bytes", "seconds"),
    *("id", "shard", "fence", "seq", "why", "files", "category", "lang", "day", "month", "hour", "weekday"),
)
#: What Datasette says in its errors.
_DATASETTE = (
    "Database not found",
    "Table not found",
    "Row not found",
    "Invalid SQL",
    "SQL Interrupted",
    "Statement must be a SELECT",
)
#: What click says itself; its own sources hold more, for programmers.
_CLICK: tuple[str | tuple[str, str], ...] = (
    "Usage:",
    "Options",
    "Commands",
    "Error: {message}",
    "Usage: {usage}",
    "Show this message and exit.",
    "Show the version and exit.",
    "Try '{command} {option}' for help.",
    "Missing command.",
    "Missing parameter",
    "Missing argument",
    "Missing option",
    "No such command {name!r}.",
    "No such option {name!r}.",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "Option {name!r} requires an argument.",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is a file.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "default: {default}",
    "required",
    "File",
    "Directory",
    "Path",
    "file",
    "directory",
    "path",
    "Aborted!",
)


def path_of(language: str) -> Path:
    """Return the catalogue of a language."""
    return i18n.FOLDER / language / "LC_MESSAGES" / f"{i18n.DOMAIN}.po"


def template() -> Catalog:
    """Collect all messages of the program."""
    catalog = Catalog(project="newsarchive", charset="utf-8", fuzzy=False)
    for message, place in sorted(_messages(), key=lambda one: one[1]):
        catalog.add(message, None, locations=[(place, 0)])
    return catalog


def read(language: str) -> Catalog:
    """Read a catalogue as it is stored."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """Return a catalogue with the messages that there are now: new ones without a translation, old ones left out."""
    catalog = read(language) if path_of(language).exists() else Catalog(locale=language)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    return catalog


def written(catalog: Catalog) -> bytes:
    """Write a catalogue as text, without what changes with every run."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=0, omit_header=True, include_lineno=False, sort_by_file=True)
    fields = (
        f"Language: {catalog.locale}",
        "Content-Type: text/plain; charset=utf-8",
        f"Plural-Forms: {catalog.plural_forms}",
    )
    head = "".join(f'"{field}\\n"\n' for field in fields)
    return f'msgid ""\nmsgstr ""\n{head}\n'.encode() + stream.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Compile a catalogue."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def is_translated(message: Message) -> bool:
    """Return whether all forms of a message are there."""
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def _messages() -> Iterator[tuple[str | tuple[str, ...], str]]:
    for folder in ("newsarchive", "spiders", "pipelines"):
        for path in sorted((ROOT / folder).rglob("*.*")):
            method = {".py": "python", ".html": "jinja2.ext:babel_extract"}.get(path.suffix)
            if method is not None:
                yield from _of_file(path, method)
    for word in (*ROLES, *get_args(BylineRole), *_STORED, *_COLUMNS, *_DATASETTE, *_CLICK):
        yield word, "tools/translations.py"
    for reason in REASONS.values():
        yield reason, "newsarchive/problems.py"
    for field in FIELDS.values():
        yield from ((text, "newsarchive/search/fields.py") for text in (field.meaning, field.advice) if text)
    yield from _of_tables()
    yield from _of_commands()


def _of_file(path: Path, method: str) -> Iterator[tuple[str | tuple[str, ...], str]]:
    place = path.relative_to(ROOT).as_posix()
    with path.open("rb") as file:
        for _line, message, _comments, _context in extract(method, file, keywords=_KEYWORDS):
            yield (tuple(message) if isinstance(message, list | tuple) else message), place


def _of_tables() -> Iterator[tuple[str, str]]:
    path = ROOT / "newsarchive" / "browse" / "queries.toml"
    for entry in tomllib.loads(path.read_text("utf-8")).values():
        yield from ((entry[name], "newsarchive/browse/queries.toml") for name in ("title", "about"))
    for table in descriptions().values():
        if not table.hidden:
            yield from (
                (text, "newsarchive/archive/schema_docs.toml") for text in (table.about, *table.columns.values())
            )


def _of_commands() -> Iterator[tuple[str, str]]:
    for heading, section in COMMANDS.items():
        yield heading, "newsarchive/cli.py"
        for name, (_place, line) in section.items():
            yield line, "newsarchive/cli.py"
            command = cli.get_command(click.Context(cli), name)
            assert command is not None
            yield from _of_command(command)
    yield from _of_command(cli)


def _of_command(command: click.Command) -> Iterator[tuple[str, str]]:
    place = f"{command.callback.__module__.replace('.', '/')}.py" if command.callback else "newsarchive/cli.py"
    if command.help:
        yield inspect.cleandoc(command.help).partition("\f")[0], place
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from ((text, place) for text in (parameter.help, parameter.show_default) if isinstance(text, str))
    if isinstance(command, click.Group) and command is not cli:
        for inner in command.commands.values():
            yield from _of_command(inner)


def main() -> None:
    """Run one of the three."""
    wanted = sys.argv[1:]
    for language in (code for code in i18n.LANGUAGES if code != i18n.ENGLISH):
        if wanted == ["update"]:
            path_of(language).write_bytes(written(updated(language)))
        elif wanted == ["compile"]:
            path_of(language).with_suffix(".mo").write_bytes(compiled(read(language)))
        elif wanted == ["missing"]:
            for message in updated(language):
                if message.id and not is_translated(message):
                    print(message.id)
        else:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
