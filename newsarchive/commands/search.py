"""`newsarchive search`: the query language on the command line."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.commands.completion import complete_query
from newsarchive.commands.output import (
    console,
    on_terminal,
    print_rows,
    rows_options,
)
from newsarchive.commands.query_words import QueryCommand
from newsarchive.i18n import _, ngettext
from newsarchive.search import FIELDS, Filter, Marks, QueryError
from newsarchive.text import plain, plain_lines
from newsarchive.timestamps import as_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from newsarchive.search import Hit, Order, Query, Search

_COLUMNS = ("article_key", "published_at", "source", "title", "snippet", "url", "category", "lang")
_NO_MARKS = Marks(start="", end="")
_REINDEX = "reindex"
_WIDEST = 100  # columns of a snippet
# A key, an info code or an address: long, in one piece, with digits in it.
_NAMES_AN_ARTICLE = re.compile(r"(?=\S*[0-9])\S{6,}")
_START, _END = "\x02", "\x03"


_SYNTAX = {
    "降准 银行": "both words",
    "降准 OR 加息": "one of them; (降准 OR 加息) 银行 groups",
    "降准 -美联储": "without a word",
    "'\"全面 降准\"'": "a phrase (the shell takes the outer quotes)",
    "inflat*": "words that begin so",
} | {field.example: field.meaning for field in FIELDS.values()}


def _columns(example: str) -> int:
    """Return how wide an example is: Chinese characters take two columns."""
    return len(example) + sum(ord(character) > 0x2E7F for character in example)


def _help() -> str:
    lines = (f"{example}{' ' * (30 - _columns(example))}{meaning}" for example, meaning in _SYNTAX.items())
    return "\n".join(
        (
            "Find articles.",
            "",
            "\b",
            *lines,
            "",
            "`newsarchive search reindex` rebuilds the index. The status is 1 when nothing is found.",
        )
    )


@click.command(
    cls=QueryCommand,
    help=_help(),
    epilog="Example: newsarchive search 降准 -美联储 source:财联社 after:2022-03",
)
@click.option("--order", type=click.Choice(["newest", "oldest", "rank"]), default="newest", show_default=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="Maximum number of articles.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Number of articles to skip.")
@click.option("--count", "only_count", is_flag=True, help="Print only the number of matches.")
@click.option(
    "--also",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another archive to search as well; `rank` compares weights that each archive has given by itself.",
)
@rows_options
@click.argument("query", nargs=-1, required=True, shell_complete=complete_query)
@click.pass_obj
def search(
    db: Path,
    /,
    query: tuple[str, ...],
    *,
    order: Order,
    limit: int,
    offset: int,
    only_count: bool,
    also: tuple[Path, ...],
    form: str | None,
) -> int:
    """Find articles, or rebuild the index; the help is made of the fields of the query language."""
    if query == (_REINDEX,):
        _reindex(db)
        return 0
    with ExitStack() as opened:
        archives = [opened.enter_context(Archive.open(path, readonly=True)) for path in (db, *also)]
        searches = [(archive.search, wanted) for archive, wanted in _queries(archives, " ".join(query))]
        if only_count:
            number = sum(one.count(wanted) for one, wanted in searches)
            click.echo(str(number))
            return int(number == 0)
        status = _print_hits(searches, order=order, limit=limit, offset=offset, form=form)
        _propose_securities(archives[0], " ".join(query), found=not status)
        return status


def _queries(archives: Sequence[Archive], text: str) -> Iterator[tuple[Archive, Query]]:
    """Yield archives with their query; one that has not what is asked for is left out, unless none has it."""
    errors = []
    for archive in archives:
        try:
            yield archive, _query(archive, text)
        except QueryError as error:
            errors.append(error)
    if len(errors) == len(archives):
        raise errors[0]


def _query(archive: Archive, text: str) -> Query:
    """Return the query of a text, or of the one article that it names: by its key, its info code or its address."""
    if not _NAMES_AN_ARTICLE.fullmatch(text.strip()):
        return archive.search.parse(text)
    from newsarchive.archive.queries import stored_key  # noqa: PLC0415 - words need none of it

    key = stored_key(archive.connection, text)
    return archive.search.parse(text) if key is None else Filter("key", key)


def _propose_securities(archive: Archive, text: str, *, found: bool) -> None:
    """Print that a code is that of a security; where nothing was found, that a name is."""
    if found and not text.isascii():
        return
    from newsarchive.search.securities import securities  # noqa: PLC0415 - most words are neither

    for one in securities(archive.connection, text, by_name=not found):
        name = f" ({one.name})" if one.name else ""
        line = ngettext(
            "{code} is a security{name}: code:{code} finds {count} article that marks it.",
            "{code} is a security{name}: code:{code} finds {count} articles that mark it.",
            one.articles,
            code=one.code,
            name=name,
        )
        click.echo(plain(line), err=True)


def _print_hits(
    searches: Sequence[tuple[Search, Query]], *, order: Order, limit: int, offset: int, form: str | None
) -> int:
    draws = form is None and on_terminal()
    marks = None if draws else _NO_MARKS
    if len(searches) == 1:
        ((search, query),) = searches
        hits = search.hits(query, order=order, limit=limit, offset=offset, marks=marks)
    else:
        found = (search.hits(query, order=order, limit=offset + limit, marks=marks) for search, query in searches)
        hits = merged(list(found), order)[offset : offset + limit]
    if draws:
        _draw(hits)
    elif hits or form:
        print_rows(_COLUMNS, (_row(hit) for hit in hits), form)
    total = sum(search.count(query) for search, query in searches)
    if len(hits) < total:
        if hits:
            places = {"first": f"{offset + 1:,}", "last": f"{offset + len(hits):,}"}
            told = _("{first} to {last} of {total:,} articles (--limit, --offset)", total=total, **places)
        else:
            told = _("none of these places holds one of {total:,} articles (--limit, --offset)", total=total)
        click.echo(told, err=True)
    elif not hits:
        click.echo(_("Nothing found."), err=True)
    return int(not hits)


def merged(found: Sequence[Sequence[Hit]], order: Order) -> list[Hit]:
    """Merge the hits of several archives, each in an order, into that order; among equal ones the first archive's."""
    hits = [hit for one in found for hit in one]
    if order == "rank" and any(hit.rank is not None for hit in hits):
        return sorted(hits, key=lambda hit: -(hit.rank or 0.0))
    hits.sort(key=lambda hit: hit.published_at or "", reverse=order != "oldest")
    return [hit for hit in hits if hit.published_at is not None] + [hit for hit in hits if hit.published_at is None]


