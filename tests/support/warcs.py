"""Files of raw pages as other crawlers write them, with invented texts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGE = (
    '<html><head><meta charset="utf-8"><title>{title}_江湾晚报网</title></head><body><h1>{title}</h1>'
    '<div class="time">2022-05-{day:02} 08:30:00 来源：江湾晚报</div><div id="content"><p>{text}第一段。</p>'
    "<p>记者在现场看到，{text}第二段。</p><p>港务局负责人表示，{text}第三段。</p></div></body></html>"
)


def write_warc(path: Path, numbers: Iterable[int]) -> None:
    """Write a page for each number, as the answers of a server, and a page that is no article."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.0")
        pages = {
            f"http://press{number % 5}.example/{number}.html": PAGE.format(
                title=f"港口第{number}号泊位恢复作业",
                day=1 + number % 28,
                text=f"江湾港口第{number}号泊位今晨恢复作业，首批{number + 3}艘货轮已经离港，积压货物周末前可以运完，",
            )
            for number in numbers
        }
        pages[f"http://press.example/{path.stem}/"] = "<html><ul><li><a href=/1.html>x</a></ul></html>"
        for url, text in pages.items():
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            body = text.encode()
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    io.BytesIO(body),
                    len(body),
                    http_headers=http,
                    warc_headers_dict={"WARC-Date": "2022-06-01T03:00:00Z"},
                )
            )


def write_warcs(folder: Path, names: Iterable[str]) -> Path:
    """Make a folder with a file of five articles by each name; return it."""
    folder.mkdir()
    for number, name in enumerate(names):
        write_warc(folder / f"{name}.warc.gz", range(10 * number, 10 * number + 5))
    return folder
