"""Folding: make the spellings of one text equal for search, character by character.

Traditional and simplified forms, full-width and half-width, upper and lower case, and letters with and without
accents become one. What a character folds to does not depend on its neighbours. Tables differ between versions of
their libraries: an index keeps the table it was made with (`Folding.dump`), so that a later library never puts index
and query out of step.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections import defaultdict
from functools import cache, cached_property, lru_cache
from itertools import chain

from newsarchive.search.variants import VARIANTS
from newsarchive.text import strip_invisible

#: Characters written without blanks between words: Han, kana, bopomofo, Hangul, and the private-use characters that
#: GB 18030 texts hold rare names in. The inside of a regular expression's class.
UNSPACED = (
    "\u1100-\u11ff\u3005\u3007\u303b\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff"
)

# A mark that joins the character before it: only here does folding look at more than one character.
_JOINING = "\u0300-\u036f\u1161-\u11ff\u3099\u309a\uff9e\uff9f\uffa0-\uffdc"
_HAS_JOINING = re.compile(f"[{_JOINING}]")
_ACCENTS = re.compile("[\u0300-\u036f]")

# Everything whose folded form may differ. Hangul syllables and unassigned planes are left out: they fold to themselves.
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x32000))
_OTHERS = (
    range(0x21, 0x3400),
    range(0xA000, 0xAC00),
    range(0xF900, 0x10000),
    range(0x10000, 0x12000),
    range(0x16E00, 0x17000),
    range(0x1D400, 0x1E000),
    range(0x1E900, 0x1EF00),
    range(0x1F100, 0x1F300),
    range(0x1FB00, 0x1FC00),
    range(0x2F800, 0x2FA20),
)


_COMMON_HAN = range(0x4E00, 0xA000)
#: How Unicode calls what makes a number a sign of its own: \u2460, \u2474, \u2488, \u2153.
_NUMBERED = ("<circle>", "<compat>", "<fraction>")


class Folding:
    """One table of folded forms: code point -> what replaces it (often nothing, sometimes several characters)."""

    def __init__(self, table: dict[int, str]) -> None:
        self._table = table
        # What a table does not have costs more to look up than what it has.
        self._forms: dict[int, int | str] = dict(zip(_COMMON_HAN, _COMMON_HAN, strict=True))
        self._forms.update(table)

    def fold(self, text: str) -> str:
        """Fold a text. Punctuation stays (in its half-width form), invisible characters go."""
        if text.isascii():
            return text.lower()
        if _HAS_JOINING.search(text):
            text = unicodedata.normalize("NFKC", text)
        return text.translate(self._forms)

    def letters(self, text: str) -> str:
        """Fold the different characters of a text, in the order in which they come."""
        letters = "".join(dict.fromkeys(text))
        return self.fold(text if _HAS_JOINING.search(letters) else letters)

    def variants(self, letters: str) -> dict[str, str]:
        """Return, for each of some folded characters, the single characters that fold to it, itself among them."""
        return {letter: letter + self._folded_to.get(letter, "") for letter in letters}

    @cached_property
    def _folded_to(self) -> dict[str, str]:
        """The table the other way round: all characters that fold to one."""
        found: defaultdict[str, str] = defaultdict(str)
        for code, form in self._table.items():
            found[form.strip()] += chr(code)
        return dict(found)

    def dump(self) -> bytes:
        """Pack the table for keeping it beside an index."""
        return zlib.compress(json.dumps(sorted(self._table.items()), ensure_ascii=False).encode("utf-8"))


@lru_cache(maxsize=4)
def load_folding(dumped: bytes) -> Folding:
    """Unpack a table that `Folding.dump` packed."""
    return Folding(dict(json.loads(zlib.decompress(dumped))))


@cache
def built_in_folding() -> Folding:
    """Make the table from Unicode's compatibility forms, OpenCC's single characters, and the variants it leaves."""
    simplified = _simplified()
    table = {}
    for code in chain(*_HAN, *_OTHERS):
        character = chr(code)
        form = _form(character, simplified)
        if form != character:
            table[code] = form
    return Folding(table)


def _form(character: str, simplified: dict[str, str]) -> str:
    is_han = "\u3400" <= character <= "\u9fff" or character >= "\U00020000"
    if is_han and not unicodedata.decomposition(character):  # no other form, no case: the bulk of the table, built fast
        return simplified.get(character, character)
    if not strip_invisible(character):
        return ""
    form = unicodedata.normalize("NFKC", character).casefold()
    if unicodedata.decomposition(character).startswith(_NUMBERED) and unicodedata.category(character) == "No":
        return f" {form} "  # the number of an item shall not become one with a number that stands beside it
    if not any(map(_is_text, form)):
        # An ellipsis is three dots in its plain form; one blank keeps places simple, and no search sees a difference.
        return form if len(form) == 1 and form != "," else character
    form = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", form)))
    return "".join(simplified.get(part, part) for part in form)


def _is_text(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _simplified() -> dict[str, str]:
    """Map every single Han character to its simplified form."""
    import opencc  # noqa: PLC0415 - loads slowly, and only an index that is built needs it

    han = [chr(code) for code in chain(*_HAN)]
    # One call for all: a line break on both sides keeps the converter from seeing words.
    forms = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    table = {character: form for character, form in zip(han, forms, strict=True) if character != form}
    return {character: VARIANTS.get(form, form) for character, form in table.items()} | VARIANTS
