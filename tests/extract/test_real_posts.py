"""Real posts, kept beside the project, are read as a careful reader would; skipped where there are none."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.pages import page

from newsarchive.extract import read
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from types import ModuleType

    from newsarchive.models import Article, Role

REAL = Path(__file__).parents[2] / "../shared/finews"
pytestmark = pytest.mark.skipif(
    not (REAL / "truth.jsonl").is_file(), reason="the real posts are not beside the project"
)
SITE = load_site("finews")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HOST = "http://finews.withounder.com/"
TEXT_FIELDS = ("paragraphs", "source", "securities", "authors", "editors")
POST_FIELDS = (*TEXT_FIELDS, "title", "published", "digest", "info_code", "share_url", "original_url", "kind", "tag")


def truths() -> list[dict[str, Any]]:
    lines = (REAL / "truth.jsonl").read_text(encoding="utf-8").splitlines() if REAL.is_dir() else []
    return [json.loads(line) for line in lines]


def replica() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replica", REAL / "replica.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_page(url: str, role: Role, body: bytes) -> Article:
    return read(page(url, body, role=role, site=SITE.name, at=NOW), SITE)


def fields(article: Article) -> dict[str, object]:
    return {
        "title": article.title or "",
        "published": article.published_at.isoformat() if article.published_at else None,
        "paragraphs": [paragraph.text for paragraph in article.paragraphs],
        "source": article.source,
        "digest": article.digest,
        "securities": sorted(f"{mention.market}.{mention.code}" for mention in article.mentions),
        "info_code": article.info_code,
        "share_url": article.share_url,
        "original_url": article.original_url,
        "authors": sorted(byline.name for byline in article.bylines if byline.role == "author"),
        "editors": sorted(byline.name for byline in article.bylines if byline.role == "editor"),
        "kind": article.kind,
        "tag": article.category.name if article.category else None,
    }


def wanted(truth: dict[str, Any], names: tuple[str, ...]) -> dict[str, object]:
    return {name: truth[name].removesuffix("新闻") if name == "tag" else truth[name] for name in names}


def had(article: Article, names: tuple[str, ...]) -> dict[str, object]:
    return {name: value for name, value in fields(article).items() if name in names}


@pytest.mark.parametrize("truth", [t for t in truths() if t["page"]], ids=lambda truth: truth["file"])
def test_a_page_of_the_mirror(truth: dict[str, Any]) -> None:
    article = read_page(HOST + truth["page"], "post", (REAL / "site" / truth["page"]).read_bytes())
    assert had(article, POST_FIELDS) == wanted(truth, POST_FIELDS)
    assert article.attribution == truth["attribution_raw"]
    assert article.problems == []


@pytest.mark.parametrize("truth", truths(), ids=lambda truth: truth["file"])
def test_a_post_file(truth: dict[str, Any]) -> None:
    article = read_page(f"file:{truth['file']}", "file", (REAL / "posts" / truth["file"]).read_bytes())
    assert had(article, POST_FIELDS) == wanted(truth, POST_FIELDS)
    assert article.canonical_url == (f"https://finews.withounder.com/{truth['page']}" if truth["page"] else None)
    assert article.category is not None
    assert article.category.slug == truth["category_slug"]


def test_every_page_of_the_share_service() -> None:
    for digits, editions in replica().load_posts(REAL).items():
        truth, body = editions.get(True) or editions[False]
        answer = json.dumps({"text" if True in editions else "content": body}, ensure_ascii=False).encode()
        url = f"http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW{digits}&cid=share"
        article = read_page(url, "share", answer)
        assert had(article, TEXT_FIELDS) == wanted(truth, TEXT_FIELDS), digits
        assert (article.article_key, article.problems) == (digits, [])


def test_every_page_of_the_origin() -> None:
    module = replica()
    for digits, editions in module.load_posts(REAL).items():
        truth, body = editions.get(True) or editions[False]
        if not truth["published"]:
            continue
        html = module.original(digits, truth, body).encode()
        article = read_page(f"http://finance.eastmoney.com/a/{digits}.html", "original", html)
        names = (*TEXT_FIELDS, "title")
        assert had(article, names) == wanted(truth, names), digits
        assert article.published_at is not None
        assert article.published_at.isoformat()[:16] == truth["published"][:16]
        assert (article.digest, article.article_key, article.problems) == (None, digits, [])
