"""Post files of a Jekyll site: front matter and Markdown to the article that the rendered page would give."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import yaml

from newsarchive.extract import fields
from newsarchive.extract.charset import decode
from newsarchive.extract.dates.parts import offset_of
from newsarchive.extract.jekyll.kramdown import render
from newsarchive.extract.layout import read_layout
from newsarchive.sites.model import Layout
from newsarchive.text import clean
from newsarchive.urls import quote_segment

if TYPE_CHECKING:
    from newsarchive.models import Article, Page, Precision
    from newsarchive.sites import Site

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<front>.*?)(?:\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FRONT_LIMIT = 64 * 1024  # characters; real heads have under 500
_LINE = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:[ \t]*(.*)")
#: The name of a file that the site makes a post of: date and id.
_NAME = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})-(?P<id>[^/]+)\.[^./]+")
_DATE = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:(?:[Tt]|[ \t]{1,9})(?P<clock>\d{1,2}:\d\d(?P<second>:\d\d)?)(?:\.\d{0,9})?"
    r"[ \t]{0,9}(?P<zone>Z|(?P<sign>[-+])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?)?)?"
)
#: How a post is read when its site has no layout for posts: as the rendered page below is built.
_PLAIN = Layout(
    role="post",
    url=re.compile("."),
    title=("section > h1",),
    published=("section > small",),
    digest=("h1 + blockquote",),
    body=("section",),
    drop=("section > small",),
    category=("section > small em",),
)


class _Strings(yaml.SafeLoader):
    """A safe loader that leaves every plain value as the text it is."""


_Strings.yaml_implicit_resolvers = {}


@dataclass(slots=True)
class PostFile:
    """A post file taken apart: the head's values as text, the Markdown, and whether the head was broken."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    markdown: str = ""
    broken: str | None = None

    @property
    def slug(self) -> str:
        """The category's key as written, its words parted by single blanks."""
        return clean(self.values.get("categories") or self.values.get("category") or "")

    @property
    def tags(self) -> str:
        """The tags, parted by single blanks."""
        return clean(self.values.get("tags") or self.values.get("tag") or "")


def read_post_file(page: Page, site: Site) -> Article:
    """Read a post file (`page.url` ends with its name) as the site would show it.

    A date without zone is in the site's `post_file_timezone`. `canonical_url` is the address that led to the file, else
    the one that the site gives the post, or None when its name or date makes no post. A broken head is read line by
    line.
    """
    post = parse_post_file(_name_of(page.url), _text_of(page))
    dated = _published(post, site)
    url = _post_url(post, site, dated[0] if dated else None)
    rendered = replace(page, url=url or _any_url(post, site), body=_html(post, dated), headers={})
    layout = next((one for one in site.layouts if one.role == "post" and one.format == "html"), _PLAIN)
    article, _ = read_layout(rendered, site, layout)
    _as_file(article, page, site, layout, post)
    # A post that has left its site is found by the address that it had, which is known and not only guessed.
    article.canonical_url = page.found_on or url
    if dated and article.published_at:
        article.precision = dated[1]
    for reason in fields.missing(article):
        fields.problem(article, reason)
    return article


def _as_file(article: Article, page: Page, site: Site, layout: Layout, post: PostFile) -> None:
    if post.slug:
        link = (post.slug, article.category.url) if article.category and article.category.slug == post.slug else None
        fields.set_category(article, site, layout, post.tags, link or (post.slug, None))
    article.page = page
    article.extractor = f"{site.name}/file"
    if post.broken is not None:
        fields.problem(article, "broken-front-matter", post.broken)


def parse_post_file(name: str, text: str) -> PostFile:
    """Parse a post file. Without a head the whole text is Markdown; a broken head is read by its lines."""
    match = _FRONT.match(text[:_FRONT_LIMIT])
    if match is None:
        return PostFile(name, {}, text, "no front matter")
    markdown = text[match.end() :]
    try:
        values = yaml.load(match["front"], Loader=_Strings)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = clean(str(error).partition("\n")[0])
        return PostFile(name, _by_lines(match["front"]), markdown, reason or "not valid YAML")
    if not isinstance(values, dict):
        return PostFile(name, _by_lines(match["front"]), markdown, "not a table of values")
    return PostFile(name, {str(key): _plain(value) for key, value in values.items()}, markdown)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def _by_lines(front: str) -> dict[str, str]:
    """Read `key: value` lines; a value keeps the quotes inside it and loses one pair around it."""
    values: dict[str, str] = {}
    for line in front.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match:
            value = match[2].strip()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            values.setdefault(match[1], value)
    return values


def _name_of(url: str) -> str:
    return unquote(re.split(r"[?#]", url)[0].rpartition("/")[2]).removeprefix("file:")


def _text_of(page: Page) -> str:
    try:
        return page.body.decode("utf-8")
    except UnicodeDecodeError:
        return decode(page.body).text


def _published(post: PostFile, site: Site) -> tuple[datetime, Precision] | None:
    """Read the head's date, else the day in the file's name, in the site's zone."""
    match = _DATE.fullmatch(post.values.get("date", "").strip())
    name = _NAME.fullmatch(post.name)
    if match is None:
        # A date that is there and cannot be read makes no post; one that is missing is taken from the name.
        match = _DATE.fullmatch(name["date"]) if name and not post.values.get("date") else None
    return _instant(match, site) if match else None


def _instant(match: re.Match[str], site: Site) -> tuple[datetime, Precision] | None:
    year, month, day = map(int, match["day"].split("-"))
    hour, minute, second = ([*map(int, (match["clock"] or "0:0").split(":")), 0])[:3]
    # Only a full time of day is taken as UTC; a shorter one is a text to the site, read in its own zone.
    zone = site.post_file_timezone if match["second"] and site.post_file_timezone else site.timezone
    if match["zone"]:
        offset = offset_of(match) if match["sign"] else UTC
        if offset is None:
            return None
        zone = offset
    try:
        when = datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(site.timezone)
    except (ValueError, OverflowError):
        return None
    return when, "second" if match["second"] else "minute" if match["clock"] else "day"


def _post_url(post: PostFile, site: Site, when: datetime | None) -> str | None:
    """Return the address of the post on the site: lower-cased words of the slug, the shown day, the id."""
    name = _NAME.fullmatch(post.name)
    if name is None or when is None:
        return None
    words = dict.fromkeys(quote_segment(word.lower()) for word in post.slug.split())
    return "/".join([site.base_url, *words, f"{when:%Y/%m/%d}", quote_segment(name["id"]) + ".html"])


def _any_url(post: PostFile, site: Site) -> str:
    """Return an address of the post's form for a file that makes no post, so that it is read by the same rules."""
    words = "/".join(quote_segment(word.lower()) for word in post.slug.split()) or "-"
    stem = re.sub(r"\.[^.]*$", "", post.name).lstrip("-")
    return f"{site.base_url}/{words}/0000/00/00/{quote_segment(stem)}.html"


def _html(post: PostFile, dated: tuple[datetime, Precision] | None) -> bytes:
    """Write the part of the page that holds the article, as the site's layout does."""
    shown = f"{dated[0]:%Y-%m-%d %H:%M:%S}" if dated else ""
    tags = "".join(f"<em>{escape(tag)}</em>" for tag in post.tags.split())
    title = escape(post.values.get("title", ""))
    parts = ("<section>", f"<small>{shown}</small>", f"<h1>{title}</h1>", render(post.markdown))
    end = f"<small>tags: {tags}</small>" if tags else ""
    # The rule ends a paragraph that the text has left open.
    return "\n".join((*parts, "<hr />", end, "</section>")).encode("utf-8", "replace")
