"""Pages that say why they have no article: error pages that pretend to be none, login walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.extract.fields import missing, problem

if TYPE_CHECKING:
    from newsarchive.models import Article
    from newsarchive.sites import Layout

# What a page without its article says instead; only short texts count.
_LONGEST_NOTICE = 600
_LOGIN_MARKS = (
    "请登录", "请先登录", "登录后查看", "登录后阅读", "登录后才能", "会员登录", "订阅后阅读", "付费阅读", "扫码登录",
    "Please log in", "Please sign in", "Sign in to", "Log in to", "Subscribe to",
)  # fmt: skip
_ERROR_MARKS = (
    "页面不存在", "找不到页面", "404 Not Found", "页面已删除", "内容已删除", "文章不存在", "服务器错误", "系统繁忙",
    "Page Not Found", "Internal Server Error", "Bad Gateway", "Service Unavailable",
)  # fmt: skip


def detect_error_page(article: Article, layout: Layout, text: str) -> bool:
    """Return whether a page that lacks a part of an article says why: an error page or a login wall.

    It is no article then: title, text and date are emptied, and the problem is noted. `text` is the whole page.
    """
    lacking = missing(article)
    own = [article.title or "", *(paragraph.text for paragraph in article.paragraphs)]
    if not lacking or sum(map(len, own)) > _LONGEST_NOTICE:
        return False
    if len(lacking) == 1 and "no-body" not in lacking:
        # Most of an article is there: only what it says itself counts, not what stands around it.
        text = "\n".join(own)
    if any(mark in text for mark in (*layout.error_marks, *_ERROR_MARKS)):
        reason = "error-page"
    elif any(mark in text for mark in _LOGIN_MARKS):
        reason = "login-wall"
    else:
        return False
    article.title = article.published_at = article.digest = article.attribution = article.source = None
    article.paragraphs, article.images, article.bylines, article.mentions = [], [], [], []
    problem(article, reason)
    return True
