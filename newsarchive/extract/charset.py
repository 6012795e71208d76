"""Bytes of a page to text: which charset they really are in, whatever was declared."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

import webencodings
from bs4.dammit import UnicodeDammit

from newsarchive.extract.charset_standard import read_standard
from newsarchive.extract.charset_tables import ALIASES, CODECS, CYRILLIC, FREQUENT, GUESSES, daily

#: A declaration counts only near the beginning of a page, as in browsers (they look at 1024 bytes; pages need more).
_HEAD = 4096
#: How many bytes of foreign text are looked at to tell two charsets apart.
_SAMPLE = 8192
#: So many are enough where they speak clearly.
_FIRST_LOOK = 512
#: From this score on a reading is believed without trying others; right ones have over 0.5, chance under 0.2.
_SURE = 0.4
#: From this one on no other reading is tried; kana in EUC-JP, read as Big5, come near the one above.
_CLEAR = 0.55
#: Below this score nothing speaks for a reading, so that the declaration decides.
_DOUBTFUL = 0.15
#: What a character in daily use is worth against one of the most frequent.
_DAILY_WORTH = 0.25
#: A text with so many of its foreign bytes alone among ASCII is one in Latin letters (café, naïve).
_LATIN = 0.7
#: A declared Western charset is believed where so many of the foreign bytes are what Western texts hold.
_WESTERN = 0.9
#: A page is UTF-8 with foreign inserts where so many of its foreign bytes are valid: with a declaration, and without.
_VALID_WHERE_DECLARED, _VALID_ELSEWHERE = 0.7, 0.9
#: A text in two-byte characters of UTF-8 is Russian or the like where so many of them are frequent Cyrillic letters.
_CYRILLIC = 0.4
_CYRILLIC_CHARSETS = frozenset(("cp1251", "koi8-r"))
#: A character lost in so small a share of all foreign ones is damage, more than that is another charset.
_DAMAGE = 0.1
#: So many broken characters in the first look are no damage, whatever follows.
_MOSTLY_BROKEN = 0.5
_BROKEN_COST = 3.0
#: What a declaration is worth: little beside a text, much beside a word or two (the second is per byte of sample).
_DECLARED_BONUS = 0.05
_SHORT_BONUS = 1.2

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Charsets of seven bits, each with what begins the foreign text in it, and the charset of the same language.
_ESCAPED = {"iso2022_kr": b"\x1b$)C", "iso2022_jp": b"\x1b$", "hz": b"~{"}
_ESCAPED_AS = {"iso2022_kr": "cp949", "iso2022_jp": "cp932", "hz": "gb18030"}
#: So many characters of foreign text have to be there where no declaration speaks for such a charset.
_FEW_ESCAPED = 8
_META = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:+-]{2,40})")
_XML = re.compile(rb"^\s{0,9}<\?xml\s[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:+-]{2,40})", re.IGNORECASE)
_PARAMETER = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:+-]{2,40})", re.IGNORECASE)
_LABEL = re.compile(r"\s{0,9}[\"']?([\w.:+-]{2,40})[\"']?\s{0,9}$")
_FOREIGN = re.compile(rb"[\x80-\xff][^<>]*")
_WIDE = re.compile("[\u0800-\U0010ffff]")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
#: Foreign letters of Windows-1252 side by side, with the letter of ASCII before and behind them.
_LETTERS = re.compile(rb"([A-Za-z]?)([\xc0-\xff]+)([A-Za-z]?)")
#: What Western texts in Windows-1252 hold: punctuation and signs, and accented letters beside plain ones.
_WESTERN_BYTES = re.compile(
    rb"[\x80\x82\x84\x85\x8b\x91-\x97\x99\x9b\xa0\xa3\xa7\xa9\xab\xad\xae\xb0\xb7\xbb\xbf]+(?![\xc0-\xff]{2})"
    rb"|(?<=[A-Za-z])[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xff]{1,2}(?![\xc0-\xff])"
    rb"|(?<![\x80-\xff])[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xff]{1,2}(?=[A-Za-z])"
)
#: Text between two tags.
_BETWEEN_TAGS = re.compile(rb"[^<>]+")
_ASCII = bytes(range(128))
# Quotation marks, dashes, the ellipsis and the like of Windows-1252, which are no character of UTF-8 where they stand.
_PASTED = re.compile(rb"(?<![\x80-\xff])[\x82\x84\x85\x91-\x97\x99\xa0](?![\x80-\xff])")
#: The lead byte of a two-byte character of UTF-8 beyond the signs of Latin-1 (©, », no-break space).
_ABOVE_SIGNS = re.compile(rb"[\xc3-\xdf]")
_BESIDE_LETTER = re.compile(rb"[A-Za-z][\x80-\xff]")
_LOST = "\ufffd"
#: Evidence of pages whose bytes need no change.
_VALID, _PLAIN = "valid UTF-8", "nothing but ASCII"
#: What two lost characters of UTF-8 look like when their bytes were once read as GBK.
_LOST_TWICE = "锟斤拷"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and how it was won.

    `charset` is the name of the Python codec; `evidence` says in a few words which rule decided.
    `wrong_declaration` tells that the declaration that a browser would follow (the header's, else the page's own)
    names another charset. `damaged` tells that characters are lost: each stands as U+FFFD in `text`, unless the
    sender had already spoilt it.
    """

    text: str
    charset: str
    evidence: str
    wrong_declaration: bool = False
    damaged: bool = False

    @property
    def as_sent(self) -> bool:
        """Return whether the page's bytes, as they were sent, are the text in UTF-8."""
        return self.evidence in {_VALID, _PLAIN}


