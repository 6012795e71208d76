"""XML that strangers write is read to its end, and what of it is lost is told."""

from __future__ import annotations

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from support.growth import grows_linearly

from newsarchive.extract.xml import base_of, child, children, name_of, parse_xml, read_xml, text_of, vocabulary_of
from newsarchive.extract.xml_repair import repair_xml


def written(text: str) -> str:
    root = parse_xml(text).root
    assert root is not None
    return etree.tostring(root, encoding="unicode", with_tail=False)


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("<rss>A&B</rss>", "<rss>A&amp;B</rss>"),
        ("<rss>?a=1&id=2&amp;copy=3</rss>", "<rss>?a=1&amp;id=2&amp;copy=3</rss>"),
        ('<rss a="?x=1&y=2">&</rss>', '<rss a="?x=1&amp;y=2">&amp;</rss>'),
        ("<rss>甲&nbsp;&mdash;乙&oops;</rss>", "<rss>甲\xa0—乙&amp;oops;</rss>"),
        ("<rss>&#55357;&#56832;&#xd83d;|&#xDE00;</rss>", "<rss>😀\ufffd|\ufffd</rss>"),
        ("<rss>&#0;&#11;&#99999999;&#146;&lt;&#60;</rss>", "<rss>\ufffd\ufffd’&lt;&lt;</rss>"),
        ("<rss>甲\x00\x0b\x1f乙\uffff</rss>", "<rss>甲乙</rss>"),
        ("<rss>1 < 2 <> 3</rss>", "<rss>1 &lt; 2 &lt;&gt; 3</rss>"),
        ("<rss><a b=1 b='2' c>x</a></rss>", '<rss><a b="1">x</a></rss>'),
        ("<rss><a b=/x/>y</rss>", '<rss><a b="/x"/>y</rss>'),
        ("<br><b>Notice</b>: x <?xml version='1.0'?><rss>x</rss>", "<rss>x</rss>"),
        ("<!-- <rss>old</rss> --><rss>x&</rss>", "<rss>x&amp;</rss>"),
        ("junk <?php echo 1 ?><rss>x</rss>", "<rss>x</rss>"),
        ('<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>', "<rss>&amp;a;</rss>"),
        ('<!DOCTYPE rss SYSTEM "x.dtd"><rss>&eacute;</rss>', "<rss>é</rss>"),
        ("<rss><b>甲<i>乙</b>丙</rss>", "<rss><b>甲<i>乙</i></b>丙</rss>"),
        ("<rss>甲</b>乙</rss>", "<rss>甲乙</rss>"),
        ("<rss>甲<br>乙</rss>", "<rss>甲<br/>乙</rss>"),
        ("<rss><item>1<item>2</item></rss>", "<rss><item>1</item><item>2</item></rss>"),
        ("<rss><a><![CDATA[x</a><a><![CDATA[y&]]></a></rss>", "<rss><a>x</a><a>y&amp;</a></rss>"),
        ("<rss><a><![CDATA[x</a><a>y</a></rss>", "<rss><a>x</a><a>y</a></rss>"),
        ("<rss><a>x & <![CDATA[<p>&nbsp;</p>]]></a></rss>", "<rss><a>x &amp; &lt;p&gt;&amp;nbsp;&lt;/p&gt;</a></rss>"),
        ("<rss><a>]]> &</a></rss>", "<rss><a>]]&gt; &amp;</a></rss>"),
        ("<rss><item><title>1<link>2</item></rss>", "<rss><item><title>1</title><link>2</link></item></rss>"),
        ("<rss>1</rss><item>& 2</item><script>", "<rss>1<item>&amp; 2</item><script/></rss>"),
    ],
)
def test_what_is_not_well_formed_is_repaired_and_nothing_is_lost(text: str, repaired: str) -> None:
    assert written(text) == repaired
    assert parse_xml(text).damage is None


@pytest.mark.parametrize(
    ("text", "damage"),
    [
        ("", "empty"),
        ("no XML at all", "no XML"),
        ("<rss><item>1</item><item>2", "it ends in the middle"),
        ("<rss><item>1</item><it", "it ends in the middle"),
        ("<rss><item>1<!-- </item></rss>", "a comment has no end"),
        ("<rss><item><![CDATA[1", "a CDATA section has no end"),
        ("<rss>" + "<b>" * 300 + "x" + "</b>" * 300 + "</rss>", "elements are nested more than 200 deep"),
    ],
)
def test_what_is_lost_is_told(text: str, damage: str) -> None:
    assert parse_xml(text).damage == damage


@pytest.mark.parametrize(
    "cut", ["<link>/a/12", "<link>/a/12</li", '<link href="/a/12', "<link><![CDATA[/a/12", "<b>x</b"]
)
def test_half_an_address_is_none(cut: str) -> None:
    root = parse_xml("<rss><item><title>1</title>" + cut).root
    assert root is not None
    assert [name_of(element) for element in root[0]] == ["title"]


