"""The command line: `newsarchive ...`, with the table of all commands."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from copy import copy as shallow_copy
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from newsarchive import __version__
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import ENGLISH, _, language, speak_to_click, speaking
from newsarchive.paths import ARCHIVE
from newsarchive.text import plain

#: heading -> command -> (where it is, its line in the help). A test compares the lines with those of the commands.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Collect": {
        "crawl": ("crawl:crawl", "Crawl SITE into the archive and print what came in."),
        "bulk": ("bulk:bulk", "Read many files of raw pages with many processes, and load what was read."),
        "demo": ("crawl:demo", "Serve the sample site on loopback until Ctrl-C."),
        "add": ("add:add", "Look at news sites and write a site file in data/sites/ for each."),
        "sites": ("sites:sites", "List the sites that can be crawled, or check one."),
        "read": ("read:read", "Show what is read from one page, and which rule gave each field."),
        "opml": ("opml:opml", "Exchange lists of feeds with feed readers (OPML)."),
        "cluster": (
            "cluster:cluster",
            "Crawl with several machines, which PostgreSQL brings together (NEWSARCHIVE_CLUSTER says where it is).",
        ),
        "rules": ("rules:rules", "Write reading rules for a new site."),
    },
    "Search and inspect": {
        "search": ("search:search", "Find articles."),
        "show": ("show:show", "Print one article, with its copies, revisions and story."),
        "diff": ("diff:diff", "Show what changed between two revisions of an article."),
        "stats": ("stats:stats", "Count articles by day, source, category and more."),
        "sources": ("sources:sources", "List the sources that articles are credited to, or correct their names."),
        "categories": ("categories:categories", "List the category pages."),
        "kwic": ("kwic:kwic", "Show every place at which a word stands, with what is around it (a concordance)."),
        "words": ("words:words", "Count words: those that are used most, or those given with --word."),
        "mentions": ("mentions:mentions", "List the articles that name a security."),
        "browse": (
            "browse:browse",
            "Serve the archive to a browser until Ctrl-C: search, articles, stories, questions, tables.",
        ),
        "open": ("browse:open_archive", "Serve the archive and open its front page in the browser."),
        "replay-server": (
            "replay:replay_server",
            "Serve the raw pages to a browser, as they were, until Ctrl-C.",
        ),
        "mcp": ("mcp:mcp", "Let assistants ask the archive, by the Model Context Protocol (MCP)."),
        "sql": ("sql:sql", "Run a read-only SQL query and print its rows."),
        "watch": (
            "watch:watch",
            "Save searches, and send what is new for them to feeds, files, webhooks, mail and chat services.",
        ),
    },
    "Export": {
        "export": ("export:export", "Export articles to a format that other programs read."),
        "publish": (
            "publish:publish",
            "Publish the archive as Parquet in the lake FOLDER: what has changed since the last time.",
        ),
        "plot": ("plot:plot", "Draw a chart to an SVG or PNG file."),
    },
    "Maintain": {
        "status": (
            "status:status",
            "Report on the crawls: last good run, new articles, pending pages, pages not collected.",
        ),
        "problems": ("problems:problems", "List what went wrong, newest first."),
        "why": (
            "why:why",
            "Tell what became of URL, when it is tried next, and why its article shows the text it shows.",
        ),
        "check": ("maintenance:check", "Verify that the archive is intact."),
        "repair": ("maintenance:repair", "Mend what check finds."),
        "backup": ("maintenance:backup", "Back up the archive and its raw pages into the folder TARGET."),
        "restore": ("maintenance:restore", "Restore the archive from the backup in FOLDER."),
        "migrate": ("maintenance:migrate", "Upgrade an archive written by an older version."),
        "stories": ("stories:stories", "Rebuild the stories of the archive, or find those of several archives."),
        "du": ("du:du", "Show what takes how much room: texts, index, raw pages, machinery, by site and month."),
        "prune": ("prune:prune", "Remove raw pages, runs and problems that are old enough to go; never a text."),
        "replay-index": ("replay:replay_index_command", "Bring the index for replay up to date."),
        "vacuum": ("maintenance:vacuum", "Shrink the archive's file."),
        "doctor": ("doctor:doctor", "Check whether this machine has what newsarchive needs."),
    },
}

# Columns of a line of help in languages without blanks.
_HELP = 76


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run, so that help and completion are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of all commands in the order of the help."""
        return [*(name for section in COMMANDS.values() for name in section), *super().list_commands(ctx)]

    def _main_shell_completion(self, *arguments: Any, **named: Any) -> None:
        """Answer a shell that asks for values."""
        if any(name.endswith("_COMPLETE") for name in os.environ):
            from newsarchive.commands import bash_completion  # noqa: F401, PLC0415 - registers how bash is answered
        super()._main_shell_completion(*arguments, **named)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        for section in COMMANDS.values():
            if cmd_name in section:
                module, _colon, attribute = section[cmd_name][0].partition(":")
                command = getattr(import_module(f"newsarchive.commands.{module}"), attribute)
                assert isinstance(command, click.Command)
                return command if language() == ENGLISH else _translated(command)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names; the error for one that is not there names the nearest."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

            close = get_close_matches(name, self.list_commands(ctx), n=2, cutoff=0.5)
            meant = " " + _("Did you mean {commands}?", commands=", ".join(close)) if close else ""
            ctx.fail(_("There is no command {name}.", name=plain(name)) + meant)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the help's list of commands, importing none of them."""
        for heading, section in COMMANDS.items():
            with formatter.section(_(heading)):
                formatter.write_dl([(name, _(line)) for name, (_place, line) in section.items()])


