"""Pages that say why they have no article: error pages that pretend to be none, walls, verification and consent.

All of them are short. What a page says there is told by its title alone, where nothing but such a page bears it, or by
marks in its text. On a site with rules the whole page is looked at, elsewhere only what was read as title and text: the
header of any page may say "log in", and its scripts may say "try again later".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.extract.fields import missing, problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.models import Article

# Characters of what a page without its article says instead, at most; and of a page whose marks are all that is said.
_LONGEST_NOTICE, _SHORT_NOTICE = 600, 300
# Characters of a page of which no paragraph was read, at most.
_LONGEST_BARE = 1500

# Marks that count wherever they stand on the page of a site with rules: reason -> marks.
_SURE: dict[str, tuple[str, ...]] = {
    "error-page": (
        "页面不存在", "找不到页面", "404 not found", "页面已删除", "内容已删除", "文章不存在", "服务器错误",
        "系统繁忙",
        "page not found", "internal server error", "bad gateway", "service unavailable",
    ),
    "login-wall": (
        "请登录", "请先登录", "登录后查看", "登录后阅读", "登录后才能", "会员登录", "订阅后阅读", "付费阅读",
        "扫码登录",
        "please log in", "please sign in", "sign in to", "log in to", "subscribe to",
    ),
}  # fmt: skip
# Marks that count in the title and the text that were read.
_MARKS: dict[str, tuple[str, ...]] = {
    "error-page": (
        *_SURE["error-page"],
        "找不到该页", "页面找不到", "页面未找到", "未找到页面", "没有找到页面", "页面已失效", "页面已过期",
        "页面已下线",
        "您访问的页面", "您要访问的页面", "您请求的页面", "你访问的页面", "请求的资源不存在", "链接已失效",
        "链接不存在",
        "内容不存在", "内容已下线", "文章已删除", "文章已被删除", "文章已下线", "信息不存在", "新闻不存在",
        "稿件不存在",
        "服务器繁忙", "服务器开小差", "系统错误", "系统维护中", "系统升级中", "网站维护中", "服务暂不可用",
        "访问出错",
        "页面出错", "程序出错", "参数错误", "请稍后再试", "请稍后重试", "数据库连接", "頁面不存在", "找不到頁面",
        "系統繁忙", "伺服器錯誤", "請稍後再試",
        "file not found", "not found on this server", "page does not exist", "page you requested",
        "page you are looking for", "page you were looking for", "no longer available", "gateway time-out",
        "gateway timeout", "temporarily unavailable", "system busy", "system is busy", "server is busy",
        "under maintenance", "something went wrong", "an error occurred", "please try again", "database error",
        "error establishing a database connection",
    ),
    "login-wall": _SURE["login-wall"],
    "verification-page": (
        "访问过于频繁", "请求过于频繁", "操作过于频繁", "访问太频繁", "请完成验证", "完成下方的验证", "完成安全验证",
        "人机验证", "滑动验证", "拖动滑块", "拖动下方滑块", "请输入验证码", "输入图中", "浏览器安全检查",
        "正在检查您的浏览器", "访问被拒绝", "访问被拦截", "访问受限", "请求被拦截", "请开启javascript",
        "请启用javascript",
        "同意并继续", "接受所有cookie", "安全驗證", "請完成驗證",
        "verify you are human", "verify that you are", "are you a robot", "not a robot", "checking your browser",
        "unusual traffic", "access denied", "ddos protection", "enable javascript and cookies", "enable cookies",
        "complete the security check", "before you continue", "we value your privacy", "accept all cookies",
        "your privacy choices",
    ),
}  # fmt: skip
# Titles that no article has: reason -> titles without blanks and punctuation.
_TITLES: dict[str, frozenset[str]] = {
    "error-page": frozenset((
        "404", "404error", "error404", "404notfound", "404页面", "404错误", "notfound", "pagenotfound", "error",
        "错误",
        "出错了", "出错啦", "系统错误", "系统提示", "错误提示", "页面不存在", "页面找不到", "页面未找到",
        "找不到页面",
        "找不到该页", "页面错误", "页面已删除", "文章不存在", "内容不存在", "服务器错误", "系统繁忙", "系统维护",
        "网站维护",
        "500", "502", "503", "500internalservererror", "502badgateway", "503servicetemporarilyunavailable",
        "503serviceunavailable", "504gatewaytimeout", "internalservererror", "badgateway", "serviceunavailable",
        "400badrequest", "badrequest", "405notallowed", "412preconditionfailed", "頁面不存在", "錯誤",
    )),
    "login-wall": frozenset((
        "登录", "用户登录", "会员登录", "登录页", "请登录", "统一身份认证", "login", "signin", "logon", "userlogin",
        "登入", "會員登入",
    )),
    "verification-page": frozenset((
        "访问验证", "安全验证", "人机验证", "身份验证", "滑动验证", "验证码", "验证", "访问受限", "访问被拒绝",
        "安全检查",
        "安全访问", "403", "403forbidden", "forbidden", "accessdenied", "justamoment", "attentionrequired",
        "attentionrequiredcloudflare", "areyouarobot", "captcha", "robotcheck", "securitycheck", "humanverification",
        "beforeyoucontinue", "cookieconsent", "consent", "安全驗證",
    )),
}  # fmt: skip

# What a platform prints in place of an article that it has taken away or keeps to itself.
_TAKEN_AWAY = re.compile(
    r"(?:此|该|本|當前|当前|這篇|这篇)(?:内容|內容|文章|页面|頁面|账号|帐号|帳號|公众号|视频|信息|链接|新闻|作品|动态)"
    r"[^。]{0,16}(?:无法查看|無法查看|被[^。]{0,8}[删刪]除|已[删刪]除|屏蔽|下架|停用|停止访问|不可见|不存在|失效|过期|违规|违反|注销"
    r"|隐藏|设为私密|仅作者可见|审核中)"
    r"|(?:无法|不能|暂时无法)(?:查看|访问)(?:该|此|本)(?:内容|文章|页面)|内容涉嫌违规"
    r"|this (?:content|page|article|post|story|video|account)[^.]{0,20} (?:is not|isn['’]t|is no longer|has been|was)"
    r" (?:available|removed|deleted|unavailable|suspended)"
    r"|(?:dieser (?:inhalt|artikel|beitrag)|diese seite)[^.]{0,30}(?:nicht (?:mehr )?(?:verfügbar|gefunden)|gelöscht)"
    r"|(?:ce contenu|cet article|cette page)[^.]{0,30}(?:n['’]est plus disponible|n['’]existe|a été supprimée?)"
    r"|(?:este contenido|esta página|este artículo)[^.]{0,30}(?:no está disponible|no existe|ha sido eliminad)"
    r"|(?:este conteúdo|esta página|esta matéria)[^.]{0,30}(?:não está (?:mais )?disponível|não existe|foi removid)"
    r"|(?:questo contenuto|questa pagina|questo articolo)[^.]{0,30}(?:non è (?:più )?disponibile|non esiste|rimoss)"
    r"|(?:страница не найдена|материал удал[её]н|страница (?:удалена|не существует))"
    r"|(?:الصفحة غير موجودة|لم يتم العثور على الصفحة|هذا المحتوى غير متاح)"
    r"|(?:पेज नहीं मिला|पृष्ठ नहीं मिला|यह सामग्री उपलब्ध नहीं)"
    r"|(?:お探しの(?:ページ|記事)|この(?:ページ|記事)は[^。]{0,20}(?:削除|終了|存在しません|見つかりません))"
    r"|(?:페이지를 찾을 수 없|존재하지 않는 (?:페이지|기사)|삭제된 (?:기사|게시물))"
)

_HEAD_TITLE = re.compile(r"<title[^>]*>([^<]{0,300})", re.IGNORECASE)
_SEPARATORS = re.compile(r"[_|｜\-–—·•]")
_NO_LETTER = re.compile(r"[\W_]+")
_UNSEEN = re.compile(r"<(script|style|noscript)\b.*?</\1|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)


def detect_error_page(article: Article, text: str, marks: Iterable[str] | None = None) -> bool:
    """Return whether a page says why it has no article.

    It is no article then: title, text and date are emptied, and the problem is noted. `text` is the whole page,
    `marks` are texts that only an error page of its site has; None for a site without rules.
    """
    own = [article.title or "", *(paragraph.text for paragraph in article.paragraphs)]
    if sum(map(len, own)) > _LONGEST_NOTICE:
        return False
    lacking = missing(article)
    reason = _told_by_title(article, text, lacking)
    if reason is None and lacking:
        reason = _told_by_text(own, text, lacking) if marks is None else _told_by_page(own, text, lacking, marks)
    if reason is None:
        return False
    article.title = article.published_at = article.digest = article.attribution = article.source = None
    article.paragraphs, article.images, article.bylines, article.mentions = [], [], [], []
    problem(article, reason)
    return True


def _told_by_title(article: Article, text: str, lacking: list[str]) -> str | None:
    """Return the reason that the title gives by itself, unless an article with a date and a text stands under it."""
    if not lacking and sum(len(paragraph.text) for paragraph in article.paragraphs) > _SHORT_NOTICE:
        return None
    head = _HEAD_TITLE.search(text)
    titles = [article.title or "", head[1] if head else ""]
    # The name of the site stands behind the title, rarely before it.
    parts = {_NO_LETTER.sub("", part).casefold() for title in titles for part in (title, _SEPARATORS.split(title)[0])}
    reason = next((reason for reason, known in _TITLES.items() if not known.isdisjoint(parts)), None)
    is_short = sum(len(paragraph.text) for paragraph in article.paragraphs) <= _SHORT_NOTICE
    return reason or ("error-page" if is_short and _TAKEN_AWAY.match(titles[0].lower()) else None)


def _told_by_page(own: list[str], text: str, lacking: list[str], marks: Iterable[str]) -> str | None:
    if len(lacking) == 1 and "no-body" not in lacking:
        # Most of an article is there: only what it says itself counts, not what stands around it.
        text = "\n".join(own)
    if any(mark in text for mark in marks):
        return "error-page"
    return _reason_in(text, _SURE)


def _told_by_text(own: list[str], text: str, lacking: list[str]) -> str | None:
    """Return what the title says or, where that is all that was said, the text."""
    if len(own) == 1:
        seen = " ".join(_UNSEEN.sub(" ", text).split())
        if len(seen) > _LONGEST_BARE:
            return None
        return "error-page" if _TAKEN_AWAY.search(seen.lower()) else _reason_in(seen, _MARKS)
    if lacking and sum(map(len, own)) <= _SHORT_NOTICE and _TAKEN_AWAY.search("\n".join(own).lower()):
        return "error-page"
    reason = _reason_in(own[0], _MARKS)
    if reason is None and "no-date" in lacking and sum(map(len, own)) <= _SHORT_NOTICE:
        reason = _reason_in("\n".join(own), _MARKS)
    return reason


def _reason_in(text: str, marks: dict[str, tuple[str, ...]]) -> str | None:
    text = text.lower()
    return next((reason for reason, known in marks.items() if any(mark in text for mark in known)), None)
