"""Citations for BibTeX and biblatex, in UTF-8: an entry `@article` for each article."""

from __future__ import annotations

import hashlib
import re
from typing import IO, TYPE_CHECKING

from newsarchive.export.citation import citation_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.export.citation import Citation

# What TeX would obey, and what prints it instead.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    }
)
# Addresses are taken as they are, but for what would end a field or begin a command.
_IN_ADDRESS = str.maketrans({sign: f"%{ord(sign):02X}" for sign in '{}\\^`<>"'})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A name of which BibTeX finds the last word by itself; all others are kept together by braces.
_WESTERN_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*)+")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# What biblatex calls the languages of most articles; others keep their tag.
_LANGUAGES = {"zh": "chinese", "en": "english", "ja": "japanese", "de": "german", "fr": "french", "ru": "russian"}
_NO_KEY = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_KEY = 60


def write_bibtex(articles: Iterable[ArchivedArticle], stream: IO[bytes]) -> int:
    """Write an entry for each article; return their number."""
    count = 0
    for article in articles:
        stream.write(bibtex_entry(citation_of(article)).encode())
        count += 1
    return count


def bibtex_entry(cited: Citation) -> str:
    """Write one entry; the title keeps its capitals, whatever the style makes of others."""
    year, month, day = (*cited.published, None, None, None)[:3]
    fields = {
        "title": f"{{{_tex(cited.title)}}}",
        "author": " and ".join(map(_name, cited.authors)),
        "journal": _tex(cited.source),
        "date": "-".join(f"{part:02}" for part in cited.published),
        "year": str(year or ""),
        "day": str(day or ""),
        "url": cited.url.translate(_IN_ADDRESS),
        "urldate": "-".join(f"{part:02}" for part in cited.archived),
        "langid": _LANGUAGES.get(cited.lang.partition("-")[0].lower(), ""),
        "language": _tex(cited.lang),
        "keywords": _tex(cited.section),
        "abstract": _tex(cited.abstract),
        "note": _tex(cited.proof),
        "annotation": _tex(cited.note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if month:
        lines.append(f"  month = {_MONTHS[month - 1]},")
    return "\n".join([f"@article{{{_key(cited.key)},", *lines, "}\n\n"])


def _key(text: str) -> str:
    key = _NO_KEY.sub("-", text).strip("-")
    if key == text and len(key) <= _LONGEST_KEY:
        return f"na-{key}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"na-{key[-_LONGEST_KEY:].strip('-')}-{digest}"


def _name(name: str) -> str:
    is_western = _WESTERN_NAME.fullmatch(name) and not _CJK.search(name) and " and " not in f" {name.lower()} "
    return _tex(name) if is_western else f"{{{_tex(name)}}}"


def _tex(text: str) -> str:
    return text.translate(_TEX)
