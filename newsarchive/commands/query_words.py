"""Commands that take a search query: a word of it may begin with a minus sign and is no option then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import click

from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

# What may follow the minus sign of a word that is left out: anything that is not ASCII, a quotation mark, a bracket, or
# two letters and digits that are not those of an option with its number (-n5).
_EXCLUDED = re.compile(r"-(?:[^\x00-\x7f]|[\"(]|(?![a-z][0-9]+$)[A-Za-z0-9]{2}|[A-Za-z0-9][^\x00-\x7f])")


class _Parted(NamedTuple):
    options: list[str]
    words: list[str]


class QueryCommand(click.Command):
    """A command with a query as its last argument.

    -美联储, -fed and -source:财联社 leave articles out. Everything else that begins with a minus sign is an option, and
    a mistake where there is none of that name: a query that silently means something else is worse than no answer.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options first, whatever stands between the words."""
        parted = _part(ctx, args)
        return super().parse_args(ctx, [*parted.options, "--", *parted.words] if parted.words else parted.options)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Propose options, and behind a minus sign also what may be left out."""
        found = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-") or incomplete.startswith("--"):
            return found
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only when a shell asks

        query = next(parameter for parameter in self.params if isinstance(parameter, click.Argument))
        values = query.shell_complete(ctx, incomplete[1:])
        return [*found, *(CompletionItem(f"-{one.value}", one.type, one.help) for one in values)]


def _part(ctx: click.Context, args: Sequence[str]) -> _Parted:
    options = (one for one in ctx.command.get_params(ctx) if isinstance(one, click.Option))
    known = {name: option for option in options for name in option.opts}
    parted, rest = _Parted([], []), iter(args)
    for argument in rest:
        if argument == "--":
            parted.words.extend(rest)
        elif argument == "-" or not argument.startswith("-") or _is_excluded(ctx, argument, known):
            parted.words.append(argument)
        else:
            parted.options.append(argument)
            option = known.get(argument)
            if option is not None and not option.is_flag and not option.count:
                parted.options.extend(value for value in [next(rest, None)] if value is not None)
    return parted


def _is_excluded(ctx: click.Context, argument: str, known: dict[str, click.Option]) -> bool:
    """Return whether an argument is a word to leave out; raises UsageError where it may be meant as an option, too."""
    if argument.startswith("--") or argument in known or not _EXCLUDED.match(argument):
        return False
    word = argument[1:]
    if (option := f"-{argument}".partition("=")[0]) in known:
        meant = option
    elif word.isascii() and argument[:2] in known:
        meant = f"{argument[:2]} {word[1:]}"
    else:
        return True
    raise click.UsageError(
        _(
            "{argument}: write {meant} for the option, or NOT {word} to leave the word out.",
            argument=argument,
            meant=meant,
            word=word,
        ),
        ctx,
    )
