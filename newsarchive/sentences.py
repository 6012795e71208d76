"""Where sentences end, in Chinese and in languages with blanks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Signs that end a sentence, and what closes behind them and still belongs to it.
_CLOSING = "”’」』）》〉】\"')\\]"
_END = re.compile(
    rf"[。！？!?…｡]+[{_CLOSING}]*"
    # A full stop ends a sentence only before a blank and what may begin one: not in 3.5, U.S. or example.org.
    rf"|(?<![A-Z])(?<!\b[A-Za-z])\.[{_CLOSING}]*(?=\s+[\"'“‘(\[]?[A-Z0-9\u3400-\u9fff]|\s*$)"
)
# A title before a name ends no sentence.
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Inc|Ltd|Co|Corp|vs|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.$")
# Behind these a quotation goes on in the sentence that it stands in: “真的吗？”他问。
_GOES_ON = re.compile(r"[，、；：,;:]|[^\W\d_A-Z]")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each on one line; a line end ends a sentence, too."""
    for line in text.splitlines():
        yield from _of_line(line)


def _of_line(line: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(line):
        end = match.end()
        if match[0].startswith(".") and _ABBREVIATED.search(line[start:end]):
            continue
        if match[0][-1] in "”’」』" and _GOES_ON.match(line[end : end + 1]) and not match[0].startswith("。"):
            continue
        if sentence := " ".join(line[start:end].split()):
            yield sentence
        start = end
    if rest := " ".join(line[start:].split()):
        yield rest
