"""Post files for a Jekyll site, in the form in which the mirror keeps its own: head, HTML, share link, ways back.

What a page said is text here too: HTML is escaped, Liquid (`{{`, `{%`) is broken up, values of the head are quoted, and
a file's name has no character that the article chose. Read back, a file gives the same title, time, text, mentions,
credit and addresses.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TextIO
from urllib.parse import quote, unquote

from newsarchive.export.file_names import safe_name
from newsarchive.urls import quote_url, split_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.models import Mention

#: Where the ways back lead when the archive knows no address of the category page.
CATEGORY_PAGE = "/category/{slug}.html"
#: What the mirror puts behind a category's name to make its tag.
TAG_SUFFIX = "新闻"

# A value that YAML reads as the text it is, without quotes.
_PLAIN_VALUE = re.compile(r"[A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff]*(?:[ ()-][0-9A-Za-z\u4e00-\u9fff()]+)*")
_YAML_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What HTML, Markdown or Liquid would take for a sign of theirs; as an entity it is a character and nothing else.
_SIGNS = re.compile(r"""[&<>"'\\`*_\[\]{}|~]""")
_LINE_ENDS = re.compile(r"[\r\n]+")
_POST_PATH = re.compile(r"/\d{4}/\d\d/\d\d/([^/?#]+)\.html$")
_MARKUP = {
    "heading": "<p><strong>{}</strong></p>",
    "quote": "<blockquote>{}</blockquote>",
    "list": "<ul><li>{}</li></ul>",
    "caption": "<figcaption>{}</figcaption>",
}
_CELL_JOINT = " | "
# How exactly a time is known -> what is written of it; the site reads each as exact as it is written.
_EXACT = "%Y-%m-%d %H:%M:%S %z"
_FORMATS = {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M %z"}


def write_posts(articles: Iterable[ArchivedArticle], folder: Path) -> int:
    """Write each article to a post file; return the number of articles. The folder must exist and be empty."""
    count = 0
    for article in articles:
        with _new_file(folder, article) as file:
            file.write(post_of(article))
        count += 1
    return count


def _new_file(folder: Path, article: ArchivedArticle) -> TextIO:
    try:
        return (folder / file_name(article)).open("x", encoding="utf-8", newline="\n")
    except FileExistsError:  # two sites may call two articles of one day the same
        name = f"{_day(article)}-{safe_name(article.key + '/')}.md"
        return (folder / name).open("x", encoding="utf-8", newline="\n")


def file_name(article: ArchivedArticle) -> str:
    """Name a post's file: day and number, or the name that the post has in its address.

    An undated post has no day (the mirror's have none either, and no page on the site).
    """
    row = article.row
    post = _POST_PATH.search(row["url"] or "")
    name = row["info_code"] or (article.key if article.key.isdigit() or post is None else unquote(post[1]))
    return f"{_day(article)}-{safe_name(name)}.md"


def _day(article: ArchivedArticle) -> str:
    published = str(article.row["published_at"] or "")
    return published[:10] if re.fullmatch(r"\d{4}-\d\d-\d\d", published[:10]) else ""


def post_of(article: ArchivedArticle) -> str:
    """Write an article as a post file."""
    row = article.row
    head = [f"title: {_quoted(row['title'] or '')}"]
    if row["published_at"]:
        head.append(f"date: {_date(row['published_at'], row['published_precision'])}")
    if row["category"]:
        head.append(f"categories: {_value(row['category'])}")
        head.append(f"tags: {_value(_tag(article))}")
    parts = ["\n".join(["---", "layout: post", *head, "---", *_body(article)])]
    parts.append(f"<{_address(row['share_url'] or row['original_url']) or ''}>")
    parts.append(_ways_back(article))
    return "\n\n".join(parts) + "\n"


def _tag(article: ArchivedArticle) -> str:
    return f"{article.row['category_name'] or article.row['category']}{TAG_SUFFIX}"


def _body(article: ArchivedArticle) -> Iterator[str]:
    row = article.row
    if row["digest"]:
        yield f"<blockquote><p>{_html(row['digest'])}</p></blockquote>\n"
    marks = _Marks(article)
    for paragraph in article.paragraphs:
        text, kind = paragraph.text, paragraph.kind
        if kind == "table":
            cells = "".join(f"<td>{marks.html(cell)}</td>" for cell in text.split(_CELL_JOINT))
            yield f"<table><tr>{cells}</tr></table>"
        else:
            yield _MARKUP.get(kind, "<p>{}</p>").format(marks.html(text))
    credit = marks.html(row["attribution"] or "")
    yield from marks.rest()
    for image in article.images:
        if (address := _address(image.url)) is not None:
            yield f'<center><img src="{_html(address)}" alt="{_html(image.alt or "")}"></center>'
    if row["attribution"]:
        yield f'<p class="em_media">{credit}</p>'


class _Marks:
    """Marks the securities that an article names in its text again, each as often as it was marked."""

    def __init__(self, article: ArchivedArticle) -> None:
        self._left = {mention.name: replace(mention) for mention in article.mentions if mention.name}
        self._nameless = [mention for mention in article.mentions if not mention.name]
        names = sorted(self._left, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, names))) if names else None

    def html(self, text: str) -> str:
        if self._pattern is None:
            return _html(text)
        pieces, at = [], 0
        for match in self._pattern.finditer(text):
            left = self._left[match[0]]
            if left.count > 0:
                left.count -= 1
                pieces += [_html(text[at : match.start()]), _mark(left, match[0])]
                at = match.end()
        return "".join([*pieces, _html(text[at:])])

    def rest(self) -> Iterator[str]:
        """Yield marks without text for what has no name, or stands nowhere in the text."""
        for mention in (*self._left.values(), *self._nameless):
            for _ in range(mention.count):
                yield _mark(mention, "")


