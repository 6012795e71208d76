"""What class and id names tell of an element: comments, page furniture, or the body of an article."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.tree import Element

#: The answers of `hints_of`, to be added up. HIDDEN is for elements that are not displayed.
FURNITURE, DOUBTFUL, BODY, HIDDEN, COMMENTS, STRONG = 1, 2, 4, 8, 16, 32

_HINTS_OF_TAG: dict[str | None, int] = {
    "nav": FURNITURE, "footer": FURNITURE, "aside": FURNITURE, "form": DOUBTFUL, "article": BODY, "main": BODY
}  # fmt: skip

#: Words of a name, two words joined by a dash, and beginnings of words (marked by a star).
_VOCABULARY = {
    # Comment threads: their text can be longer than the article, so it never counts.
    COMMENTS: "comment comments cmt cmts reply replies respond disqus discuss* pinglun gentie gengtie tie comentario* "
    "kommentare kommentarliste leserkommentar* commentaire* commenti comentari reacties yorumlar kommentarii liuyan "
    "huifu",
    # What stands around an article on every page of a site.
    FURNITURE: (
        "related relate relates relation relations recom* tuijian xiangguan foot footer* footbar footnav sidebar* "
        "side-bar aside nav navi navs navbar* navigat* navmenu navlist menu* bread* crumb crumbs mbx weizhi share "
        "sharebar sharebox sharing sharethis sharetools fenxiang social copyright ad ads adv advert* guanggao "
        "promo* newsletter subscri* popup modal login signup sign-up banner* pager pagination paging trending "
        "outbrain taboola sponsor* disclaimer shengming shenming mianze mzsm guess* read-more readmore qr qrcode* "
        "ewm erweima cookie cookies consent most rank ranking ranks ranklist hot-news hot-list hot-post hot-rank "
        "hot-rec hotnews hotlist gallery carousel slider sliders slideshow"
    ),
    # Furniture, unless the same element is also named as a body.
    DOUBTFUL: (
        "side hot tool* widget* popular statement toc byline author authors gg follow* right tag tags keyword "
        "keywords meta info bio print font-size news-list newslist link-list title-list pic-list next prev*"
    ),
    # Bodies of articles.
    BODY: "article* content* body text txt cont newstext newstxt newsbody entry* story* zhengwen detail* main editor",
    # Only the element around an article's text.
    STRONG: (
        "artibody articlebody article-body article-content article-text articletext post-body post-content "
        "entry-content entry-body news-content news-body news-txt news-text story-body story-content zhengwen "
        "trs-editor endtext"
    ),
}
_EXACT: dict[str, int] = {}
_BEGINNINGS: dict[str, int] = {}
for _hint, _words in _VOCABULARY.items():
    for _word in _words.split():
        _table = _BEGINNINGS if _word.endswith("*") else _EXACT
        _table[_word.rstrip("*")] = _table.get(_word.rstrip("*"), 0) | _hint
_ANY_BEGINNING = tuple(_BEGINNINGS)

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST = 300


@lru_cache(maxsize=65536)
def _hints_of_word(word: str) -> int:
    hints = _EXACT.get(word, 0)
    if not hints and word.startswith(_ANY_BEGINNING):
        hints = next(hint for beginning, hint in _BEGINNINGS.items() if word.startswith(beginning))
    return hints


def _hints_of_token(token: str) -> int:
    words = token.split("-")
    hints = 0
    for word in words:
        hints |= _hints_of_word(word)
    if len(words) > 1:
        for first, second in pairwise(words):
            hints |= _EXACT.get(f"{first}-{second}", 0)
        if "embed" in words:
            hints &= ~FURNITURE
    if hints & COMMENTS:
        return COMMENTS
    return FURNITURE if hints & FURNITURE else hints


@lru_cache(maxsize=16384)
def hints_of_name(name: str) -> int:
    """Return what a class or id says of an element: a sum of COMMENTS, FURNITURE, BODY, DOUBTFUL and STRONG.

    Token by token: `post_recommend` is furniture although a post is named; `entry-content read-more` is both.
    """
    if not name.islower():
        name = _CAMEL.sub("-", name).lower()
    hints = 0
    for token in name.replace("_", "-").split():
        hints |= _hints_of_token(token)
    return hints


def hints_of(element: Element) -> int:
    """Return what an element's tag, class, id and style say of it: a sum of the hints above."""
    hints = _HINTS_OF_TAG.get(element.tag, 0)
    get = element.attributes.get
    for name in (get("class"), get("id")):
        if name:
            hints |= hints_of_name(name[:_LONGEST])
    style = get("style")
    if style and "none" in style and "display:none" in "".join(style.split()).lower():
        hints |= HIDDEN
    return hints
