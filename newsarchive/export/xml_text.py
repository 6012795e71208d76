"""Texts of pages as XML can hold them."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from newsarchive.text import strip_invisible, valid_unicode

# Characters that XML 1.0 has no form for, or advises against.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Return a text as it is written between tags."""
    return escape(_legal(text))


def xml_attribute(text: str) -> str:
    """Return a text as the value of an attribute, with its quotes."""
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    """Return a text without the characters that XML cannot hold, and without those that print nothing."""
    return _NO_XML.sub("", strip_invisible(valid_unicode(text)))
