"""How many pages are read in their own charset, beside charset-normalizer and a browser that believes declarations.

    python benchmarks/charsets.py [--pages 10]

Pages of six languages in each of their charsets, with a declaration that is right, wrong or none. A page is right
where its text comes out as it went in. Exits with status 1 where fewer than 99 in a hundred are.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import charset_normalizer
import webencodings

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsarchive.extract.charset import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20260305
ENOUGH = 0.99
#: Language -> (label of a charset, the codec that writes it), and sentences of it.
LANGUAGES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "zh-Hans": (
        {"utf-8": "utf-8", "gb2312": "gb18030", "gb18030": "gb18030", "hz-gb-2312": "hz"},
        (
            "江湾港今天上午迎来了本月第一百艘货轮。", "港务部门说，吞吐量比去年同期增加了一成。",
            "到傍晚为止，码头上又卸下了三船新到的木材。", "河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午。",
            "市民对此反应平静，多数受访者表示等候时间有望缩短。", "修桥的人说，石头都是从上游运来的，一块也没有浪费。",
            "这一安排将试行三个月，期间会根据客流情况作出调整。", "市场人士指出，这一变化的影响还需要时间观察。",
        ),
    ),
    "zh-Hant": (
        {"utf-8": "utf-8", "big5": "big5hkscs"},
        (
            "河灣鎮的石橋昨天通車，鎮上的人在橋頭等了一個上午。", "港務部門說，吞吐量比去年同期增加了一成。",
            "鎮公所準備在橋邊種一排柳樹，明年春天就能看到綠色。", "市民對此反應平靜，多數受訪者表示等候時間可望縮短。",
            "這項安排將試行三個月，期間會依照客流情況調整。", "學生們在老師帶領下參觀了新建的圖書館。",
            "氣象人員表示，今晚有小雨，出門請帶傘。", "經過兩年的工程，舊市場終於重新開放。",
        ),
    ),
    "ja": (
        {"utf-8": "utf-8", "shift_jis": "cp932", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp"},
        (
            "川辺の町の石橋が昨日開通しました。", "町の人々は橋のたもとで午前中いっぱい待っていました。",
            "港の関係者によると、取扱量は昨年より一割増えたということです。", "今夜は小雨が降る見込みです。",
            "新しい図書館には、子どもたちが集まりました。", "この取り組みは三か月続けられます。",
            "市場では、影響を見極めるには時間がかかるとの声が出ています。", "工事は二年にわたって行われました。",
        ),
    ),
    "ko": (
        {"utf-8": "utf-8", "euc-kr": "cp949"},
        (
            "강변 마을의 돌다리가 어제 개통되었다.", "마을 사람들은 다리 앞에서 오전 내내 기다렸다.",
            "항만 관계자는 물동량이 지난해 같은 기간보다 늘었다고 말했다.", "오늘 밤에는 비가 조금 내릴 것으로 보인다.",
            "새로 지은 도서관에는 아이들이 많이 모였다.", "이 조치는 석 달 동안 시행된 뒤 다시 검토된다.",
            "시장에서는 영향을 지켜볼 시간이 필요하다는 의견이 나온다.", "공사는 두 해에 걸쳐 이루어졌다.",
        ),
    ),
    "ru": (
        {"utf-8": "utf-8", "windows-1251": "cp1251", "koi8-r": "koi8-r"},
        (
            "В посёлке вчера открыли каменный мост.", "Жители ждали у моста всё утро, дети бежали впереди.",
            "В порту сообщили, что грузооборот вырос на десятую часть.", "Ночью ожидается небольшой дождь.",
            "В новой библиотеке собралось много детей.", "Порядок будет действовать три месяца.",
            "Участники рынка говорят, что о последствиях судить рано.", "Строительство продолжалось два года.",
        ),
    ),
    "western": (
        {"utf-8": "utf-8", "windows-1252": "cp1252", "iso-8859-1": "latin-1"},
        (
            "Le pont de pierre du village a été ouvert hier à la circulation.", "“It’s over,” he said — at last.",
            "Die Brücke wurde über zwei Jahre gebaut, die Kosten trägt die Gemeinde.", "El puente se abrió el sábado.",
            "Les habitants ont attendu toute la matinée près de l’école.", "Für die Kinder gab es Äpfel und Süßes.",
            "La población recibió la noticia con alegría, dijo el señor Núñez.", "Déjà vu: the café’s owner smiled.",
        ),
    ),
}  # fmt: skip
#: What a wrong declaration names, for pages in UTF-8 and for all others.
WRONG = {"utf-8": ("gb2312", "iso-8859-1", "windows-1252"), "": ("utf-8", "iso-8859-1", "gb2312", "big5", "shift_jis")}


@dataclass(frozen=True, slots=True)
class Sample:
    """A page: its text as it was written, its bytes, and the charset of its header or None."""

    kind: str
    text: str
    body: bytes
    header: str | None


def samples(pages: int) -> Iterator[Sample]:
    """Make so many pages of every language, charset and declaration."""
    chance = random.Random(SEED)
    for lang, (charsets, sentences) in LANGUAGES.items():
        for label, codec in charsets.items():
            for declaration in ("right", "wrong", "none"):
                for number in range(pages):
                    wrong = [name for name in WRONG.get(label, WRONG[""]) if not _is_alike(name, label)]
                    declared = {"right": label, "wrong": wrong[number % len(wrong)], "none": None}[declaration]
                    in_header = number % 2 == 0
                    text = _page(chance, sentences, None if in_header else declared)
                    body = text.encode(codec, "xmlcharrefreplace")
                    # What the charset lacks is written as a reference, as programs do.
                    yield Sample(
                        f"{lang} {label} {declaration}", body.decode(codec), body, declared if in_header else None
                    )


def _is_alike(name: str, label: str) -> bool:
    families = ({"gb2312", "gb18030", "hz-gb-2312"}, {"iso-8859-1", "windows-1252"})
    return name == label or any({name, label} <= family for family in families)


def _page(chance: random.Random, sentences: tuple[str, ...], declared: str | None) -> str:
    chosen = chance.sample(sentences, chance.randint(2, len(sentences)))
    meta = f'<meta charset="{declared}">' if declared else ""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in chosen)
    return (
        f"<!doctype html><html><head>{meta}<title>{chosen[0]}</title><script>var a = {{b: '~'}};</script></head><body>"
        f"<ul><li><a href='/'>1</a></li><li><a href='/news'>2</a></li></ul>{paragraphs}</body></html>"
    )


def ours(sample: Sample) -> str:
    """Read a page as a crawl does."""
    return decode(sample.body, f"text/html; charset={sample.header}" if sample.header else "text/html").text


def by_normalizer(sample: Sample) -> str:
    """Read a page as charset-normalizer guesses it."""
    best = charset_normalizer.from_bytes(sample.body).best()
    return str(best) if best else ""


def by_declaration(sample: Sample) -> str:
    """Read a page as its header, else its meta element says; windows-1252 where nothing does."""
    label = sample.header
    if label is None and b'charset="' in sample.body:
        label = sample.body.partition(b'charset="')[2].partition(b'"')[0].decode()
    return webencodings.decode(sample.body, webencodings.lookup(label or "") or "windows-1252")[0]


READERS: dict[str, Callable[[Sample], str]] = {
    "newsarchive": ours,
    "charset-normalizer": by_normalizer,
    "a browser": by_declaration,
}


def main() -> int:
    """Print how many pages each reads rightly, and which kinds are not read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10, help="pages of every language, charset and declaration")
    made = list(samples(parser.parse_args().pages))
    right = Counter[str]()
    failed = Counter[str]()
    for sample in made:
        for name, reader in READERS.items():
            is_right = reader(sample) == sample.text
            right[name] += is_right
            if name == "newsarchive" and not is_right:
                failed[sample.kind] += 1
    for name in READERS:
        print(f"{name:20} {right[name]:5} of {len(made)} pages right")
    for kind, number in failed.most_common():
        print(f"not right: {kind}: {number}")
    return 0 if right["newsarchive"] >= ENOUGH * len(made) else 1


if __name__ == "__main__":
    sys.exit(main())
