"""TEI P5, for corpora: one file an article, with a header that says what the text is and where it comes from.

Only elements of the modules that every schema of TEI has are used (header, core, textstructure), and tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive import __version__
from newsarchive.export.citation import citation_of
from newsarchive.export.text_corpus import file_of
from newsarchive.export.xml_text import xml_attribute, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.export.citation import Citation
    from newsarchive.models import Paragraph

NAMESPACE = "http://www.tei-c.org/ns/1.0"


def write_tei(articles: Iterable[ArchivedArticle], folder: Path) -> int:
    """Write each article to `<year>/<month>/<key>.xml`; return their number. The folder must exist and be empty."""
    count = 0
    for article in articles:
        path = (folder / file_of(article)).with_suffix(".xml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tei_of(article), encoding="utf-8", newline="\n")
        count += 1
    return count


def tei_of(article: ArchivedArticle) -> str:
    """Write an article, which needs its parts, as a TEI document."""
    cited = citation_of(article)
    language = f" xml:lang={xml_attribute(cited.lang)}" if cited.lang else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<TEI xmlns="{NAMESPACE}">',
        *_header(article, cited),
        f"<text{language}>",
        "<body>",
        '<div type="article">',
        f"<head>{xml_text(cited.title)}</head>",
        *_blocks(article.paragraphs),
        "</div>",
        "</body>",
        "</text>",
        "</TEI>\n",
    ]
    return "\n".join(lines)


def _header(article: ArchivedArticle, cited: Citation) -> Iterator[str]:
    row = article.row
    yield "<teiHeader>"
    yield "<fileDesc>"
    yield f"<titleStmt><title>{xml_text(cited.title)}</title>{_authors(cited)}</titleStmt>"
    yield (
        f"<publicationStmt><p>Exported from an archive of news by newsarchive {__version__}; the rights in the text"
        " are those of its publisher.</p></publicationStmt>"
    )
    yield f"<sourceDesc><bibl>{''.join(_source(article, cited))}</bibl></sourceDesc>"
    yield "</fileDesc>"
    yield (
        "<encodingDesc><projectDesc><p>Paragraphs as printed on the page; the unit of length is the character."
        "</p></projectDesc></encodingDesc>"
    )
    if cited.lang or cited.section:
        yield "<profileDesc>"
        if cited.lang:
            language = f"<language ident={xml_attribute(cited.lang)}>{xml_text(cited.lang)}</language>"
            yield f"<langUsage>{language}</langUsage>"
        if cited.section:
            keywords = f"<keywords><term>{xml_text(cited.section)}</term></keywords>"
            yield f"<textClass>{keywords}</textClass>"
        yield "</profileDesc>"
    if row["changed_at"] and (row["revision"] or 1) > 1:
        when = xml_attribute(str(row["changed_at"])[:10])
        yield f"<revisionDesc><change when={when}>revision {int(row['revision'])} of the text</change></revisionDesc>"
    yield "</teiHeader>"


def _authors(cited: Citation) -> str:
    return "".join(f"<author>{xml_text(name)}</author>" for name in cited.authors)


def _source(article: ArchivedArticle, cited: Citation) -> Iterator[str]:
    yield f"<title>{xml_text(cited.title)}</title>"
    yield _authors(cited)
    if cited.source:
        yield f"<publisher>{xml_text(cited.source)}</publisher>"
    if cited.published:
        when = "-".join(f"{part:02}" for part in cited.published)
        yield f"<date when={xml_attribute(when)}>{xml_text(str(article.row['published_at'] or when))}</date>"
    yield f'<idno type="newsarchive">{xml_text(cited.key)}</idno>'
    if cited.url:
        yield f"<ptr target={xml_attribute(cited.url)}/>"
    if cited.proof:
        yield f"<note>{xml_text(cited.proof)}</note>"


def _blocks(paragraphs: list[Paragraph]) -> Iterator[str]:
    """Yield the paragraphs; an article without any still has a body that is valid."""
    if not paragraphs:
        yield "<p/>"
    open_as = ""
    for paragraph in paragraphs:
        wanted = {"list": "list", "table": "table"}.get(paragraph.kind, "")
        if wanted != open_as:
            yield from (f"</{open_as}>",) if open_as else ()
            yield from (f"<{wanted}>",) if wanted else ()
            open_as = wanted
        yield _block(paragraph)
    if open_as:
        yield f"</{open_as}>"


def _block(paragraph: Paragraph) -> str:
    text = xml_text(paragraph.text)
    match paragraph.kind:
        case "list":
            return f"<item>{text}</item>"
        case "table":
            cells = "".join(f"<cell>{xml_text(cell)}</cell>" for cell in paragraph.text.split(" | "))
            return f"<row>{cells}</row>"
        case "quote":
            return f"<quote><p>{text}</p></quote>"
        case "heading" | "caption":
            return f'<p rend="{paragraph.kind}">{text}</p>'
        case _:
            return f"<p>{text}</p>"
