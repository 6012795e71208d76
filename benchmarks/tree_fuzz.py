"""Feed the HTML parser damaged pages and bombs, and count crashes, hangs and growth of memory.

    python benchmarks/tree_fuzz.py                     a million pages (about half an hour of one core)
    python benchmarks/tree_fuzz.py --pages 20000 --first 500000
    python benchmarks/tree_fuzz.py --only 4711         one page again, in this process: a crash is a crash
    python benchmarks/tree_fuzz.py --bombs             depth, attributes, options, formatting ...: time and memory
    python benchmarks/tree_fuzz.py --lost              real pages of which lexbor reads other words than lxml

A page is a function of its number: a real one (`--data` names the folder; invented ones where there is none), or a
piece of one, cut, spliced, repeated, with its tags and bytes changed. Exactly the calls of `newsarchive.tree` and of
those who walk its elements are made on it, in a child process that is watched: a crash or a page that takes longer than
`--limit` seconds is printed with its number, and the rest goes on in a new child.
"""

from __future__ import annotations

import argparse
import gzip
import mmap
import multiprocessing
import os
import random
import re
import resource
import struct
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsarchive import tree  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = ROOT.parent / "shared" / "reading" / "data"
#: Pages that one child reads before the next takes over; its memory is looked at after the first part of them.
BATCH, SETTLED = 20_000, 4_000
MEGABYTE = 1_000_000

SELECTORS = (
    "p", ".title", "#content", "h1, h2", "div > p", "time[datetime]", "p + p", "h1 ~ div p", "li:nth-child(2n+1)",
    "a[href^='http']", "div:not(.ad) p", "article :is(p, h2)", "div:has(> p)", "p:empty", "*", "meta[property*=time]",
    "tr:first-child td:last-child", "body > div div div", "[class~=x i]", "p:not(:has(a))", "ul li a", ":root",
)  # fmt: skip
TOKENS = (
    b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE", b"<?xml", b"&", b"&#", b"&#x110000;",
    b"&notin;", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r\n", b"\x0c", b'"', b"'", b"=", b"<template>",
    b"</template>", b"<table>", b"<tr>", b"<td>", b"</table>", b"<select>", b"<option selected>", b"<selectedcontent>",
    b"</select>", b"<svg>", b"<math>", b"<foreignObject>", b"<mi>", b"<annotation-xml encoding='text/html'>",
    b"</svg>", b"<a>", b"<b id=x>", b"<font size=7>", b"<nobr>", b"</p>", b"</br>", b"<p>", b"<form>", b"</form>",
    b"<button>", b"<li>", b"<dd>", b"<frameset>", b"<frame>", b"<body class=x>", b"<html lang=x>", b"<head>",
    b"</body>", b"</html>", b"<title>", b"<textarea>", b"<script>", b"</script>", b"<script><!--<script>", b"<style>",
    b"<noscript>", b"<plaintext>", b"<iframe>", b"<xmp>", b"<ruby><rt>", b"<image>", b"<isindex>", b"<col>",
    b"<caption>", b"<input type=hidden>", b"<marquee>", b"<applet>", b"<object>", b"<p a=1 a=2 A=3>", b"<x:y z:w=1>",
)  # fmt: skip
_TAG = re.compile(rb"<[^<>]{0,300}>")
_INVENTED = (
    "<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>河湾镇的集市照常开放_河湾新闻</title>"
    "<meta property='og:title' content='河湾镇的集市照常开放'><script type='application/ld+json'>{\"@type\":"
    '"NewsArticle"}</script></head><body><div class=nav><a href=/>首页</a></div><article><h1>河湾镇的集市照常开放</h1>'
    "<p class=info><time datetime='2024-03-03T05:23:00+08:00'>2024-03-03 05:23</time> 来源：河湾日报</p>"
    "<div id=content><p>　　集市在清晨开放，摊主们都到了。</p><p>粮价与上周<b>相同</b>。<br><br>鱼价略高。</p>"
    "<table><tr><th>货物<th>价格<tr><td>米<td>3</table><img src=/a.jpg alt=集市></div></article></body></html>"
)