def _translated(command: click.Command) -> click.Command:
    """Return a copy of a command, whose help is in the language that is spoken."""
    copy = shallow_copy(command)
    if copy.help:
        copy.help = _broken(_(cleandoc(copy.help)))
    if copy.short_help:
        copy.short_help = _(copy.short_help)
    copy.params = [_translated_parameter(parameter) for parameter in copy.params]
    if isinstance(copy, click.Group):
        copy.commands = {name: _translated(inner) for name, inner in copy.commands.items()}
    return copy


def _broken(text: str) -> str:
    """Break the paragraphs of a help into lines: click breaks at blanks, and Chinese has none."""
    from newsarchive.commands.output import wrap  # noqa: PLC0415 - English needs none of it

    paragraphs = (
        paragraph if paragraph.startswith("\b") else "\b\n" + "\n".join(wrap(paragraph, _HELP))
        for paragraph in text.split("\n\n")
    )
    return "\n\n".join(paragraphs)


def _translated_parameter(parameter: click.Parameter) -> click.Parameter:
    copy = shallow_copy(parameter)
    if isinstance(copy, click.Option):
        copy.help = _(copy.help) if copy.help else None
        if isinstance(copy.show_default, str):
            copy.show_default = _(copy.show_default)
    return copy


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="NEWSARCHIVE_DB",
    default=ARCHIVE,
    show_default="data/archive.db of the checkout",
    help="The archive's SQLite file (also: NEWSARCHIVE_DB).",
)
@click.pass_context
def cli(context: click.Context, db: Path) -> None:
    """Crawl and archive syndicated news, and search the archive.

    The exit status is 0 on success, 1 when nothing was found or something is wrong, 2 for a wrong argument.
    """
    context.obj = db


def main() -> None:
    """Run the command line; a user's mistake is reported in one line, with exit status 2."""
    try:
        # A terminal that cannot print a character gets its code instead of a crash.
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        # What programs read is the same in every language.
        with speaking(ENGLISH) if {"--json", "--csv"} & {*sys.argv} else nullcontext():
            speak_to_click()
            status = (cli if language() == ENGLISH else _translated(cli))(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        if isinstance(error, click.NoSuchOption) and error.option_name == "--db":
            error = click.UsageError(_("--db stands before the command: newsarchive --db FILE COMMAND."), error.ctx)
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        # The message may quote a server.
        click.echo(plain(f"newsarchive: {error}"), err=True)
        sys.exit(1 if isinstance(error, ArchiveDamagedError) else 2)
    except BrokenPipeError:
        from newsarchive.commands.output import discard_output  # noqa: PLC0415 - hardly ever needed

        # The reader of the pipe is done (`| head`); click ends in the same way where it notices first.
        discard_output()
        sys.exit(1)
    except Exception as error:
        if not _is_fault_of_the_archive(error):
            raise
        click.echo(
            _("newsarchive: the archive: {error} - run newsarchive doctor and newsarchive check", error=error), err=True
        )
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _is_fault_of_the_archive(error: Exception) -> bool:
    import sqlite3  # noqa: PLC0415 - the help needs no SQLite

    ours = sqlite3.ProgrammingError | sqlite3.IntegrityError
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, ours)
