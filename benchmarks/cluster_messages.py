"""What it costs to write and read the messages of a page (found, begun, saved, stored), beside pickle, interleaved.

Prints microseconds of CPU a page and bytes a page; `--json FILE` writes them for `cluster_sim.py`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import statistics
import time
import zlib
from datetime import UTC, datetime
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

from newsarchive.archive import Link
from newsarchive.crawl.writer.messages import Message
from newsarchive.crawl.writer.wire import decode, encode_message
from newsarchive.models import Article, Byline, Hints, Image, Page, Paragraph

_NOW = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)


def page_messages(number: int, dice: random.Random, size: int = 12_700) -> list[Message]:
    """Return what a crawl says of one page of so many bytes."""
    url = f"http://news.example/2026/03/{number}.html"
    words = [chr(dice.randrange(0x4E00, 0x9000)) for _ in range(300)]
    paragraphs = [Paragraph("".join(dice.choices(words, k=90))) for _ in range(12)]
    text = "".join(f"<p class='text'>{one.text}</p>\n" for one in paragraphs)
    body = (text + "<li><a href='/nav/" + "x" * 40 + "'>nav</a></li>\n" * 400).encode()[:size]
    headers = {"content-type": "text/html", "date": "Thu, 05 Mar 2026 01:02:03 GMT", "server": "nginx", "etag": "abc"}
    page = Page(
        url, "post", "demo", body, _NOW, headers=headers, hints=Hints(title="标题"), found_on="http://x.example/"
    )
    article = Article(
        page=Page(url, "post", "demo", b"", _NOW, headers=headers, hints=page.hints, found_on=page.found_on),
        article_key=str(number),
        title="".join(dice.choices(words, k=20)),
        paragraphs=paragraphs,
        published_at=_NOW,
        source="某报",
        bylines=[Byline("author", "王一")],
        images=[Image("http://news.example/i.jpg", "图")],
        lang="zh",
        charset="utf-8",
        extractor="heuristics",
        evidence=dict.fromkeys(("title", "published_at", "source", "authors", "body", "lang"), "json-ld"),
    )
    links = [Link(f"{url}?{n}", "demo", "post", url, Hints("标题")) for n in range(2)]
    return [Message("begin", (url,)), Message("save", (page,)), Message("store", (article, links))]


def main() -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    dice = random.Random(7)
    messages = [message for number in range(options.pages) for message in page_messages(number, dice)]
    ways = {
        "pickle": (lambda message: bytes(ForkingPickler.dumps(message)), pickle.loads),
        "frames": (encode_message, decode),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    sizes = {}
    for _ in range(options.rounds):
        for name, (write, read) in ways.items():
            began = time.process_time()
            written = [write(message) for message in messages]
            between = time.process_time()
            for one in written:
                read(one)
            times[name].append((between - began, time.process_time() - between))
            sizes[name] = written
    result = {}
    for name, taken in times.items():
        writing, reading = (statistics.median(part) / options.pages * 1e6 for part in zip(*taken, strict=True))
        plain = sum(map(len, sizes[name])) / options.pages
        packed = len(zlib.compress(b"".join(sizes[name][:60]), 1)) / 20
        result[name] = {"write_us": writing, "read_us": reading, "bytes": plain, "packed_bytes": packed}
        print(
            f"{name}: {writing:.0f} us to write, {reading:.0f} us to read a page, {plain:.0f} bytes,"
            f" {packed:.0f} in packed envelopes of 20 pages"
        )
    if options.json:
        options.json.write_text(json.dumps({"messages": result}, indent=1) + "\n")


if __name__ == "__main__":
    main()
