"""What of an article's text is compared: credit lines, bylines, headlines and notices off, one spelling for the rest.

A pure function of the printed text. Two articles whose texts differ only in what is taken off here have one text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

Script = Literal["cjk", "latin"]

#: Characters of a text that are compared and sampled; what lies behind counts for identity alone. It bounds the work.
MAX_CHARS = 20_000
#: Texts with fewer characters say too little to be recognised at all.
MIN_CHARS = 8


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a script is measured: lengths are characters of the normalised text."""

    #: Below this a text is only ever the same as an identical one of the same day.
    short: int
    #: Length of one sampled shingle.
    shingle: int
    #: Of the shingles one in so many is kept, each rate a multiple of the one before.
    rates: tuple[int, ...]
    #: The sparsest rate that leaves this many shingles is taken.
    wanted: int


# A Chinese shingle may start at every other character, a Latin one only at a word; hence the different rates.
_SCALES: dict[Script, _Scale] = {
    "cjk": _Scale(short=32, shingle=8, rates=(2, 6, 12), wanted=12),
    "latin": _Scale(short=60, shingle=20, rates=(1, 5, 10), wanted=6),
}
# Long texts are sampled more thinly than any rate above once they would leave more shingles than this.
_MANY = 250
_THIN = 4

# A paragraph that is nothing but a credit. Anchored, bounded: a long paragraph that begins so is text.
_CREDIT = re.compile(
    r"[\s（(【\[■□]{0,3}(?:(?:本?文章?|稿件|信息|内容|图片|视频|新闻|数据)?(?:来源|来自|源自|转自|转载自)"
    r"|原标题|原题|责任编辑|责编|编辑|校对|记者|作者|撰文|撰稿|采写|通讯员|见习记者|实习生|监制|审核|审校|统筹|美编|排版|摄影|值班编委"
    r"|(?i:source|sources|reporting by|writing by|editing by|written by|edited by|original title|photo|image credit))"
    r"\s?[:：丨|/ ][^。！？]{0,60}"
    r"|文\s?[/|丨].{0,40}"
    r"|(?i:by) [A-Z][\w.' -]{1,60}"
    r"|[（(](?:完|本报记者|本报讯|记者|(?i:ends?)).{0,30}[)）]?"
)
# A paragraph that tells the reader of rights, risks or channels, however long it is.
_NOTICE = re.compile(
    r"[\s（(【\[*※★]{0,3}(?:(?:特别|重要|郑重|免责|版权|风险|法律)(?:声明|提示|提醒)|免责条款|声明[:：]|未经.{0,12}授权|本(?:文|报告|内容|平台)[^。]{0,20}不构成"
    r"|(?:以上|上述)(?:内容|信息|观点|文章)[^。]{0,12}(?:仅|不|与|纯属)"
    r"|(?:投资|股市|市场)有风险|据此(?:操作|入市|投资)|版权所有|转载请|欢迎(?:关注|转发|下载)|(?:扫|长按).{0,8}二维码"
    r"|(?:打开|下载).{0,12}(?:APP|客户端|微信)|更多.{0,12}(?:请|敬请)(?:关注|下载|登录)|海量资讯"
    r"|(?i:disclaimer|all rights reserved|copyright|©"
    r"|this (?:article|content|material|report) (?:is|does|was) (?:for|not|provided)"
    r"|sign up (?:for|to)|subscribe to|follow us|click here|read more|for more information))"
)
# A credit in brackets at the end of the last paragraph: （财联社）, (来源：证券时报网), （记者 张三）.
_TAIL = re.compile(r"[（(【\[][^（()）【】\[\]。！？]{1,40}[)）】\]]\s*$")
# A headline in brackets, or the reporter's, before a flash item.
_HEADLINE = re.compile(r"\s*(?:【[^【】]{1,80}】|[\[［][^\[\]［］]{1,80}[\]］]|[（(][^（()）]{1,40}[)）])\s*")
# 新华社北京3月3日电（记者 张三）, 财联社3月3日电，, 本报讯, 证券时报e公司讯，
_DATELINE = re.compile(
    r"\s*[^\s，。、：:；！？,.;]{0,24}?(?:\d{1,4}年)?(?:\d{1,2}月)?\d{1,2}日[电讯]"
    r"(?:[（(][^（()）]{1,40}[)）])?[，,：: 　]{0,3}"
    r"|\s*[^\s，。、：:；！？,.;（(]{0,16}讯(?:[（(][^（()）]{1,40}[)）][，,：: 　]{0,3}|[，,：: 　]{1,3})"
    r"|\s*(?:[A-Z]{3,}[A-Za-z0-9.,' ]{0,40}(?:\([A-Za-z .]{2,20}\))?|[A-Z][A-Za-z0-9.,' ]{2,40}\([A-Za-z .]{2,20}\))"
    r"\s?(?:--|[—–]|-(?= ))\s*"
)
_DATELINE_CREDIT = re.compile(r"\s*(?:本报|见习)?记者[ 　][^，。！？]{2,20}?[ 　](?:[^，。！？]{2,8}报道)?")

