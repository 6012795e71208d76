"""Files of raw pages in every format that archives use, and files that only bear such a name."""

from __future__ import annotations

import gzip
import io
import random
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.warc.formats import read_pages
from newsarchive.warc.reader import Damage, Record
from newsarchive.warc.zstd import DICTIONARY_MAGIC, MODULES, zstd_package

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1 << 20
ZSTD = zstd_package()
NAMES = ["0.html", "1.html", "2.html"]


def record(number: int, body: bytes = b"<p>text</p>") -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body + b"%d" % number
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://press.example/{number}.html\r\n"
        f"WARC-Date: 2022-05-30T01:00:00Z\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


RECORDS = [record(number) for number in range(3)]
MEMBERS = [gzip.compress(one, mtime=0) for one in RECORDS]


def arc(
    number: int, url: str = "http://press.example/{}.html", version: int = 1, mark: bytes = b"HTTP/1.0 200 OK\n\n"
) -> bytes:
    body = mark + b"<p>text %d</p>" % number
    more = " 200 - - 512 x.arc" if version == 2 else ""
    return f"{url.format(number)} 192.0.2.7 20020530010203 text/html{more} {len(body)}\n".encode() + body + b"\n"


def arc_head(version: int = 1) -> bytes:
    body = b"1 0 Press\nURL IP-address Archive-date Content-type Archive-length\n"
    return (
        b"filedesc://x.arc 0.0.0.0 20020530010000 text/plain %s%d\n"
        % (
            b"200 - - 0 x.arc " if version == 2 else b"",
            len(body),
        )
        + body
        + b"\n"
    )


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as container:
        for name, data in files.items():
            container.writestr(name, data)
    return out.getvalue()


def frames(dictionary: Any = None, *, sized: bool = True) -> list[bytes]:
    named = ZSTD.CompressionParameter
    options = {named.checksum_flag: True, named.content_size_flag: sized}
    return [ZSTD.compress(one, options=options, zstd_dict=dictionary) for one in RECORDS]


def dictionary() -> Any:
    chance = random.Random(7)
    words = [bytes(chance.randrange(97, 123) for _ in range(6)) for _ in range(300)]
    samples = [record(n, b" ".join(chance.choices(words, k=60))) for n in range(400)]
    return ZSTD.train_dict(samples, 4096)


def skippable(content: bytes) -> bytes:
    return DICTIONARY_MAGIC + len(content).to_bytes(4, "little") + content


def found_in(path: Path, data: bytes) -> tuple[list[str], list[str]]:
    """Return the last part of each page's address, and what was told of the damage."""
    path.write_bytes(data)
    found = list(read_pages(path, LIMIT))
    names = [one.headers["warc-target-uri"].rpartition("/")[2] for one in found if isinstance(one, Record)]
    return names, [one.detail for one in found if isinstance(one, Damage)]


