"""Bytes of GB18030 and Big5 read as the Encoding Standard has it, where Python's codecs read them otherwise.

Python's tables are those of GB 18030-2000 and HKSCS-2004. Browsers read by https://encoding.spec.whatwg.org/, whose
Big5 has the forms of Taiwan first (‧ between the parts of a name), and whose GB18030 has no private characters left
that have a place in Unicode.
"""

from __future__ import annotations

import codecs
import re

#: First pair of bytes -> the characters of this pair and of those behind it.
_BIG5 = {
    "877a": "㡵𡵓𣚞𦀡㻬𥣞㫵竼龗𤅡𨤍𣇪𠪊𣉞䌊蒄龖鐯䤰蘓墖靊鈘秐稲晠権袝瑌篅枂稬剏遆",
    "87be": "㓦珄𥶹瓆鿇垳䤯呌䄱𣚎堘穲𧭥讏䚮𦺈䆁𥶙箮𢒼鿈𢓁𢓉𢓌鿉蔄𣖻䂴鿊䓡𪷿拁灮鿋", "8e69": "箸", "8e6f": "簆",
    "8e7e": "糎", "8eab": "緒", "8eb4": "縝", "8ecd": "者", "8ed0": "耨", "8f57": "菁", "8f69": "蒨",
    "8f6e": "萏", "8fcb": "覦覩", "8ffe": "起", "906d": "都", "907a": "銹", "90dc": "靜", "90f1": "響",
    "91bf": "鼖", "9244": "蔃", "92af": "兙兛兝兞", "92c8": "鍮", "92d1": "瑹", "9447": "浧", "94ca": "禛",
    "95d9": "邗", "9644": "靝", "96ed": "瀞", "96fc": "嬨", "9b76": "爁", "9b78": "矗", "9b7b": "纇",
    "9bc6": "駖", "9bde": "釔", "9bec": "惞", "9bf6": "澶", "9c42": "輶", "9c53": "侻", "9c62": "營",
    "9c68": "鄄", "9c6b": "鷰", "9c77": "菏", "9cbc": "尐秣", "9cd0": "婧", "9d57": "輋", "9d5a": "筑",
    "9dc4": "拐", "9ea9": "恢", "9eef": "痹", "9efd": "汊", "9f60": "鬮", "9f66": "鼗", "9fcb": "僭",
    "9fd8": "弌", "a063": "蠏", "a077": "拎", "a0d5": "瑨", "a0df": "煢", "a0e4": "牐", "a145": "‧",
    "a14e": "﹑", "a1c2": "¯", "a1e3": "～", "a1f2": "⊕⊙", "a241": "∕﹨", "a244": "￥", "a246": "￠￡",
    "a3c0": "␀␁␂␃␄␅␆␇␈␉␊␋␌␍␎␏␐␑␒␓␔␕␖␗␘␙␚␛␜␝␞␟␡€", "c6cf": "廴", "c6d3": "无", "c6d5": "癶", "c6d7": "隶",
    "c6de": "〃仝", "fa5f": "倩", "fa66": "偽", "fabd": "包", "fac5": "卄", "fad5": "卿", "fb48": "嘅",
    "fbb8": "婷", "fbf3": "幵", "fbf9": "廐", "fc4f": "彘", "fc6c": "悤", "fcb9": "撐", "fce2": "晴",
    "fcf1": "杞", "fdb7": "沜渝", "fdbb": "港", "fdf1": "煮", "fe52": "猪", "fe6f": "瑜", "feaa": "瓩",
    "fedd": "砉",
}  # fmt: skip
#: What Python reads -> what is meant.
_GB18030 = str.maketrans({
    "\ue5e5": "\u3000", "\ue78d": "\ufe10", "\ue78e": "\ufe12", "\ue78f": "\ufe11", "\ue790": "\ufe13",
    "\ue791": "\ufe14", "\ue792": "\ufe15", "\ue793": "\ufe16", "\ue794": "\ufe17", "\ue795": "\ufe18",
    "\ue796": "\ufe19", "\ue7c7": "\u1e3f", "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6",
    "\ue82c": "\u9fb7", "\ue832": "\u9fb8", "\ue843": "\u9fb9", "\ue854": "\u9fba", "\ue864": "\u9fbb",
    "\u1e3f": "\ue7c7",
})  # fmt: skip
_MAY_BE_OTHER = re.compile("[\ue5e5\ue78d-\ue864\u1e3f]")
_EURO = 0x80
_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))


def _pairs() -> dict[bytes, str]:
    pairs: dict[bytes, str] = {}
    for first, characters in _BIG5.items():
        lead, trail = bytes.fromhex(first)
        for at, character in enumerate(characters, start=_TRAILS.index(trail)):
            pairs[bytes((lead + at // len(_TRAILS), _TRAILS[at % len(_TRAILS)]))] = character
    return pairs


_OTHER = _pairs()
_LEADS = {lead: re.escape(bytes(pair[1] for pair in _OTHER if pair[0] == lead)) for lead, _ in _OTHER}
_OTHER_PAIR = b"|".join(re.escape(bytes((lead,))) + b"[" + trails + b"]" for lead, trails in _LEADS.items())
_PLAIN = re.escape(bytes(lead for lead in range(0x81, 0xFF) if lead not in _LEADS))
#: What Python reads as the standard does, and the next pair that it does not.
_ALIKE = re.compile(
    rb"((?:[\x00-\x80\xff]|[" + _PLAIN + rb"][\x40-\x7e\xa1-\xfe]?"
    rb"|(?!" + _OTHER_PAIR + rb")[\x81-\xfe][\x40-\x7e\xa1-\xfe]?|(?!))*+)(" + _OTHER_PAIR + rb")?"
)


def read_standard(data: bytes, charset: str, errors: str = "strict") -> str:
    """Decode bytes; `charset` is the name of the Python codec, `errors` is strict or replace."""
    if charset == "big5hkscs":
        parts = _ALIKE.findall(data)
        return "".join(alike.decode(charset, errors) + (_OTHER[other] if other else "") for alike, other in parts)
    if charset != "gb18030":
        return data.decode(charset, errors)
    text = data.decode(charset, "newsarchive.euro" if errors == "replace" else errors)
    return text.translate(_GB18030) if _MAY_BE_OTHER.search(text) else text


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Replace what cannot be read; the byte 80 alone is the euro sign of Windows."""
    assert isinstance(error, UnicodeDecodeError)
    return "€" if error.object[error.start] == _EURO else "\ufffd", error.end


codecs.register_error("newsarchive.euro", _euro)
