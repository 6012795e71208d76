"""What a site calls itself, by the metadata and the titles of its pages."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from newsarchive.i18n import _
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATOR = re.compile(r"\s*[|｜_–—·•»]\s*|\s+-\s+|(?<=[\u3400-\u9fff])-|-(?=[\u3400-\u9fff])|\s*::\s*")
_LONGEST_NAME = 60
_HOME_WORDS = frozenset(("home", "home page", "homepage", "index", "welcome", "首页", "主页", "网站首页", "首頁"))
#: Titles of articles that a site's name is taken from, at least.
_FEW = 2


def name_of_site(host: str, site_names: Counter[str], head_titles: Sequence[str]) -> tuple[str, str]:
    """Return the name of a site as it calls itself, and for people where that stands.

    `site_names` are those of og:site_name, `head_titles` the title elements of its home page ("" for none) and of
    articles.
    """
    if site_names:
        return _short(site_names.most_common(1)[0][0]), "og:site_name"
    home, *others = head_titles or [""]
    if len(others) >= _FEW:
        parts: Counter[str] = Counter(part for title in others for part in set(_SEPARATOR.split(title)[1:]) if part)
        parts.update(title for title in others if title == home)
        shared = [part for part, number in parts.most_common() if number * 2 > len(others)]
        # Behind the name of a section stands that of the site.
        shared = [part for part in shared if part in home] or shared
        if shared:
            return _short(shared[0]), _("what the titles of its articles share")
    first = next((part for part in _SEPARATOR.split(home) if part and part.casefold() not in _HOME_WORDS), "")
    return (_short(first), _("the title of the home page")) if first else (host, _("its host: it has no title"))


def _short(text: str) -> str:
    return plain(text)[:_LONGEST_NAME].strip() or "-"
