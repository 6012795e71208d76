"""What charset labels mean on the web, and which characters tell that a reading is right."""

from __future__ import annotations

from functools import cache

#: Label (lower case, `-` for `_`) or codec -> the Python codec that reads it as browsers do.
ALIASES: dict[str, str] = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb2312": "gb18030",
    "gb-2312-80": "gb18030",
    "gb-2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "chinese": "gb18030",
    "euc-cn": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift-jis": "cp932",
    "shift-jisx0213": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "ms-kanji": "cp932",
    "windows-31j": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "hz-gb-2312": "hz",
    "euc-kr": "cp949",
    "ks-c-5601-1987": "cp949",
    "windows-949": "cp949",
    "cp949": "cp949",
    "korean": "cp949",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso8859-9": "cp1254",
    "windows-1251": "cp1251",
    "x-cp1251": "cp1251",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "koi8-r": "koi8-r",
}

_PUNCTUATION = "，。、；：？！“”‘’（）《》—…·"
_SIMPLIFIED = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其"
    "些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建"
    "月公无系军很情者最立代想已通并提直题党程展五果员位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将"
    "市场记报道网闻责编辑登录首页版权证券财投股"
)
_TRADITIONAL = (
    "這個為們來時說國學後對會動發經過產種電裡實體機當從業應開還間樣與關線內數質氣變條沒結解問題無軍員總設長頭資邊"
    "級圖統較將場記報網聞責編輯錄頁權證財務選舉區縣點萬進現"
)
_KANA = (
    "のにはをがとでしてたいるなれまあこもすかりらそっうくんけつよきめちみせさおえどだわばろやね"
    + "ーアイウエオカキクコサシスタテトニノフマムメラリルレロンッュ"
)
_HANGUL = "이다는의에을가고하지를한은로기도사서대자나인리해아시라일정어그있들스부전보수원제으주과장동만"
_CYRILLIC = "оеаинтсрвлкмдпу"

#: Codec -> characters that make up a good part of any text in it. Read with a wrong codec they are rare.
FREQUENT: dict[str, frozenset[str]] = {
    "gb18030": frozenset(_SIMPLIFIED + _TRADITIONAL + _PUNCTUATION),
    "big5hkscs": frozenset(_TRADITIONAL + _SIMPLIFIED + _PUNCTUATION),
    "cp932": frozenset(_KANA + "、。「」・"),
    "euc_jp": frozenset(_KANA + "、。「」・"),
    "cp949": frozenset(_HANGUL),
    "cp1251": frozenset(_CYRILLIC),
    "koi8-r": frozenset(_CYRILLIC),
}
#: Codec -> (first and last lead byte, the codec of the standard) of the part that holds the characters in daily use.
_DAILY = {
    "gb18030": (0xB0, 0xD7, "gb2312"),
    "big5hkscs": (0xA4, 0xC6, "big5"),
    "cp949": (0xB0, 0xC8, "euc_kr"),
    "euc_jp": (0xB0, 0xCF, "euc_jp"),
    "cp932": (0xB0, 0xCF, "euc_jp"),
}
#: The order in which charsets are tried where no declaration helps; the first wins a tie.
GUESSES = tuple(FREQUENT)


@cache
def daily(charset: str) -> frozenset[str]:
    """Return the characters in daily use (some thousands) of an East Asian charset; empty for any other."""
    if charset not in _DAILY:
        return frozenset()
    first, last, standard = _DAILY[charset]
    codes = bytes(
        byte for lead in range(first, last + 1) for trail in range(0x40, 0xFF) for byte in (lead, trail, 0x0A)
    )
    return frozenset(char for char in codes.decode(standard, "ignore") if char > "\x7f")
