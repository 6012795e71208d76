"""What a careful reader finds on each page of the sample site, taken from the blocks and not from the markup."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsarchive.demo import origin, vocabulary
from newsarchive.demo.blocks import Block, plain
from newsarchive.demo.post_files import file_name
from newsarchive.demo.posts import SITE_NOTES, Post, editions
from newsarchive.demo.vocabulary import Stock
from newsarchive.models import (
    ROLES,
    Byline,
    Category,
    Paragraph,
    ParagraphKind,
    Precision,
    Role,
)
from newsarchive.url_keys import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from newsarchive.demo.site import DemoSite
    from newsarchive.demo.stories import Item

_KINDS: dict[str, ParagraphKind] = {
    "heading": "heading",
    "caption": "caption",
    "image": "caption",
    "list": "list",
    "quote": "quote",
}
# Fields that are taken from the first page that has them.
_MERGED = (
    "info_code", "kind", "title", "paragraphs", "digest", "attribution", "source", "original_title", "category",
    "images", "share_url", "original_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """The fields of one page (or, merged, of one article). What the page does not tell is None or empty.

    `securities` are written market.code, `shape` names the shape that the page shows, `story` holds the digits of the
    article whose text this is (its own unless it is a syndicated copy), `problems` the reasons a reader must note.
    """

    url: str
    role: Role
    article_key: str
    info_code: str | None = None
    kind: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    precision: Precision = "second"
    paragraphs: tuple[Paragraph, ...] = ()
    digest: str | None = None
    attribution: str | None = None
    source: str | None = None
    original_title: str | None = None
    bylines: tuple[Byline, ...] = ()
    securities: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    category: Category | None = None
    share_url: str | None = None
    original_url: str | None = None
    lang: str = "zh"
    shape: str = "plain"
    story: str = ""
    problems: frozenset[str] = field(default=frozenset())


def truth(site: DemoSite, roles: Iterable[Role] = ("post", "share", "original")) -> Iterator[Expected]:
    """Yield what every page of the articles on the mirror says, newest article first, in the order of `roles`.

    Posts come with the site's own messages behind them. For the role `file` the post files are told instead, each
    under its name in place of an address.
    """
    wanted = tuple(roles)
    for number in reversed(site.live):
        item = site.item(number)
        yield from (page for role in wanted for page in _pages(site, item, role))
    if "post" in wanted:
        yield from (_note(site.base_url, number) for number in range(len(SITE_NOTES)))


def merged(pages: Iterable[Expected]) -> dict[str, Expected]:
    """Make one record of all pages of an article, by its key: a field is taken from the most trusted role that has it.

    Securities and bylines of all pages are kept; problems are not.
    """
    groups: dict[str, list[Expected]] = {}
    for page in pages:
        groups.setdefault(page.article_key, []).append(page)
    return {key: _merge(sorted(group, key=lambda page: ROLES.index(page.role))) for key, group in groups.items()}


def _merge(pages: list[Expected]) -> Expected:
    best = pages[0]
    fields = {
        name: next(filter(None, (getattr(page, name) for page in pages)), getattr(best, name)) for name in _MERGED
    }
    dated = sorted((page for page in pages if page.published_at), key=lambda page: page.precision != "second")
    return replace(
        best,
        **fields,
        published_at=dated[0].published_at if dated else None,
        precision=dated[0].precision if dated else "second",
        securities=frozenset().union(*(page.securities for page in pages)),
        bylines=_distinct(byline for page in pages for byline in page.bylines),
        problems=frozenset(),
    )


def _distinct(bylines: Iterable[Byline]) -> tuple[Byline, ...]:
    return tuple({(byline.role, byline.name): byline for byline in bylines}.values())


def _pages(site: DemoSite, item: Item, role: Role) -> Iterator[Expected]:
    if role == "post":
        if item.plan.shape != "broken-front-matter":
            yield from (expected_post(post) for post in editions(item, site.base_url))
    elif role == "file":
        yield from (expected_file(post) for post in editions(item, site.base_url))
    elif role == "share":
        yield expected_share(item, site.base_url)
    elif role == "original":
        yield expected_origin(item, site.base_url)


def expected_post(post: Post) -> Expected:
    """Return what the page of a post says."""
    item, plan = post.item, post.item.plan
    named = post.names_source
    credit = f"（{plan.medium.name}）" if post.first_form else f"（文章来源：{plan.medium.name}）"
    missing = {"no-title": "no-title", "no-date": "no-date", "no-body": "no-body"}
    base = _base(item, post.url, "post")
    return replace(
        replace(base, images=(), original_title=None) if post.first_form else base,
        info_code=plan.info_code if post.edition == "media" else None,
        kind=post.edition,
        title=post.title or None,
        published_at=post.shown_time,
        paragraphs=(Paragraph(post.only_paragraph),) if post.first_form else paragraphs(item.blocks),
        digest=post.digest,
        attribution=credit if named else None,
        source=plan.medium.name if named else None,
        bylines=() if post.first_form else tuple(Byline("author", name) for name in item.authors),
        securities=frozenset() if post.first_form else _securities(item, linked=post.edition == "flash"),
        category=_category(post),
        share_url=post.share_url,
        original_url=post.original_url,
        problems=frozenset(filter(None, [missing.get(plan.shape)])),
    )


def expected_file(post: Post) -> Expected:
    """Return what a post file says; one with a broken title can still be read."""
    broken = post.item.plan.shape == "broken-front-matter"
    page = replace(expected_post(post), url=file_name(post), role="file", category=_category(post))
    return replace(page, problems=frozenset(["broken-front-matter"])) if broken else page


def expected_share(item: Item, base: str) -> Expected:
    """Return what the JSON behind the share link of an article says; only media items own their info code."""
    plan = item.plan
    page = _base(item, f"{base}/NewsData/GetNewsText.do?id={plan.info_code}&cid=share", "share")
    page = replace(page, info_code=plan.info_code if plan.media else None)
    if not item.blocks:
        return replace(page, info_code=plan.info_code, problems=frozenset(["no-text"]))
    keyed = plan.number % 3 == 0
    return replace(
        page,
        title=item.title if keyed else None,
        published_at=plan.published if keyed else None,
        paragraphs=paragraphs(item.blocks),
        attribution=f"（文章来源：{plan.medium.name}）",
        source=plan.medium.name,
        bylines=tuple(Byline("author", name) for name in item.authors),
        securities=_securities(item, linked=False),
    )


def expected_origin(item: Item, base: str) -> Expected:
    """Return what the article's page at the origin says; its times have no seconds, its editors are codes."""
    plan = item.plan
    charset, header, meta = plan.charset
    declared = {header or meta or charset} | {meta or header or charset}
    wrong = any((charset == "utf-8") != (name == "utf-8") for name in declared)
    problems = (["wrong-charset"] if wrong else []) + ([] if item.blocks else ["no-body"])
    return replace(
        _base(item, f"{base}/a/{plan.digits}.html", "original"),
        title=item.title,
        published_at=plan.published.replace(second=0),
        precision="minute",
        paragraphs=paragraphs(item.blocks),
        digest=item.digest if origin.shows_digest(plan) else None,
        attribution=f"（文章来源：{plan.medium.name}）",
        source=plan.medium.name,
        bylines=tuple(Byline("author", name) for name in item.authors),
        securities=_securities(item, linked=False),
        problems=frozenset(problems),
    )