def _mark(mention: Mention, name: str) -> str:
    code = f"{_html(mention.market)},{_html(mention.code)}"
    return f'<span class="em_stock_key_common" data-code="{code}">{_html(name)}</span>'


def _ways_back(article: ArchivedArticle) -> str:
    row = article.row
    parts = split_url(_address(row["category_url"] or row["url"]) or "")
    host = _target(parts.netloc or quote(row["site"]))
    home = f"[返回首页](//{host}/)"
    if not row["category"]:
        return home
    path = parts.path if row["category_url"] else CATEGORY_PAGE.format(slug=quote(row["category"], safe=""))
    label = _html(" ".join(_BIDI.sub("", _tag(article)).split()))
    return f"[返回{label}](//{host}{_target(path)})｜{home}"


def _target(text: str) -> str:
    """Keep what stands between the brackets of a Markdown link from ending them."""
    return text.replace("(", "%28").replace(")", "%29")


def _html(text: str) -> str:
    return _SIGNS.sub(lambda match: f"&#{ord(match[0])};", _LINE_ENDS.sub(" ", text))


def _address(url: str | None) -> str | None:
    """Return an http(s) address that cannot end the angle brackets or quotes it is put into."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    return quote_url(url).replace("{", "%7B")


def _date(published_at: str, precision: str | None) -> str:
    try:
        return datetime.fromisoformat(published_at).strftime(_FORMATS.get(precision or "", _EXACT)).strip()
    except ValueError:
        return _quoted(published_at)


def _value(text: str) -> str:
    plain = _PLAIN_VALUE.fullmatch(text) and text.lower() not in _YAML_WORDS
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """Write a text in YAML's double quotes; what cannot be printed, or turns the direction of text, is spelled out."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    for pattern in (_UNPRINTABLE, _BIDI):
        text = pattern.sub(lambda match: f"\\U{ord(match[0]):08X}", text)
    return f'"{text}"'
