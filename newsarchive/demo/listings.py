"""The mirror's Atom feed: the ten newest posts, each with its whole text."""

from __future__ import annotations

import gzip
import json
from html import escape
from typing import TYPE_CHECKING

from newsarchive.demo.html_page import OWNER
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


INDEX, POSTS, LIST = "/sitemap.xml", "/sitemap-posts.xml.gz", "/api/posts.js"
PER_PAGE = 50
_NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def sitemap_index(base: str) -> bytes:
    """Write the sitemap that leads to that of the posts."""
    return f"<sitemapindex {_NAMESPACES}><sitemap><loc>{base}{POSTS}</loc></sitemap></sitemapindex>".encode()


def sitemap(posts: Sequence[Post]) -> bytes:
    """Write and pack the sitemap of the posts."""
    entries = (
        f"<url><loc>{escape(post.url)}</loc><news:news><news:title>{escape(post.title)}</news:title>"
        f"<news:publication_date>{post.item.plan.published.isoformat()}</news:publication_date></news:news></url>"
        for post in posts
    )
    return gzip.compress(f"<urlset {_NAMESPACES}>{''.join(entries)}</urlset>".encode(), mtime=0)


def json_list(posts: Sequence[Post], page: int) -> bytes:
    """Write a page (from 1) of the list of posts, newest first, as the origin writes it: JavaScript around JSON."""
    items = [
        {
            "Code": post.id,
            "Title": post.title,
            "showTime": f"{post.item.plan.published:%Y-%m-%d %H:%M:%S}",
            "mediaName": post.item.plan.medium.name,
            "uniqueUrl": post.url,
        }
        for post in posts[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]
    return f"var ajaxResult={json.dumps({'rc': 1, 'Data': {'List': items}}, ensure_ascii=False)};".encode()
