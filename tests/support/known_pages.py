"""Pages of the mirror, the origin and the share service with invented text, in their real structure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from support.pages import page

from newsarchive.extract import read
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from newsarchive.models import Article, Page, Role

SITE = load_site("finews")
NOW = datetime(2022, 6, 2, 4, 0, tzinfo=UTC)
HOST = "https://finews.withounder.com"
DIGITS = "202205302391234567"
MEDIA_URL = f"{HOST}/haiyunribao/2022/05/30/NW{DIGITS}.html"
FLASH_URL = f"{HOST}/emnews/2022/05/30/{DIGITS}.html"
WHEN = "(GMT+8, Asia/Shanghai, CST) 2022-05-30 22:00:29"
SHARE_LINK = f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW{DIGITS}"
ORIGINAL_LINK = f"http://finance.eastmoney.com/news/1353,{DIGITS}.html"
ORIGIN_URL = f"http://finance.eastmoney.com/a/{DIGITS}.html"
DATA_URL = f"http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW{DIGITS}&cid=share"
CREDIT = '<p class="em_media">（文章来源：海运日报）</p>'
MEDIA_BACK = (
    '<p><a href="//finews.withounder.com/category/haiyunribao.html">返回海运日报新闻</a>｜'
    '<a href="//finews.withounder.com/">返回首页</a></p>'
)
FLASH_BACK = (
    '<p><a href="//finews.withounder.com/emnews/">返回东财滚动新闻</a>｜'
    '<a href="//finews.withounder.com/">返回首页</a></p>'
)


def auto(url: str) -> str:
    """Write an address as the site prints it: as its own link, on a line of its own."""
    return f'<p><a href="{url}">{url}</a></p>'


def section(
    *body: str,
    title: str = "海运价格连涨三周",
    when: str = f"<small>{WHEN}</small>",
    digest: str = "",
    tags: str = "<small>tags: <em>海运日报新闻</em></small>",
) -> str:
    quoted = f"<blockquote>\n  <p>{digest}</p>\n</blockquote>\n" if digest else ""
    return f"{when}\n<h1>{title}</h1>\n\n{quoted}" + "\n".join(body) + f"\n\n\n  {tags}\n"


def post_html(inner: str, head: str = "") -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
  <head>
    <meta charset="UTF-8">
    {head}
<title>海运价格连涨三周 | 金融消息</title>
<meta name="description" content="另一段文字，不是摘要" />
  </head>
  <body onload="JavaScript:AutoRefresh(60000);">
    <div class="wrapper">
      <header>
        <h1><a href="{HOST}/">金融消息</a></h1>
        <p></p>
      </header>
      <section>
      {inner}
      </section>
      <footer>
        <p><small>【免责声明】<br />投资有风险，入市需谨慎。</small></p>
      </footer>
    </div>
  </body>
</html>
"""


def known_page(url: str, body: str | bytes, role: Role = "post", content_type: str | None = None) -> Page:
    return page(url, body, role=role, site=SITE.name, at=NOW, content_type=content_type)


def read_post(url: str, *body: str, head: str = "", **parts: str) -> Article:
    return read(known_page(url, post_html(section(*body, **parts), head)), SITE)


def read_media(*body: str, **parts: str) -> Article:
    """Read a media post with a credit, the share link and the way back."""
    return read_post(MEDIA_URL, *body, CREDIT, auto(SHARE_LINK), MEDIA_BACK, **parts)


def read_text(html: str) -> list[str]:
    return [paragraph.text for paragraph in read_media(html).paragraphs]


def read_share_answer(answer: object, url: str = DATA_URL) -> Article:
    body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    return read(known_page(url, body, "share", "application/json;charset=UTF-8"), SITE)


def origin_html(
    *,
    title: str = "<h1>海运价格连涨三周</h1>",
    info: str = '<div class="time">2022年05月30日 22:00</div><div class="source data-source">来源：海运日报</div>',
    digest: str = "",
    body: str = "<p>第一段。</p><p>第二段。</p>" + CREDIT,
    editor: str = '<p class="res-edit">(责任编辑：DF123)</p>',
    container: str = '<div id="ContentBody" class="Body">{}</div>',
) -> str:
    text = container.format(digest + body + editor + "<p>郑重声明：本网发布此信息与本站立场无关。</p><p>不是正文。</p>")
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>海运价格连涨三周 _ 东方财富网</title>
<meta name="description" content="不是摘要的一段话"></head><body>
<div class="header"><a href="/">财经</a></div>
<div class="newsContent">{title}<div class="Info"><div class="time-source">{info}</div></div>{text}</div>
<div class="recommend"><ul><li><a href="/a/202201010000000001.html">推荐阅读：别的新闻</a></li></ul></div>
</body></html>"""


def read_origin(url: str = ORIGIN_URL, **parts: str) -> Article:
    return read(known_page(url, origin_html(**parts), "original"), SITE)


def reasons(article: Article) -> list[str]:
    return [problem.reason for problem in article.problems]
