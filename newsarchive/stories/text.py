"""What of an article's text is compared: credit lines, bylines, headlines and notices off, one spelling for the rest.

A pure function of the printed text. Two articles whose texts differ only in what is taken off here have one text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Literal
from zlib import crc32

from newsarchive.extract.credits.vocabulary import (
    NOTICE_KINDS,
    NOTICE_NOUNS,
    STORY_CREDITED,
    STORY_LABELS,
    STORY_SOURCES,
    any_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection

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
    #: Length of one shingle.
    shingle: int
    #: Whether a shingle may start after a character, by the lower byte of its code.
    marks: bytes
    #: Characters from one such place to the next, on average.
    step: int
    #: What separates words.
    between: str
    #: Share of the smaller text's shingles without which two texts are not read: in a copy where one character in
    #: twenty was changed and half was added or taken off, more are left.
    like: float


# A Chinese shingle may start after one character in four, whichever those are; a Latin one where a word begins.
_SCALES: dict[Script, _Scale] = {
    "cjk": _Scale(
        short=32,
        shingle=8,
        marks=bytes(code % 4 == 1 for code in range(256)),
        step=4,
        between="",
        like=0.35,
    ),
    "latin": _Scale(
        short=60,
        shingle=20,
        marks=bytes(code == ord(" ") for code in range(256)),
        step=6,
        between=" ",
        like=0.2,
    ),
}
# Texts are of one size whose numbers of places lie between two of these.
_SIZES = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
#: The bits of a text's id that tell its kind: the size, and above it whether the script is Latin.
KIND_BITS = 31
_SIZE_BITS = 15
# Of the shingles of a text of that size one in this many is kept, each number a multiple of the one before: eight to
# sixteen of a text, and more of a very long one.
_RATES = 2 * (1, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 16, 16, 16, 16, 16)
# A flash is the opening of a longer report, so there at least one in four is kept.
_OPENING, _OPENING_RATE = 20, 4
# Of the hashes that a look at two texts compares this many times as many are kept, in 16 bits.
_SKETCH_RATES = tuple(max(1, rate // 4) for rate in _RATES)

# A paragraph that is nothing but a credit. Anchored, bounded: a long paragraph that begins so is text.
_CREDIT = re.compile(
    rf"[\s（(【\[■□]{{0,3}}(?:(?:{any_of(STORY_CREDITED)})?(?:{any_of(STORY_SOURCES)})|{any_of(STORY_LABELS)}"
    r"|(?i:source|sources|reporting by|writing by|editing by|written by|edited by|original title|photo|image credit))"
    r"\s?[:：丨|/ ][^。！？]{0,60}"
    r"|文\s?[/|丨].{0,40}"
    r"|(?i:by) [A-Z][\w.' -]{1,60}"
    r"|[（(](?:完|本报记者|本报讯|记者|(?i:ends?)).{0,30}[)）]?"
)
# A paragraph that informs the reader of rights, risks or channels, however long it is.
_NOTICE = re.compile(
    rf"[\s（(【\[*※★]{{0,3}}(?:(?:{any_of(NOTICE_KINDS)})(?:{any_of(NOTICE_NOUNS)})"
    r"|免责条款|声明[:：]|未经.{0,12}授权|本(?:文|报告|内容|平台)[^。]{0,20}不构成"
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

_WORD = re.compile(r"[^\W_]+")
_INSIDE_WORD = ",'’·"
_INSIDE_WORD_ASCII = b",'"
# Letters and digits in lower case, and blanks for the rest.
_ASCII = bytes(ord(char.lower()) if (char := chr(code)).isalnum() else 32 for code in range(128)).ljust(256)
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class StoryText:
    """A text as stories compare it; equal `id` means the same text.

    `text` is normalised (letters and digits; single blanks between words of Latin script) and at most `MAX_CHARS`
    long. `id` is a 59-bit hash of the whole normalised text above five bits that tell its script and size; the whole
    is signed, as SQLite has it.
    """

    id: int
    script: Script
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What of a text is looked up and compared first.

    `shingles`, signed 32-bit hashes, find the texts that have some of them too; `sketch`, some fifty 16-bit hashes,
    tells how much two texts have in common.
    """

    shingles: frozenset[int]
    sketch: frozenset[int]


