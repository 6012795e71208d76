"""The mirror's Atom feed: the ten newest posts, each with its whole text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsarchive.demo.pages import OWNER
from newsarchive.demo.vocabulary import SITE_TITLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsarchive.demo.posts import Post

LENGTH = 10


def feed(base: str, posts: Sequence[Post], updated: datetime) -> bytes:
    """Write the feed of these posts, newest first."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">'
        '<generator uri="https://jekyllrb.com/" version="4.3.1">Jekyll</generator>'
        f'<link href="{base}/feed.xml" rel="self" type="application/atom+xml" />'
        f'<link href="{base}/" rel="alternate" type="text/html" hreflang="zh-CN" />'
        f"<updated>{updated.isoformat()}</updated><id>{base}/feed.xml</id>"
        f'<title type="html">{SITE_TITLE}</title><author><name>{OWNER}</name></author>'
    )
    return (head + "".join(map(_entry, posts)) + "</feed>").encode()


def _entry(post: Post) -> str:
    title, url = escape(escape(post.title, quote=False)), escape(post.url)
    when = post.item.plan.published.isoformat()
    body = "\n".join(post.body()).replace("]]>", "]]]]><![CDATA[>")
    return (
        f'<entry><title type="html">{title}</title><link href="{url}" rel="alternate" type="text/html" '
        f'title="{title}" /><published>{when}</published><updated>{when}</updated>'
        f"<id>{url.removesuffix('.html')}</id>"
        f'<content type="html" xml:base="{url}"><![CDATA[{body}]]></content>'
        f'<author><name>{OWNER}</name></author><category term="{escape(post.medium.slug)}" /></entry>'
    )
