"""What names of elements tell: word by word, and never more than the names say."""

from __future__ import annotations

import pytest

from newsarchive.extract.heuristics.class_names import (
    BODY,
    COMMENTS,
    DOUBTFUL,
    FURNITURE,
    STRONG,
    hints_of_name,
)


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("comment-list", COMMENTS),
        ("articleComments", COMMENTS),
        ("post_recommend_title", FURNITURE),
        ("sidebar", FURNITURE),
        ("theiaStickySidebar", FURNITURE),
        ("news-share", FURNITURE),
        ("hot-list", FURNITURE),
        ("article-body", BODY | STRONG),
        ("artibody", STRONG),
        ("content", BODY),
        ("TRS_Editor", BODY | STRONG),
        ("entry-content read-more", BODY | STRONG | FURNITURE),
        ("article-author", BODY | DOUBTFUL),
        ("author", DOUBTFUL),
        ("relative", 0),
        ("navy football shareholders hotel", 0),
        ("x1", 0),
        ("", 0),
    ],
)
def test_names_are_read_word_by_word(name: str, hints: int):
    assert hints_of_name(name) == hints


def test_an_embedded_post_is_no_furniture():
    assert hints_of_name("social-media-embed") == 0
