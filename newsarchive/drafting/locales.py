"""In which language a site writes, and in which zone it prints its times."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

from newsarchive.extract.dates import zones
from newsarchive.extract.dates.zones import country_of
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

_CJK = re.compile("[\u3400-\u9fff]")
_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\uac00-\ud7af]")
#: Language of a site by its top-level domain; of others the letters tell.
_LANGUAGES = {
    "cn": "zh", "tw": "zh-TW", "hk": "zh-HK", "mo": "zh-MO", "sg": "en", "jp": "ja", "kr": "ko", "uk": "en", "de": "de",
    "fr": "fr", "ru": "ru",
}  # fmt: skip
# A zone that is printed beside a time, or that a page's data give it.
_PRINTED = re.compile(
    r"\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*\b(E[DS]T|C[DS]T|M[DS]T|P[DS]T|BST|CEST|CET|JST|KST|HKT|SGT|IST)\b"
)
_OFFSET = re.compile(rb"(?:published_time|datePublished)[^<>]{0,60}?T\d\d:\d\d(?::\d\d(?:\.\d+)?)?([+-]\d\d):?(\d\d)")
_NAMED = {
    "EDT": "America/New_York", "EST": "America/New_York", "CDT": "America/Chicago", "MDT": "America/Denver",
    "MST": "America/Denver", "PDT": "America/Los_Angeles", "PST": "America/Los_Angeles", "BST": "Europe/London",
    "CEST": "Europe/Berlin", "CET": "Europe/Berlin", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore", "IST": "Asia/Kolkata",
}  # fmt: skip
_BY_OFFSET = {
    "+08": "Asia/Shanghai", "+09": "Asia/Tokyo", "-04": "America/New_York", "-05": "America/New_York",
    "-06": "America/Chicago", "-07": "America/Denver", "-08": "America/Los_Angeles", "+01": "Europe/Berlin",
    "+02": "Europe/Berlin", "+03": "Europe/Moscow",
}  # fmt: skip


def locale_of(host: str, text: str) -> tuple[str, str]:
    """Return language and zone of a site by the end of its host and the letters of what it writes."""
    country = country_of(host.partition(":")[0])
    lang = _LANGUAGES.get(country) or _language(text)
    return lang, str(zones.zone_of(f"{lang[:2]}-{country}"))


def _language(text: str) -> str:
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh" if _CJK.search(text) else "en"


def zone_of(host: str, lang: str, pages: Iterable[tuple[str, bytes]]) -> tuple[str, str]:
    """Return the zone of a site, and for people where it comes from; `pages` are text and HTML of its articles."""
    printed: Counter[str] = Counter()
    offsets: Counter[str] = Counter()
    for text, html in pages:
        printed.update(set(_PRINTED.findall(text)))
        offsets.update({match[0].decode() for match in _OFFSET.findall(html)})
    # CST is printed in China, too, and in the middle of America.
    names = [
        name for name, _ in printed.most_common() if name in _NAMED or (name == "CST" and not lang.startswith("zh"))
    ]
    if names:
        return _NAMED.get(names[0], "America/Chicago"), _("{value} is printed beside the times", value=names[0])
    country = country_of(host.partition(":")[0])
    if (zone := zones.zone_of(f"und-{country}")) != UTC:
        return str(zone), _("by the domain .{country}", country=country)
    by_language = zones.zone_of(lang[:2])
    # Chinese pages often have an offset that nobody has set.
    known = [offset for offset, _ in offsets.most_common() if offset in _BY_OFFSET and not lang.startswith("zh")]
    if known:
        return _BY_OFFSET[known[0]], _("the times of its pages have the offset {value}", value=known[0])
    if by_language != UTC:
        return str(by_language), _("by the language")
    return "UTC", _("a guess: nothing tells")
