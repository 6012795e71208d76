"""White space, width, length and invisible characters; one function each."""

from __future__ import annotations

import re
import unicodedata

# Soft hyphen, zero-width characters, bidi marks and isolates, word joiner, BOM: they carry no text.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# Control characters that are no white space: a terminal obeys them, XML has none of them, and NUL ends texts in C.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
# The signs by which headings link to themselves.
_ANCHOR = re.compile("^[#¶\U0001f517]\\s+|\\s*[¶\U0001f517]$|\\s[#§]$")


def strip_invisible(text: str) -> str:
    """Remove characters that print nothing: zero-width, bidi marks, soft hyphens, byte order marks."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def valid_unicode(text: str) -> str:
    r"""Make a text from outside one that can be written: pairs of surrogates joined, each lone one U+FFFD.

    JSON and XML can spell halves of a character beyond U+FFFF (`\ud83d`, `&#55357;`), and no file can hold one.
    """
    try:
        text.encode()  # in a tenth of the time of a look for surrogates
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def valid(text: str) -> str:
    """Make a text from outside valid: no halves of characters, no control characters; its white space stays."""
    return text if text.isprintable() else _CONTROL.sub("", valid_unicode(text))


def squeeze(text: str) -> str:
    """Make every run of white space (full-width and no-break too) one blank, and strip both ends."""
    return " ".join(text.split())


def clean(text: str) -> str:
    """Make a printed line plain: valid, no invisible characters, single blanks. Every other character stays."""
    # Whatever is to be removed or replaced counts as unprintable, the plain blank alone excepted: one cheap look.
    if text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    return " ".join(_INVISIBLE.sub("", valid(text)).split())


def without_anchor(heading: str) -> str:
    """Strip the sign of a link to the heading itself from either end: ¶, a chain, a hash apart from the words."""
    return _ANCHOR.sub("", heading) or heading


def fold(text: str) -> str:
    """Fold full-width forms to plain ones (NFKC) for matching; the printed text itself is kept elsewhere."""
    return unicodedata.normalize("NFKC", text)


def plain(text: str) -> str:
    """Make any text one line that a terminal prints and does not obey: no control characters, no bidi marks."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)


def plain_lines(text: str) -> str:
    """Make a text of several lines harmless for a terminal; its line ends and its full-width blanks stay."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c.isprintable() or c in "\n\u3000")


def shorten(text: str, most: int) -> str:
    """Cut a text to at most so many characters, the last of them then being an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"
