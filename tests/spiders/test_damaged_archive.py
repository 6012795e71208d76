"""A crawl on an archive that is damaged ends as failed and says what to do."""

import pytest
from support.small_site import small_site

PAGE = 4096


@pytest.fixture
def site():
    with small_site() as server:
        server.fill(0, 1, 2)
        yield server


def root_page(done, name):
    return done.column("SELECT rootpage FROM sqlite_master WHERE name = ?", name)[0]


def damage(done, name):
    with done.db.open("r+b") as file:
        file.seek((root_page(done, name) - 1) * PAGE)
        file.write(b"\xa5" * PAGE)


def test_a_crawl_fails_when_it_meets_damage_in_an_index(crawl, site, tmp_path):
    environment = site.describe(tmp_path / "sites")
    damage(crawl("category", site="small", environment=environment), "sqlite_autoindex_frontier_1")
    site.article(3, "夜里十一点，最后一班渡轮靠岸。")
    site.listing(0, 1, 2, 3)
    done = crawl("category", site="small", environment=environment)
    assert done.status == 1, done.log
    assert "malformed - the file is damaged; `newsarchive check` tells more" in done.log


@pytest.mark.parametrize("name", ["frontier", "listings", "copies", "runs", "articles"])
def test_a_crawl_on_a_damaged_table_fails_although_it_has_nothing_to_store(crawl, site, tmp_path, name):
    environment = site.describe(tmp_path / "sites")
    first = crawl("category", site="small", environment=environment)
    assert first.status == 0, first.log
    damage(first, name)
    done = crawl("category", site="small", environment=environment)
    assert done.status == 1, done.log
    assert "malformed" in done.log
    assert "newsarchive repair" in done.log
