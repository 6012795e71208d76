"""In which language a text is, as far as its script tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Languages that their script tells: the share of its characters, the surest first.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]+"), 0.1),
    ("ko", re.compile("[\uac00-\ud7af]+"), 0.2),
    ("zh", re.compile("[\u3400-\u9fff]+"), 0.2),
)
_SAMPLE = 400
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
_OWN_SCRIPT = frozenset(language for language, _, _ in _SCRIPTS)
_EAST_ASIAN = re.compile("[\u3040-\u9fff\uac00-\ud7af]")
_BEGINNING = 200  # characters of a text that tell whether it has any letter of a script


def language_of(text: str, declared: str | None) -> tuple[str, str] | None:
    """Return the language of a text by its script where that settles it, else as the page declares it, and by which.

    Chinese pages often declare `en` because their templates do.
    """
    sample = text[:_SAMPLE]
    letters = len(sample) or 1
    for language, script, share in () if sample.isascii() else _SCRIPTS:
        if len("".join(script.findall(sample))) > share * letters:
            return language, "script of the text"
    match = _LANGUAGE.match(declared or "")
    if match is None or match[0].lower().startswith("zh"):
        return None
    return match[0][:2].lower(), "declared by the page"


def language_on(texts: Iterable[str], lang: str | None) -> str | None:
    """Return the language of an article on a site whose texts are in `lang` as a rule.

    A text without any letter of the site's script is taken for English.
    """
    if lang in _OWN_SCRIPT and not any(_EAST_ASIAN.search(text, 0, _BEGINNING) for text in texts):
        return "en"
    return lang