def decode(body: bytes, declared_by_header: str | None = None) -> Decoded:
    """Decode a page's bytes.

    A byte order mark decides; else the bytes are UTF-8 if they are valid as such; else the declarations (header,
    then the page's own) and the usual legacy charsets are compared by how much the text looks like a language.
    `declared_by_header` is the charset parameter of Content-Type (the whole header is understood too).
    """
    marked = _by_mark(body)
    if marked is None and declared_by_header and codec_name(declared_by_header) == "utf-8" and not body.isascii():
        # The usual case is decided without a look into the page.
        try:
            return _told(body.decode("utf-8"), "utf-8", _VALID, [("utf-8", "header")])
        except UnicodeDecodeError:
            pass
    declared = _declarations(body, declared_by_header)
    if marked is not None:
        return _told(*marked, declared)
    if body.isascii():
        return _ascii(body, declared)
    found = _as_utf8(body, declared)
    if found is None:
        found = _as_legacy(body, declared)
    return _told(*found, declared)


def _told(text: str, charset: str, evidence: str, declared: list[tuple[str, str]]) -> Decoded:
    wrong = bool(declared) and declared[0][0] != charset and not text.isascii()
    damaged = not text.isascii() and (_LOST in text or (_LOST_TWICE[0] in text and _LOST_TWICE in text))
    return Decoded(text, charset, evidence, wrong, damaged)