def test_a_long_text_costs_nothing_behind_it() -> None:
    root = parse_xml(f"<rss><item>{'长' * 4_000_000}</item><item>2</item></rss>").root
    assert root is not None
    assert [len(element.text or "") for element in root] == [4_000_000, 1]


def test_what_stands_behind_a_comment_without_end_is_read() -> None:
    assert written("<rss><a>1</a><!-- <a>2</a></rss>") == "<rss><a>1</a> <a>2</a></rss>"


def test_what_lies_too_deep_costs_nothing_behind_it() -> None:
    text = "<rss><item>" + "<b>" * 300 + "x" + "</b>" * 300 + "</item><item>2</item></rss>"
    root = parse_xml(text).root
    assert root is not None
    assert [name_of(element) for element in root] == ["item", "item"]


def test_no_file_is_read_and_no_entity_expanded() -> None:
    text = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY l "lol&l2;">]><rss>&f;&l;</rss>'
    assert written(text) == "<rss>&amp;f;&amp;l;</rss>"


def test_a_damaged_gzip_file_is_told() -> None:
    assert read_xml(b"\x1f\x8b\x08 nothing").damage is not None


@pytest.mark.parametrize(
    ("tag", "vocabulary"),
    [
        ('<a xmlns="http://www.w3.org/2005/Atom"/>', "atom"),
        ('<a xmlns="https://www.w3.org/2005/atom/"/>', "atom"),
        ('<a xmlns="http://purl.org/rss/1.0/"/>', "rss"),
        ('<a xmlns="http://purl.org/rss/1.0/modules/content/"/>', "content"),
        ('<a xmlns="http://purl.org/rss/1.0/modules/syndication/"/>', "module"),
        ('<dc:a xmlns:dc="http://purl.org/dc/terms/"/>', "dc"),
        ('<a xmlns="http://search.yahoo.com/mrss/"/>', "http://search.yahoo.com/mrss/"),
        ("<a/>", ""),
        ("<dcterms:a/>", "dc"),
        ("<media:a/>", "media"),
    ],
)
def test_an_element_belongs_to_a_vocabulary(tag: str, vocabulary: str) -> None:
    root = parse_xml(tag).root
    assert root is not None
    assert (name_of(root), vocabulary_of(root)) == ("a", vocabulary)


def test_children_of_an_elements_own_vocabulary_come_first_and_foreign_ones_not_at_all() -> None:
    root = parse_xml("<item><media:title>1</media:title><dc:title>2</dc:title><title>3</title></item>").root
    assert root is not None
    assert [text_of(found) for found in children(root, "title", "dc")] == ["3", "2"]
    assert child(root, "title", "nothing") is child(root, "title")
    assert child(root, "link") is None


def test_bases_are_joined_from_the_outside_in() -> None:
    root = parse_xml('<feed xml:base="/a/"><entry xml:base="b/"><link/></entry><entry/></feed>').root
    assert root is not None
    assert base_of(root[0][0], "http://h.example/x") == "http://h.example/a/b/"
    assert base_of(root[1], "http://h.example/x") == "http://h.example/a/"


def test_of_bases_without_number_only_the_innermost_are_joined() -> None:
    root = parse_xml("<feed>" + "<a xml:base='b/'>" * 100 + "<link/>" + "</a>" * 100 + "</feed>").root
    assert root is not None
    [link] = root.iter("link")
    assert base_of(link, "http://h.example/") == "http://h.example/" + "b/" * 8


PIECES = [
    "<rss>", "</rss>", "<item>", "</item>", "<b a='1", "<br>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&",
    "<!DOCTYPE x [", "&#55357;", "&nbsp;", "\x00", "\ud83d", "中", " ", ">", "<", '"', "]", "x:y ",
]  # fmt: skip
#: Beginnings whose ends are looked for in vain.
OPENINGS = ["<a b", "<a b=' ", "<!DOCTYPE[", "<item><![CDATA[</item>", "<!-- <!--", "a:"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_whatever_is_repaired_is_well_formed(text: str) -> None:
    repaired = repair_xml(text.replace("\ud83d", "\ufffd")).text
    # Prefixes stay undeclared: they are understood by their names.
    root = etree.fromstring(re.sub(r"x:y", "xy", repaired).encode()) if repaired else None
    assert (root is not None) == bool(re.search("<(?:rss|item|br)>", repaired))


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_nothing_is_raised_whatever_the_text_is(text: str) -> None:
    document = read_xml(text.encode("utf-8", "surrogatepass"))
    assert (document.root is not None) or document.damage


@pytest.mark.parametrize("piece", [*PIECES, *OPENINGS], ids=ascii)
def test_the_work_grows_as_the_text_does(piece: str) -> None:
    def text(size: int) -> str:
        return "<rss>& " + piece.replace("\ud83d", "\ufffd") * (size // len(piece)) + "</rss>"

    assert parse_xml(text(100_000)).root is not None
    assert grows_linearly(lambda size: partial(parse_xml, text(size)), 25_000)
