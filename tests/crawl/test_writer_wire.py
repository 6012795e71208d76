"""Messages between a crawl and its writer: what goes in comes out, and nothing else is called."""

import hashlib
import json
from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

import pytest

from newsarchive.archive import FrontierEntry, Link
from newsarchive.archive.listings import KnownListing, ListingLink, ReadListing, Validators
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.writer import wire
from newsarchive.crawl.writer.messages import Broken, Committed, Crawl, Failed, Message, Report
from newsarchive.crawl.writer.operations import Operations
from newsarchive.models import Article, Byline, Category, Hints, Image, Mention, Page, Paragraph, Problem, Recheck
from newsarchive.options import Options

NOW = datetime(2026, 3, 5, 1, 2, 3, 456789, tzinfo=UTC)
# The classes that are written, with their fields, as this version writes them.
SHAPES = {1: "39e1f05a820397d1"}


def page(body=b"<p>\xff\x00</p>"):
    hints = Hints(title="第一条", authors=("王一", "李二"), category=Category("gold", "黄金"), tickers=("NASDAQ:XX",))
    return Page(
        "http://news.example/1",
        "post",
        "demo",
        body,
        NOW,
        404,
        {"@": "etag", "date": "x"},
        hints,
        final_url="http://news.example/2",
    )


def article():
    return Article(
        page=page(b""),
        article_key="1",
        title="𝕏 \ud800 allein",
        paragraphs=[Paragraph("一"), Paragraph("二", "quote")],
        published_at=NOW,
        precision="minute",
        via=["甲报"],
        bylines=[Byline("author", "王一")],
        mentions=[Mention("1", "600000", count=3)],
        images=[Image("http://news.example/i.png", caption="图")],
        category=Category("gold"),
        paywalled=True,
        evidence={"title": "meta"},
        problems=[Problem("extract", "no-date")],
        part=2,
    )


link = Link("http://news.example/3", "demo", "post", None, Hints(title="三"))
row = FrontierEntry("http://news.example/4", "demo", "share", validators=Validators("e", None, "d"), is_unfinished=True)
listing = KnownListing("http://news.example/", "demo", "feed", None, Validators("x"), "rules", due=True, links=0)
further = ListingLink("http://news.example/p2", "demo", "feed", "http://news.example/")
gone = Outcome("gone", "gone", "404", NOW, final=True)


@pytest.mark.parametrize(
    "message",
    [
        Message("save", (page(),), run_id=3),
        Message("store", (article(), [link, link])),
        Message("find", ([link],), urgent=True),
        Message("save_refused", (page(b""),)),
        Message("problem", ("http://news.example/", "fetch", "gone", "detail"), {"site": "demo"}),
        Message("begin", ("http://news.example/",)),
        Message("settle", (row, "fetch", gone, None, [link])),
        Message("settle", (row, "fetch", gone)),
        Message("unchanged", ("http://news.example/",)),
        Message("read_listing", (ReadListing(listing, [link], [further]),), {"remember": True}),
        Message("answered", ("http://news.example/", Validators("e")), {}),
        Message("answered", ("http://news.example/", None), {}),
        Message("rest", ("http://news.example/", None)),
        Message("want", (further,)),
        Message(None, urgent=True, run_id=9, ends=True),
    ],
    ids=lambda message: str(message.method),
)
def test_a_message_comes_out_as_it_went_in(message):
    assert wire.decode(wire.encode_message(message)) == message


def test_a_crawl_and_its_answers_come_out_as_they_went_in():
    crawl = Crawl(1, "demo", "label", True, NOW, Recheck(2.0, (1.0, 5.0)), Options(db="/x.db", window=3), locks=1)
    assert wire.decode(wire.encode_crawl(crawl)) == crawl
    report = Report(Counter({"lost": 1}), {"http://news.example/"}, ["Traceback"], grown=True)
    for answer in (Committed([None, (1, 2), 3, Failed("why")], {7: report, 8: Report()}), Broken("full")):
        assert wire.decode(wire.encode_answer(answer)) == answer


def test_settings_that_the_writer_does_not_know_are_left_out():
    crawl = Crawl(1, "demo", "demo", True, None, Recheck(), Options(db="x"))
    text = wire.encode_crawl(crawl)[4:].replace(b'"db":"x"', b'"db":"x","newer_setting":1')
    assert wire.decode(len(text).to_bytes(4) + text) == crawl


def test_every_operation_a_crawl_submits_has_its_arguments_in_the_list():
    public = {name for name in vars(Operations) if not name.startswith("_")} - {"attempt", "take_report"}
    assert public == wire.OPERATIONS
    for name, kinds in wire._ARGUMENTS.items():
        code = getattr(Operations, name).__code__
        assert list(kinds) == list(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])


@pytest.mark.parametrize("method", ["attempt", "__init__", "_guarded", "archive", "take_report", ["save"]])
def test_nothing_but_an_operation_is_called(method):
    text = json.dumps([wire.VERSION, "message", method, [], {}, False, 1, False, []]).encode()
    with pytest.raises(ValueError, match=r"frame|operation"):
        wire.decode(len(text).to_bytes(4) + text)


def test_a_message_for_no_operation_is_not_written():
    with pytest.raises(ValueError, match="attempt"):
        wire.encode_message(Message("attempt", ()))


@pytest.mark.parametrize("change", [lambda frame: frame[:-1], lambda frame: frame + b"x", lambda frame: b"\0" * 9])
def test_a_damaged_frame_is_refused(change):
    with pytest.raises(ValueError):  # noqa: PT011 - in whatever way it is damaged
        wire.decode(change(wire.encode_message(Message("save", (page(),)))))


def test_a_frame_of_a_newer_version_says_so():
    text = json.dumps([wire.VERSION + 1, "something", []]).encode()
    with pytest.raises(wire.NewerFormError, match="knows forms up to"):
        wire.decode(len(text).to_bytes(4) + text)


def test_no_class_that_is_written_changes_without_a_new_version():
    seen = {}

    def add(kind):
        if is_dataclass(kind) and kind.__name__ not in seen:
            seen[kind.__name__] = [(one.name, str(one.type)) for one in fields(kind)]

    for kind in (Page, Article, Hints, Category, Paragraph, Byline, Mention, Image, Problem, Recheck, Outcome):
        add(kind)
    for kind in (Crawl, Broken, Report, Link, FrontierEntry, Validators, ListingLink, KnownListing, ReadListing):
        add(kind)
    shape = hashlib.sha256(json.dumps([seen, list(wire._ARGUMENTS)], sort_keys=True).encode()).hexdigest()[:16]
    assert shape == SHAPES[wire.VERSION], "raise wire.VERSION, and write the new shape here"