@lru_cache(maxsize=256)
def codec_name(label: str | None) -> str | None:
    """Return the Python codec that reads what a label stands for on the web, or None for an unknown label.

    The labels are those of the Encoding Standard; names that it does not know are looked up in Python's list.
    """
    match = (_PARAMETER.search(label) or _LABEL.match(label)) if label else None
    if match is None:
        return None
    name = match[1].lower()
    if known := ALIASES.get(name.replace("_", "-")):
        return known
    if standard := webencodings.lookup(name) or webencodings.lookup(name.replace("_", "-")):
        name = CODECS.get(standard.name, standard.name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Codecs like base64 or rot13 are no charsets, and UTF-7 is only ever used to smuggle.
    plain = getattr(info, "_is_text_encoding", True) and info.name not in {"utf-7", "idna", "punycode"}
    return ALIASES.get(info.name, info.name) if plain and "escape" not in info.name else None


def _declarations(body: bytes, header: str | None) -> list[tuple[str, str]]:
    """List (codec, where it was declared): the header first, then the page's own."""
    found = [(codec_name(header), "header")] if header else []
    head = body[:_HEAD]
    if b"<?xml" in head[:64] and (match := _XML.match(head)):
        found.append((codec_name(match[1].decode("ascii", "replace")), "XML declaration"))
    found.append((_meta_codec(head.lower()), "meta"))
    return [(name, where) for name, where in found if name]


def _meta_codec(head: bytes) -> str | None:
    """Return the charset of the first meta element that names one that is known, in a head in lower case."""
    if b"charset" not in head:
        return None
    head = _without_comments(head)
    for match in _META.finditer(head):
        start = head.rfind(b"<", 0, match.start())
        if head[start : start + 6].rstrip() != b"<meta" or b">" in head[start : match.start()]:
            continue
        if name := codec_name(match[1].decode("ascii", "replace")):
            # A meta element that can be read byte by byte cannot stand in UTF-16: browsers take it for UTF-8.
            return "utf-8" if name.startswith(("utf-16", "utf-32")) else name
    return None


def _without_comments(head: bytes) -> bytes:
    first, *parts = head.split(b"<!--")
    return first + b"".join(part.partition(b"-->")[2] for part in parts) if parts else head


def _by_mark(body: bytes) -> tuple[str, str, str] | None:
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset, "byte order mark"
    if body[:4] in {b"<\0!\0", b"<\0h\0", b"<\0H\0", b"<\0?\0"}:
        return body.decode("utf-16-le", "replace"), "utf-16-le", "zero bytes of UTF-16"
    if body[:4] in {b"\0<\0!", b"\0<\0h", b"\0<\0H", b"\0<\0?"}:
        return body.decode("utf-16-be", "replace"), "utf-16-be", "zero bytes of UTF-16"
    return None


def _ascii(body: bytes, declared: list[tuple[str, str]]) -> Decoded:
    for charset, mark in _ESCAPED.items():
        # One byte is looked for in a hundredth of the time of several.
        if mark[:1] not in body or mark not in body:
            continue
        where = next((where for name, where in declared if name == charset), None)
        if where is not None:
            text = body.decode(charset, "replace")
            return Decoded(text, charset, f"declared by {where}, escape sequences", damaged=_LOST in text)
        undeclared = _escaped(body, charset)
        if undeclared is not None:
            return _told(undeclared, charset, "guessed, escape sequences", declared)
    return Decoded(body.decode("ascii"), "utf-8", _PLAIN)


def _escaped(body: bytes, charset: str) -> str | None:
    """Read a page whose escape sequences nothing declares; None unless it is text that looks like a language."""
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        return None
    foreign = [char for char in text[:_SAMPLE] if char > "\x7f"]
    frequent = FREQUENT[_ESCAPED_AS[charset]]
    likely = len(foreign) >= _FEW_ESCAPED and sum(char in frequent for char in foreign) >= _SURE * len(foreign)
    return text if likely else None


def _as_utf8(body: bytes, declared: list[tuple[str, str]]) -> tuple[str, str, str] | None:
    """Read as UTF-8 if the bytes are valid, but for a character cut at the end or a few broken bytes."""
    try:
        text, evidence = body.decode("utf-8"), _VALID
    except UnicodeDecodeError as error:
        if len(body) - error.start <= 3 and "unexpected end" in error.reason and not body[: error.start].isascii():
            text, evidence = body[: error.start].decode("utf-8"), "valid UTF-8, its last character cut"
        elif _PASTED.match(body, error.start) and (mended := _with_pasted(body)) is not None:
            text, evidence = mended, "UTF-8 with punctuation of Windows-1252 pasted in"
        else:
            return _with_inserts(body, declared) or _broken_utf8(body)
    legacy = _two_byte_text(body, text, declared)
    return legacy if legacy is not None else (text, "utf-8", evidence)


def _two_byte_text(body: bytes, text: str, declared: list[tuple[str, str]]) -> tuple[str, str, str] | None:
    """Believe a declared East Asian charset where the bytes are valid UTF-8 by chance only.

    A few characters of GBK may form two-byte characters of UTF-8 (Greek, Cyrillic, Arabic). Such text stands beside
    itself, while the accents of a Latin text stand beside letters.
    """
    charset = next((name for name, _ in declared if name in FREQUENT), None)
    if charset is None or _WIDE.search(text) or len(body) - len(text) > 60:
        return None
    if _BESIDE_LETTER.search(body) or not _ABOVE_SIGNS.search(body) or _is_cyrillic(text):
        return None
    try:
        return read_standard(body, charset), charset, "declared, and valid as UTF-8 by chance only"
    except UnicodeDecodeError:
        return None


def _is_cyrillic(text: str) -> bool:
    foreign = [char for char in text.lower() if char > "\x7f"]
    return sum(char in CYRILLIC for char in foreign) >= _CYRILLIC * len(foreign)


def _is_mostly_utf8(data: bytes, share: float) -> bool:
    """Return whether at least this share of the foreign bytes are characters of UTF-8."""
    foreign = len(data.translate(None, _ASCII))
    valid = len(data.decode("utf-8", "ignore").encode().translate(None, _ASCII))
    return valid >= share * foreign


def _with_inserts(body: bytes, declared: list[tuple[str, str]]) -> tuple[str, str, str] | None:
    """Read UTF-8 into which a footer, an advertisement or the like was pasted in another charset.

    Each text between two tags is read by itself. None where too few of the foreign bytes are valid UTF-8, or no insert
    is text in another charset.
    """
    is_declared = any(name == "utf-8" for name, _ in declared)
    if not _is_mostly_utf8(body, _VALID_WHERE_DECLARED if is_declared else _VALID_ELSEWHERE):
        return None
    charsets: set[str] = set()

    def read(match: re.Match[bytes]) -> bytes:
        part = match[0]
        try:
            part.decode("utf-8")
        except UnicodeDecodeError:
            text, charset = _read_insert(part)
            charsets.add(charset)
            return text.encode("utf-8")
        return part

    text = _BETWEEN_TAGS.sub(read, body).decode("utf-8", "replace")
    inserted = sorted(charsets - {"utf-8"})
    return (text, "utf-8", f"UTF-8 with inserts in {', '.join(inserted)}") if inserted else None


def _read_insert(part: bytes) -> tuple[str, str]:
    """Read a text that is not valid UTF-8; as damaged UTF-8 where most of it is, or nothing else fits."""
    if not _is_mostly_utf8(part, _VALID_WHERE_DECLARED):
        charset, _, score = _choose(_sample(part), [])
        text, is_repaired = _read(part, charset)
        if not is_repaired and (score >= _DOUBTFUL or charset not in FREQUENT):
            return text, charset
    return part.decode("utf-8", "replace"), "utf-8"


def _with_pasted(body: bytes) -> str | None:
    """Read UTF-8 into which an editor pasted quotation marks and dashes of Windows-1252; None for any other fault."""
    try:
        _PASTED.sub(b"", body).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return UnicodeDammit.detwingle(body).decode("utf-8")


def _broken_utf8(body: bytes) -> tuple[str, str, str] | None:
    if _broken_share(_sample(body, _FIRST_LOOK).decode("utf-8", "replace")) > _MOSTLY_BROKEN:
        return None
    sample = _sample(body).decode("utf-8", "replace")
    if _broken_share(sample) > _DAMAGE or not _WIDE.search(sample.replace(_LOST, "")):
        return None
    text = body.decode("utf-8", "replace")
    return (text, "utf-8", "UTF-8 with a few broken bytes") if _broken_share(text) <= _DAMAGE else None


def _sample(body: bytes, most: int = _SAMPLE) -> bytes:
    """Gather foreign text (up to `most` bytes) between tags, each with a letter of ASCII right before it.

    No East Asian charset uses `<` or `>` in a character.
    """
    parts: list[bytes] = []
    size = 0
    for match in _FOREIGN.finditer(body):
        start = match.start()
        start -= body[max(start - 1, 0) : start].isalpha()
        part = body[start : match.end()][: most - size]
        parts.append(part)
        size += len(part)
        if size >= most:
            break
    return b"\n".join(parts)


def _broken_share(text: str) -> float:
    lost = text.count(_LOST)
    # One half character may stand where the sample was cut.
    return (lost - 1) / max(1, len(text) - len(text.encode("ascii", "ignore"))) if lost > 1 else 0.0


def _as_legacy(body: bytes, declared: list[tuple[str, str]]) -> tuple[str, str, str]:
    """Choose among the declared and the usual charsets by how much a sample looks like a language."""
    best, evidence, score = _choose(_sample(body, _FIRST_LOOK), declared)
    if score < _SURE:
        best, evidence, _ = _choose(_sample(body), declared)
    text, repaired = _read(body, best)
    return text, best, f"{evidence}{', a few broken bytes' if repaired else ''}"


def _choose(sample: bytes, declared: list[tuple[str, str]]) -> tuple[str, str, float]:
    """Return the likeliest charset of a sample, why, and how well it reads (0 where that is not measured)."""
    high = len(_HIGH.findall(sample))
    if len(_ALONE.findall(sample)) >= _LATIN * high:
        return (*_western(sample, declared), 0.0)
    if declared and declared[0][0] == "cp1252" and sum(map(len, _WESTERN_BYTES.findall(sample))) >= _WESTERN * high:
        return (*_western(sample, declared), 0.0)
    return _by_score(sample, declared)


def _western(sample: bytes, declared: list[tuple[str, str]]) -> tuple[str, str]:
    western = [(name, where) for name, where in declared if name not in FREQUENT]
    return _declared_legacy(sample, western) or ("cp1252", "guessed from accented letters in words")


def _by_score(sample: bytes, declared: list[tuple[str, str]]) -> tuple[str, str, float]:
    best, best_score, best_evidence = "", -9.0, ""
    for charset, evidence in _candidates(declared):
        score = _score(sample, charset)
        if evidence != "guessed":
            score += max(_DECLARED_BONUS, _SHORT_BONUS / max(1, len(sample)))
        if score > best_score:
            best, best_score, best_evidence = charset, score, evidence
        if score >= _CLEAR:
            break
    # A word has Latin letters or Cyrillic ones, never both.
    if (best_score < _DOUBTFUL or best in _CYRILLIC_CHARSETS) and _is_in_words(sample):
        return (*_western(sample, declared), 0.0)
    if best_score >= _DOUBTFUL:
        return best, best_evidence, best_score
    return (*(_declared_legacy(sample, declared) or (best, "guessed, little speaks for it")), 0.0)


def _is_in_words(sample: bytes) -> bool:
    """Return whether foreign letters stand in words with letters of ASCII; words of one letter tell nothing."""
    beside = [bool(before or behind) for before, run, behind in _LETTERS.findall(sample) if before or behind or run[1:]]
    return sum(beside) >= _LATIN * len(beside)


def _candidates(declared: list[tuple[str, str]]) -> list[tuple[str, str]]:
    named = [(name, f"declared by {where}") for name, where in declared if name in FREQUENT]
    seen = {name for name, _ in named}
    return named + [(name, "guessed") for name in GUESSES if name not in seen]


def _score(sample: bytes, charset: str) -> float:
    """Return the share of foreign characters that are frequent where this charset is used, less the broken ones.

    Characters in daily use count a little too, which decides between readings of a text as short as a headline.
    """
    text = sample.decode(charset, "replace")
    foreign = [char for char in text if char > "\x7f"]
    lost = max(0, text.count(_LOST) - 1) + len(_PRIVATE.findall(text))
    frequent, usual = FREQUENT[charset], daily(charset)
    worth = sum(1.0 if char in frequent else _DAILY_WORTH if char in usual else 0.0 for char in foreign)
    return (worth - _BROKEN_COST * lost) / max(1, len(foreign))


def _declared_legacy(sample: bytes, declared: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the first declared charset that reads the sample, for samples that say little by themselves."""
    for name, where in declared:
        if name != "utf-8" and _broken_share(sample.decode(name, "replace")) <= _DAMAGE:
            return name, f"declared by {where}, nothing speaks against it"
    return None


def _read(body: bytes, charset: str) -> tuple[str, bool]:
    try:
        return read_standard(body, charset), False
    except UnicodeDecodeError:
        text = read_standard(body, charset, "replace")
    # A half character at the very end is a cut, no damage.
    if text.endswith(_LOST) and text.count(_LOST) == 1:
        return text[:-1], False
    return text, _LOST in text