def _row(hit: Hit) -> tuple[str | None, ...]:
    return (
        hit.article_key,
        hit.published_at,
        hit.source,
        hit.title,
        hit.snippet,
        hit.url,
        hit.category_name or hit.category,
        hit.lang,
    )


def _draw(hits: Sequence[Hit]) -> None:
    from rich.text import Text  # noqa: PLC0415 - only a terminal needs it

    from newsarchive.commands.output import wrap  # noqa: PLC0415

    out = console()
    for hit in hits:
        when = as_known(hit.published_at or "no date", hit.published_precision)[:16]
        head = Text(f"{when.replace('T', ' '):16}  ", "cyan")
        head.append(plain(hit.source or ""), "green").append(f"  {plain(hit.article_key)}", "dim")
        out.print(head)
        out.print(_marked(hit.marked_title or "(no title)", _title_style(hit.url)))
        lines = wrap(hit.snippet, min(_WIDEST, out.width - 4))
        out.print(_marked("".join(f"  {line}\n" for line in lines), ""), no_wrap=True, crop=False)


def _title_style(url: str) -> str:
    """Return the style of a headline: terminals that know links lead from it to the page."""
    is_harmless = url.startswith(("http://", "https://")) and url.isascii() and url.isprintable() and " " not in url
    return f"bold link {url}" if is_harmless else "bold"


def _marked(text: str, style: str) -> Text:
    """Show what stands between the marks of the search in colour."""
    from rich.text import Text  # noqa: PLC0415

    shown = Text(style=style)
    for place, part in enumerate(text.split(_START)):
        match, _, rest = part.partition(_END) if place else ("", "", part)
        shown.append(plain_lines(match), "bold reverse").append(plain_lines(rest))
    return shown


def _reindex(db: Path) -> None:
    from newsarchive.progress_bar import progress_bar  # noqa: PLC0415 - only this needs it

    with Archive.open(must_exist(db)) as archive, archive.transaction(), progress_bar("articles") as report:
        archive.search.reindex(report)
        (count,) = archive.connection.execute("SELECT count(*) FROM articles").fetchone()
    click.echo(_("{count:,} articles indexed.", count=count))