def story_text(title: str | None, body: str, day: str | None) -> StoryText | None:
    """Make the comparable text of an article; None when there is too little of it.

    `body` has its paragraphs separated by newlines; `day` (any text, the local date as a rule) keeps apart short items
    that are printed again every day.
    """
    printed = _strip(title, body)
    script = _script(printed)
    whole = _normalise(printed, script)
    if len(whole) < MIN_CHARS:
        return None
    scale = _SCALES[script]
    distinct = f"{day or ''}\0{whole}" if len(whole) < scale.short else whole
    kind = bisect(_SIZES, min(len(whole), MAX_CHARS) // scale.step) + (_SIZE_BITS + 1) * (script == "latin")
    return StoryText(fingerprint(distinct) & ~KIND_BITS | kind, script, whole[:MAX_CHARS])


def fingerprint(text: str) -> int:
    """Hash a text to 64 bits, signed as SQLite has them."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def codes(text: str) -> bytes:
    """Return two bytes a character, the lower one first; a character beyond the basic plane becomes U+FFFD."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) > 2 * len(text):
        encoded = _BEYOND.sub("\ufffd", text).encode("utf-16-le", "surrogatepass")
    return encoded


def sample(text: StoryText) -> Sample:
    """Keep the shingles whose hash is divisible by a rate.

    What a copy shares with its original, both keep: the rates divide each other, so of two texts of different size
    the sparser sample is contained in the other as far as their words agree. The sample of a short text is empty:
    only an identical one of the same day is the same.
    """
    scale = _SCALES[text.script]
    if len(text.text) < scale.short:
        return Sample(frozenset(), frozenset())
    units, width = codes(text.text), 2 * scale.shingle
    starts = compress(range(2, len(units) - width + 1, 2), units[::2].translate(scale.marks))
    shingles = [units[start : start + width] for start in starts]
    rate, sketch_rate = _RATES[text.id & KIND_BITS], _SKETCH_RATES[text.id & KIND_BITS]
    sketched = [(place, crc) for place, crc in enumerate(map(crc32, shingles)) if not crc % sketch_rate]
    kept = {
        shingles[place] for place, crc in sketched if not crc % rate or (place < _OPENING and not crc % _OPENING_RATE)
    }
    return Sample(frozenset(map(_shingle_hash, kept)), frozenset(crc & 0xFFFF for _, crc in sketched))


def expected(kind: int, other_kind: int) -> float:
    """Return how many shingles the samples of two texts share where one text is a part of the other."""
    smaller = min(kind & _SIZE_BITS, other_kind & _SIZE_BITS)
    return _SIZES[max(0, smaller - 1)] / max(_RATES[kind], _RATES[other_kind])


def look_alike(one_id: int, one: frozenset[int], other_id: int, other: Collection[int]) -> bool:
    """Return whether, by the sketches of two texts, the larger may have enough of the smaller one's words."""
    rates = _SKETCH_RATES[one_id & KIND_BITS], _SKETCH_RATES[other_id & KIND_BITS]
    like = _SCALES["latin" if one_id & KIND_BITS > _SIZE_BITS else "cjk"].like
    shared = len(one.intersection(other))
    # What both keep, both keep at the sparser rate.
    return any(
        shared >= like * (len(sketch) if rate == max(rates) else len([crc for crc in sketch if not crc % max(rates)]))
        for rate, sketch in zip(rates, (one, other), strict=True)
    )


def _strip(title: str | None, body: str) -> str:
    """Strip what is no part of the story: the title repeated, credits, notices, dateline, headline in brackets."""
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
    """Keep letters and digits in one width and case; words of Latin script stay separated by single blanks."""
    if script == "latin":
        if text.isascii():  # the same as below, in a fifth of the time
            return b" ".join(text.encode().translate(_ASCII, _INSIDE_WORD_ASCII).split()).decode()
        for sign in _INSIDE_WORD:
            text = text.replace(sign, "")
    between = _SCALES[script].between
    words = between.join(_WORD.findall(text)).lower()
    if not unicodedata.is_normalized("NFKC", words):
        words = between.join(_WORD.findall(unicodedata.normalize("NFKC", words)))
    return words


def _script(text: str) -> Script:
    """Return the script by which a text is measured: `cjk` if a fifth of its beginning is Chinese, kana or hangul."""
    beginning = text[:1000]
    return "cjk" if 5 * sum(map(len, _CJK.findall(beginning))) >= len(beginning) else "latin"


def _shingle_hash(shingle: bytes) -> int:
    # Not the checksum that decides the sampling: where one in 32 is kept, too few of its values are left.
    return int.from_bytes(hashlib.blake2b(shingle, digest_size=4).digest(), "big", signed=True)
