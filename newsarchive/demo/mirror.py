"""The pages of the mirror: posts, category pages, the home page, and what stands where a post is gone."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsarchive.demo import vocabulary
from newsarchive.demo.html_page import Head, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsarchive.demo.posts import Post, SiteNote

HOME_TITLE = "首页"
PER_TAG = 5  # entries of one tag on the home page

_BACK_SCRIPT = """<script language="JavaScript">
    var parts = window.location.pathname.split("/");
    var old = '{base}/old_post/'+parts[2]+'-'+parts[3]+'-'+parts[4]+'-'+parts[5].split(".")[0]+'.md';
    var label = '本站只保留三天的消息，更早的消息已移入旧文目录，点击此处查看';
    document.write(label.link(old));
</script>"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing page: where it leads and what it says."""

    path: str
    title: str


def post_page(post: Post) -> bytes:
    """Write the page of a post."""
    if post.item.plan.shape == "broken-front-matter":
        return "\n".join(post.body()).encode()  # a post whose head cannot be read gets no layout
    body = post.body()
    parts = [_time_line(post) + f"\n<h1>{escape(post.title, quote=False)}</h1>"]
    if post.digest:
        parts.append(f"<blockquote>\n  <p>{escape(post.digest, quote=False)}</p>\n</blockquote>")
    separator = "\r\n " if post.item.plan.shape == "cr" else "\n"
    parts.append(separator.join(body))
    parts += _links(post)
    tags = "</em> - <em>".join(escape(post.medium.tag, quote=False).split())
    parts.append(f"\n\n  <small>tags: <em>{tags}</em></small>\n\n")
    published = post.shown_time.isoformat() if post.shown_time else None
    spill = "".join(body) if post.item.plan.shape == "meta-layout" else None
    return page(post.base, Head(post.title, post.url, post.description(), published, spill), "\n\n".join(parts))


def _time_line(post: Post) -> str:
    shown = f"{post.shown_time:%Y-%m-%d %H:%M:%S}" if post.shown_time else ""
    if post.item.plan.shape == "bracket-date":
        return f"<small>[{shown}]</small>"
    return f"<small>(GMT+8, Asia/Shanghai, CST) {shown}</small>"


def _links(post: Post) -> list[str]:
    parts = []
    address = post.share_url or post.original_url
    if address:
        parts.append(f'<p><a href="{escape(address)}">{escape(address)}</a></p>')
    elif post.edition == "flash":
        parts.append("<p>&lt;&gt;</p>")
    separator = "\n" if post.item.plan.shape == "two-line-return" else "｜"
    back = separator.join(f'<a href="{escape(url)}">{label}</a>' for label, url in post.ways_back())
    return [*parts, f"<p>{back}</p>"] if back else parts


def note_page(base: str, note: SiteNote) -> bytes:
    """Write the page of a message of the site itself."""
    section = (
        f"<small>(GMT+8, Asia/Shanghai, CST) {note.published:%Y-%m-%d %H:%M:%S}</small>\n<h1>{note.title}</h1>\n\n"
        f"<p>{note.text}</p>\n\n\n\n  <small>tags: <em>{vocabulary.SITE_NEWS_TAG}</em></small>\n\n"
    )
    return page(base, Head(note.title, base + note.path, note.text, note.published.isoformat()), section)


def category_page(base: str, slug: str, tag: str, entries: Sequence[Entry], other_tag: str) -> bytes:
    """Write a category page; an empty one has no heading, and its title names another medium."""
    heading = f'<h2 id="{tag}">{tag}</h2>\n\n' if entries else ""
    section = f"{heading}<ul>\n  \n{_items(entries)}\n  \n</ul>"
    url = f"{base}/category/{quote(slug, safe='()')}.html"
    return page(base, Head(tag if entries else other_tag, url), section)


def home_page(base: str, groups: Iterable[tuple[str, Sequence[Entry]]]) -> bytes:
    """Write the home page: for each tag its newest entries."""
    parts = [
        f'<h2 id="{tag}">{tag}</h2>\n<ul>\n    \n{_items(entries[:PER_TAG])}\n    \n  </ul>\n<hr />\n'
        for tag, entries in groups
        if entries
    ]
    return page(base, Head(HOME_TITLE, f"{base}/"), "\n".join(parts))


def _items(entries: Iterable[Entry]) -> str:
    lines = (f'    <li><a href="{escape(e.path)}">{escape(e.title, quote=False)}</a></li>' for e in entries)
    return "\n  \n".join(lines)


def missing_page(base: str) -> bytes:
    """Write the page that answers for every address that is not there (any more)."""
    section = "\n\n".join(
        (
            "<h2>404 找不到页面 Page Not Found</h2>",
            "<p>此页面不存在，您可能访问了过期的消息或者输入了错误的网址。</p>",
            _BACK_SCRIPT.format(base=base),
            '<p><br />\n如继续浏览，请访问<a href="/">首页</a></p>',
        )
    )
    return page(base, Head("404", f"{base}/404.html"), section)
