"""Cut texts into words. Chinese, which has no blanks between them, needs the segmenter of the extra `words`.

`benchmarks/segmentation.py` measures segmenters; docs/analysis.md says what was found and why it is this one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Runs of Chinese, and words of other languages with the signs that stand inside them: state-owned, L'Oréal.
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+(?:[-'’][^\W_{_HAN}]+)*)")


def words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case; numbers and signs are none. Raises UserError without the segmenter."""
    for match in _RUN.finditer(text):
        if match["han"] is not None:
            yield from segmenter()(match["han"])
        elif not match["word"][0].isdigit():
            yield match["word"].lower()


@cache
def segmenter() -> Callable[[str], list[str]]:
    """Return what cuts a run of Chinese into words. Raises UserError where it is not installed."""
    try:
        import rjieba  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UserError(
            _(
                "counting words needs a segmenter for Chinese - install it: pip install "
                "'newsarchive[words]'; with --word no segmenter is needed"
            )
        ) from error
    cut: Callable[[str], list[str]] = rjieba.cut
    return cut
