"""What the mirror lists for machines besides its feed: sitemaps, one of them packed, and a JSON list."""

from __future__ import annotations

import gzip
import json
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.demo.posts import Post

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
