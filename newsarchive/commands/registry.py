"""Which commands there are, in the order in which help lists them; each is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

#: heading -> command -> (where it is, its line in the help). A test compares the lines with those of the commands.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Collect": {
        "crawl": ("crawl:crawl", "Crawl SITE into the archive and print what came in."),
        "demo": ("crawl:demo", "Serve the sample site on loopback until Ctrl-C."),
        "sites": ("look:sites", "List the sites that can be crawled."),
        "read": ("read:read", "Show what is read from one page, and which rule gave each field."),
        "rules": ("rules:rules", "Write reading rules for a new site."),
    },
    "Look": {
        "search": ("search:search", "Find articles."),
        "show": ("show:show", "Show one article as a person reads it."),
        "diff": ("diff:diff", "Show what changed between two revisions of an article."),
        "stats": ("stats:stats", "Count what is in the archive."),
        "sources": ("names:sources", "List the media that articles are credited to, or mend their names."),
        "categories": ("names:categories", "List the category pages."),
        "mentions": ("names:mentions", "List the articles that name a security."),
        "browse": (
            "browse:browse",
            "Show the archive in a browser until Ctrl-C: search, articles, stories, questions, tables.",
        ),
        "open": ("open:open_archive", "Show the archive in a browser and open its front page."),
        "stories": ("stories:stories", "Compute anew which articles tell one story."),
        "plot": ("plot:plot", "Draw a chart to an SVG or PNG file."),
    },
    "Take out": {
        "sql": ("sql:sql", "Run a read-only SQL query and print its rows."),
        "export": ("export:export", "Write articles in a format that other programs read."),
    },
    "Keep": {
        "status": (
            "status:status",
            "Show how the crawls are doing: last good run, what came in, what waits, what was not collected.",
        ),
        "problems": ("look:problems", "List what went wrong, newest first."),
        "check": ("keep:check", "Check that everything in the archive is as it was stored."),
        "backup": ("keep:backup", "Copy the archive and its raw pages into the folder TARGET."),
        "migrate": ("keep:migrate", "Bring an archive that an older version wrote up to date."),
        "vacuum": ("keep:vacuum", "Make the archive's file as small as it can be."),
        "doctor": ("doctor:doctor", "Check whether this machine has what newsarchive needs."),
    },
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run, so that help and completion are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of all commands in the order of the help."""
        return [*(name for section in COMMANDS.values() for name in section), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        for section in COMMANDS.values():
            if cmd_name in section:
                module, _, attribute = section[cmd_name][0].partition(":")
                command = getattr(import_module(f"newsarchive.commands.{module}"), attribute)
                assert isinstance(command, click.Command)
                return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the help's list of commands, importing none of them."""
        for heading, section in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, line) for name, (_, line) in section.items()])
