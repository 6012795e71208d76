"""The frame of every page of the mirror: head, header, section, footer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from newsarchive.demo.vocabulary import SITE_TITLE

OWNER = "Chao"

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="X-UA-Compatible" content="IE=edge">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta content="{owner}" name="author" />
    <meta property="og:type" content="website" />
    <meta property="og:title" content="{title}">
    <meta property="og:description" content="{spill}">
    <meta property="og:image" content="{base}/img/site.png">
    <meta property="og:url" content="{url}">
    <meta name="theme-color" content="#00695C">
    <link rel="alternate" type="application/atom+xml" title="{site}" href="{base}/feed.xml">

<!-- Begin Jekyll SEO tag v2.8.0 -->
<title>{head_title}</title>
<meta name="generator" content="Jekyll v4.3.1" />
{seo}
<!-- End Jekyll SEO tag -->

    <link rel="stylesheet" href="/assets/css/style.css?v=">
    <script type="text/JavaScript">
      function AutoRefresh( t ) {{
       setTimeout("location.reload(true);", t);
      }}
    </script>
  </head>
  <body onload="JavaScript:AutoRefresh(60000);">
    <div class="wrapper">
      <header>
        <h1><a href="{base}/">{site}</a></h1>

        <p></p>

      </header>
      <section>

      {section}

      </section>
      <footer>
        <p><small>【免责声明】<br />本页面所载消息均为虚构，仅供演示与测试，不构成任何投资建议。</small></p>
        <p>&copy; 2025 - <script type="text/javascript">document.write("2026");</script> {site}. </p>
      </footer>
    </div>
    <script src="/assets/js/scale.fix.js"></script>
  </body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says. `spill` is markup that an older layout writes into an attribute unescaped."""

    title: str
    url: str
    description: str | None = None
    published: str | None = None
    spill: str | None = None


def page(base: str, head: Head, section: str) -> bytes:
    """Write a whole page around the markup of its section."""
    title = escape(head.title)
    return _PAGE.format(
        owner=OWNER,
        title=title,
        spill=title if head.spill is None else head.spill,
        base=base,
        url=escape(head.url),
        site=SITE_TITLE,
        head_title=f"{title} | {SITE_TITLE}" if title else SITE_TITLE,
        seo="\n".join(_seo(head)),
        section=section,
    ).encode()


def _seo(head: Head) -> list[str]:
    title, url = escape(head.title), escape(head.url)
    lines = [f'<meta property="og:title" content="{title}" />', f'<meta name="author" content="{OWNER}" />']
    lines.append('<meta property="og:locale" content="zh_CN" />')
    if head.description is not None:
        text = escape(head.description)
        lines.append(f'<meta name="description" content="{text}" />')
        lines.append(f'<meta property="og:description" content="{text}" />')
    lines.append(f'<link rel="canonical" href="{url}" />')
    lines.append(f'<meta property="og:url" content="{url}" />')
    lines.append(f'<meta property="og:site_name" content="{SITE_TITLE}" />')
    kind = "article" if head.published else "website"
    lines.append(f'<meta property="og:type" content="{kind}" />')
    if head.published:
        lines.append(f'<meta property="article:published_time" content="{head.published}" />')
    lines.append(f'<script type="application/ld+json">\n{_json_ld(head)}</script>')
    return lines


def _json_ld(head: Head) -> str:
    """Describe the page; the author is always the site's owner, never the article's."""
    data: dict[str, object] = {"@context": "https://schema.org", "@type": "WebPage"}
    data["author"] = {"@type": "Person", "name": OWNER}
    if head.published:
        data |= {"@type": "BlogPosting", "dateModified": head.published, "datePublished": head.published}
    if head.description is not None:
        data["description"] = head.description
    data |= {"headline": head.title, "url": head.url}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
