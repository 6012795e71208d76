"""`newsarchive show`: one article, with its copies, revisions and story."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from newsarchive.archive import Archive
from newsarchive.archive.queries import articles_of, find_article, one_moment, revisions, story_members
from newsarchive.commands.output import (
    json_option,
    on_terminal,
    to_json,
    wrap,
)
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain, shorten
from newsarchive.timestamps import as_known, later
from newsarchive.warc.replay import replay_address

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle, Copy, Member, Revision
    from newsarchive.models import Paragraph

#: Columns of text on a wide terminal, and where there is no terminal.
WIDEST, UNKNOWN = 88, 80
_LONGEST_TITLE = 300  # characters
_MARGIN = "  "
# kind of paragraph -> what stands before its first line, and before the others
_LEADS = {"text": ("\u3000\u3000", ""), "quote": ("│ ", "│ "), "list": ("• ", "  "), "caption": ("▫ ", "  ")}
# What the JSON tells of a revision, and of another article of the story.
_OF_REVISION = ("revision", "seen_at", "cause", "url", "title")
_OF_MEMBER = ("article_key", "published_at", "published_precision", "source", "title")


@dataclass(frozen=True, slots=True)
class _Shown:
    article: ArchivedArticle
    revisions: list[Revision]
    story: list[Member]


@click.command(epilog="Example: newsarchive show 202603053101994652")
@json_option
@click.option("--page", is_flag=True, help="Write the kept page to standard output, byte for byte as it was fetched.")
@click.argument("key")
@click.pass_obj
def show(db: Path, key: str, as_json: bool, page: bool) -> None:
    """Print one article, with its copies, revisions and story.

    KEY is an article's key, its info code, the address of any copy, or the last digits of its key. Use
    `newsarchive diff KEY` to compare the revisions.
    """
    with Archive.open(db, readonly=True) as archive:
        shown = _load(archive.connection, find_article(archive.connection, key))
        if page:
            _write_page(archive, shown.article)
            return
    if as_json:
        click.echo(_json(shown))
        return
    width = UNKNOWN
    if on_terminal():
        from shutil import get_terminal_size  # noqa: PLC0415 - loads packers, and a pipe has no size

        width = min(WIDEST, get_terminal_size((UNKNOWN, 24)).columns)
    for line, style in _lines(shown, max(20, width - 2 * len(_MARGIN))):
        click.echo(_MARGIN * bool(line) + (click.style(line, **style) if style else line))


def _load(connection: sqlite3.Connection, article_id: int) -> _Shown:
    with one_moment(connection):
        article = next(iter(articles_of(connection, [article_id])))
        story = story_members(connection, article.row["story_id"])
        return _Shown(article, revisions(connection, article_id), story if len(story) > 1 else [])


def _write_page(archive: Archive, article: ArchivedArticle) -> None:
    """Write the newest kept page: that of the article's own address, where it is kept."""
    kept = article.kept_page
    if kept is None or kept.snapshot_id is None:
        raise UserError(_("{key}: no page of it is kept - see newsarchive show {key}", key=article.key))
    if on_terminal():
        raise UserError(
            _("show --page: where to? Add a pipe or a file: newsarchive show {key} --page > page.html", key=article.key)
        )
    body = archive.snapshots.load(kept.snapshot_id, role="post", site=kept.site).body
    sys.stdout.buffer.write(body)
    click.echo(_("{url} as fetched {fetched_at}", url=kept.url, fetched_at=kept.fetched_at), err=True)


def _json(shown: _Shown) -> str:
    from newsarchive.export.json_lines import as_object  # noqa: PLC0415 - loads all formats

    revisions_and_story = {
        "revisions": [{name: getattr(one, name) for name in _OF_REVISION} for one in shown.revisions],
        "story": [
            {name: getattr(one, name) for name in _OF_MEMBER}
            for one in shown.story
            if one.article_key != shown.article.key
        ],
    }
    return to_json(as_object(shown.article) | revisions_and_story, indent=2)


def _lines(shown: _Shown, width: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Write the page as lines, each with its style (as `click.style` takes it)."""
    row = shown.article.row
    for line in wrap(plain(shorten(row["title"] or _("(no title)"), _LONGEST_TITLE)), width):
        yield line, {"bold": True}
    yield from ((line, {"fg": "cyan"}) for line in wrap(_head(shown.article), width))
    if row["digest"]:
        yield "", {}
        yield from ((line, {"dim": True}) for line in wrap(plain(row["digest"]), width))
    for paragraph in shown.article.paragraphs:
        yield "", {}
        yield from _paragraph(paragraph, width)
    for heading, entries in _appendix(shown):
        if entries:
            yield "", {}
            yield heading, {"bold": True, "fg": "green"}
            for entry in entries:
                for place, line in enumerate(wrap(plain(entry), width - 2)):
                    yield ("  " if place else "• ") + line, {}


def _head(article: ArchivedArticle) -> str:
    row = article.row
    names = " ".join(f"{_(one.role)} {one.name}" for one in article.bylines)
    parts = (
        row["source"],
        _when(row["published_at"], row["published_precision"]),
        names,
        row["category_name"],
        row["info_code"] or article.key,
    )
    return plain(" · ".join(part for part in dict.fromkeys(parts) if part))


def _when(published_at: str | None, precision: str | None) -> str:
    return as_known(published_at or _("no date"), precision)


def _paragraph(paragraph: Paragraph, width: int) -> Iterator[tuple[str, dict[str, Any]]]:
    first, others = _LEADS.get(paragraph.kind, ("", ""))
    style = {"bold": True} if paragraph.kind == "heading" else {}
    room = width - 2 * len(others)
    for place, line in enumerate(wrap(first + plain(paragraph.text) if not others else plain(paragraph.text), room)):
        yield (line if not others else (others if place else first) + line), style


def _appendix(shown: _Shown) -> Iterator[tuple[str, list[str]]]:
    article = shown.article
    yield (
        _("Securities"),
        [f"{one.market}.{one.code} {one.name or ''} ×{one.count}" for one in article.mentions],
    )
    yield _("Images"), [f"{one.caption or one.alt or ''} {one.url}".strip() for one in article.images]
    yield _("Copies"), [f"{_(one.role)} {one.url} ({_span(one)})" for one in article.copies]
    yield _("As it was"), [line for one in article.copies for line in _kept(one)]
    states = [f"{one.revision} {one.seen_at} {_(one.cause)}: {one.title or ''}" for one in shown.revisions]
    yield _("Revisions"), states if len(states) > 1 else []
    yield (
        _("The same story"),
        [
            f"{_when(one.published_at, one.published_precision)} {one.source or ''} {_behind(one)}"
            + (_("this article") if one.article_key == article.key else f"{one.article_key} {one.title or ''}")
            for one in shown.story
        ],
    )


def _behind(one: Member) -> str:
    """Return how long after the first of its story an article was published, where that is known."""
    return "" if one.minutes_later is None else f"({later(one.minutes_later)}) "


def _kept(copy: Copy) -> Iterator[str]:
    """Yield where the page of a copy is kept."""
    if copy.snapshot_id is not None:
        address = replay_address(copy.url, copy.fetched_at)
        where = address or _("snapshot {number} of {url}", number=copy.snapshot_id, url=copy.url)
        yield f"{copy.fetched_at} {where}"


def _span(copy: Copy) -> str:
    first, last = copy.first_seen_at, copy.last_seen_at
    return _("seen {first}", first=first) if first == last else _("seen {first} to {last}", first=first, last=last)