def _base(item: Item, url: str, role: Role) -> Expected:
    return Expected(
        url=url,
        role=role,
        article_key=item.plan.digits,
        original_title=item.original_title,
        images=tuple(block.url for block in item.blocks if block.kind == "image"),
        lang=item.lang,
        shape=item.plan.shape,
        story=item.plan.story_digits,
    )


def paragraphs(blocks: tuple[Block, ...]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of blocks, with their kinds; the cells of a row are parted by a bar."""
    found: list[Paragraph] = []
    for block in blocks:
        kind = _KINDS.get(block.kind, "text")
        found += [Paragraph(plain(part), kind) for part in block.parts]
        found += [Paragraph(" | ".join(row), "table") for row in block.rows]
    return tuple(found)


def _securities(item: Item, *, linked: bool) -> frozenset[str]:
    stocks = {block.stock for block in item.blocks if block.stock}
    if linked:
        runs = (run for block in item.blocks for part in block.parts for run in part)
        stocks.update(run for run in runs if isinstance(run, Stock))
        if item.plan.medium.board:
            word, code = item.plan.medium.board
            stocks.add(Stock(word, 90, code))
    return frozenset(f"{stock.market}.{stock.code}" for stock in stocks)


def _category(post: Post) -> Category:
    name = post.medium.tag.removesuffix("新闻")
    if post.edition == "flash" or not post.ways_back():
        return Category(post.medium.path.replace("/", " "), name)
    return Category(post.medium.slug, name, f"{post.base}/category/{quote(post.medium.slug, safe='()')}.html")


def _note(base: str, number: int) -> Expected:
    note = SITE_NOTES[number]
    url = base + note.path
    category = Category(vocabulary.SITE_NEWS_SLUG, vocabulary.SITE_NEWS_TAG)
    return Expected(
        url, "post", canonical_url(url), kind="site", title=note.title, published_at=note.published,
        paragraphs=(Paragraph(note.text),), category=category, shape="site-note", story=canonical_url(url),
    )  # fmt: skip