def real_pages(folder: Path) -> list[bytes]:
    """Load the pages below a folder (`*/pages/*.html.gz`), as they are; an invented one where there are none."""
    pages = [gzip.decompress(path.read_bytes()) for path in sorted(folder.glob("*/pages/*.html.gz"))]
    return pages or [_INVENTED.encode(), _INVENTED.encode("gb18030")]


class Mutator:
    """Makes page number N out of real ones, always the same."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages

    def page(self, number: int) -> bytes:
        """Return a page: a piece of a real one with some changes."""
        chance = random.Random(number)
        data = bytearray(self._piece(chance))
        for _ in range(1 + int(chance.expovariate(0.3))):
            chance.choice(_CHANGES)(self, chance, data)
        return bytes(data)

    def _piece(self, chance: random.Random) -> bytes:
        """Return a piece of a real page: mostly some kilobytes, one in 200 a whole page."""
        page = chance.choice(self.pages)
        if chance.random() < 0.005:
            return page
        size = int(chance.lognormvariate(7.6, 1.0))
        start = page.find(b"<", chance.randrange(max(len(page) - size, 1)))
        head = page[: chance.choice((0, 0, 300, 1500))]
        return head + page[max(start, 0) : start + size]

    def _insert(self, chance: random.Random, data: bytearray) -> None:
        for _ in range(chance.randint(1, 6)):
            at = self._place(chance, data)
            data[at:at] = chance.choice(TOKENS)

    def _flip(self, chance: random.Random, data: bytearray) -> None:
        for _ in range(chance.randint(1, 10) if data else 0):
            data[chance.randrange(len(data))] = chance.randrange(256)

    def _cut(self, chance: random.Random, data: bytearray) -> None:
        at = self._place(chance, data)
        del data[at : at + int(chance.expovariate(0.02))]

    def _repeat(self, chance: random.Random, data: bytearray) -> None:
        at = self._place(chance, data)
        part = data[at : at + chance.randint(1, 60)]
        data[at:at] = part * chance.choice((1, 3, 30, 100))

    def _splice(self, chance: random.Random, data: bytearray) -> None:
        at = self._place(chance, data)
        other = chance.choice(self.pages)
        start = chance.randrange(len(other) or 1)
        data[at:at] = other[start : start + chance.randint(10, 2000)]

    def _swap_tags(self, chance: random.Random, data: bytearray) -> None:
        tags = [match.span() for match in _TAG.finditer(data, 0, 20_000)]
        if len(tags) > 1:
            (a, b), (c, d) = sorted(chance.sample(tags, 2))
            data[a:d] = data[c:d] + data[b:c] + data[a:b]

    def _drop_tags(self, chance: random.Random, data: bytearray) -> None:
        share = chance.random()
        data[:] = _TAG.sub(lambda match: match[0] if chance.random() < share else b"", bytes(data[:20_000]))

    @staticmethod
    def _place(chance: random.Random, data: bytearray) -> int:
        at = chance.randrange(len(data) + 1)
        return data.find(b"<", at) if chance.random() < 0.5 and data.find(b"<", at) >= 0 else at


_CHANGES: tuple[Callable[[Mutator, random.Random, bytearray], None], ...] = tuple(
    getattr(Mutator, name) for name in ("_insert", "_insert", "_flip", "_cut", "_repeat", "_splice", "_swap_tags",
                                        "_drop_tags")
)  # fmt: skip


def drive(data: bytes, chance: random.Random) -> int:
    """Make every call of the project's on a page; return how many nodes it has."""
    root = tree.parse(data)
    assert root is not None
    nodes = 0
    kept = []
    for node in tree.descendants(root):
        nodes += 1
        assert node.tag != tree.TEXT or node.text_content is not None
        if node.tag != tree.TEXT:
            tree.attribute(node, "class")
        if nodes % 7 == 0:
            kept.append(node)
    for node in kept[:: max(len(kept) // 20, 1)]:
        look_around(node, chance)
    body = tree.body_of(root)
    tree.text_in(body)
    for selector in chance.sample(SELECTORS, 3):
        tree.select(selector, root)
    tree.select(damaged_selector(chance), body)
    # An element outlives the names of its tree.
    del root, body, node
    return nodes + sum(last.parent is None or last.parent.tag is None for last in kept[-1:])


def look_around(node: tree.Element, chance: random.Random) -> list[object]:
    """Make the calls that walk from an element to those about it."""
    seen: list[object] = [list(tree.children(node)), sum(1 for _ in tree.ancestors(node))]
    for other in (node.parent, node.next, node.prev, node.first_child):
        if other is not None:
            seen += (other.tag, other.tag_id, other.mem_id, other.text_content)
            seen += (other.is_element_node, other.is_empty_text_node)
    if node.is_element_node:
        seen += (tree.names_of(node), tree.select(chance.choice(SELECTORS), node))
    return seen


def damaged_selector(chance: random.Random) -> str:
    """Return a selector that a person could have mistyped, if the parser takes it at all, else a plain one."""
    text = list(chance.choice(SELECTORS))
    for _ in range(chance.randint(0, 3)):
        text.insert(chance.randrange(len(text) + 1), chance.choice("[]()>+~:.#*,'\"\\ax1 \x00\u4e2d"))
    selector = "".join(text)
    with suppress(ValueError):
        tree.check_css.__wrapped__(selector)
        return selector
    return "p"


@dataclass(slots=True)
class Tally:
    """What was found so far."""

    pages: int = 0
    nodes: int = 0
    bytes: int = 0
    slowest: float = 0.0
    slowest_page: int = -1
    grown: list[float] = field(default_factory=list)
    bad: list[tuple[str, int]] = field(default_factory=list)


# What a child tells while it works: page, when it began (monotonic), nodes, bytes, slowest seconds, its page, memory.
_STATE = struct.Struct("qdqqdqdd")


def work(shared: mmap.mmap, pages: list[bytes], first: int, count: int) -> None:
    """Read pages one after the other, and say in `shared` what is being read."""
    mutator = Mutator(pages)
    nodes = size = 0
    slowest, slowest_page, settled = 0.0, -1, 0.0
    for number in range(first, first + count):
        data = mutator.page(number)
        began = time.monotonic()
        shared[: _STATE.size] = _STATE.pack(number, began, nodes, size, slowest, slowest_page, settled, 0.0)
        busy = time.process_time()
        nodes += drive(data, random.Random(~number))
        busy = time.process_time() - busy
        size += len(data)
        if busy > slowest:
            slowest, slowest_page = busy, number
        if number == first + SETTLED:
            settled = memory()
    now = memory()
    shared[: _STATE.size] = _STATE.pack(first + count, 0.0, nodes, size, slowest, slowest_page, settled or now, now)


def memory() -> float:
    """Return the megabytes that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / MEGABYTE


def fuzz(pages: list[bytes], first: int, count: int, limit: float) -> Tally:
    """Read `count` pages in children; print how far it is, and what was found."""
    tally = Tally()
    began = time.monotonic()
    number, end = first, first + count
    context = multiprocessing.get_context("fork")
    while number < end:
        shared = mmap.mmap(-1, 4096)
        child = context.Process(target=work, args=(shared, pages, number, min(BATCH, end - number)))
        child.start()
        hung = watch(child, shared, limit)
        at, _, nodes, size, slowest, slowest_page, settled, now = _STATE.unpack(shared[: _STATE.size])
        tally.pages += at - number
        tally.nodes += nodes
        tally.bytes += size
        if slowest > tally.slowest:
            tally.slowest, tally.slowest_page = slowest, slowest_page
        if child.exitcode or hung:
            kind = "hang" if hung else f"crash ({child.exitcode})"
            tally.bad.append((kind, at))
            tally.pages += 1
            print(f"{kind}: page {at}; again with --only {at}", flush=True)
            at += 1
        else:
            tally.grown.append(now - settled)
        number = at
        counts = Counter(kind.split()[0] for kind, _ in tally.bad)
        print(
            f"{tally.pages:,} pages, {tally.bytes / MEGABYTE:,.0f} MB, {tally.nodes:,} nodes in"
            f" {time.monotonic() - began:,.0f} s: {counts['crash']} crashes, {counts['hang']} hangs;"
            f" slowest {tally.slowest * 1000:.0f} ms (page {tally.slowest_page});"
            f" memory of the last child {now:.0f} MB, {now - settled:+.1f} MB since its page {SETTLED:,}",
            flush=True,
        )
    return tally


def watch(child: multiprocessing.process.BaseProcess, shared: mmap.mmap, limit: float) -> bool:
    """Wait for a child; kill it when one page takes longer than the limit. Returns whether that was so."""
    while child.is_alive():
        child.join(1.0)
        began = _STATE.unpack(shared[: _STATE.size])[1]
        if child.is_alive() and began and time.monotonic() - began > limit:
            child.kill()
            child.join()
            return True
    return False


def bombs(size: int) -> Iterator[tuple[str, bytes]]:
    """Yield pages of about `size` bytes that cost a parser more than their size."""
    yield "nested div", b"<div>" * (size // 5)
    yield "nested div, closed", b"<div>" * (size // 11) + b"</div>" * (size // 11)
    yield "nested span, then p", b"<span>" * (size // 12) + b"<p>" * (size // 6)
    yield "nested blockquote with p", b"<blockquote><p>x" * (size // 16)
    yield "nested table", b"<table><tr><td>" * (size // 15)
    yield "nested table, text outside", b"<table>x" * (size // 8)
    yield "nested svg", b"<svg>" * (size // 5)
    yield "nested template", b"<template>" * (size // 10)
    yield "nested ul li", b"<ul><li>" * (size // 8)
    yield "li in a row", b"<li>x" * (size // 5)
    yield "end tags without beginning", b"<div>" * (size // 10) + b"</p>" * (size // 8)
    yield "end tags of other elements", b"<i><p>" * (size // 16) + b"</i>" * (size // 8)
    yield "formatting, each other", b"".join(b"<b a%d>" % n for n in range(size // 10))
    yield (
        "formatting, then p",
        (b"<p>" + b"".join(b"<b a%d>" % n for n in range(size // 20)) + b"</p><p>x" * (size // 16)),
    )
    yield "attributes of one element", b"<p " + b" ".join(b"a%d=1" % n for n in range(size // 8)) + b">"
    yield "one attribute again and again", b"<p " + b"a=1 " * (size // 4) + b">"
    yield "attributes of html again", b"".join(b"<html a%d=1>" % n for n in range(size // 14))
    yield "options", b"<select>" + b"<option>x" * (size // 9)
    yield "selected options", b"<select><selectedcontent></selectedcontent>" + b"<option selected>x" * (size // 18)
    yield "nested selects", b"<select><button><selectedcontent><option selected>" * (size // 48)
    yield "nested a", b"<a href=x><div>" * (size // 15)
    yield "entities", b"&lt;" * (size // 4)
    yield "unknown entities", b"&x" * (size // 2)
    yield "comments", b"<!---->" * (size // 7)
    yield "open comment", b"<!--" + b"-" * size
    yield "forms and buttons", b"<form><button>" * (size // 14)
    yield "dd and dt", b"<dl><dd><dt>" * (size // 12)
    yield "headings", b"<h1>" * (size // 4)
    yield "rubies", b"<ruby><rt>" * (size // 10)


def measure_bombs(sizes: tuple[int, ...], limit: float) -> int:
    """Time every bomb in a child; returns how many crash, or take too long or too much."""
    bad = 0
    context = multiprocessing.get_context("fork")
    print(f"{'bomb':30}" + "".join(f"{size // 1000:>12,} KB" for size in sizes) + "   (CPU seconds, megabytes)")
    for name in [name for name, _ in bombs(0)]:
        cells = []
        for size in sizes:
            results = context.Queue()
            child = context.Process(target=_one_bomb, args=(name, size, results))
            child.start()
            child.join(limit)
            hung = child.is_alive()
            if hung:
                child.kill()
                child.join()
            if child.exitcode:
                bad += 1
                cells.append("hang" if hung else f"crash {child.exitcode}")
                break
            seconds, held = results.get()
            cells.append(f"{seconds:.2f}s {held:.0f}M")
        print(f"{name:30}" + "".join(f"{cell:>15}" for cell in cells), flush=True)
    return bad


def _one_bomb(name: str, size: int, results: multiprocessing.Queue[tuple[float, float]]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (3000 * MEGABYTE, 3000 * MEGABYTE))
    data = dict(bombs(size))[name]
    before = memory()
    began = time.process_time()
    root = tree.parse(data)
    assert root is not None
    for _ in tree.descendants(root):
        pass
    tree.select("div p.x", root)
    results.put((time.process_time() - began, memory() - before))


def show_lost(pages: list[tuple[str, bytes]]) -> int:
    """Print the pages whose printed text lexbor reads otherwise than lxml; returns how many lose text."""
    lost = 0
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    for name, raw in pages:
        data = as_utf8(raw)
        ours, theirs = printed_by_lexbor(data), printed_by_lxml(data, parser)
        missing = sum((theirs - ours).values())
        more = sum((ours - theirs).values())
        if missing + more > 0:
            kind = "LOST" if missing > 20 else ""
            lost += bool(kind)
            both = sum((ours & theirs).values())
            print(f"{name:50} words in both {both:7}, in lxml alone {missing:6}, in lexbor alone {more:6} {kind}")
    print(f"{len(pages)} pages, {lost} of which lexbor loses more than 20 words")
    return lost


_UNPRINTED = ("script", "style", "noscript", "template", "iframe", "head", "textarea", "title", "noframes")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


def printed_by_lexbor(data: bytes) -> Counter[str]:
    """Count the words that lexbor reads."""
    words: Counter[str] = Counter()
    root = tree.parse(data)
    for node in tree.descendants(tree.body_of(root)) if root is not None else ():
        if node.text_content and node.parent is not None and node.parent.tag not in _UNPRINTED:
            words.update(_WORD.findall(node.text_content))
    return words


def printed_by_lxml(data: bytes, parser: etree.HTMLParser) -> Counter[str]:
    """Count the words that lxml reads."""
    words: Counter[str] = Counter()
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return words
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str) and element.tag not in _UNPRINTED and not hidden(element):
            words.update(_WORD.findall(element.text or ""))
        parent = element.getparent()
        if parent is not None and parent.tag not in _UNPRINTED and not hidden(parent):
            words.update(_WORD.findall(element.tail or ""))
    return words


def hidden(element: etree._Element) -> bool:
    """Return whether an element stands in one that prints nothing."""
    return any(outer.tag in _UNPRINTED for outer in element.iterancestors())


def as_utf8(raw: bytes) -> bytes:
    """Return a page in UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace").encode()
    return raw


def main() -> int:
    """Read the options and do what was asked for; 1 if something crashed, hung or was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder of the real pages")
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first page")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that one page may take")
    parser.add_argument("--only", type=int, help="read this page alone")
    parser.add_argument("--bombs", action="store_true", help="measure what costs more than its size")
    parser.add_argument("--lost", action="store_true", help="compare the text of real pages with what lxml reads")
    options = parser.parse_args()
    if options.bombs:
        return int(measure_bombs((50_000, 200_000, 1_000_000, 4_000_000), options.limit) > 0)
    if options.lost:
        paths = sorted(options.data.glob("*/pages/*.html.gz"))
        return int(show_lost([(f"{p.parts[-3]}/{p.name}", gzip.decompress(p.read_bytes())) for p in paths]) > 0)
    pages = real_pages(options.data)
    if options.only is not None:
        data = Mutator(pages).page(options.only)
        print(f"page {options.only}: {len(data)} bytes, {drive(data, random.Random(~options.only))} nodes")
        return 0
    print(f"{len(pages)} pages to begin with, process {os.getpid()}", flush=True)
    return int(bool(fuzz(pages, options.first, options.pages, options.limit).bad))


if __name__ == "__main__":
    sys.exit(main())
