"""A plain-text corpus: one file an article, and a table that says which file is what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from newsarchive.export.citation import citation_of
from newsarchive.export.csv import write_csv
from newsarchive.export.file_names import safe_name
from newsarchive.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle

INDEX = "index.csv"
_INDEX_COLUMNS = ("file", "article_key", "title", "source", "published_at", "lang", "char_count", "url")


def write_corpus(
    articles: Iterable[ArchivedArticle], folder: Path, *, heads: bool = False, by_sentence: bool = False
) -> int:
    """Write each article to `<year>/<month>/<key>.txt` in UTF-8 (title, empty line, body), and `index.csv`.

    With `heads` each text begins with its metadata; `by_sentence` writes each sentence on a line of its own. Undated
    articles go to `undated/`. Returns the number of articles. The folder must exist and be empty.
    """

    def written() -> Iterator[ArchivedArticle]:
        for article in articles:
            name = file_of(article)
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = sentences_of(article) if by_sentence else text_of(article)
            path.write_text(head_of(article) + text if heads else text, encoding="utf-8", newline="\n")
            article.row["file"] = name
            yield article

    with (folder / INDEX).open("wb") as index:
        return write_csv(written(), index, columns=_INDEX_COLUMNS)


def file_of(article: ArchivedArticle) -> str:
    """Return the path of an article's file inside the corpus."""
    date = article.row["published_date"] or ""
    place = f"{date[:4]}/{date[5:7]}" if len(date) == 10 and date[:4].isdigit() and date[5:7].isdigit() else "undated"
    return f"{place}/{safe_name(article.key)}.txt"


def text_of(article: ArchivedArticle) -> str:
    """Write title and body as plain text."""
    return "\n\n".join(part for part in (article.row["title"], article.row["body"]) if part) + "\n"


def sentences_of(article: ArchivedArticle) -> str:
    """Write title and body with one sentence a line, an empty line between paragraphs."""
    paragraphs = filter(None, (article.row["title"], *(article.row["body"] or "").split("\n\n")))
    return "\n\n".join("\n".join(sentences(paragraph)) for paragraph in paragraphs) + "\n"


def head_of(article: ArchivedArticle) -> str:
    """Write what is known of an article, which needs its bylines and copies, as a head in YAML between two rules."""
    row, cited = article.row, citation_of(article)
    values = {
        "key": cited.key,
        "title": cited.title,
        "authors": list(cited.authors),
        "source": cited.source,
        "published": row["published_at"],
        "section": cited.section,
        "language": cited.lang,
        "url": cited.url,
        "site": row["site"],
        "story": row["story_id"],
        "revision": row["revision"],
        "characters": row["char_count"],
        "archived": cited.proof.removeprefix("archived "),
    }
    known = {name: value for name, value in values.items() if value not in (None, "", [])}
    return f"---\n{yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=1000)}---\n\n"