_NO_WORD = re.compile(r"[\W_]+")
_INSIDE_WORD = re.compile(r"[,'’·]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_WORD_START = re.compile(r"(?<![^ ])\S")


@dataclass(frozen=True, slots=True)
class StoryText:
    """A text as stories compare it; equal `id` means the same text.

    `text` is normalised (letters and digits; single blanks between words of Latin script) and at most `MAX_CHARS`
    long. `id` is a 64-bit hash of the whole normalised text, signed as SQLite has it.
    """

    id: int
    script: Script
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One shingle in `rate` of a text, as 48-bit hashes."""

    rate: int
    shingles: frozenset[int]

    def count_at(self, rate: int) -> int:
        """Count the shingles that are kept at an equal or sparser rate."""
        if rate == self.rate:
            return len(self.shingles)
        return sum(not (shingle >> 16) % rate for shingle in self.shingles)


def story_text(title: str | None, body: str, day: str | None) -> StoryText | None:
    """Make the comparable text of an article; None when there is too little of it.

    `body` has its paragraphs parted by newlines; `day` (any text, the local date as a rule) keeps apart short items
    that are printed again every day.
    """
    printed = _strip(title, body)
    script = _script(printed)
    whole = _normalise(printed, script)
    if len(whole) < MIN_CHARS:
        return None
    is_short = len(whole) < _SCALES[script].short
    return StoryText(_hash(f"{day or ''}\0{whole}" if is_short else whole), script, whole[:MAX_CHARS])


def sample(text: StoryText) -> Sample:
    """Keep the shingles whose hash is divisible by a rate: what a copy shares with its original, both keep.

    The rates divide each other, so of two texts sampled at different rates the sparser sample is contained in the
    other as far as their words agree. The sample of a short text is empty: only an identical one of the same day is
    the same.
    """
    scale = _SCALES[text.script]
    if len(text.text) < scale.short:
        return Sample(scale.rates[0], frozenset())
    units = text.text.encode("utf-16-le", "surrogatepass")
    width, densest = 2 * scale.shingle, scale.rates[0]
    hashes = {
        shingle: checksum
        for start in _starts(text, units)
        if not (checksum := crc32(shingle := units[start : start + width])) % densest
    }
    rate = _rate(list(hashes.values()), scale)
    return Sample(rate, frozenset(_shingle_hash(shingle, h) for shingle, h in hashes.items() if not h % rate))


def _starts(text: StoryText, units: bytes) -> list[int]:
    """Give the byte offsets at which shingles may start."""
    width = 2 * _SCALES[text.script].shingle
    if text.script == "cjk":
        # At odd characters only: to look at every place would take twice the time and change nothing else.
        return [start for start in range(0, len(units) - width + 1, 2) if units[start] & 1]
    return [2 * match.start() for match in _WORD_START.finditer(text.text)]


def _rate(hashes: list[int], scale: _Scale) -> int:
    for rate in reversed(scale.rates):
        kept = [h for h in hashes if not h % rate]
        if len(kept) >= scale.wanted:
            break
    while len(kept) > _MANY:
        rate *= _THIN
        kept = [h for h in kept if not h % rate]
    return rate


def _strip(title: str | None, body: str) -> str:
    """Take off what is no part of the story: the title repeated, credits, notices, dateline, headline in brackets."""
    paragraphs = [line for part in body.split("\n") if (line := part.strip())]
    if title and paragraphs and paragraphs[0] == title.strip():
        del paragraphs[0]
    paragraphs = [line for line in paragraphs if not _is_furniture(line)]
    if paragraphs:
        paragraphs[-1] = _TAIL.sub("", paragraphs[-1])
        paragraphs[0] = _strip_opening(paragraphs[0])
    return "\n".join(paragraphs)


def _is_furniture(line: str) -> bool:
    return bool((len(line) <= 120 and _CREDIT.fullmatch(line)) or _NOTICE.match(line))


def _strip_opening(line: str) -> str:
    start = 0
    for pattern in (_HEADLINE, _DATELINE, _HEADLINE, _DATELINE_CREDIT):
        if match := pattern.match(line, start):
            start = match.end()
    # A paragraph that is nothing but a headline in brackets is the text itself.
    return line[start:] if len(line) - start >= MIN_CHARS else line


def _normalise(text: str, script: Script) -> str:
    """Keep letters and digits in one width and case; words of Latin script stay parted by single blanks."""
    between = "" if script == "cjk" else " "
    words = _NO_WORD.sub(between, text if script == "cjk" else _INSIDE_WORD.sub("", text)).lower()
    if not unicodedata.is_normalized("NFKC", words):
        words = _NO_WORD.sub(between, unicodedata.normalize("NFKC", words))
    return words.strip()


def _script(text: str) -> Script:
    """Tell by which script a text is measured: a fifth of its beginning in Chinese characters, kana or hangul."""
    beginning = text[:1000]
    return "cjk" if 5 * sum(map(len, _CJK.findall(beginning))) >= len(beginning) else "latin"


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _shingle_hash(shingle: bytes, checksum: int) -> int:
    """Widen the checksum that decides the sampling to 48 bits, so that a large archive has few chance meetings."""
    return checksum << 16 | int.from_bytes(hashlib.blake2b(shingle, digest_size=2).digest(), "big")
