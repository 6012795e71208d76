"""WACZ files of an archive: whole, valid to the format's own tool, and read back as what they were made of."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import zipfile
import zlib
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import AT, page
from support.running import command_line, run_on

from newsarchive.warc import wacz
from newsarchive.warc.formats import read_pages
from newsarchive.warc.reader import Record
from newsarchive.warc.surt import surt_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.archive import Archive

TOOL = os.environ.get("WACZ") or shutil.which("wacz")
LIMIT = 1 << 20


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Make an archive of two articles, of which one was fetched twice, a listing, and a file."""
    with new_archive(tmp_path / "archive.db") as opened:
        for number, title in ((1, "港口恢复作业"), (2, "江湾“地铁” & <加开> 班次")):
            post = page(f"http://press.example/财经/{number}.html?b=2&a=1", f"<h1>{number}</h1>")
            crawled(opened, article(post, title=title, key=f"k{number}"))
        again = opened.snapshots.load(1, role="post", site="demo")
        opened.snapshots.save(page(again.url, again.body, at=again.fetched_at + timedelta(days=1)))
        opened.snapshots.save(page("http://press.example/", "<a href=1.html>", at=AT))
        opened.snapshots.save(page("file:a.md", "---", role="file", at=AT))
        yield opened


def export(archive: Archive, *query: str) -> Path:
    path = archive.path.with_suffix(".wacz")
    ran = run_on(archive.path, "export", "wacz", "-o", path, "--title", "江湾的档案", *query)
    assert ran.status == 0, ran.err
    return path


def urls_in(path: Path) -> list[tuple[str, str]]:
    found = [one for one in read_pages(path, LIMIT) if isinstance(one, Record)]
    return [(one.headers["warc-type"], one.headers["warc-target-uri"].rpartition("/")[2]) for one in found]


def test_all_pages_are_in_it_and_those_of_a_query_only(archive: Archive) -> None:
    everything = [
        ("response", "1.html?b=2&a=1"),
        ("response", "2.html?b=2&a=1"),
        ("revisit", "1.html?b=2&a=1"),
        ("response", ""),
    ]
    assert urls_in(export(archive)) == everything
    assert urls_in(export(archive, "港口")) == [everything[0], everything[2]]


def test_every_file_is_listed_with_its_digest_and_the_list_has_one(archive: Archive) -> None:
    with zipfile.ZipFile(export(archive)) as found:
        data = found.read("datapackage.json")
        package = json.loads(data)
        listed = {one["path"]: (one["hash"], one["bytes"]) for one in package["resources"]}
        names = set(found.namelist()) - {"datapackage.json", "datapackage-digest.json"}
        assert listed == {
            name: (f"sha256:{hashlib.sha256(found.read(name)).hexdigest()}", len(found.read(name))) for name in names
        }
        assert json.loads(found.read("datapackage-digest.json")) == {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        }
        assert (package["wacz_version"], package["title"]) == ("1.1.1", "江湾的档案")
        stored = {info.filename for info in found.infolist() if info.compress_type == zipfile.ZIP_STORED}
        assert stored == {"archive/00001.warc.gz", "indexes/index.cdx.gz"}


def test_readers_that_trust_the_central_directory_find_where_each_file_begins(archive: Archive) -> None:
    path = export(archive)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as found:
        for info in found.infolist():
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            assert (extra > 0) == bool(info.extra), info.filename
            packed = data[info.header_offset + 30 + name + extra :][: info.compress_size]
            stored = packed if info.compress_type == zipfile.ZIP_STORED else zlib.decompress(packed, -zlib.MAX_WBITS)
            assert stored == found.read(info.filename)


def test_the_list_of_pages_names_each_article_with_its_text(archive: Archive) -> None:
    with zipfile.ZipFile(export(archive)) as found:
        head, *pages = (json.loads(line) for line in found.read("pages/pages.jsonl").splitlines())
    assert (head["format"], head["hasText"]) == ("json-pages-1.0", True)
    assert [(one["title"], one["ts"]) for one in pages] == [
        ("港口恢复作业", "2026-03-05T01:00:00Z"),
        ("江湾“地铁” & <加开> 班次", "2026-03-05T01:00:00Z"),
    ]
    assert pages[0]["url"] == "http://press.example/%E8%B4%A2%E7%BB%8F/1.html?b=2&a=1"
    assert all(one["text"] for one in pages)


def test_the_index_leads_to_every_record_block_by_block(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wacz, "BLOCK", 2)
    monkeypatch.setattr(wacz, "_SORTED", 2)
    monkeypatch.setattr(wacz, "LARGEST_WARC", 1500)
    lines = []
    with zipfile.ZipFile(export(archive)) as found:
        warcs = [name for name in found.namelist() if name.startswith("archive/")]
        assert len(warcs) > 1
        index = found.read("indexes/index.cdx.gz")
        meta, *blocks = found.read("indexes/index.idx").decode().splitlines()
        assert json.loads(meta.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
        for block in blocks:
            key, time, values = block.split(" ", 2)
            place = json.loads(values)
            packed = index[place["offset"] :][: place["length"]]
            assert f"sha256:{hashlib.sha256(packed).hexdigest()}" == place["digest"]
            lines += gzip.decompress(packed).splitlines()
            assert lines[-2 if len(lines) % 2 == 0 else -1].startswith(f"{key} {time} ".encode())
        assert lines == sorted(lines)
        assert len(lines) == 4
        for line in lines:
            key, _, values = line.decode().split(" ", 2)
            place = json.loads(values)
            packed = found.read(f"archive/{place['filename']}")[int(place["offset"]) :][: int(place["length"])]
            assert f"WARC-Target-URI: {place['url']}\r\n".encode() in gzip.decompress(packed)
            assert key == surt_key(place["url"])


def test_what_is_damaged_is_left_out_and_told(archive: Archive) -> None:
    name, offset = archive.connection.execute("SELECT warc_file, warc_offset FROM snapshots WHERE id = 2").fetchone()
    with (archive.path.parent / name).open("r+b") as file:
        file.seek(offset + 40)
        file.write(b"\xff\xff\xff")
    path = archive.path.with_suffix(".wacz")
    ran = run_on(archive.path, "export", "wacz", "-o", path)
    assert ran.status == 1
    assert "Left out: snapshot 2: " in ran.err
    assert [url for _, url in urls_in(path)] == ["1.html?b=2&a=1", "1.html?b=2&a=1", ""]
    with zipfile.ZipFile(path) as found:
        assert len(found.read("pages/pages.jsonl").splitlines()) == 2


def test_it_can_be_written_to_a_pipe(archive: Archive) -> None:
    command = command_line(archive.path, "export", "wacz")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        data = process.stdout.read()
    path = archive.path.with_suffix(".piped")
    path.write_bytes(data)
    assert len(urls_in(path)) == 4
    with closing(zipfile.ZipFile(io.BytesIO(data))) as found:
        assert found.testzip() is None


@pytest.mark.skipif(TOOL is None, reason="no wacz: pipx install wacz, or name its command in WACZ")
def test_the_tool_of_the_format_finds_nothing_wrong(archive: Archive) -> None:
    assert TOOL is not None
    for query in ((), ("港口",), ("没有的词",)):
        ran = subprocess.run(
            [TOOL, "validate", "-f", export(archive, *query)], capture_output=True, text=True, check=False
        )
        assert (ran.returncode, "the passed WACZ is valid" in ran.stdout) == (0, True), ran.stdout + ran.stderr
