"""What charset labels mean on the web, and which characters tell that a reading is right."""

from __future__ import annotations

from functools import cache

#: Name of an encoding in the Encoding Standard -> the Python codec that reads it as browsers do; all others have one of
#: the same name. The larger set holds the smaller one, and pages use characters of the larger one under its name.
CODECS: dict[str, str] = {
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "ibm866": "cp866",
    "iso-2022-jp": "iso2022_jp",
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
}
#: Labels that the standard does not know, or gives up for safety where they are met in pages that are shown: the older
#: forms of Chinese and Korean mail and Usenet, and names that servers and editors write.
ALIASES: dict[str, str] = {
    "cn-big5": "big5hkscs",
    "cp874": "cp874",
    "cp932": "cp932",
    "cp936": "gb18030",
    "cp949": "cp949",
    "cp950": "big5hkscs",
    "euc-cn": "gb18030",
    "gb-2312": "gb18030",
    "gb-2312-80": "gb18030",
    "hz": "hz",
    "hz-gb-2312": "hz",
    "iso-2022-kr": "iso2022_kr",
    "shift-jisx0213": "cp932",
    "utf-8-sig": "utf-8",
    "windows-936": "gb18030",
    "x-gb2312": "gb18030",
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
#: The letters that make up most of a Russian text; Ukrainian and Bulgarian ones use them as much.
CYRILLIC = "оеаинтсрвлкмдпу"

#: Codec -> characters that make up a good part of any text in it. Read with a wrong codec they are rare.
FREQUENT: dict[str, frozenset[str]] = {
    "gb18030": frozenset(_SIMPLIFIED + _TRADITIONAL + _PUNCTUATION),
    "big5hkscs": frozenset(_TRADITIONAL + _SIMPLIFIED + _PUNCTUATION),
    "cp932": frozenset(_KANA + "、。「」・"),
    "euc_jp": frozenset(_KANA + "、。「」・"),
    "cp949": frozenset(_HANGUL),
    "cp1251": frozenset(CYRILLIC),
    "koi8-r": frozenset(CYRILLIC),
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
