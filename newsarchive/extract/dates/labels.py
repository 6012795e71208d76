"""Which of the dates of one line is that of publication: by the words that stand right beside each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.extract.dates.parts import Dated

#: How well a label speaks for its date being that of publication: _NEUTRAL without one, 0 for no time of the text.
_NEUTRAL = 2
_WORDS = {
    3: r"发布|發布|發佈|发表|發表|刊发|刊發|刊登|首发|出版|创建|建立|撰写"
    r"|\b(?:publish(?:ed)?|posted|created|veröffentlicht|erstellt|publié[e]?|publicado)",
    1: r"更新|修改|修订|修訂|编辑|編輯"
    r"|\b(?:updated?|modified|edited|revised|aktualisiert|actualizado|mis\sà\sjour)",
    # Until when something is open, when it takes place, and when the page was looked at.
    0: r"截止|截至|截稿|有效期|今天是|现在是|現在是"
    r"|(?:活动|活動|会议|會議|开始|開始|结束|結束|举办|舉辦|打印|列印|当前|當前|系统|系統)(?:时间|時間|日期)"
    r"|\b(?:deadline|expires|until|printed\son)",
}
_FILLING = r"(?:\s|时间|時間|日期|于|於|为|至|到|on\b|at\b|le\b|am\b|el\b|[：:（(【\[,，-]){0,6}$"
_BEFORE = {rank: re.compile(f"(?:{words}){_FILLING}", re.IGNORECASE) for rank, words in _WORDS.items()}
_BEHIND = {rank: re.compile(rf"^[\s)）\]】]{{0,3}}(?:{words})", re.IGNORECASE) for rank, words in _WORDS.items()}
_OTHER = re.compile(f"{_WORDS[1]}|{_WORDS[0]}", re.IGNORECASE)
#: What each of these words holds, for a quick look at a line in small letters: most lines have none of it.
_SIGN = re.compile(
    "[新改订訂编編截稿效今现現动動议議开開始结結束办辦打列当當系]"
    "|updat|modif|edit|revis|aktualisi|actualiz|mis|deadl|expir|until|print"
)


def has_other_label(line: str) -> bool:
    """Return whether a line may say of a date that it is another one than that of publication."""
    return bool(_SIGN.search(line.lower())) and bool(_OTHER.search(line))


def choose(line: str, dates: list[Dated]) -> tuple[bool, Dated | None]:
    """Return whether labels stand beside the dates of a line, and the date that they leave for publication.

    It is one so labelled, else one without a label, else that of an update; a deadline never is one.
    """
    ranks = _ranks(line, dates)
    if all(rank == _NEUTRAL for rank in ranks):
        return False, None
    best = max(ranks)
    return True, dates[ranks.index(best)] if best else None


def _ranks(line: str, dates: list[Dated]) -> list[int]:
    """Read the labels before the dates; those behind them where the line has none before the first."""
    edges = [0, *(edge for dated in dates for edge in dated.span), len(line)]
    gaps = [line[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2)]
    before = [_rank(_BEFORE, gap) for gap in gaps[:-1]]
    behind = [_rank(_BEHIND, gap) for gap in gaps[1:]]
    return behind if dates and before[0] == _NEUTRAL and behind[-1] != _NEUTRAL else before


def _rank(patterns: dict[int, re.Pattern[str]], gap: str) -> int:
    return next((rank for rank, pattern in patterns.items() if pattern.search(gap)), _NEUTRAL)
