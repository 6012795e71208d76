"""GB18030 and Big5, pointer by pointer, against the decoders of a real browser, and what Python reads otherwise.

The comparison needs Debian's `chromium` (or another one that NEWSARCHIVE_CHROMIUM names) and the Python package
playwright; without them it is skipped.
"""

import os
import shutil

import pytest

from newsarchive.extract.charset import decode
from newsarchive.extract.charset_standard import read_standard

CHROMIUM = os.environ.get("NEWSARCHIVE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PAIRS = [bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF) if trail != 0x7F]
FOURS = [bytes((a, b, c, d)) for a in range(0x81, 0x85) for b in range(0x30, 0x3A) for c in range(0x81, 0xFF)
         for d in range(0x30, 0x3A)]  # fmt: skip
#: The standard has two characters for each of these; Chromium's decoder makes a lone surrogate of them.
TWO = {"8862": "\u00ca\u0304", "8864": "\u00ca\u030c", "88a3": "\u00ea\u0304", "88a5": "\u00ea\u030c"}
ASK = """([label, codes]) => codes.map(code =>
    new TextDecoder(label).decode(new Uint8Array(code.match(/../g).map(byte => parseInt(byte, 16)))))"""


@pytest.fixture(scope="module")
def page():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium.new_page()
        chromium.close()


def known(text):
    """Return a reading; all readings of what the standard does not define are one."""
    return "\ufffd" if "\ufffd" in text else text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "codec", "codes", "defined"),
    [
        ("big5", "big5hkscs", PAIRS, 18_590),
        ("gbk", "gb18030", PAIRS, 23_940),
        ("gb18030", "gb18030", PAIRS, 23_940),
        ("gb18030", "gb18030", FOURS, 39_000),
    ],
)
def test_every_pointer_is_read_as_a_browser_reads_it(page, label, codec, codes, defined):
    theirs = page.evaluate(ASK, [label, [code.hex() for code in codes]])
    ours = [read_standard(code, codec, "replace") for code in codes]
    other = {
        code.hex(): (known(mine), known(browser))
        for code, mine, browser in zip(codes, ours, theirs, strict=True)
        if known(mine) != known(browser)
    }
    assert {code: mine for code, (mine, _) in other.items()} == (TWO if label == "big5" else {})
    assert sum("\ufffd" not in text for text in ours) >= defined


@pytest.mark.parametrize(
    ("data", "codec", "text"),
    [
        (b"\xa4\xda\xa9\xd4\xa7J\xa1\x45\xbc\xda", "big5hkscs", "巴拉克‧歐"),
        (b"\x90\x6d\x8e\xcdA\xfd\xbb", "big5hkscs", "都者A港"),
        (b"\xa1\xe3\xa2\x44\xa2\x46", "big5hkscs", "～￥￠"),
        (b"\x80100\xd4\xaa", "gb18030", "€100元"),
        (b"\xa6\xd9\xfe\x59\xa3\xa0\xa8\xbc", "gb18030", "︐龴\u3000ḿ"),
        (b"\x81\x35\xf4\x37", "gb18030", "\ue7c7"),
    ],
)
def test_what_python_reads_otherwise_is_read_as_the_standard_has_it(data, codec, text):
    assert read_standard(data, codec, "replace") == text


def test_half_a_character_is_lost_alone():
    assert read_standard(b"\xa4\xda\xa9", "big5hkscs", "replace") == "巴\ufffd"
    assert read_standard(b"\x90\x6d\xff\xa4\xda", "big5hkscs", "replace") == "都\ufffd巴"


def test_a_page_with_a_euro_sign_of_windows_in_gbk_is_whole():
    body = (
        "<p>价格：</p>".encode("gbk")
        + b"\x80"
        + "100，比去年同期下降了一成。市场人士说，这是意料之中的。".encode("gbk")
    )
    read = decode(body, "text/html; charset=gbk")
    assert "€100" in read.text
    assert not read.damaged