GOOD = dictionary()
WARC, WARC_GZ = b"".join(RECORDS), b"".join(MEMBERS)
FORMS = {
    "plain": WARC,
    "gzip by record": WARC_GZ,
    "gzip as a whole": gzip.compress(WARC, mtime=0),
    "gzip around gzip by record": gzip.compress(WARC_GZ, mtime=0),
    "zstd by record": b"".join(frames()),
    "zstd by record, sizes not written": b"".join(frames(sized=False)),
    "zstd as a whole": ZSTD.compress(WARC),
    "zstd with a dictionary": skippable(GOOD.dict_content) + b"".join(frames(GOOD)),
    "zstd with a packed dictionary": skippable(ZSTD.compress(GOOD.dict_content)) + b"".join(frames(GOOD)),
    "gzip around zstd": gzip.compress(b"".join(frames()), mtime=0),
    "wacz": zipped({"datapackage.json": b"{}", "archive/a.warc.gz": WARC_GZ, "pages/pages.jsonl": b"{}\n"}),
    "wacz of two files": zipped({"archive/a.warc.gz": MEMBERS[0], "archive/b.warc": RECORDS[1] + RECORDS[2]}),
    "wacz, packed": zipped({"archive/a.warc.gz": WARC_GZ}, zipfile.ZIP_DEFLATED),
    "wacz of wacz": zipped({"one.wacz": zipped({"archive/a.warc.gz": WARC_GZ})}),
    "wacz with zstd": zipped({"archive/a.warc.zst": skippable(GOOD.dict_content) + b"".join(frames(GOOD))}),
    "arc": arc_head() + b"".join(map(arc, range(3))),
    "arc by record": b"".join(gzip.compress(one, mtime=0) for one in (arc_head(), *map(arc, range(3)))),
    "arc as a whole": gzip.compress(arc_head() + b"".join(map(arc, range(3))), mtime=0),
    "arc 2": arc_head(2) + b"".join(arc(n, version=2) for n in range(3)),
    "arc without a head": b"".join(map(arc, range(3))),
    "wacz with arc": zipped({"archive/a.arc.gz": gzip.compress(arc_head() + b"".join(map(arc, range(3))), mtime=0)}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_gives_its_pages(tmp_path: Path, form: str) -> None:
    assert found_in(tmp_path / "any-name", FORMS[form]) == (NAMES, [])


def test_an_arc_record_says_address_time_and_type_and_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    other = [
        arc(1, "http://press.example/a b/{}.html"),
        arc(2, mark=b"no answer "),
        arc(3, "dns:press.example"),
        b"ftp://x/y 192.0.2.7 200205300102 text/plain 2\nhi\n",
    ]
    path = tmp_path / "x.arc"
    path.write_bytes(arc_head() + b"".join(other))
    answer, file = (one for one in read_pages(path, LIMIT) if isinstance(one, Record))
    assert answer.headers == {
        "warc-target-uri": "http://press.example/a b/1.html",
        "warc-date": "2002-05-30T01:02:03Z",
        "warc-type": "response",
        "content-type": "application/http",
    }
    assert answer.block == b"HTTP/1.0 200 OK\n\n<p>text 1</p>"
    assert (file.headers["warc-type"], file.headers["content-type"]) == ("resource", "text/html")


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_arc_record_costs_itself_only(tmp_path: Path, packed: bool) -> None:
    parts = [arc_head(), *map(arc, range(3))]
    hit = bytearray(gzip.compress(parts[2], mtime=0)) if packed else bytearray(b"?" * 20 + parts[2])
    hit[len(hit) // 2] ^= 0xFF
    data = [gzip.compress(one, mtime=0) if packed else one for one in parts]
    names, told = found_in(tmp_path / "x", b"".join([*data[:2], bytes(hit), *data[3:]]))
    assert ([name for name in names if name != "1.html"], len(told)) == (["0.html", "2.html"], 1)


def test_a_damaged_frame_costs_its_record_only(tmp_path: Path) -> None:
    first, second, third = frames()
    hit = bytearray(second)
    hit[-3] ^= 0xFF  # the checksum
    names, told = found_in(tmp_path / "x", first + bytes(hit) + third)
    assert [name for name in names if name != "1.html"] == ["0.html", "2.html"]
    assert len(told) == 1
    assert found_in(tmp_path / "x", first + second[:-9])[0] == ["0.html"]
    assert found_in(tmp_path / "x", first + b"junk" + third)[0] == ["0.html", "2.html"]


def test_a_frame_that_unpacks_to_very_much_is_passed_over(tmp_path: Path) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 200000000\r\n\r\n"
    path = tmp_path / "x"
    path.write_bytes(ZSTD.compress(head + bytes(200_000_000)))
    (found,) = read_pages(path, LIMIT)
    assert isinstance(found, Record)
    assert found.block is None


def test_a_wacz_with_damage_gives_what_is_whole(tmp_path: Path) -> None:
    whole = FORMS["wacz"]
    names, told = found_in(tmp_path / "x.wacz", whole[: whole.index(b"pages/pages.jsonl")])
    assert names == NAMES
    assert "the zip file is damaged" in told[0]
    hit = whole.replace(MEMBERS[1], MEMBERS[1][:-9] + b"\xff" + MEMBERS[1][-8:])
    names, told = found_in(tmp_path / "x.wacz", hit)
    assert [name for name in names if name != "1.html"] == ["0.html", "2.html"]
    assert told[0].startswith("archive/a.warc.gz: ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (gzip.compress(b"", mtime=0), "it is empty"),
        (bytes(5000), "begins with zeros"),
        ("这不是存档文件".encode(), "it begins with '这不是存档文件'"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip of something that is no WARC file: it begins with 'a,b 1,2'"),
        (b"\xef\xbb\xbf\n<!doctype html><title>404</title>", "a page or XML"),
        (b"BZh91AY&SY", "bunzip2"),
        (b"\xfd7zXZ\0", "unxz"),
        (b"%PDF-1.7", "a PDF document"),
        (zipped({"notes.txt": b"no archive"}), "a zip file without a WARC file in it"),
        (zipped({}), "a zip file without a WARC file in it"),
        (ZSTD.compress(b"no archive"), "no WARC record begins"),
        (skippable(b"\x28\xb5\x2f\xfdbroken") + b"".join(frames()), "the dictionary is damaged"),
        (zipped({"a.wacz": zipped({"b.wacz": zipped({"c.wacz": FORMS["wacz"]})})}), "more often than any archive"),
    ],
)
def test_what_is_no_archive_is_told_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    names, told = found_in(tmp_path / "x.warc.gz", data)
    assert names == []
    assert words in " ".join(told)


@given(data=st.binary(max_size=600), before=st.booleans(), form=st.sampled_from(sorted(FORMS)))
def test_whatever_stands_around_an_archive_reading_it_ends(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, before: bool, form: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data + FORMS[form] if before else FORMS[form] + data)
    assert list(read_pages(path, LIMIT))


@given(position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), form=st.sampled_from(sorted(FORMS)))
def test_one_wrong_byte_is_never_an_error(
    tmp_path_factory: pytest.TempPathFactory, position: float, value: int, form: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "wrong"
    data = bytearray(FORMS[form])
    data[int(position * len(data))] = value
    path.write_bytes(data)
    assert list(read_pages(path, LIMIT))


def test_without_the_package_it_is_said_how_zstandard_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, None)
    names, (told,) = found_in(tmp_path / "x.warc.zst", FORMS["zstd by record"])
    assert names == []
    assert "pip install 'newsarchive[zstd]'" in told
