"""The next page of a listing whose pager is written by a script: read from the script, which is never run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.tree import select, text_in
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from newsarchive.tree import Element

#: createPageHTML(20, 0, "index", "html"): the number of pages, the present one, how their files begin and end. With the
#: name of an element before them pages are counted from 1, else from 0.
_CALL = re.compile(
    r"\w{0,20}[pP]age\w{0,20}\(\s?(?P<element>['\"][\w#.-]{1,40}['\"]\s?,\s?)?(?P<count>\d{1,5})\s?,\s?(?P<at>\d{1,5})\s?,"
    r"\s?['\"](?P<name>[\w-]{1,40})['\"]\s?,\s?['\"]\.?(?P<ending>s?html?)['\"]"
)
#: The same in variables: countPage = 20, currentPage = 0, "index_" + nextPage + ".html".
_COUNT = re.compile(r"(?:countPage|pageCount|totalPage|page_count)s?\s?=\s?['\"]?(?P<count>\d{1,5})")
_PRESENT = re.compile(r"(?:currentPage|curPage|nowPage|current_page)\s?=\s?['\"]?(?P<at>\d{1,5})")
_FILE = re.compile(
    r"(?P<name>[A-Za-z]\w{0,29}?)(?:_|['\"]\s?\+\s?['\"]_)\\?['\"]\s?\+\s?\(?\w{1,20}(?:\s?[-+]\s?1)?\)?\s?\+\s?\\?['\"]\.?"
    r"(?:['\"]\s?\+\s?['\"])?(?P<ending>s?html?)\b"
)
#: So many scripts are looked at, and so many characters of each.
_MOST_SCRIPTS, _LONGEST = 50, 20_000


def next_by_script(root: Element, base_url: str) -> str | None:
    """Return the address of the page behind this one, as the pager's script would write it; None for none."""
    for script in select("script", root)[:_MOST_SCRIPTS]:
        text = text_in(script)[:_LONGEST]
        call = _CALL.search(text)
        if call:
            number = int(call["at"]) + 1
            if number < int(call["count"]) + (call["element"] is not None):
                return absolute_url(f"{call['name']}_{number}.{call['ending']}", base_url)
            return None
        count, present, file = _COUNT.search(text), _PRESENT.search(text), _FILE.search(text)
        if count and present and file:
            number = int(present["at"]) + 1
            is_there = number < int(count["count"])
            return absolute_url(f"{file['name']}_{number}.{file['ending']}", base_url) if is_there else None
    return None
